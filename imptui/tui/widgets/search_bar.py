"""One line to type what to look for, or where to go."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from imptui.tui.widgets.collapsible import Shutter
from imptui.tui.widgets.field import TextField
from imptui.tui.widgets.painted import PaintedLine


class SearchBar(Shutter, Horizontal):
    """A prompt and a line; not there until it is asked for."""

    DEFAULT_CSS = """
    SearchBar { height: 1; display: none; }
    SearchBar.-open { display: block; }
    SearchBar PaintedLine { width: 14; }
    SearchBar Input, SearchBar Input:focus {
        height: 1; border: none; padding: 0; width: 1fr;
        color: $input-ink; background: $input-paper; text-style: $input-style;
    }
    """

    @dataclass
    class Typed(Message):
        """The text changed."""

        purpose: str
        text: str

    @dataclass
    class Left(Message):
        """Enter or Esc; the text shall have the keys again."""

        purpose: str
        text: str
        is_given_up: bool

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.purpose = ""

    def compose(self) -> ComposeResult:
        """Prompt and line."""
        yield PaintedLine(id="search-prompt")
        yield TextField(id="search-input", select_on_focus=True)

    def open(self, purpose: str, prompt: str, text: str = "") -> None:
        """Show the line and give it the keys; `purpose` (`search` or `line`) comes back in the messages."""
        self.purpose = purpose
        self.show(is_shown=True)
        self.query_one("#search-prompt", PaintedLine).say([(f" {prompt}", "title-focus")])
        field = self.query_one(Input)
        with self.prevent(Input.Changed):
            field.value = text
        self.screen.set_focus(field)  # at once: the next letter of a quick typist is already on its way

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look while it is typed."""
        event.stop()
        self.post_message(self.Typed(self.purpose, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        event.stop()
        self._leave(is_given_up=False)

    def action_back(self) -> None:
        """Esc."""
        self._leave(is_given_up=True)

    def _leave(self, *, is_given_up: bool) -> None:
        self.show(is_shown=False)
        self.post_message(self.Left(self.purpose, self.query_one(Input).value, is_given_up))
