"""Rows made of pieces, with a cursor and a search: lists of things, logs."""

from collections.abc import Sequence

from imptui.tui.present.look import Piece
from imptui.tui.widgets.text_pane import Stretch, TextPane


class PiecePane(TextPane):
    """Rows of pieces; their texts may be foreign."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.rows: list[list[Piece]] = []
        self.why_empty = "Reading."

    @property
    def is_empty_because(self) -> str:
        """What is said when there are no rows; safe."""
        return self.why_empty

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    def text_of(self, row: int) -> str:
        """The texts of the pieces, one after the other."""
        return "".join(text for text, _ in self.rows[row])

    def stretches_of(self, row: int) -> Sequence[Stretch]:
        """Their roles."""
        found: list[Stretch] = []
        at = 0
        for text, role in self.rows[row]:
            if role:
                found.append((at, at + len(text), role))
            at += len(text)
        return found

    def put(self, rows: list[list[Piece]]) -> None:
        """Show these; where nothing changed, nothing is painted."""
        if rows == self.rows and rows:
            return
        self.rows = rows
        self.renew()
        self.search_again()
        self.post_message(self.Told())
