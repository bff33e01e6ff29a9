"""A text pane for rows made of pieces, such as lists and logs, with a cursor and a search."""

from collections.abc import Sequence

from imptui.tui.present.look import Piece
from imptui.tui.widgets.text.source import RowSource, Stretch
from imptui.tui.widgets.text_pane import TextPane


class PieceRows(RowSource):
    """Rows of pieces; their texts may be foreign.

    Attributes:
        rows: The pieces of each row.
        why_empty: The sentence for a pane without rows; safe.
    """

    def __init__(self) -> None:
        self.rows: list[list[Piece]] = []
        self.why_empty = "Reading."

    @property
    def empty_text(self) -> str:
        """The sentence for a pane without rows; safe."""
        return self.why_empty

    @property
    def row_count(self) -> int:
        """The number of rows."""
        return len(self.rows)

    def text_of(self, row: int) -> str:
        """Return the texts of all pieces, joined."""
        return "".join(text for text, _ in self.rows[row])

    def stretches_of(self, row: int) -> Sequence[Stretch]:
        """Return the roles of the pieces."""
        found: list[Stretch] = []
        at = 0
        for text, role in self.rows[row]:
            if role:
                found.append((at, at + len(text), role))
            at += len(text)
        return found


class PiecePane(TextPane):
    """A text pane whose rows are set from outside."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        pieces = PieceRows()
        super().__init__(pieces, id=id)
        self.pieces = pieces

    def put(self, rows: list[list[Piece]]) -> None:
        """Show these rows; unchanged rows cost nothing."""
        if rows == self.pieces.rows and rows:
            return
        self.pieces.rows = rows
        self.renew()
        self.find_again()
        self.post_message(self.Updated())

    def explain_empty(self, text: str) -> None:
        """Set the sentence for a pane without rows; the text is safe."""
        self.pieces.why_empty = text
        self.renew()
