"""Forms: several fields, checked while they are typed; the answers survive a failed call."""

from collections.abc import Mapping

from rich.segment import Segment
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from imptui.tui.commands.questions import Form, FormField
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import fit, safe
from imptui.tui.widgets.dialog import Dialog
from imptui.tui.widgets.dialogs.parts import DialogLine, DialogText, PushButton, paragraphs
from imptui.tui.widgets.field import TextField
from imptui.tui.widgets.theme_access import look_of


class Picker(Widget, can_focus=True):
    """A field with a fixed set of values; left and right change it."""

    DEFAULT_CSS = """
    Picker { height: 1; width: 1fr; }
    """

    class Changed(Message):
        """The user chose another value."""

    def __init__(self, entry: FormField, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._choices = entry.choices
        keys = [each.key for each in entry.choices]
        self._at = keys.index(entry.value) if entry.value in keys else 0

    @property
    def value(self) -> str:
        """The key of the chosen value."""
        return self._choices[self._at].key if self._choices else ""

    def on_key(self, event: events.Key) -> None:
        """Change the value with left, right or space."""
        step = {"left": -1, "right": 1, "space": 1, "h": -1, "l": 1}.get(event.key)
        if step is not None and self._choices:
            event.stop()
            self._at = (self._at + step) % len(self._choices)
            self.refresh()
            self.post_message(self.Changed())

    def on_focus(self) -> None:
        """Paint the field as focused."""
        self.refresh()

    def on_blur(self) -> None:
        """Paint the field without focus."""
        self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - it has one line
        """Paint the value between arrows."""
        look, cells = look_of(self), self.size.width
        label = self._choices[self._at].label if self._choices else "nothing to choose from"
        role = "button-focus" if self.has_focus else "button"
        return Strip([Segment(fit(f"< {safe(label)} >", cells, look.glyphs.ellipsis), look.style(role, "dialog"))], cells)


class FormDialog(Dialog[Mapping[str, str]]):
    """A form to fill in and send, or to cancel."""

    AUTO_FOCUS = "Input, Picker"
    DEFAULT_CSS = """
    FormDialog VerticalScroll { height: auto; max-height: 60vh; }
    FormDialog .row { height: 1; align-horizontal: left; }
    FormDialog .label { width: 20; }
    FormDialog .row Input { width: 1fr; }
    """

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.form = form

    @property
    def expects_text(self) -> bool:
        """True if the first entry is a text field."""
        return not (self.form.entries and self.form.entries[0].choices)

    def compose(self) -> ComposeResult:
        """Lay out a line for each field, with its error below."""
        with Vertical():
            yield DialogLine(id="title")
            yield DialogText(_trouble(self.form.trouble), id="trouble")
            with VerticalScroll(can_focus=False):
                for entry in self.form.entries:
                    with Horizontal(classes="row"):
                        yield DialogLine(id=f"label-{entry.key}", classes="label")
                        yield self._field(entry)
                    yield DialogLine(id=f"hint-{entry.key}")
            with Horizontal():
                yield PushButton("Cancel", id="cancel")
                yield PushButton(self.form.submit, id="send")

    def _field(self, entry: FormField) -> Widget:
        if entry.choices:
            return Picker(entry, id=f"entry-{entry.key}")
        return TextField(entry.value, password=entry.is_secret, id=f"entry-{entry.key}")

    def on_mount(self) -> None:
        """Fill in the texts of the form."""
        self.query_one("#title", DialogLine).show_pieces([(safe(self.form.title), "title-focus")])
        for entry in self.form.entries:
            self.query_one(f"#label-{entry.key}", DialogLine).show_pieces([(safe(entry.label), "dim")])
        self._check()

    def answers(self) -> dict[str, str]:
        """Return the values by key."""
        found: dict[str, str] = {}
        for entry in self.form.entries:
            field = self.query_one(f"#entry-{entry.key}")
            found[entry.key] = field.value if isinstance(field, Input | Picker) else ""
        return found

    @on(Input.Changed)
    @on(Picker.Changed)
    def _check(self) -> None:
        wrong = False
        answers = self.answers()
        for entry in self.form.entries:
            why = entry.check(answers[entry.key]) if entry.check is not None else None
            wrong = wrong or why is not None
            pieces = (safe(why), "problem") if why is not None else (safe(entry.hint), "dim")
            self.query_one(f"#hint-{entry.key}", DialogLine).show_pieces([(" " * 20, ""), pieces])
        self.query_one("#send", PushButton).put_off(is_off=wrong)

    @on(Input.Submitted)
    def next_field(self) -> None:
        """Move with Enter to the next field, from the last one to the button."""
        self.focus_next()
        if isinstance(self.focused, PushButton):
            self.query_one("#send").focus()

    @on(PushButton.Pressed, "#send")
    def send(self) -> None:
        """Answer with the values."""
        self.close(self.answers())

    @on(PushButton.Pressed, "#cancel")
    def give_up(self) -> None:
        """Answer that the form was cancelled."""
        self.close()

    def on_key(self, event: events.Key) -> None:
        """Move between the fields with the arrow keys, send with ctrl+s."""
        if event.key in ("down", "up"):
            event.stop()
            if event.key == "down":
                self.focus_next()
            else:
                self.focus_previous()
        elif event.key == "ctrl+s" and not self.query_one("#send", PushButton).is_off:
            event.stop()
            self.close(self.answers())


def _trouble(text: str | None) -> list[list[Piece]]:
    return [[(part, "problem") for part, _ in line] for line in paragraphs([text] if text else [], 66)]
