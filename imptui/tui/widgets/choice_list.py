"""Rows of pieces that open by enter."""

from textual.message import Message

from imptui.tui.widgets.piece_pane import PiecePane


class ChoiceList(PiecePane):
    """What a row is, the screen knows."""

    class Opened(Message):
        """Enter."""

    def action_open(self) -> None:
        """Whatever it is."""
        self.post_message(self.Opened())
