"""The rows that a text pane shows: text, roles and margin."""

from collections.abc import Sequence
from typing import Protocol

from imptui.tui.present.look import Piece
from imptui.tui.present.safe import width

Stretch = tuple[int, int, str]
"""First and end character, and a role."""


class RowSource(Protocol):
    """Rows of foreign text. The defaults describe plain rows without a margin."""

    @property
    def row_count(self) -> int:
        """The number of rows."""
        ...

    @property
    def empty_text(self) -> str:
        """The sentence for a pane without rows; safe."""
        return "Nothing here."

    def text_of(self, row: int) -> str:
        """Return the foreign text of a row."""
        ...

    def texts_of(self, row: int) -> tuple[str, ...]:
        """Return every text in which a row is searched."""
        return (self.text_of(row),)

    def role_of(self, row: int) -> str:  # noqa: ARG002 - the shape for implementations
        """Return the role in which the whole row is painted."""
        return "text"

    def stretches_of(self, row: int) -> Sequence[Stretch]:  # noqa: ARG002 - the shape for implementations
        """Return the parts of a row that look different, in order."""
        return ()

    @property
    def margin_cells(self) -> int:
        """The width of the margin."""
        return 0

    def margin_of(self, row: int, part: int, *, is_cursor: bool) -> list[Piece]:  # noqa: ARG002 - the shape for implementations
        """Return the margin of one part of a row; safe."""
        return []

    def text_cells(self, row: int, cells: int) -> int:  # noqa: ARG002 - the shape for implementations
        """Return the width for the texts of a row, out of the `cells` right of the margin."""
        return cells


def number_cells(rows: int) -> int:
    """Return the width of line numbers up to `rows`, with a blank on each side."""
    return width(str(max(1, rows))) + 2
