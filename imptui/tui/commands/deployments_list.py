"""From a list of deployments to what belongs to them: code, the other side of a comparison, rollout, lineage, clean-up."""

from imptui.tui.commands.command import View

LIST = frozenset({"deployments"})


class Open(View):
    """Read its programs."""

    id = "deployments.open"
    keys = ("enter",)
    title = "Read its programs"
    action = "open"
    group = "Deployments"
    footer = "code"
    panes = LIST


class Side(View):
    """One side of a comparison, and the other."""

    id = "deployments.side"
    keys = ("equals_sign",)
    title = "Take as one side of a comparison; on another one: compare"
    action = "side"
    group = "Deployments"
    footer = "compare"
    panes = LIST


class All(View):
    """Deployments of the whole account."""

    id = "deployments.all"
    keys = ("0",)
    title = "Deployments of all groups"
    action = "all"
    group = "Deployments"
    panes = LIST


class WatchRollout(View):
    """How far it has come."""

    id = "deployments.rollout"
    keys = ("o",)
    title = "Watch its rollout: who restarted since, who waits"
    action = "watch_rollout"
    group = "Deployments"
    footer = "rollout"
    words = ("rollout",)
    panes = LIST


class Lineage(View):
    """Where code went."""

    id = "deployments.lineage"
    keys = ("Y",)
    title = "Lineage: which group's code came from where"
    action = "lineage"
    group = "Deployments"
    footer = "lineage"
    words = ("lineage",)
    panes = LIST


class CleanUp(View):
    """Old ones."""

    id = "deployments.clean"
    keys = ("K",)
    title = "Clean up old deployments of the group: a preview first"
    action = "clean"
    group = "Deployments"
    words = ("clean",)
    panes = LIST


COMMANDS = (Open(), Side(), All(), WatchRollout(), Lineage(), CleanUp())
