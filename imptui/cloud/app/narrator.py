"""From what the world announces to what log streams carry: one background thread, in the order of the announcements.

Lines that somebody said are passed on as they are. Of a start only the fact is announced; its programs are run here,
for devices that somebody listens to, so that no request waits for them. What a program says some seconds after its
start is held back until the world's clock has come so far, and dropped when the device starts over before.
"""

import heapq
import itertools
import logging
import queue
import threading
from collections.abc import Sequence

from imptui.cloud.app.hub import Hub
from imptui.cloud.rules import log
from imptui.cloud.world.records import Logged
from imptui.cloud.world.starts import Started
from imptui.cloud.world.store import World
from imptui.model.log import LogEntry

_log = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.25
"""How often held-back lines are looked through; nothing is held, nothing is looked through."""


class Narrator:
    """Tells a hub what happens in a world. Its thread starts with the first thing that somebody listens to."""

    def __init__(self, world: World, hub: Hub) -> None:
        self._world = world
        self._hub = hub
        self._events: queue.SimpleQueue[Logged | Started | None] = queue.SimpleQueue()
        self._held: list[tuple[float, int, LogEntry]] = []
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def hear(self, events: Sequence[object]) -> None:
        """Take what a transaction announced; returns at once. Costs nothing while nobody listens to any device."""
        if not self._hub.has_listeners:
            return
        for event in events:
            if isinstance(event, Logged | Started):
                self._events.put(event)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="log stream narrator", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Say no more."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            self._events.put(None)
            thread.join(5)

    def _run(self) -> None:
        while True:
            try:
                event = self._events.get(timeout=_LOOK_EVERY_S if self._held else None)
            except queue.Empty:
                self._tell_what_is_due()
                continue
            if event is None:
                return
            try:
                self._tell(event)
            except Exception:  # noqa: BLE001 - the outermost loop of this thread: other devices have things to say
                _log.exception("What a device said could not be told.")

    def _tell(self, event: Logged | Started) -> None:
        self._tell_what_is_due()
        if isinstance(event, Logged):
            self._hub.publish(event.entries)
            return
        started = {start.device_id for start in event.starts}
        self._held = [held for held in self._held if held[2].device_id not in started]
        heapq.heapify(self._held)
        for entry in log.said(self._world, event, self._hub.hears):
            heapq.heappush(self._held, (entry.at.timestamp(), next(self._numbers), entry))
        self._tell_what_is_due()

    def _tell_what_is_due(self) -> None:
        if not self._held:
            return
        until = (self._world.now() + log.AHEAD).timestamp()
        due: list[LogEntry] = []
        while self._held and self._held[0][0] <= until:
            due.append(heapq.heappop(self._held)[2])
        self._hub.publish(due)
