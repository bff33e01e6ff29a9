"""The filter bar: parses the filter while it is typed, and explains mistakes.

Tab completes the current word, up and down recall earlier filters, F1 opens the help on filters.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from rich.highlighter import Highlighter
from rich.text import Text
from textual import events
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from imptui.query.completion import completed, completions
from imptui.query.expression import Expr, QueryError
from imptui.query.grammar import parse
from imptui.tui.present.safe import safe
from imptui.tui.present.wrapping import wrapped
from imptui.tui.widgets.collapsible import Collapsible
from imptui.tui.widgets.field import TextField
from imptui.tui.widgets.hint_line import Hint
from imptui.tui.widgets.painted import PaintedLine, PaintedLines


class _Underline(Highlighter):
    """Underlines the part that cannot be parsed."""

    def __init__(self) -> None:
        self.wrong: tuple[int, int] | None = None

    def highlight(self, text: Text) -> None:
        if self.wrong is not None:
            start, length = self.wrong
            text.stylize("underline bold", start, min(len(text), start + length))


EXPLAINED_LINES = 4
"""The number of lines for an error; the help shows the rest of a longer sentence."""


class FilterBar(Collapsible, Vertical):
    """A field for the filter, and the error below it; both are created on first use."""

    DEFAULT_CSS = """
    FilterBar { height: auto; display: none; }
    FilterBar.-open { display: block; }
    FilterBar #slash { dock: left; width: 2; }
    FilterBar Field { width: 1fr; }
    FilterBar #wrong { display: none; }
    FilterBar.-wrong #wrong { display: block; }
    """

    @dataclass
    class Asked(Message):
        """The filter changed, and is valid."""

        where: Expr | None
        text: str

    @dataclass
    class Left(Message):
        """Enter or Esc was pressed: the list gets the focus back."""

        is_cleared: bool

    class Typed(Message):
        """The text changed, valid or not, so other words can be completed."""

    class HelpAsked(Message):
        """The user asked for the help on filters."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._underline = _Underline()
        self._asked = ""
        self._made: TextField | None = None
        self._wrong = ""
        self.earlier: Sequence[str] = ()
        """Earlier filters, newest first."""
        self._back = 0
        """The position in the earlier filters; 0: the filter as it is typed now."""
        self._typed = ""
        self._offered: tuple[str, ...] = ()
        """The completions that Tab cycles through."""
        self._begun = ""
        """The text before the first Tab."""
        self._written = ""
        """The text that the last Tab wrote."""

    def make(self) -> TextField:
        """Return the field; the first call creates all widgets, which are usable immediately."""
        if self._made is None:
            self._made = TextField(id="filter-input")
            self._made.highlighter = self._underline
            self.mount(PaintedLine(id="slash"), self._made, PaintedLines(id="wrong"))
        return self._made

    @property
    def text(self) -> str:
        """What is typed."""
        return self._made.value if self._made is not None else ""

    @property
    def is_typing(self) -> bool:
        """True if the field has the focus."""
        return self._made is not None and self._made.has_focus

    def open(self, text: str = "") -> None:
        """Show and focus the field; a text to begin with is checked."""
        field = self.make()
        self.show(is_shown=True)
        self.query_one("#slash", PaintedLine).show_pieces([("/ ", "title-focus")])
        self._back, self._offered = 0, ()
        self.screen.set_focus(field)  # Immediately, because the next letter of a quick typist may be waiting.
        if text:
            with self.prevent(Input.Changed):
                self._write(text)
            self._read(text, lenient=False)

    def put(self, text: str) -> None:
        """Show a filter from elsewhere, such as the history, without posting it."""
        self._asked = text
        if self._made is None and not text:
            return
        field = self.make()
        with self.prevent(Input.Changed):
            field.value = text
        self._explain(None)
        self.show(is_shown=bool(text) or self.is_typing)
        self.query_one("#slash", PaintedLine).show_pieces([("/ ", "dim")])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Parse the text; while it is not valid, the list shows the valid part before the mistake."""
        event.stop()
        if event.value != self._written:
            self._offered, self._written = (), ""
        self._read(event.value, lenient=True)
        self.post_message(self.Typed())

    def on_key(self, event: events.Key) -> None:
        """Complete with Tab, recall earlier filters with the arrow keys."""
        if event.key == "tab":
            if not self._offered:
                self._begun = self.text
            words = self._offered or completions(self.text)
            if words:
                event.stop()
                event.prevent_default()
                self._write(completed(self._begun, words[0]))
                self._offered = (*words[1:], words[0]) if len(words) > 1 else ()
                return
        elif event.key in ("up", "down"):
            event.stop()
            event.prevent_default()
            self._go_back(1 if event.key == "up" else -1)
        self._offered = ()

    def _go_back(self, by: int) -> None:
        back = max(0, min(self._back + by, len(self.earlier)))
        if self._back == 0:
            self._typed = self.text
        if back != self._back:
            self._back = back
            self._write(self.earlier[back - 1] if back else self._typed)

    def _write(self, text: str) -> None:
        field = self.make()
        self._written = field.value = text
        field.cursor_position = len(text)

    def action_help(self) -> None:
        """Open the help on filters."""
        self.post_message(self.HelpAsked())

    def hints(self) -> list[Hint]:
        """Return the keys that work while a filter is typed."""
        words = self._offered or completions(self.text)
        found = [Hint("Tab", " ".join(each.strip() for each in words[:6]))] if words else []
        found += [Hint("Enter", "keep"), Hint("Esc", "clear")]
        found += [Hint("Up", "what was asked before")] if self.earlier else []
        return [*found, Hint("F1", "what can be asked")]

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with Enter if the filter is valid."""
        event.stop()
        if self._read(event.value, lenient=False):
            self.show(is_shown=bool(event.value))
            self.post_message(self.Left(False))

    def clear(self) -> None:
        """Remove the filter with Esc."""
        with self.prevent(Input.Changed):
            self.make().value = ""
        self._read("", lenient=True)
        self.show(is_shown=False)
        self.post_message(self.Left(True))

    def _read(self, text: str, *, lenient: bool) -> bool:
        try:
            where = parse(text, lenient=lenient)
        except QueryError as error:
            self._explain(error)
            if lenient:
                self._ask_before(error)
            return False
        self._explain(None)
        self._ask(where, text)
        return True

    def _ask(self, where: Expr | None, text: str) -> None:
        if text != self._asked:
            self._asked = text
            self.post_message(self.Asked(where, text))

    def _ask_before(self, error: QueryError) -> None:
        """Post the part before the mistake: an unknown field was a plain word while it was typed."""
        text = error.text[: error.column].rstrip()
        with suppress(QueryError):
            self._ask(parse(text, lenient=True), text)

    def explain(self, reason: str) -> None:
        """Show why the filter as a whole was not applied."""
        self.make()
        self._wrong = reason
        self.set_class(True, "-wrong")
        lines = wrapped([[(safe(reason), "problem")]], (self.size.width or self.screen.size.width) - 2, 0)
        self.query_one("#wrong", PaintedLines).put(lines[:EXPLAINED_LINES])

    def on_resize(self) -> None:
        """Wrap the error for the new width."""
        if self.has_class("-wrong"):
            self.explain(self._wrong)

    def _explain(self, error: QueryError | None) -> None:
        self._underline.wrong = (error.column, error.length) if error is not None else None
        self.make().refresh()
        self.set_class(error is not None, "-wrong")
        if error is not None:
            self.explain(error.reason)
