"""What devices, agents and the service log when something happens to a device. Source: contract 14.5, 15.

Lines of the service are kept as they are. What programs print after a start is not: only the start itself is kept,
and its lines are worked out when somebody reads the device's log or listens to it. So a restart of thousands of devices
runs no program at all, and reading a page of a log runs one or two; what one start leaves behind for the next is in
`past.py`.

A device's log is therefore the lines that were kept and the lines of its starts, merged by time. The lines of a start
end where the next one begins.
"""

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

from msgspec.structs import replace

from imptui.cloud.environment.clock import to_ms
from imptui.cloud.rules import start_transcript as transcript
from imptui.cloud.rules.log_replay import Past
from imptui.cloud.storage.bulk_restarts import StartedTogether
from imptui.cloud.storage.logs import LINES_KEPT
from imptui.cloud.storage.paging import Page, Paging, page_of
from imptui.cloud.storage.records import Imp, Logged, Why
from imptui.cloud.storage.starts import STARTS_KEPT, Asked, Start, Started
from imptui.cloud.storage.world import Change, Look
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.group import GroupType
from imptui.domain.ids import DeploymentId, DeviceId
from imptui.domain.log import LogEntry

AHEAD = timedelta(seconds=2)
"""A start is told with its first lines at once; later ones are told when their time has come."""


def booted(
    tx: Change,
    imp: Imp,
    deployment: Deployment | None,
    why: Why,
    *,
    exit_text: str | None = None,
    is_cold: bool = False,
) -> None:
    """Log a start: the service's own lines, then what agent and device say.

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
        keep_what_was_found(tx, [imp.device.id])
        tx.starts.forget_old(imp.device.id)
    tx.announce(Started([start]))


def keep_what_was_found(tx: Change, device_ids: Iterable[DeviceId]) -> None:
    """Before a device's oldest start is forgotten, note what the next one found of it; runs the programs of one start."""
    for device_id in device_ids:
        imp = tx.devices.get(device_id)
        if imp is not None:
            past = Past(tx, imp)
            tx.starts.remember(past.starts[STARTS_KEPT - 1], past.found_by(STARTS_KEPT - 1))


def start_of(tx: Change, imp: Imp, deployment: Deployment | None, why: Why, *, exit_text: str | None = None) -> Start:
    """What is kept of a start; takes what `booted` takes, and logs nothing."""
    return Start(
        device_id=imp.device.id,
        at=tx.now,
        deployment_id=None if deployment is None else deployment.id,
        log_type=log_type_in(imp.device.group_type),
        brings_new_code=why is Why.NEW_CODE,
        is_online=imp.device.is_online,
        exit_text=exit_text,
    )


def connected(tx: Change, imp: Imp) -> None:
    """Log that the device came online."""
    say(tx, imp, [("status", "Device connected")])


def disconnected(tx: Change, imp: Imp) -> None:
    """Log that the device went offline."""
    say(tx, imp, [("status", "Device disconnected")])


def say(tx: Change, imp: Imp, lines: Sequence[tuple[str, str]]) -> None:
    """Keep lines (kind, text) of a device, and announce them to whoever listens."""
    log_type = log_type_in(imp.device.group_type)
    entries = [LogEntry(imp.device.id, tx.now, kind, text, log_type) for kind, text in lines]
    tx.logs.append(entries)
    tx.announce(Logged(entries))


def log_type_in(group_type: GroupType | str | None) -> str:
    """`production` or `development`. Source: contract 14.3."""
    return "production" if group_type in (GroupType.PRODUCTION, GroupType.PRE_PRODUCTION) else "development"


def page(look: Look, device_id: DeviceId, paging: Paging) -> Page[LogEntry]:
    """A device's lines, newest first, at most `LINES_KEPT` in all.

    Runs the programs of the starts that the page reaches: some milliseconds each, once. Source: contract 15.
    """
    wanted = min(paging.offset + paging.size + 1, LINES_KEPT)
    lines = list(itertools.islice(_newest_first(look, device_id), wanted))
    return page_of(lines[paging.offset :], paging)


def starts_in(look: Look, event: Started | StartedTogether, is_wanted: Callable[[DeviceId], bool]) -> list[Start]:
    """The announced starts of the devices that somebody wants to hear of."""
    if isinstance(event, StartedTogether):
        return look.stretches.among(event, is_wanted)
    return [start for start in event.starts if is_wanted(start.device_id)]


def said_by_service(look: Look, starts: Iterable[Start]) -> list[LogEntry]:
    """What the service says about starts, at once and before any program speaks; runs no program."""
    programs = _ProgramsLooked(look)
    return [line for start in starts for line in transcript.service_lines(start, programs.of(start))]


def said_by_programs(look: Look, start: Start) -> Sequence[LogEntry]:
    """What agent and device say in their first seconds, in order of time; empty when the device is gone.

    Runs both programs, some milliseconds, unless that was done lately. For any thread that may wait that long.
    """
    imp = look.devices.get(start.device_id)
    return () if imp is None else Past(look, imp).said_since(start)


def said_when_asked(look: Look, asked: Asked) -> Sequence[LogEntry]:
    """What programs say from now on that have been asked to shut down, but for what has been told already."""
    imp = look.devices.get(asked.device_id)
    past = None if imp is None else Past(look, imp)
    if past is None or not past.starts or past.starts[0].asked_at is None:
        return ()
    until = past.starts[0].asked_at + AHEAD
    told = {entry for entry in past.unasked().programs if entry.at <= until}
    return [entry for entry in past.told(0).programs if entry.at >= past.starts[0].asked_at and entry not in told]


class _ProgramsLooked(dict[DeploymentId | None, Programs | None]):
    """The programs that starts brought, unpacked once each."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def of(self, start: Start) -> Programs | None:
        """None unless the service has something to say about them."""
        return self[start.deployment_id if start.brings_new_code else None]

    def __missing__(self, deployment_id: DeploymentId | None) -> Programs | None:
        found = None if deployment_id is None else self._look.deployments.programs(deployment_id)
        self[deployment_id] = found
        return found


def _newest_first(look: Look, device_id: DeviceId) -> Iterator[LogEntry]:
    merged = heapq.merge(_of_starts(look, device_id), _kept(look, device_id), key=lambda placed: placed[0])
    return (entry for _, entry in merged)


_Placed = tuple[tuple[int, int, int], LogEntry]
"""A line with its place, newest first: its time; what was kept before it; lines of starts after those they follow."""


def _kept(look: Look, device_id: DeviceId) -> Iterator[_Placed]:
    number: int | None = None
    while found := look.logs.before(device_id, number, 100):
        for number, entry in found:
            yield (-to_ms(entry.at), -number, 0), entry


def _of_starts(look: Look, device_id: DeviceId) -> Iterator[_Placed]:
    imp = look.devices.get(device_id)
    if imp is None:
        return
    until = look.now + AHEAD
    past = Past(look, imp)
    for place, start in enumerate(past.starts):
        for entry in reversed(past.told(place).lines):
            if entry.at < until or entry.at == start.at:
                yield (-to_ms(entry.at), -start.after_line, -1), entry
        until = start.at
