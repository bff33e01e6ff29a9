"""Cleaning up old deployments of a group."""

from imptui.tui.commands.command import Command, Danger, Situation, View
from imptui.tui.commands.console import Console


class Rule(View):
    """Which ones go."""

    id = "cleaning.rule"
    keys = ("e",)
    title = "How many of the newest stay, and how old the others must be"
    action = "edit_rule"
    group = "Clean-up"
    footer = "rule"


class Read(View):
    """The code of one of them."""

    id = "cleaning.open"
    keys = ("enter",)
    title = "Read its programs"
    action = "open"
    group = "Clean-up"
    footer = "code"


class Again(View):
    """Plan anew."""

    id = "cleaning.again"
    keys = ("ctrl+r", "R")
    title = "Read the group again, and plan anew"
    action = "refresh_now"
    group = "Clean-up"


class DeletePlanned(Command):
    """Delete what the plan says."""

    id = "cleaning.delete"
    keys = ("D", "delete")
    title = "Delete what is marked to go: asks for the name of the group"
    footer = "delete them"
    danger = Danger.DESTROYS
    group = "Clean-up"
    in_menu = True

    def unavailable(self, situation: Situation) -> str | None:
        """There must be something to delete."""
        return next((each for each in situation.more if isinstance(each, str)), None)

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """The screen asks, and shows how it goes."""
        await console.act("delete_planned")


COMMANDS = (DeletePlanned(), Rule(), Read(), Again())
