"""What devices, agents and the service log when something happens to a device. Source: contract 14.5, 15."""

from collections.abc import Sequence

from imptui.cloud.world.records import Imp, Logged, Why
from imptui.cloud.world.store import Change
from imptui.model.deployment import Deployment
from imptui.model.group import GroupType
from imptui.model.log import LogEntry


def booted(tx: Change, imp: Imp, deployment: Deployment | None, why: Why) -> None:
    """Log the lines of a start: the service's own, then what agent and device say.

    Args:
        tx: The transaction in which it started.
        imp: The imp after the start; of an offline device only the agent started.
        deployment: What was loaded; None: there was nothing to load.
        why: Whether it runs another program than before.
    """
    del deployment
    say(tx, imp, [("status", f"Agent restarted: {why}.")])


def connected(tx: Change, imp: Imp) -> None:
    """Log that the device came online."""
    say(tx, imp, [("status", "Device connected")])


def disconnected(tx: Change, imp: Imp) -> None:
    """Log that the device went offline."""
    say(tx, imp, [("status", "Device disconnected")])


def say(tx: Change, imp: Imp, lines: Sequence[tuple[str, str]]) -> None:
    """Keep lines (kind, text) of a device, and announce them to whoever listens."""
    is_production = imp.device.group_type in (GroupType.PRODUCTION, GroupType.PRE_PRODUCTION)
    log_type = "production" if is_production else "development"
    entries = [LogEntry(imp.device.id, tx.now, kind, text, log_type) for kind, text in lines]
    tx.logs.append(entries)
    tx.announce(Logged(entries))
