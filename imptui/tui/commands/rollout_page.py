"""Commands of the rollout screen."""

from imptui.tui.commands.actions import RolloutActions
from imptui.tui.commands.command import Situation
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.review_page import ChooseRestartMode, ReviewCommand


class RollBackRollout(ReviewCommand):
    """Roll back to the deployment before this one."""

    id = "rollout.back"
    keys = ("B",)
    title = "Roll back to what the group ran before: review first"
    footer = "roll back"
    screens = frozenset({"rollout"})

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Open the review of the roll-back."""
        target = console.target(RolloutActions)
        if target is not None:
            await target.action_roll_back(situation.key or "")


COMMANDS = (ChooseRestartMode(), RollBackRollout())
