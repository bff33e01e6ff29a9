"""Commands of the lineage screen."""

from imptui.tui.commands.actions import LayoutActions, LineageActions, Openable
from imptui.tui.commands.command import Command, Danger, Situation, ViewGroup
from imptui.tui.commands.console_protocol import Console

_view = ViewGroup("Lineage")


class PromoteFromSource(Command):
    """Promote the code of the source group to this group."""

    id = "lineage.promote"
    keys = ("P",)
    title = "Promote what its source is to run: review first"
    footer = "promote"
    danger = Danger.CHANGES
    group = "Lineage"
    in_menu = True

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if there is no group."""
        return None if situation.group is not None else "No group is chosen."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Let the screen find the source and open the review."""
        target = console.target(LineageActions)
        if target is not None:
            target.action_promote_source()


COMMANDS = (
    _view("lineage.open", "Deployments of the group", Openable, lambda it: it.action_open(), "enter", footer="history"),
    _view(
        "lineage.compare",
        "Compare what it is to run with what its source is to run",
        LineageActions,
        lambda it: it.action_compare_source(),
        "equals_sign",
        footer="compare",
    ),
    _view("lineage.layout", "Boxes, or a list", LayoutActions, lambda it: it.action_flip_layout(), "vertical_line"),
    PromoteFromSource(),
)
