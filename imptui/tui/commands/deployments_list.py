"""Commands that lead from a list of deployments to code, comparison, rollout, lineage and clean-up."""

from imptui.tui.commands.actions import HistoryListActions, Openable
from imptui.tui.commands.command import ViewGroup

LIST = frozenset({"deployments"})

_view = ViewGroup("Deployments", LIST)

COMMANDS = (
    _view("deployments.open", "Read its programs", Openable, lambda it: it.action_open(), "enter", footer="code"),
    _view(
        "deployments.side",
        "Take as one side of a comparison; on another one: compare",
        HistoryListActions,
        lambda it: it.action_side(),
        "equals_sign",
        footer="compare",
    ),
    _view("deployments.all", "Deployments of all groups", HistoryListActions, lambda it: it.action_all(), "0"),
    _view(
        "deployments.rollout",
        "Watch its rollout: who restarted since, who waits",
        HistoryListActions,
        lambda it: it.action_watch_rollout(),
        "o",
        footer="rollout",
        words=("rollout",),
    ),
    _view(
        "deployments.lineage",
        "Lineage: which group's code came from where",
        HistoryListActions,
        lambda it: it.action_lineage(),
        "Y",
        footer="lineage",
        words=("lineage",),
    ),
    _view(
        "deployments.clean",
        "Clean up old deployments of the group: a preview first",
        HistoryListActions,
        lambda it: it.action_clean(),
        "K",
        words=("clean",),
    ),
)
