"""A device's log as callers read it: stored lines merged with the lines that its starts print. Source: contract 14.5, 15.

The lines of a start are worked out when the device's log is read or streamed, so reading a page
runs the programs of one or two starts; `log_replay.py` knows what one start leaves behind for the next. Lines are
merged by time. The lines of a start end where the next one begins.
"""

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

from msgspec.structs import replace

from imptui.cloud.environment.clock import to_ms
from imptui.cloud.simulation import start_transcript
from imptui.cloud.simulation.log_replay import LogReplay
from imptui.cloud.storage.bulk_restarts import RangeStarted
from imptui.cloud.storage.logs import LINES_KEPT
from imptui.cloud.storage.paging import ListPage, Paging, page_of
from imptui.cloud.storage.starts import ProgramsStarted, ShutdownRequested, Start
from imptui.cloud.storage.world import WorldView
from imptui.domain.deployment import Programs
from imptui.domain.ids import DeploymentId, DeviceId
from imptui.domain.log import LogEntry

AHEAD = timedelta(seconds=2)
"""Lines up to this time ahead are shown with a start; later ones when their time has come."""


def page(view: WorldView, device_id: DeviceId, paging: Paging) -> ListPage[LogEntry]:
    """A device's lines, newest first, at most `LINES_KEPT` in all.

    Runs the programs of the starts that the page reaches: some milliseconds each, once. Source: contract 15.
    """
    wanted = min(paging.offset + paging.size + 1, LINES_KEPT)
    lines = list(itertools.islice(_newest_first(view, device_id), wanted))
    return page_of(lines[paging.offset :], paging)


def starts_in(view: WorldView, event: ProgramsStarted | RangeStarted, is_wanted: Callable[[DeviceId], bool]) -> list[Start]:
    """Return the announced starts of the wanted devices, as they were when they were announced."""
    if isinstance(event, RangeStarted):
        return [replace(start, asked_at=None) for start in view.bulk_restarts.among(event, is_wanted)]
    return [start for start in event.starts if is_wanted(start.device_id)]


def as_asked(view: WorldView, start: Start) -> Start:
    """Return an announced start with the time at which its programs were asked to shut down, if they were."""
    latest = view.starts.of(start.device_id)
    return replace(start, asked_at=latest[0].asked_at) if latest and latest[0].at == start.at else start


def said_by_service(view: WorldView, starts: Iterable[Start]) -> list[LogEntry]:
    """Return the service's lines about starts, which precede those of programs; runs no program."""
    programs = _ProgramCache(view)
    return [line for start in starts for line in start_transcript.service_lines(start, programs.of(start))]


def said_by_programs(view: WorldView, start: Start) -> Sequence[LogEntry]:
    """Return the lines that agent and device print in their first seconds, in order of time; empty if the device is gone.

    Runs both programs, some milliseconds, unless that was done lately. For any thread that may wait that long.
    """
    imp = view.devices.get(start.device_id)
    return () if imp is None else LogReplay(view, imp).said_since(start)


def said_when_asked(view: WorldView, asked: ShutdownRequested) -> Sequence[LogEntry]:
    """Return the lines that programs print after they are asked to shut down, without lines that are published already."""
    imp = view.devices.get(asked.device_id)
    past = None if imp is None else LogReplay(view, imp)
    if past is None or not past.starts or past.starts[0].asked_at is None:
        return ()
    until = past.starts[0].asked_at + AHEAD
    told = {entry for entry in past.unasked().programs if entry.at <= until}
    return [entry for entry in past.told(0).programs if entry.at >= past.starts[0].asked_at and entry not in told]


class _ProgramCache(dict[DeploymentId | None, Programs | None]):
    """Cache of the programs that starts loaded."""

    def __init__(self, view: WorldView) -> None:
        super().__init__()
        self._view = view

    def of(self, start: Start) -> Programs | None:
        """None unless the service has something to say about them."""
        return self[start.deployment_id if start.brings_new_code else None]

    def __missing__(self, deployment_id: DeploymentId | None) -> Programs | None:
        found = None if deployment_id is None else self._view.deployments.programs(deployment_id)
        self[deployment_id] = found
        return found


def _newest_first(view: WorldView, device_id: DeviceId) -> Iterator[LogEntry]:
    merged = heapq.merge(_of_starts(view, device_id), _kept(view, device_id), key=lambda placed: placed[0])
    return (entry for _, entry in merged)


_Placed = tuple[tuple[int, int, int], LogEntry]
"""A line with its sort key, newest first: time, number of stored lines before it, stored lines before lines of starts."""


def _kept(view: WorldView, device_id: DeviceId) -> Iterator[_Placed]:
    number: int | None = None
    while found := view.logs.before(device_id, number, 100):
        for number, entry in found:
            yield (-to_ms(entry.at), -number, 0), entry


def _of_starts(view: WorldView, device_id: DeviceId) -> Iterator[_Placed]:
    imp = view.devices.get(device_id)
    if imp is None:
        return
    until = view.now + AHEAD
    past = LogReplay(view, imp)
    for place, start in enumerate(past.starts):
        for entry in reversed(past.told(place).lines):
            if entry.at < until or entry.at == start.at:
                yield (-to_ms(entry.at), -start.after_line, -1), entry
        until = start.at
