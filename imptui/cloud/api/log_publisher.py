"""Publishes log lines to log streams: one background thread, in the order in which the world announces events.

Stored lines, and the service's lines about a start, are published as they are. The lines of a start's programs are
worked out here for subscribed devices, one device after the other, yielding to requests. If devices restart faster than
that, only the latest start of each is published with its programs' lines, and the others with the service's lines alone;
the device's log has them all. So the backlog is bounded by the number of subscribed devices.

Lines with a later time are held back until the world's clock reaches it, and dropped if the device restarts before.
"""

import heapq
import itertools
import logging
import queue
import threading
from collections.abc import Iterable, Sequence

from imptui.cloud.api.stream_hub import StreamHub
from imptui.cloud.simulation import log_lines
from imptui.cloud.storage.bulk_restarts import RangeStarted
from imptui.cloud.storage.errors import WorldUnreadable
from imptui.cloud.storage.records import LinesLogged
from imptui.cloud.storage.starts import ProgramsStarted, ShutdownRequested, Start
from imptui.cloud.storage.world import World
from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry

_log = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.25
"""Interval at which lines with a later time are checked, while there are any."""

_EVENTS_AT_ONCE = 50
"""Events taken before the programs of one start are run, so that a steady flow of events cannot starve them."""

_Event = LinesLogged | ProgramsStarted | RangeStarted | ShutdownRequested


class LogPublisher:
    """Publishes a world's log lines to a hub. Its thread starts with the first event of a subscribed device."""

    def __init__(self, world: World, hub: StreamHub) -> None:
        self._world = world
        self._hub = hub
        self._events: queue.SimpleQueue[_Event | None] = queue.SimpleQueue()
        self._unpublished: dict[DeviceId, Start] = {}
        """Starts whose programs have not been run, longest waiting first."""
        self._held: list[tuple[float, int, LogEntry]] = []
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def hear(self, events: Sequence[object]) -> None:
        """Queue the events of a transaction and return at once; free while no log stream has a device."""
        if not self._hub.has_listeners:
            return
        for event in events:
            if isinstance(event, _Event):
                self._events.put(event)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="log publisher", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop the thread."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            self._events.put(None)
            thread.join(5)

    def _run(self) -> None:
        while True:
            try:
                if not self._go_on():
                    return
            except WorldUnreadable as fault:
                self._world.faults.report(fault)
            except Exception:  # noqa: BLE001 - the outermost loop of this thread: other devices have things to say
                _log.exception("What a device said could not be told.")

    def _go_on(self) -> bool:
        """Take queued events, then run the programs of one start. Return False at the end."""
        wait_s = self._wait_s()
        for _ in range(_EVENTS_AT_ONCE):
            try:
                event = self._events.get(timeout=wait_s)
            except queue.Empty:
                break
            if event is None:
                return False
            self._take(event)
            wait_s = 0
        self._publish_next()
        self._publish_due()
        return True

    def _wait_s(self) -> float | None:
        """Return how long to wait for the next event; None without limit."""
        if self._unpublished:
            return 0
        return _LOOK_EVERY_S if self._held else None

    def _take(self, event: _Event) -> None:
        self._world.backpressure.give_way()
        self._publish_due()
        if isinstance(event, LinesLogged):
            self._publish_before(event.entries)
            self._hub.publish(event.entries)
            return
        if isinstance(event, ShutdownRequested):
            self._publish_answer(event)
            return
        with self._world.view() as view:
            starts = log_lines.starts_in(view, event, self._hub.hears)
            said = log_lines.said_by_service(view, starts)
        self._drop_held({start.device_id for start in starts})
        self._unpublished |= {start.device_id: start for start in starts}
        self._hub.publish(said)

    def _drop_held(self, started: set[DeviceId]) -> None:
        if started and self._held:
            self._held = [held for held in self._held if held[2].device_id not in started]
            heapq.heapify(self._held)

    def _publish_before(self, entries: Iterable[LogEntry]) -> None:
        """Publish the starts of these devices before their next lines."""
        for device_id in {entry.device_id for entry in entries} & self._unpublished.keys():
            self._run_programs(self._unpublished.pop(device_id))
        self._publish_due()

    def _publish_next(self) -> None:
        if not self._unpublished:
            return
        self._world.backpressure.give_way()
        self._run_programs(self._unpublished.pop(next(iter(self._unpublished))))

    def _run_programs(self, start: Start) -> None:
        if not self._hub.hears(start.device_id):
            return
        with self._world.view() as view:
            said = log_lines.said_by_programs(view, start)
        self._hold(said)

    def _publish_answer(self, asked: ShutdownRequested) -> None:
        """Publish what programs print when they are asked to shut down.

        A start whose programs have not been run yet is marked instead: their lines then include the answer.
        """
        if not self._hub.hears(asked.device_id):
            return
        with self._world.view() as view:
            if asked.device_id in self._unpublished:
                self._unpublished[asked.device_id] = log_lines.as_asked(view, self._unpublished[asked.device_id])
                return
            said = log_lines.said_when_asked(view, asked)
        self._drop_held({asked.device_id})
        self._hold(said)

    def _hold(self, said: Iterable[LogEntry]) -> None:
        for entry in said:
            heapq.heappush(self._held, (entry.at.timestamp(), next(self._numbers), entry))

    def _publish_due(self) -> None:
        if not self._held:
            return
        until = (self._world.now() + log_lines.AHEAD).timestamp()
        due: list[LogEntry] = []
        while self._held and self._held[0][0] <= until:
            due.append(heapq.heappop(self._held)[2])
        self._hub.publish(due)
