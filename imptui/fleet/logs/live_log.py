"""The log of some devices, or of a group, as it grows.

    history ──┐
    stream  ──┼── Joiner of each device ── what was said, in order ── `take`
    rotation ─┘

A stream has few places, so the rest of a large group is looked at in rotation, a page of history at a time and below
everything else in the request budget. The account's streams are few too: this opens one, and what the service closes is
not fought for: it looks in rotation meanwhile and asks again ever later. Source: contract 14.1, 15.

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
"""Devices of a group that are followed at all."""

ROTATION_S = 2.0
"""Pause between two looks of the rotation."""

HISTORY_LINES = 200
CATCH_UP_LINES = 100


class LiveLog:
    """Follows until it is closed.

    Attributes:
        begun: Set once the history that there was has been told, or could not be read.
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

    # For whoever listens

    def start(self, heard: Callable[[], None]) -> None:
        """Begin; `heard` is called on the event loop when there is something to `take`."""
        self._outbox.listen(heard)
        for each in (self._begin, self._streaming.keep_on, self._keep_rotating, self._keep_members):
            self.spawn(each())

    def take(self) -> list[Said]:
        """What was said since the last time: entries in the order of their times as far as they came together."""
        return self._outbox.take()

    @property
    def waiting(self) -> int:
        """How much there is to take."""
        return self._outbox.waiting

    @property
    def is_turned_away(self) -> bool:
        """Whether the service closed the stream or gave none, so that all are looked at in rotation."""
        return self._streaming.last_word in (LogEventKind.CLOSED, LogEventKind.REFUSED)

    @property
    def streamed(self) -> tuple[DeviceId, ...]:
        """Who has a place in the stream, oldest first."""
        return self._streaming.carried

    @property
    def is_open(self) -> bool:
        """Whether the stream is connected."""
        return self._streaming.is_open

    def reconsider(self) -> None:
        """Somebody may have come or gone: ask who is followed. Cheap: call it on every change."""
        self._moved.set()

    def again(self) -> None:
        """Do not wait any longer before asking for a stream again."""
        self._streaming.again()

    async def close(self) -> None:
        """End everything; the stream ends with its connection."""
        self.is_closed = self._outbox.is_shut = True
        listening = self._streaming.listening
        tasks = [*self._tasks, *([listening] if listening is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # For the stream

    def hear(self, entry: LogEntry) -> None:
        """A line of the stream."""
        if entry.device_id in self.members.device_ids and self._joiner(entry.device_id).live(entry):
            self._outbox.say(entry)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside everything else, until the log is closed."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        why = None if task.cancelled() else task.exception()
        if why is not None:  # a mistake of ours: better seen than a log that silently stands still
            self.remark(LogEventKind.BROKEN, text=reason_of(why))

    def remark(self, kind: LogEventKind, device_id: DeviceId | None = None, text: str = "", number: int = 0) -> None:
        """Something that no device said."""
        self._outbox.say(LogEvent(kind, self._now(), device_id, text, number))

    # Who is followed

    async def _begin(self) -> None:
        """Who there is, and what they said until now, merged."""
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
        """What a device said before the stream carried it."""
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
        """Look at those without a place, one after the other."""
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
        if self._streaming.unheard_since is not None and not self.is_open and self._streaming.last_word is None:
            return  # there is no connection; the stream's attempts are enough
        # What the others said before the log was opened would stand below younger lines: only what is new is told.
        is_first, began_at = device_id not in self._joiners, self._began_at
        entries = await self._page(device_id, CATCH_UP_LINES, Priority.WATCH)
        self._outbox.say(*(each for each in entries if not is_first or began_at is None or each.at >= began_at))

    def _joiner(self, device_id: DeviceId) -> LogMerger:
        return self._joiners.setdefault(device_id, LogMerger())
