"""Log lines that rules write when something happens to a device. Source: contract 14.5, 15.

Lines of the service are stored as they are. Of a start only the start itself is stored: the simulation works out what
its programs print when somebody reads the log, so that a restart of thousands of devices runs no program.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from imptui.cloud.storage.records import Imp, LinesLogged, RestartReason
from imptui.cloud.storage.starts import STARTS_KEPT, ProgramsStarted, Start
from imptui.cloud.storage.world import WorldChange
from imptui.domain.deployment import Deployment
from imptui.domain.group import GroupType
from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry


def booted(
    tx: WorldChange,
    imp: Imp,
    deployment: Deployment | None,
    why: RestartReason,
    *,
    exit_text: str | None = None,
    is_cold: bool = False,
) -> None:
    """Store a start, from which the lines of service, agent and device follow.

    Args:
        tx: The transaction in which it started.
        imp: The imp after the start; of an offline device only the agent started.
        deployment: What was loaded; None: there was nothing to load.
        why: Whether it runs another program than before.
        exit_text: Why its last program ended, where that is news, such as `out of memory`.
        is_cold: Whether the device was without power.
    """
    start = replace(start_of(tx, imp, deployment, why, exit_text=exit_text), is_cold=is_cold)
    tx.starts.add([start])
    if tx.starts.is_beyond_limit(imp.device.id):
        save_found_memory(tx, [imp.device.id])
        tx.starts.forget_old(imp.device.id)
    tx.announce(ProgramsStarted([start]))


def save_found_memory(tx: WorldChange, device_ids: Iterable[DeviceId]) -> None:
    """Store the memory that the second-oldest start found, before the oldest one is deleted.

    Runs the programs of one start per device. A world that was opened without a replay loses that memory.
    """
    if tx.replay is None:
        return
    for device_id in device_ids:
        imp = tx.devices.get(device_id)
        if imp is not None:
            start = tx.starts.of(device_id)[STARTS_KEPT - 1]
            tx.starts.remember(start, tx.replay.memory_before(tx, imp, STARTS_KEPT - 1))


def start_of(
    tx: WorldChange, imp: Imp, deployment: Deployment | None, why: RestartReason, *, exit_text: str | None = None
) -> Start:
    """Return the record of a start; takes what `booted` takes and stores nothing."""
    return Start(
        device_id=imp.device.id,
        at=tx.now,
        deployment_id=None if deployment is None else deployment.id,
        log_type=log_type_in(imp.device.group_type),
        brings_new_code=why is RestartReason.NEW_CODE,
        is_online=imp.device.is_online,
        exit_text=exit_text,
    )


def connected(tx: WorldChange, imp: Imp) -> None:
    """Log that the device came online."""
    say(tx, imp, [("status", "Device connected")])


def disconnected(tx: WorldChange, imp: Imp) -> None:
    """Log that the device went offline."""
    say(tx, imp, [("status", "Device disconnected")])


def say(tx: WorldChange, imp: Imp, lines: Sequence[tuple[str, str]]) -> None:
    """Store lines (kind, text) of a device and announce them."""
    log_type = log_type_in(imp.device.group_type)
    entries = [LogEntry(imp.device.id, tx.now, kind, text, log_type) for kind, text in lines]
    tx.logs.append(entries)
    tx.announce(LinesLogged(entries))


def log_type_in(group_type: GroupType | str | None) -> str:
    """`production` or `development`. Source: contract 14.3."""
    return "production" if group_type in (GroupType.PRODUCTION, GroupType.PRE_PRODUCTION) else "development"
