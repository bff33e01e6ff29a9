"""Looking at where code went."""

from functools import partial

from imptui.tui.commands.command import Command, Danger, Situation, view
from imptui.tui.commands.console_protocol import Console

_view = partial(view, group="Lineage")


class PromoteFromSource(Command):
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


COMMANDS = (
    _view("lineage.open", "Deployments of the group", "open", "enter", footer="history"),
    _view(
        "lineage.compare",
        "Compare what it is to run with what its source is to run",
        "compare_source",
        "equals_sign",
        footer="compare",
    ),
    _view("lineage.layout", "Boxes, or a list", "flip_layout", "vertical_line"),
    PromoteFromSource(),
)
