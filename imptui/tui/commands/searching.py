"""The command that searches all code."""

from imptui.tui.commands.command import Command, Situation
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.routes import CodeSearchRoute


class SearchCode(Command):
    """Search all code that was ever read."""

    id = "app.search-code"
    keys = ("f4",)
    title = "Look for a text in all code that was ever read (:grep TEXT, or :grep /REGEX/)"
    group = "Everywhere"
    words = ("grep",)

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Open the search; without a text, its screen asks for one."""
        console.navigator.open(CodeSearchRoute(argument.strip()))


COMMANDS = (SearchCode(),)
