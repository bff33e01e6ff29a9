"""What devices, agents and the service log when something happens to a device. Source: contract 14.5, 15.

Lines of the service are kept as they are. What programs print after a start is not: only the start itself is kept,
and its lines are worked out when somebody reads the device's log or listens to it. So a restart of thousands of devices
runs no program at all, and reading a page of a log runs one or two.

A device's log is therefore the lines that were kept and the lines of its starts, merged by time. The lines of a start
end where the next one begins.
"""

import heapq
import itertools
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from imptui.cloud.rules import transcript
from imptui.cloud.world import telemetry
from imptui.cloud.world.clock import to_ms
from imptui.cloud.world.imps import AGENT_ORIGIN
from imptui.cloud.world.logs import LINES_KEPT
from imptui.cloud.world.paging import Page, Paging, page_of
from imptui.cloud.world.records import Imp, Logged, Why
from imptui.cloud.world.starts import Start, Started
from imptui.cloud.world.store import Change, Look
from imptui.cloud.world.stretches import StartedTogether
from imptui.model.deployment import Deployment, Programs
from imptui.model.group import GroupType
from imptui.model.ids import DeploymentId, DeviceId
from imptui.model.log import LogEntry
from imptui.squirrel.run.facts import Facts

AHEAD = timedelta(seconds=2)
"""A start is told with its first lines at once; later ones are told when their time has come."""


def booted(tx: Change, imp: Imp, deployment: Deployment | None, why: Why, *, exit_text: str | None = None) -> None:
    """Log a start: the service's own lines, then what agent and device say.

    Args:
        tx: The transaction in which it started.
        imp: The imp after the start; of an offline device only the agent started.
        deployment: What was loaded; None: there was nothing to load.
        why: Whether it runs another program than before.
        exit_text: Why its last program ended, where that is news, such as `out of memory`.
    """
    start = start_of(tx, imp, deployment, why, exit_text=exit_text)
    tx.starts.add([start])
    tx.announce(Started([start]))


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
    return _told(look, start).programs


def lines_of(look: Look, start: Start) -> Sequence[LogEntry]:
    """All lines of a start: the service's, the agent's, the device's. Empty when the device is gone."""
    told = _told(look, start)
    return (*told.service, *told.programs)


class _Told(NamedTuple):
    service: Sequence[LogEntry]
    programs: Sequence[LogEntry]


def _told(look: Look, start: Start) -> _Told:
    imp = look.devices.get(start.device_id)
    if imp is None:
        return _Told((), ())
    deployment = look.deployments.get(start.deployment_id)
    facts = _facts(look, imp, start, deployment)
    key = (start, None if deployment is None else deployment.sha, json.dumps([facts.env, facts.ei], default=str))
    return _TRANSCRIPTS.get(key, lambda: _worked_out(look, start, facts))


def _worked_out(look: Look, start: Start, facts: Facts) -> _Told:
    programs = None if start.deployment_id is None else look.deployments.programs(start.deployment_id)
    return _Told(transcript.service_lines(start, programs), transcript.program_lines(start, programs, facts))


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
    until = look.now + AHEAD
    for start in look.starts.of(device_id):
        for entry in reversed(lines_of(look, start)):
            if entry.at < until or entry.at == start.at:
                yield (-to_ms(entry.at), -start.after_line, -1), entry
        until = start.at


def _facts(look: Look, imp: Imp, start: Start, deployment: Deployment | None) -> Facts:
    """What the programs can see. Source: contract 16."""
    group = None if deployment is None or deployment.group_id is None else look.groups.get(deployment.group_id)
    product = None if group is None else look.products.get(group.product_id)
    ei = {}
    if deployment is not None and group is not None and product is not None:
        ei = {
            "PRODUCT_ID": product.id,
            "PRODUCT_NAME": product.name,
            "DEVICEGROUP_ID": group.id,
            "DEVICEGROUP_NAME": group.name,
            "DEVICEGROUP_TYPE": _WIRE_TYPES.get(group.type, str(group.type)),
            "DEPLOYMENT_ID": deployment.id,
            "DEPLOYMENT_SHA": deployment.sha,
            "DEPLOYMENT_CREATED_AT": deployment.created_at.isoformat(timespec="milliseconds")[:-6] + "Z",
        }
    device = imp.device
    return Facts(
        device_id=device.id,
        mac_address=(device.mac_address or "").replace(":", ""),
        agent_url=AGENT_ORIGIN + imp.agent_id,
        started_at_s=start.at.timestamp(),
        env={} if group is None else dict(group.env_vars),
        ei=ei,
        software_version=device.swversion or "",
        free_memory_bytes=telemetry.free_memory_bytes(imp.seed, device.imp_type, start.at, start.at) or 0,
        rssi_dbm=telemetry.rssi_dbm(imp.seed, start.at) or telemetry.WEAKEST_DBM,
        seed=imp.seed & 0x7FFF_FFFF,
    )


_WIRE_TYPES: dict[GroupType | str, str] = {
    GroupType.DEVELOPMENT: "development",
    GroupType.PRE_FACTORY: "pre_factoryfixture",
    GroupType.PRE_DUT: "pre_dut",
    GroupType.PRE_PRODUCTION: "pre_production",
    GroupType.FACTORY: "factoryfixture",
    GroupType.DUT: "dut",
    GroupType.PRODUCTION: "production",
}
"""What code finds in `__EI.DEVICEGROUP_TYPE`: it is the service that programs talk to, whatever the dialect."""


class _Transcripts:
    """Lines of the starts that were worked out lately; from any thread."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[object, _Told] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object, work_out: Callable[[], _Told]) -> _Told:
        """The lines for a key, worked out if they are not known; two threads may work out the same."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        lines = work_out()
        with self._lock:
            self._kept[key] = lines
            if len(self._kept) > self._limit:
                self._kept.popitem(last=False)
        return lines


_TRANSCRIPTS = _Transcripts(limit=512)
"""Lines follow from the start and what the program sees, so worlds may share them."""
