"""The dialog that shows lines to read."""

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from imptui.tui.commands.questions import Report
from imptui.tui.present.safe import safe
from imptui.tui.widgets.dialog import Dialog
from imptui.tui.widgets.dialogs.parts import DialogLine, DialogText, PushButton, paragraphs


class ReportDialog(Dialog[None]):
    """A dialog that shows lines."""

    AUTO_FOCUS = "#close"

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report

    def compose(self) -> ComposeResult:
        """Lay out the lines and a button."""
        with Vertical():
            yield DialogLine(id="title")
            yield DialogText(paragraphs(self.report.lines, 66), id="lines")
            with Horizontal():
                yield PushButton("Close", id="close")

    def on_mount(self) -> None:
        """Fill in the title of the report."""
        self.query_one("#title", DialogLine).show_pieces([(safe(self.report.title), "title-focus")])

    def on_key(self, event: events.Key) -> None:
        """Scroll with the arrow keys."""
        lines = self.query_one(DialogText)
        moves = {
            "down": lines.action_cursor_down,
            "up": lines.action_cursor_up,
            "j": lines.action_cursor_down,
            "k": lines.action_cursor_up,
            "pagedown": lines.action_page_down,
            "pageup": lines.action_page_up,
        }
        if event.key in moves:
            event.stop()
            moves[event.key]()
        elif event.key == "q":
            event.stop()
            self.close()

    @on(PushButton.Pressed)
    def pressed(self) -> None:
        """Close with the button."""
        self.close()
