"""Looking at where code went."""

from imptui.tui.commands.command import Command, Danger, Situation, View
from imptui.tui.commands.console import Console


class Open(View):
    """The history of the group."""

    id = "lineage.open"
    keys = ("enter",)
    title = "Deployments of the group"
    action = "open"
    group = "Lineage"
    footer = "history"


class Compare(View):
    """With its source."""

    id = "lineage.compare"
    keys = ("equals_sign",)
    title = "Compare what it is to run with what its source is to run"
    action = "compare_source"
    group = "Lineage"
    footer = "compare"


class Layout(View):
    """Boxes or a list."""

    id = "lineage.layout"
    keys = ("vertical_line",)
    title = "Boxes, or a list"
    action = "flip_layout"
    group = "Lineage"


class Promote(Command):
    """Bring it level with its source."""

    id = "lineage.promote"
    keys = ("P",)
    title = "Promote what its source is to run: review first"
    footer = "promote"
    danger = Danger.CHANGES
    group = "Lineage"
    in_menu = True

    def unavailable(self, situation: Situation) -> str | None:
        """There must be a group."""
        return None if situation.group is not None else "No group is chosen."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """The screen knows the source."""
        await console.act("promote_source")


COMMANDS = (Open(), Compare(), Layout(), Promote())
