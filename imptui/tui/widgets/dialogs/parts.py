"""Lines, buttons and paragraphs that dialogs consist of."""

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe, safe_lines, width
from imptui.tui.widgets.lines_view import LinesView
from imptui.tui.widgets.painted import PaintedLine
from imptui.tui.widgets.theme_access import look_of


class DialogLine(PaintedLine):
    """One painted line of a dialog."""

    role = "dialog"


class DialogText(LinesView, can_focus=False, inherit_bindings=False):
    """Several painted lines of a dialog."""

    role = "dialog"

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's shape
        """Return the number of lines."""
        return len(self.lines)


class PushButton(Widget, can_focus=True):
    """A button that is one line high."""

    DEFAULT_CSS = """
    PushButton { height: 1; width: auto; margin: 0 0 0 2; }
    """

    class Pressed(Message):
        """The user pressed Enter or space, or clicked."""

        def __init__(self, button: "PushButton") -> None:
            super().__init__()
            self.button = button

        @property
        def control(self) -> "PushButton":
            """Return the button that was pressed."""
            return self.button

    def __init__(self, text: str, *, id: str, is_dangerous: bool = False, deaf_to: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.text = f"[ {safe(text)} ]"
        self._deaf_to = deaf_to
        self._role = "danger" if is_dangerous else "button"
        self.is_off = False

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual's shape
        """Return the width of the text."""
        return width(self.text)

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - it has one line
        """Paint the text of the button."""
        role = "hint-off" if self.is_off else self._role + ("-focus" if self.has_focus else "")
        return Strip([Segment(self.text, look_of(self).style(role, "dialog"))])

    def put_off(self, *, is_off: bool) -> None:
        """Disable the button, or enable it."""
        self.is_off = is_off
        self.refresh()

    def on_focus(self) -> None:
        """Paint the button as focused, and put the terminal's cursor on it."""
        self.refresh()
        self.call_after_refresh(self._place_cursor)

    def _place_cursor(self) -> None:
        if self.has_focus:
            self.app.cursor_position = self.region.offset
            self.refresh()

    def on_blur(self) -> None:
        """Paint the button without focus."""
        self.refresh()

    def on_key(self, event: events.Key) -> None:
        """Press with Enter or space, unless that is the key which opened the dialog."""
        if event.key in ("enter", "space") and event.key != self._deaf_to:
            event.stop()
            self._press()

    def on_click(self) -> None:
        """Press with a mouse click."""
        self._press()

    def _press(self) -> None:
        if not self.is_off:
            self.post_message(self.Pressed(self))


def paragraphs(lines: Sequence[str], cells: int) -> list[list[Piece]]:
    """Return foreign texts as safe lines of at most `cells`, broken between words."""
    from textwrap import wrap

    found: list[list[Piece]] = []
    for text in lines:
        for line in safe_lines(text):
            found += [[(part, "")] for part in wrap(line, cells, break_on_hyphens=False) or [""]]
    return found
