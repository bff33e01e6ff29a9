"""Break long rows into lines of the screen."""

from bisect import bisect_right
from collections.abc import Callable, Sequence

from imptui.tui.present.columns import breaks
from imptui.tui.widgets.text.source import RowSource

WRAP_LIMIT = 200_000
"""A row with more characters is not wrapped."""


class Wrapping:
    """Divides each row into parts of one line while wrapping is on; otherwise a row is one part.

    Args:
        source: The rows.
        width: Returns the cells of the pane, margin included.
        tab: Returns the sign of a tab.
    """

    def __init__(self, source: RowSource, width: Callable[[], int], tab: Callable[[], str]) -> None:
        self.is_on = False
        self._source = source
        self._width = width
        self._tab = tab

    @property
    def tab(self) -> str:
        """The sign of a tab."""
        return self._tab()

    @property
    def cells(self) -> int:
        """The cells right of the margin."""
        return max(1, self._width() - self._source.margin_cells)

    def breaks(self, text: str, cells: int) -> Sequence[int]:
        """Return the characters at which the parts of a text begin."""
        return (0,) if len(text) > WRAP_LIMIT else breaks(text, cells, self.tab)

    def parts_of(self, row: int) -> int:
        """Return the number of lines that a row takes: as many as its longest text."""
        if not self.is_on:
            return 1
        cells = self._source.text_cells(row, self.cells)
        return max((len(self.breaks(text, cells)) for text in self._source.texts_of(row)), default=1)

    def part_at(self, row: int, column: int) -> int:
        """Return the part of a wrapped row that holds the character at `column`."""
        cells = self._source.text_cells(row, self.cells)
        return bisect_right(self.breaks(self._source.text_of(row), cells), column) - 1
