"""The dialog in which the user types a command after `:`."""

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from imptui.tui.commands.questions import Option
from imptui.tui.widgets.dialog import Dialog
from imptui.tui.widgets.dialogs.menu import MenuLines
from imptui.tui.widgets.dialogs.parts import DialogLine
from imptui.tui.widgets.field import TextField


class CommandLine(Dialog[str]):
    """A field for a command after `:`, with suggestions."""

    DEFAULT_CSS = """
    CommandLine { align: left bottom; }
    CommandLine.-roomy > Vertical { width: 100%; max-width: 100%; }
    CommandLine > Vertical { width: 100%; border: none; padding: 0; max-height: 12; }
    CommandLine MenuLines { max-height: 8; }
    CommandLine #colon { width: 1; }
    CommandLine Horizontal { align-horizontal: left; }
    CommandLine Input { width: 1fr; }
    """

    @property
    def expects_text(self) -> bool:
        """True, because the dialog is a field."""
        return True

    @property
    def passes_keys_on(self) -> bool:
        """True: keys typed behind Enter are for the screen or dialog that the command opens."""
        return True

    def ignores_keys_read_at(self, at: float) -> bool:  # noqa: ARG002 - the shape of a dialog
        """Accept keys immediately: text typed right behind `:` is the beginning of the command."""
        return False

    def __init__(self, options: Sequence[Option], typed: str = "") -> None:
        super().__init__()
        self.options = options
        self._typed = typed

    def compose(self) -> ComposeResult:
        """Lay out the suggestions above the field."""
        with Vertical():
            yield MenuLines()
            with Horizontal():
                yield DialogLine(id="colon")
                yield TextField(self._typed, id="word")

    def on_mount(self) -> None:
        """Suggest every command, because nothing is typed yet."""
        self.query_one("#colon", DialogLine).show_pieces([(":", "title-focus")])
        self._suggest(self._typed)

    @on(Input.Changed, "#word")
    def typed(self, event: Input.Changed) -> None:
        """Suggest the commands that match."""
        self._suggest(event.value)

    def _suggest(self, text: str) -> None:
        word = text.split(" ", 1)[0].casefold()
        found = [each for each in self.options if each.key.casefold().startswith(word)]
        found += [each for each in self.options if each not in found and word in each.label.casefold()]
        self.query_one(MenuLines).put(found if " " not in text else found[:1])

    @on(Input.Submitted, "#word")
    def submitted(self, event: Input.Submitted) -> None:
        """Run the typed command with Enter, or the only one that it can become."""
        text = event.value.strip()
        word, _, rest = text.partition(" ")
        names = [each.key for each in self.options]
        if word and word not in names:
            fitting = [name for name in names if name.startswith(word)]
            word = fitting[0] if len(fitting) == 1 else word
        self.close(f"{word} {rest}".strip() or None)

    def on_key(self, event: events.Key) -> None:
        """Complete with Tab, move among the suggestions with the arrow keys."""
        lines = self.query_one(MenuLines)
        if event.key in ("up", "down"):
            event.stop()
            lines.move(1 if event.key == "down" else -1)
        elif event.key == "tab":
            event.stop()
            event.prevent_default()
            if lines.current is not None:
                field = self.query_one("#word", Input)
                field.value = lines.current.key + " "
                field.cursor_position = len(field.value)
