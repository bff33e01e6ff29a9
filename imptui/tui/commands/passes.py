"""The command that starts or stops a pass over the account."""

from imptui.tui.commands.actions import RefreshActions
from imptui.tui.commands.command import Command, Situation
from imptui.tui.commands.console_protocol import Console


class SyncCommand(Command):
    """`:sync` starts a pass, `:sync stop` ends the one that runs."""

    id = "app.sync"
    title = "Read everything now; `sync stop` ends that, and the next one goes on there"
    may_ask = False
    group = "Everywhere"
    words = ("sync",)

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Start a pass, or stop it."""
        match argument.strip():
            case "":
                target = console.target(RefreshActions)
                done = target.action_refresh_now() if target is not None else None
                if done is not None:
                    await done
            case "stop" if console.fleet.sync.cancel():
                console.show_message("Reading has ended. What was read stays; :sync goes on there.")
            case "stop":
                console.show_message("Nothing is being read.")
            case other:
                console.show_message(f"There is :sync and :sync stop, not :sync {other}.")


COMMANDS = (SyncCommand(),)
