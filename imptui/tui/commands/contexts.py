"""The command that switches to another context."""

from imptui.tui.commands.command import Command, Situation
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.questions import Menu, Option


class SwitchContext(Command):
    """Leave this context and open the console on another one."""

    id = "app.context"
    title = "Switch to another context: account and cloud"
    group = "Everywhere"
    words = ("context", "ctx")

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:
        """Switch to the named context; without a name, show a menu."""
        here = console.fleet.context.name
        others = [each for each in console.contexts.all() if each.name != here]
        name: str | None = argument.strip()
        if name == here:
            console.show_message(f"This is {here} already.")
        elif name and name not in {each.name for each in others}:
            console.show_message(f"There is no context {name}; imptui login makes one.")
        elif not others:
            console.show_message("There is no other context; imptui login makes one.")
        else:
            if not name:
                options = tuple(Option(each.name, each.name, f"{each.username or ''} at {each.endpoint}") for each in others)
                name = await console.choose(Menu("Switch to", options, can_filter=True, opened_by=situation.key))
            if name:
                console.contexts.switch(name)


COMMANDS = (SwitchContext(),)
