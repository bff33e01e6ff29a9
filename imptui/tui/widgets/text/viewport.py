"""The part of a text that is on the screen.

There is no canvas: the viewport holds the top position, a row and a part of it, and lays out from there to the end of the
screen. So the cost does not grow with the text, and the height of a wrapped text is never needed.
"""

from collections.abc import Callable

from textual.geometry import Size

from imptui.tui.present.columns import column_of, part_from
from imptui.tui.widgets.text.source import RowSource
from imptui.tui.widgets.text.wrapping import Wrapping

SIDEWAYS = 20
"""Cells of one step to the side."""

Position = tuple[int, int]
"""A row and a part of it; the part is 0 unless the row is wrapped."""


class Viewport:
    """The rows and parts of rows on the screen, and the sideways scroll position.

    Args:
        source: The rows.
        wrapping: Gives the number of parts of each row.
        size: Returns the size of the pane.
    """

    def __init__(self, source: RowSource, wrapping: Wrapping, size: Callable[[], Size]) -> None:
        self.top: Position = (0, 0)
        self.x = 0
        self._source = source
        self._wrapping = wrapping
        self._size = size
        self._shown: list[Position] | None = None
        self._shown_at = Size(0, 0)

    @property
    def page(self) -> int:
        """Lines on the screen."""
        return max(1, self._size().height)

    @property
    def shown(self) -> list[Position]:
        """Row and part of each line on the screen, from top to bottom."""
        size = self._size()
        if self._shown is None or self._shown_at != size:
            self._shown, self._shown_at = self._walk(max(1, size.height)), size
        return self._shown

    def _walk(self, lines: int) -> list[Position]:
        count, parts_of = self._source.row_count, self._wrapping.parts_of
        found: list[Position] = []
        row, part = self.top
        parts = parts_of(row) if row < count else 0
        while row < count and len(found) < lines:
            if part < parts:
                found.append((row, part))
                part += 1
            else:
                row, part = row + 1, 0
                parts = parts_of(row) if row < count else 0
        return found

    def invalidate(self) -> None:
        """Lay out the lines again on next access, after rows, wrapping or size changed."""
        self._shown = None

    def move_top(self, top: Position) -> None:
        """Put a position on the top line."""
        self.top = top
        self.invalidate()

    def line_of(self, row: int) -> int | None:
        """Return the first line of the screen that shows a row; None: no line does."""
        return next((y for y, (each, _) in enumerate(self.shown) if each == row), None)

    def up(self, position: Position, lines: int) -> Position:
        """Return the position some lines above another one, at most the first."""
        row, part = position
        while lines > part and row > 0:
            lines -= part + 1
            row -= 1
            part = self._wrapping.parts_of(row) - 1
        return row, max(0, part - lines)

    def down(self, position: Position, lines: int) -> Position:
        """Return the position some lines below another one, at most the last."""
        row, part = position
        last_row = self._source.row_count - 1
        left = self._wrapping.parts_of(row) - 1 - part
        while lines > left and row < last_row:
            lines -= left + 1
            row, part = row + 1, 0
            left = self._wrapping.parts_of(row) - 1
        return row, part + min(lines, left)

    def center(self, position: Position) -> None:
        """Scroll a position to the middle of the screen."""
        self.move_top(self.up(position, self.page // 2))

    def reveal(self, row: int) -> bool:
        """Scroll as little as possible to show a row; return whether it was necessary."""
        if not self._source.row_count or not self._size().height:
            return False
        parts, page, shown = self._wrapping.parts_of(row), self.page, self.shown
        first, last = (row, 0), (row, parts - 1)
        if shown and first >= shown[0] and (last <= shown[-1] or (first == shown[0] and parts > page)):
            return False
        is_from_top = not shown or first < shown[0] or parts >= page
        self.move_top(first if is_from_top else self.up(last, page - 1))
        return True

    def reveal_column(self, row: int, column: int) -> bool:
        """Scroll so that a character of a row is visible; return whether it was necessary."""
        if self._wrapping.is_on:
            part = self._wrapping.part_at(row, column)
            if (row, part) in self.shown:
                return False
            self.center((row, part))
            return True
        cell, cells = column_of(self._source.text_of(row), column, self._wrapping.tab), self._wrapping.cells
        if self.x <= cell < self.x + cells - 4:
            return False
        self.x = max(0, cell - cells // 3)
        return True

    def scroll(self, lines: int) -> None:
        """Scroll up or down, until the last row is at the bottom of the screen."""
        top = self.down(self.top, lines) if lines > 0 else self.up(self.top, -lines)
        last_row = self._source.row_count - 1
        last = (last_row, self._wrapping.parts_of(last_row) - 1)
        self.move_top(min(top, self.up(last, self.page - 1)))

    def shift(self, cells: int) -> bool:
        """Scroll sideways, no further than the longest text on the screen; return whether anything moved."""
        texts = [text for row, _ in self.shown for text in self._source.texts_of(row)]
        longest = max(map(len, texts), default=0)
        to = max(0, min(self.x + cells, max(self.x, longest * 8)) if cells > 0 else self.x + cells)
        if cells > 0 and not any(part_from(text, to, 1, self._wrapping.tab).shown for text in texts):
            return False
        was, self.x = self.x, to
        return to != was
