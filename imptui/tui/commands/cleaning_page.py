"""Commands that clean up old deployments of a group."""

from imptui.tui.commands.actions import CleaningActions, Openable, RefreshActions
from imptui.tui.commands.command import Command, Danger, Situation, ViewGroup
from imptui.tui.commands.console_protocol import Console

_view = ViewGroup("Clean-up")


class DeletePlanned(Command):
    """Delete the deployments that the plan selects."""

    id = "cleaning.delete"
    keys = ("D", "delete")
    title = "Delete what is marked to go: asks for the name of the group"
    footer = "delete them"
    danger = Danger.DESTROYS
    group = "Clean-up"
    in_menu = True

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if the plan selects nothing."""
        return next((each for each in situation.more if isinstance(each, str)), None)

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Let the screen confirm and show the progress."""
        target = console.target(CleaningActions)
        if target is not None:
            target.action_delete_planned()


COMMANDS = (
    DeletePlanned(),
    _view(
        "cleaning.rule",
        "How many of the newest stay, and how old the others must be",
        CleaningActions,
        lambda it: it.action_edit_rule(),
        "e",
        footer="rule",
    ),
    _view("cleaning.open", "Read its programs", Openable, lambda it: it.action_open(), "enter", footer="code"),
    _view(
        "cleaning.again", "Read the group again, and plan anew", RefreshActions, lambda it: it.action_refresh_now(), "ctrl+r", "R"
    ),
)
