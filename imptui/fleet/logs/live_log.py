"""The live log of some devices or of a group.

    history ──┐
    stream  ──┼── `LogMerger` of each device ── entries in order ── `take`
    rotation ─┘

A stream has few places. So the other devices of a large group are read in rotation, one page of history at a time, with the
lowest priority in the request budget. An account has few streams: a live log opens one, and if the service closes it, all
devices are read in rotation while the log asks for a stream again with growing pauses. Source: contract 14.1, 15.

Everything here runs as tasks of the event loop; `heard` is called there, at most ten times a second.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any

from imptui.client.central import Central
from imptui.client.errors import NoAnswer
from imptui.client.pace import Priority
from imptui.domain.errors import Refused
from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry
from imptui.fleet.background import reason_of
from imptui.fleet.logs.log_buffer import LogBuffer
from imptui.fleet.logs.log_events import LogEvent, LogEventKind, Members, Said
from imptui.fleet.logs.log_merge import LogMerger
from imptui.fleet.logs.log_pages import newest
from imptui.fleet.logs.shared_stream import SharedStream

ROTATION_LIMIT = 100
"""The number of devices of a group that a live log follows."""

ROTATION_S = 2.0
"""Seconds between two reads of the rotation."""

HISTORY_LINES = 200
CATCH_UP_LINES = 100


class LiveLog:
    """Follows the log entries of some devices until it is closed.

    Attributes:
        begun: Set once the existing history was delivered, or could not be read.
    """

    def __init__(
        self,
        central: Central,
        members: Callable[[], Coroutine[Any, Any, Members]],
        now: Callable[[], datetime],
        *,
        is_paused: Callable[[], bool] = lambda: False,
        history_lines: int = HISTORY_LINES,
        sleep: Callable[[float], Coroutine[Any, Any, None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._central, self._ask_members, self._now = central, members, now
        self._is_paused, self._history_lines, self._sleep = is_paused, history_lines, sleep
        self.begun = asyncio.Event()
        self.members = Members((), 0)
        self._joiners: dict[DeviceId, LogMerger] = {}
        self._streaming = SharedStream(central, self, now, sleep, jitter)
        self._began_at: datetime | None = None
        """The time of the youngest line that was there at first, by the service's own clock."""
        self._moved = asyncio.Event()
        self._outbox = LogBuffer(now)
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_closed = False

    # For the listener

    def start(self, heard: Callable[[], None]) -> None:
        """Start following; `heard` is called on the event loop when there is something to `take`."""
        self._outbox.listen(heard)
        for each in (self._begin, self._streaming.run_forever, self._keep_rotating, self._keep_members):
            self.spawn(each())

    def take(self) -> list[Said]:
        """Drain the buffer: entries that arrived together are in order of time."""
        return self._outbox.take()

    @property
    def waiting(self) -> int:
        """The number of items to take."""
        return self._outbox.waiting

    @property
    def is_turned_away(self) -> bool:
        """True if the service closed or refused the stream, so that all devices are read in rotation."""
        return self._streaming.end_reason in (LogEventKind.CLOSED, LogEventKind.REFUSED)

    @property
    def streamed(self) -> tuple[DeviceId, ...]:
        """The devices with a place in the stream, oldest first."""
        return self._streaming.carried

    @property
    def is_open(self) -> bool:
        """True if the stream is connected."""
        return self._streaming.is_open

    def reconsider(self) -> None:
        """Update the followed devices after a change of the group. It is cheap: call it on every change."""
        self._moved.set()

    def again(self) -> None:
        """End the pause before the next request for a stream."""
        self._streaming.again()

    async def close(self) -> None:
        """Stop all tasks; the stream ends with its connection."""
        self.is_closed = self._outbox.is_shut = True
        listening = self._streaming.listening
        tasks = [*self._tasks, *([listening] if listening is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # For the stream

    def hear(self, entry: LogEntry) -> None:
        """Receive a log entry from the stream."""
        if entry.device_id in self.members.device_ids and self._joiner(entry.device_id).live(entry):
            self._outbox.say(entry)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a task beside the others, until the log is closed."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        why = None if task.cancelled() else task.exception()
        if why is not None:  # a fault of this program: the log shows it instead of standing still in silence
            self.remark(LogEventKind.BROKEN, text=reason_of(why))

    def remark(self, kind: LogEventKind, device_id: DeviceId | None = None, text: str = "", number: int = 0) -> None:
        """Add an event about the log itself."""
        self._outbox.say(LogEvent(kind, self._now(), device_id, text, number))

    # The followed devices

    async def _begin(self) -> None:
        """Read the followed devices and deliver their merged history."""
        await self._renew_members(is_first=True)
        places = asyncio.Semaphore(4)
        found: list[LogEntry] = []

        async def one(device_id: DeviceId) -> None:
            async with places:
                found.extend(await self._page(device_id, self._history_lines, Priority.LOOK))

        await asyncio.gather(*(one(each) for each in self.members.device_ids[: self._streaming.places]))
        found.sort(key=lambda entry: entry.at)
        self._began_at = found[-1].at if found else self._now()
        self._outbox.say(*found)
        self.begun.set()

    async def _keep_members(self) -> None:
        await self.begun.wait()
        while True:
            await self._moved.wait()
            self._moved.clear()
            await self._renew_members()
            await self._sleep(1.0)

    async def _renew_members(self, *, is_first: bool = False) -> None:
        before, self.members = self.members, await self._ask_members()
        old, new = set(before.device_ids), set(self.members.device_ids)
        for device_id in before.device_ids:
            if device_id not in new:
                self._joiners.pop(device_id, None)
                self.remark(LogEventKind.LEFT, device_id)
        if not is_first:
            for device_id in self.members.device_ids:
                if device_id not in old:
                    self.remark(LogEventKind.JOINED, device_id)
        if not self.members.device_ids and old:
            self.remark(LogEventKind.EMPTY)
        if old != new:
            await self._streaming.serve(self.members.device_ids)

    # History

    async def catch_up(self, device_id: DeviceId) -> None:
        """Deliver the history of a device from before the stream carried it."""
        await self.begun.wait()
        self._outbox.say(*await self._page(device_id, CATCH_UP_LINES, Priority.LOOK))

    async def _page(self, device_id: DeviceId, lines: int, priority: Priority) -> Sequence[LogEntry]:
        try:
            entries = await newest(self._central, device_id, lines, priority)
        except (NoAnswer, Refused) as error:
            text = error.why if isinstance(error, NoAnswer) else error.reason
            self.remark(LogEventKind.MISSING, device_id, text)
            return ()
        if self.members.device_ids and device_id not in self.members.device_ids:
            return ()
        joined = self._joiner(device_id).page(entries, lines)
        if joined.has_gap:
            self.remark(LogEventKind.MISSING, device_id)
        return joined.entries

    async def _keep_rotating(self) -> None:
        """Read the devices without a place in the stream, one after the other."""
        await self.begun.wait()
        last: DeviceId | None = None
        while True:
            await self._sleep(ROTATION_S)
            rest = [each for each in self.members.device_ids if each not in self.streamed]
            if self._is_paused() or not rest:
                continue
            last = rest[(rest.index(last) + 1) % len(rest)] if last in rest else rest[0]
            await self._look_at(last)

    async def _look_at(self, device_id: DeviceId) -> None:
        if self._streaming.disconnected_at is not None and not self.is_open and self._streaming.end_reason is None:
            return  # there is no connection; the stream already reports it
        # Older entries of these devices would stand below younger ones, so only entries since the start of the log are shown.
        is_first, began_at = device_id not in self._joiners, self._began_at
        entries = await self._page(device_id, CATCH_UP_LINES, Priority.WATCH)
        self._outbox.say(*(each for each in entries if not is_first or began_at is None or each.at >= began_at))

    def _joiner(self, device_id: DeviceId) -> LogMerger:
        return self._joiners.setdefault(device_id, LogMerger())
