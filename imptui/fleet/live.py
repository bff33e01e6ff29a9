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
from contextlib import suppress
from datetime import datetime
from typing import Any

from imptui.client.central import Central
from imptui.client.errors import NoAnswer
from imptui.client.events import StreamEvent, StreamState
from imptui.client.logstream import LogStream
from imptui.client.pace import Priority
from imptui.fleet.joining import Joiner
from imptui.fleet.log_pages import newest
from imptui.fleet.outbox import Outbox
from imptui.fleet.remarks import Members, Remark, RemarkKind, Said
from imptui.model.errors import NotFound, Refused
from imptui.model.ids import DeviceId
from imptui.model.log import LogEntry

STREAM_PLACES = 8
"""Devices that are put into a stream; a service with fewer places drops some again, and says so. Source: contract 14.1."""

ROTATION_LIMIT = 100
"""Devices of a group that are followed at all."""

ROTATION_S = 2.0
"""Pause between two looks of the rotation."""

HISTORY_LINES = 200
CATCH_UP_LINES = 100
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0

CLOSED_WAIT_S = 60.0
"""After the service closed a stream: most likely somebody else of this account needed one."""

LONGEST_CLOSED_WAIT_S = 900.0


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
        self._is_paused, self._history_lines, self._sleep, self._jitter = is_paused, history_lines, sleep, jitter
        self.begun = asyncio.Event()
        self.members = Members((), 0)
        self.streamed: tuple[DeviceId, ...] = ()
        """Who has a place in the stream, oldest first."""
        self.is_open = False
        self._places = STREAM_PLACES
        self._joiners: dict[DeviceId, Joiner] = {}
        self._caught: set[DeviceId] = set()
        self._stream: LogStream | None = None
        self._listening: asyncio.Task[None] | None = None
        self._placing = asyncio.Lock()
        self._began_at: datetime | None = None
        """The time of the youngest line that was there at first, by the service's own clock."""
        self._unheard_since: datetime | None = None
        self._last_word: RemarkKind | None = None
        """Why the service ended the last stream, or gave none; None: it did not."""
        self._has_members, self._again, self._moved = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._outbox = Outbox(now)
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_closed = False

    # For whoever listens

    def start(self, heard: Callable[[], None]) -> None:
        """Begin; `heard` is called on the event loop when there is something to `take`."""
        self._outbox.listen(heard)
        for each in (self._begin, self._keep_streaming, self._keep_rotating, self._keep_members):
            self._spawn(each())

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
        return self._last_word in (RemarkKind.CLOSED, RemarkKind.REFUSED)

    def reconsider(self) -> None:
        """Somebody may have come or gone: ask who is followed. Cheap: call it on every change."""
        self._moved.set()

    def again(self) -> None:
        """Do not wait any longer before asking for a stream again."""
        self._again.set()

    async def close(self) -> None:
        """End everything; the stream ends with its connection."""
        self.is_closed = self._outbox.is_shut = True
        tasks = [*self._tasks, *([self._listening] if self._listening else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # Saying

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        why = None if task.cancelled() else task.exception()
        if why is not None:  # a mistake of ours: better seen than a log that silently stands still
            self._remark(RemarkKind.BROKEN, text=f"{type(why).__name__}: {why}")

    def _remark(self, kind: RemarkKind, device_id: DeviceId | None = None, text: str = "", number: int = 0) -> None:
        self._outbox.say(Remark(kind, self._now(), device_id, text, number))

    # Who is followed

    async def _begin(self) -> None:
        """Who there is, and what they said until now, merged."""
        await self._renew_members(is_first=True)
        places = asyncio.Semaphore(4)
        found: list[LogEntry] = []

        async def one(device_id: DeviceId) -> None:
            async with places:
                found.extend(await self._page(device_id, self._history_lines, Priority.LOOK))

        await asyncio.gather(*(one(each) for each in self.members.device_ids[: self._places]))
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
                self._remark(RemarkKind.LEFT, device_id)
        if not is_first:
            for device_id in self.members.device_ids:
                if device_id not in old:
                    self._remark(RemarkKind.JOINED, device_id)
        if self.members.device_ids:
            self._has_members.set()
            if not is_first and old != new:
                await self._place()
            return
        self._has_members.clear()
        if not is_first and old:
            self._remark(RemarkKind.EMPTY)
        if self._listening is not None:
            self._listening.cancel()

    # The stream

    async def _keep_streaming(self) -> None:
        wait_s, closed_wait_s = FIRST_WAIT_S, CLOSED_WAIT_S
        while True:
            await self._has_members.wait()
            began_at = self._now()
            self._listening = asyncio.create_task(self._listen())
            await asyncio.wait([self._listening])
            pause_s = FIRST_WAIT_S
            if not self._listening.cancelled():
                why = self._listening.exception()
                if why is None:
                    if self._last_word is RemarkKind.CLOSED:
                        pause_s, closed_wait_s = closed_wait_s, min(closed_wait_s * 2, LONGEST_CLOSED_WAIT_S)
                    if (self._now() - began_at).total_seconds() > LONGEST_CLOSED_WAIT_S:
                        closed_wait_s = CLOSED_WAIT_S
                    wait_s = FIRST_WAIT_S
                elif isinstance(why, NoAnswer):
                    self._lost(why.why)
                    pause_s, wait_s = wait_s, min(wait_s * 2, LONGEST_WAIT_S)
                elif isinstance(why, Refused):
                    self._last_word = RemarkKind.REFUSED
                    self._remark(RemarkKind.REFUSED, text=why.reason)
                    pause_s, closed_wait_s = closed_wait_s, min(closed_wait_s * 2, LONGEST_CLOSED_WAIT_S)
                else:
                    raise why
            await self._pause(pause_s * (1 + self._jitter() / 4))

    async def _pause(self, seconds: float) -> None:
        """So long, or until somebody asks for it again."""
        self._again.clear()
        waits = [asyncio.create_task(self._sleep(seconds)), asyncio.create_task(self._wait_again())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()

    async def _wait_again(self) -> None:
        await self._again.wait()

    async def _listen(self) -> None:
        """One stream, from its making to its end."""
        self._last_word = None
        stream = await self._central.create_logstream()
        self._stream = stream
        try:
            async for said in stream.follow():
                if isinstance(said, LogEntry):
                    self._hear(said)
                else:
                    self._state(said)
        finally:
            self._stream, self.is_open, self.streamed = None, False, ()
            self._caught.clear()
            if self._unheard_since is None:
                self._unheard_since = self._now()
            await stream.close()

    def _hear(self, entry: LogEntry) -> None:
        if entry.device_id in self.members.device_ids and self._joiner(entry.device_id).live(entry):
            self._outbox.say(entry)

    def _state(self, state: StreamState) -> None:
        device_id = state.device_id
        match state.event:
            case StreamEvent.OPENED:
                self.is_open = True
                if self._unheard_since is not None:
                    gap_s = (self._now() - self._unheard_since).total_seconds()
                    self._remark(RemarkKind.GAP, number=max(1, round(gap_s)))
                    self._unheard_since = None
                self._remark(RemarkKind.OPENED)
                self._spawn(self._place())
            case StreamEvent.SUBSCRIBED if device_id is not None:
                self._remark(RemarkKind.SUBSCRIBED, device_id)
                self._spawn(self._catch_up(device_id))
            case StreamEvent.UNSUBSCRIBED if device_id is not None:
                self._evicted(device_id)
            case StreamEvent.LOST:
                self._lost(state.text)
            case StreamEvent.CLOSED:
                self._last_word = RemarkKind.CLOSED
                self._remark(RemarkKind.CLOSED)
            case StreamEvent.GONE:
                self._last_word = RemarkKind.RENEWED
                self._remark(RemarkKind.RENEWED)
            case StreamEvent.REFUSED:
                self._remark(RemarkKind.REFUSED, device_id, state.text)
            case _:
                self._remark(RemarkKind.OTHER, device_id, state.text)

    def _lost(self, why: str) -> None:
        self.is_open = False
        self._caught.clear()
        if self._unheard_since is None:
            self._unheard_since = self._now()
            self._remark(RemarkKind.LOST, text=why)

    def _evicted(self, device_id: DeviceId) -> None:
        """A device was taken out. When we did not ask for that, the service has fewer places than we thought."""
        if device_id not in self.streamed:
            return
        self._places = max(1, len(self.streamed) - 1)
        self.streamed = tuple(each for each in self.streamed if each != device_id)
        self._caught.discard(device_id)
        self._remark(RemarkKind.UNSUBSCRIBED, device_id)
        if self._stream is not None:
            self._spawn(self._give_up(self._stream, device_id))

    async def _give_up(self, stream: LogStream, device_id: DeviceId) -> None:
        """So that it is not added again after a reconnection, at the cost of another one."""
        with suppress(NoAnswer, Refused):
            await stream.remove(device_id)

    async def _place(self) -> None:
        """Give the first of those that are followed their places, and take the places of those that left."""
        async with self._placing:
            stream = self._stream
            if stream is None:
                return
            wanted = self._wanted()
            try:
                for device_id in self.streamed:
                    if device_id not in wanted:
                        self.streamed = tuple(each for each in self.streamed if each != device_id)
                        self._caught.discard(device_id)
                        await stream.remove(device_id)
                for device_id in wanted:
                    if device_id not in self.streamed and len(self.streamed) < self._places:
                        self.streamed = (*self.streamed, device_id)
                        await self._add(stream, device_id)
                    self._spawn(self._catch_up(device_id))
            except NoAnswer as error:
                self._lost(error.why)  # the stream's own connection will find out too

    def _wanted(self) -> tuple[DeviceId, ...]:
        """Who shall have the places: those that have one and are still followed, then the others in their order."""
        here = [each for each in self.streamed if each in self.members.device_ids]
        return tuple(dict.fromkeys([*here, *self.members.device_ids]))[: self._places]

    async def _add(self, stream: LogStream, device_id: DeviceId) -> None:
        try:
            await stream.add(device_id)
        except Refused as refusal:
            self.streamed = tuple(each for each in self.streamed if each != device_id)
            kind = RemarkKind.LEFT if isinstance(refusal, NotFound) else RemarkKind.REFUSED
            self._remark(kind, device_id, refusal.reason)

    # History

    async def _catch_up(self, device_id: DeviceId) -> None:
        """What was said before the stream carried the device: once for each connection."""
        if device_id in self._caught or device_id not in self.streamed:
            return
        self._caught.add(device_id)
        await self.begun.wait()
        self._outbox.say(*await self._page(device_id, CATCH_UP_LINES, Priority.LOOK))

    async def _page(self, device_id: DeviceId, lines: int, priority: Priority) -> Sequence[LogEntry]:
        try:
            entries = await newest(self._central, device_id, lines, priority)
        except (NoAnswer, Refused) as error:
            text = error.why if isinstance(error, NoAnswer) else error.reason
            self._remark(RemarkKind.MISSING, device_id, text)
            return ()
        if self.members.device_ids and device_id not in self.members.device_ids:
            return ()
        joined = self._joiner(device_id).page(entries, lines)
        if joined.has_gap:
            self._remark(RemarkKind.MISSING, device_id)
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
        if self._unheard_since is not None and not self.is_open and self._last_word is None:
            return  # there is no connection; the stream's attempts are enough
        # What the others said before the log was opened would stand below younger lines: only what is new is told.
        is_first, began_at = device_id not in self._joiners, self._began_at
        entries = await self._page(device_id, CATCH_UP_LINES, Priority.WATCH)
        self._outbox.say(*(each for each in entries if not is_first or began_at is None or each.at >= began_at))

    def _joiner(self, device_id: DeviceId) -> Joiner:
        return self._joiners.setdefault(device_id, Joiner())
