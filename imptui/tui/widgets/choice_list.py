"""A list of rows made of pieces; Enter opens a row."""

from textual.message import Message

from imptui.tui.widgets.piece_pane import PiecePane


class ChoiceList(PiecePane):
    """A list whose rows the screen provides."""

    class Opened(Message):
        """The user pressed Enter on a row."""

    def action_open(self) -> None:
        """Open the row under the cursor."""
        self.post_message(self.Opened())
