"""A text field that may hold text from outside."""

from rich.segment import Segment
from textual.strip import Strip
from textual.widgets import Input

from imptui.tui.present.safe import is_plain


class TextField(Input):
    """A text field that keeps its text unchanged, and paints question marks for characters that must not reach a terminal."""

    DEFAULT_CSS = """
    Field, Field:focus {
        height: 1; border: none; padding: 0;
        color: $input-ink; background: $input-paper; text-style: $input-style;
    }
    """

    def __init__(
        self,
        value: str = "",
        *,
        id: str,  # noqa: A002 - Textual's name
        password: bool = False,
        placeholder: str = "",
        select_on_focus: bool = False,
    ) -> None:
        super().__init__(value, id=id, password=password, placeholder=placeholder, select_on_focus=select_on_focus)
        self.cursor_blink = False

    def render_line(self, y: int) -> Strip:
        """Paint the text without unsafe characters."""
        strip = super().render_line(y)
        if all(is_plain(segment.text) for segment in strip):
            return strip
        painted = [Segment(_painted(segment.text), segment.style, segment.control) for segment in strip]
        return Strip(painted).adjust_cell_length(self.size.width)


def _painted(text: str) -> str:
    return "".join(character if is_plain(character) else "?" for character in text)
