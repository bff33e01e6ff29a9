"""From a list of deployments to what belongs to them: code, the other side of a comparison, rollout, lineage, clean-up."""

from functools import partial

from imptui.tui.commands.command import view

LIST = frozenset({"deployments"})

_view = partial(view, group="Deployments", panes=LIST)

COMMANDS = (
    _view("deployments.open", "Read its programs", "open", "enter", footer="code"),
    _view(
        "deployments.side", "Take as one side of a comparison; on another one: compare", "side", "equals_sign", footer="compare"
    ),
    _view("deployments.all", "Deployments of all groups", "all", "0"),
    _view(
        "deployments.rollout",
        "Watch its rollout: who restarted since, who waits",
        "watch_rollout",
        "o",
        footer="rollout",
        words=("rollout",),
    ),
    _view(
        "deployments.lineage", "Lineage: which group's code came from where", "lineage", "Y", footer="lineage", words=("lineage",)
    ),
    _view("deployments.clean", "Clean up old deployments of the group: a preview first", "clean", "K", words=("clean",)),
)
