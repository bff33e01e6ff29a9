"""Watching what comes of a deployment."""

from imptui.tui.commands.review_page import ChooseRestartMode, Deploying


class RollBackRollout(Deploying):
    """Back to what the group ran before."""

    id = "rollout.back"
    keys = ("B",)
    title = "Roll back to what the group ran before: review first"
    footer = "roll back"
    verb = "roll_back"
    screens = frozenset({"rollout"})


COMMANDS = (ChooseRestartMode(), RollBackRollout())
