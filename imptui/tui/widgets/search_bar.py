"""A field for a text to search, or a line number to go to."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from imptui.tui.widgets.collapsible import Collapsible
from imptui.tui.widgets.field import TextField
from imptui.tui.widgets.painted import PaintedLine


class SearchBar(Collapsible, Horizontal):
    """A prompt and a field, hidden until it is opened."""

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
        """Enter or Esc was pressed: the text gets the focus back."""

        purpose: str
        text: str
        is_given_up: bool

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.purpose = ""

    def compose(self) -> ComposeResult:
        """Lay out prompt and field."""
        yield PaintedLine(id="search-prompt")
        yield TextField(id="search-input", select_on_focus=True)

    def open(self, purpose: str, prompt: str, text: str = "") -> None:
        """Show and focus the field; `purpose` (`search` or `line`) is repeated in the messages."""
        self.purpose = purpose
        self.show(is_shown=True)
        self.query_one("#search-prompt", PaintedLine).show_pieces([(f" {prompt}", "title-focus")])
        field = self.query_one(Input)
        with self.prevent(Input.Changed):
            field.value = text
        self.screen.set_focus(field)  # Immediately, because the next letter of a quick typist may be waiting.

    def on_input_changed(self, event: Input.Changed) -> None:
        """Post the text while it is typed."""
        event.stop()
        self.post_message(self.Typed(self.purpose, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with Enter."""
        event.stop()
        self._leave(is_given_up=False)

    def action_back(self) -> None:
        """Close with Esc."""
        self._leave(is_given_up=True)

    def _leave(self, *, is_given_up: bool) -> None:
        self.show(is_shown=False)
        self.post_message(self.Left(self.purpose, self.query_one(Input).value, is_given_up))
