"""Commands that switch write access off and on."""

from imptui.tui.commands.command import Command, Situation
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.questions import Question


class ReadOnly(Command):
    """Refuse every change from now on."""

    id = "app.read-only"
    title = "Read-only: refuse every change"
    may_ask = False
    group = "Everywhere"
    words = ("ro", "readonly")

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Refuse changes at the transport, where requests leave the process."""
        console.contexts.set_read_only("you asked for it with :ro")


class ReadWrite(Command):
    """Allow changes again, after asking."""

    id = "app.read-write"
    title = "Read and write: allow changes again"
    group = "Everywhere"
    words = ("rw",)

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Ask, then allow changes; refused if the context is locked."""
        if situation.read_only_because is None:
            console.show_message("Changes are allowed already.")
            return
        asked = Question("Allow changes?", (f"It is read-only now: {situation.read_only_because}.",), "Allow changes")
        if await console.ask(asked):
            console.contexts.set_read_only(None)


COMMANDS = (ReadOnly(), ReadWrite())
