"""The dialog of a yes-no question.

Cancel has the focus; to confirm, the user moves to the other button.
"""

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from imptui.tui.commands.questions import Question
from imptui.tui.present.safe import safe
from imptui.tui.widgets.dialog import Dialog
from imptui.tui.widgets.dialogs.parts import DialogLine, DialogText, PushButton, paragraphs
from imptui.tui.widgets.field import TextField


class QuestionDialog(Dialog[bool]):
    """A yes-no question. Cancel has the focus, or the field for the name if one must be typed."""

    AUTO_FOCUS = "#name, #cancel"
    accepts_keys_after_text = False

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    @property
    def expects_text(self) -> bool:
        """True if the user must type a name."""
        return self.question.must_type is not None

    def compose(self) -> ComposeResult:
        """Lay out the consequences, the field for a name if one is needed, and two buttons."""
        asked = self.question
        with Vertical():
            yield DialogLine(id="title")
            yield DialogText(paragraphs(asked.lines, 66), id="lines")
            if asked.must_type is not None:
                yield DialogLine(id="typing")
                yield TextField(id="name")
            with Horizontal():
                yield PushButton("Cancel", id="cancel")
                yield PushButton(asked.yes, id="yes", is_dangerous=asked.is_dangerous, deaf_to=asked.opened_by)

    def on_mount(self) -> None:
        """Fill in the texts and set the focus."""
        self.query_one("#title", DialogLine).show_pieces([(safe(self.question.title), "title-focus")])
        if self.question.must_type is not None:
            self._ask_for_name()
            self.query_one("#yes", PushButton).put_off(is_off=True)
            # The field has the focus: on Cancel, the first blank of a typed name would press it,
            # and the rest of the name would run commands.
            self.query_one("#name", Input).focus()

    def _ask_for_name(self) -> None:
        wanted = safe(self.question.must_type or "")
        self.query_one("#typing", DialogLine).show_pieces([("Type ", "dim"), (wanted, ""), (" to go on:", "dim")])

    @on(Input.Changed, "#name")
    def typed(self, event: Input.Changed) -> None:
        """Enable the button if the typed name is equal."""
        self.query_one("#yes", PushButton).put_off(is_off=not self._fits(event.value))
        self._ask_for_name()

    @on(Input.Submitted, "#name")
    def submitted(self) -> None:
        """Move to the button with Enter if the name is equal; else show the difference."""
        typed = self.query_one("#name", Input).value
        if self._fits(typed):
            self.query_one("#yes").focus()
        else:
            why = difference(typed.strip(), safe(self.question.must_type or "").strip())
            self.query_one("#typing", DialogLine).show_pieces([(safe(why), "problem")])

    def _fits(self, typed: str) -> bool:
        wanted = self.question.must_type or ""
        return typed.strip() in (wanted.strip(), safe(wanted).strip())

    @on(PushButton.Pressed)
    def pressed(self, event: PushButton.Pressed) -> None:
        """Answer with the pressed button."""
        self.close(event.button.id == "yes")

    def on_key(self, event: events.Key) -> None:
        """Move between the buttons with the arrow keys."""
        if event.key in ("left", "right", "up", "down") and not isinstance(self.focused, Input):
            event.stop()
            if event.key in ("right", "down"):
                self.focus_next()
            else:
                self.focus_previous()


def difference(typed: str, wanted: str) -> str:
    """Return a sentence that says how a typed name differs from the expected one."""
    if not typed:
        return f"Type the name first: {wanted}"
    at = next((index for index, pair in enumerate(zip(typed, wanted, strict=False)) if pair[0] != pair[1]), None)
    if at is not None:
        return f"Not {wanted}: it differs from letter {at + 1} on."
    if len(typed) < len(wanted):
        return f"Not {wanted} yet: {len(wanted) - len(typed)} more to type."
    return f"Not {wanted}: {len(typed) - len(wanted)} too many at the end."
