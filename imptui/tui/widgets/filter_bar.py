"""The filter: text that becomes a query while it is typed; what makes no sense is underlined and explained."""

from rich.highlighter import Highlighter
from rich.text import Text
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from imptui.model.expression import Expr, QueryError
from imptui.model.parse import parse
from imptui.model.record import dataclass
from imptui.tui.present.safe import safe
from imptui.tui.widgets.field import Field
from imptui.tui.widgets.painted import PaintedLine
from imptui.tui.widgets.shutter import Shutter


class _Underline(Highlighter):
    """Underlines what cannot be understood."""

    def __init__(self) -> None:
        self.wrong: tuple[int, int] | None = None

    def highlight(self, text: Text) -> None:
        if self.wrong is not None:
            start, length = self.wrong
            text.stylize("underline bold", start, min(len(text), start + length))


class FilterBar(Shutter, Vertical):
    """One line to type in, and one for what is wrong with it; neither is made before there is something to show."""

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
        """Another filter than before was typed, and it makes sense."""

        where: Expr | None
        text: str

    @dataclass
    class Left(Message):
        """Enter or Esc: the list shall have the keys again."""

        is_cleared: bool

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._underline = _Underline()
        self._asked = ""
        self._made: Field | None = None

    def make(self) -> Field:
        """The line to type in; with the first call everything is made, and is there at once."""
        if self._made is None:
            self._made = Field(id="filter-input")
            self._made.highlighter = self._underline
            self.mount(PaintedLine(id="slash"), self._made, PaintedLine(id="wrong"))
        return self._made

    @property
    def text(self) -> str:
        """What is typed."""
        return self._made.value if self._made is not None else ""

    @property
    def is_typing(self) -> bool:
        """Whether keys go here."""
        return self._made is not None and self._made.has_focus

    def open(self) -> None:
        """Show the line and give it the keys."""
        field = self.make()
        self.show(is_shown=True)
        self.query_one("#slash", PaintedLine).say([("/ ", "title-focus")])
        self.screen.set_focus(field)  # at once: the next letter of a quick typist is already on its way

    def put(self, text: str) -> None:
        """Show a filter that came from elsewhere, such as the history; asks for nothing."""
        self._asked = text
        if self._made is None and not text:
            return
        field = self.make()
        with self.prevent(Input.Changed):
            field.value = text
        self._explain(None)
        self.show(is_shown=bool(text) or self.is_typing)
        self.query_one("#slash", PaintedLine).say([("/ ", "dim")])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Read what is there now; the list is left alone while it makes no sense."""
        event.stop()
        self._read(event.value, lenient=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: as it stands, or stay when it makes no sense."""
        event.stop()
        if self._read(event.value, lenient=False):
            self.show(is_shown=bool(event.value))
            self.post_message(self.Left(False))

    def clear(self) -> None:
        """Esc: no filter."""
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
            return False
        self._explain(None)
        if text != self._asked:
            self._asked = text
            self.post_message(self.Asked(where, text))
        return True

    def explain(self, reason: str) -> None:
        """Say what became of the filter as a whole."""
        self.make()
        self.set_class(True, "-wrong")
        self.query_one("#wrong", PaintedLine).say([(safe(reason), "problem")])

    def _explain(self, error: QueryError | None) -> None:
        self._underline.wrong = (error.column, error.length) if error is not None else None
        self.make().refresh()
        self.set_class(error is not None, "-wrong")
        if error is not None:
            self.explain(error.reason)
