"""The one log stream of the account, kept open while a log follows devices.

A broken stream is opened again soon. A stream that the service closed is requested again with growing pauses, because another
client of the account needed one and reopening would close theirs. Source: contract 14.1.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol

from imptui.client.central import Central
from imptui.client.codec.logstream_events import StreamEvent, StreamState
from imptui.client.errors import NoAnswer
from imptui.client.logstream import LogStream
from imptui.domain.errors import NotFound, Refused, TooFast
from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry
from imptui.fleet.background import reason_of
from imptui.fleet.logs.log_events import LogEventKind

STREAM_PLACES = 8
"""The number of devices added to a stream; a service with fewer places drops some and reports it. Source: contract 14.1."""

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0

CLOSED_WAIT_S = 60.0
"""Seconds to wait after the service closed a stream, most likely because another client of the account needed one."""

LONGEST_CLOSED_WAIT_S = 900.0


class Sink(Protocol):
    """Receives the entries and events of a stream."""

    def hear(self, entry: LogEntry) -> None:
        """Receive a log entry."""
        ...

    def remark(self, kind: LogEventKind, device_id: DeviceId | None = None, text: str = "", number: int = 0) -> None:
        """Receive an event about the stream."""
        ...

    async def catch_up(self, device_id: DeviceId) -> None:
        """Read the earlier history of a device that the stream now carries."""
        ...

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a task beside the others, until the log is closed."""
        ...


class SharedStream:
    """Keeps one log stream open and assigns its places.

    Attributes:
        carried: The devices with a place in the stream, oldest first.
        is_open: True if the stream is connected.
        places: The presumed number of places in a stream.
        disconnected_at: The time of the last disconnection; None: the stream is open, or never was.
        end_reason: The service's reason for closing or refusing the last stream; None: it did neither.
    """

    def __init__(
        self,
        central: Central,
        sink: Sink,
        now: Callable[[], datetime],
        sleep: Callable[[float], Coroutine[Any, Any, None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._central, self._sink, self._now, self._sleep, self._jitter = central, sink, now, sleep, jitter
        self.carried: tuple[DeviceId, ...] = ()
        self.is_open = False
        self.places = STREAM_PLACES
        self.disconnected_at: datetime | None = None
        self.end_reason: LogEventKind | None = None
        self._wanted: tuple[DeviceId, ...] = ()
        self._caught: set[DeviceId] = set()
        self._stream: LogStream | None = None
        self._listening: asyncio.Task[None] | None = None
        self._placing = asyncio.Lock()
        self._has_wanted, self._again = asyncio.Event(), asyncio.Event()

    async def run_forever(self) -> None:
        """Run without end: keep a stream open, and open another one after its end."""
        wait_s, closed_wait_s = FIRST_WAIT_S, CLOSED_WAIT_S
        while True:
            await self._has_wanted.wait()
            began_at = self._now()
            self._listening = asyncio.create_task(self._listen())
            await asyncio.wait([self._listening])
            pause_s = FIRST_WAIT_S
            if not self._listening.cancelled():
                why = self._listening.exception()
                if why is None:
                    if self.end_reason is LogEventKind.CLOSED:
                        pause_s, closed_wait_s = closed_wait_s, min(closed_wait_s * 2, LONGEST_CLOSED_WAIT_S)
                    if (self._now() - began_at).total_seconds() > LONGEST_CLOSED_WAIT_S:
                        closed_wait_s = CLOSED_WAIT_S
                    wait_s = FIRST_WAIT_S
                elif isinstance(why, NoAnswer):
                    self._lost(why.why)
                    pause_s, wait_s = wait_s, min(wait_s * 2, LONGEST_WAIT_S)
                elif isinstance(why, TooFast):
                    self._lost(why.reason)
                    pause_s = max(FIRST_WAIT_S, why.retry_after_s)
                elif isinstance(why, Refused):
                    self.end_reason = LogEventKind.REFUSED
                    self._sink.remark(LogEventKind.REFUSED, text=why.reason)
                    pause_s, closed_wait_s = closed_wait_s, min(closed_wait_s * 2, LONGEST_CLOSED_WAIT_S)
                else:  # a fault of this program: the log reports it and requests another stream
                    self._sink.remark(LogEventKind.BROKEN, text=reason_of(why))
                    pause_s, wait_s = wait_s, min(wait_s * 2, LONGEST_WAIT_S)
            await self._pause(pause_s * (1 + self._jitter() / 4))

    def again(self) -> None:
        """End the pause before the next request for a stream."""
        self._again.set()

    async def _pause(self, seconds: float) -> None:
        """Wait for some seconds, or until `again` is called."""
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
        """Create one stream and read it to its end."""
        self.end_reason = None
        stream = await self._central.logstreams.create()
        self._stream = stream
        try:
            async for said in stream.follow():
                if isinstance(said, LogEntry):
                    self._sink.hear(said)
                else:
                    self._state(said)
        finally:
            self._stream, self.is_open, self.carried = None, False, ()
            self._caught.clear()
            if self.disconnected_at is None:
                self.disconnected_at = self._now()
            await stream.close()

    def _state(self, state: StreamState) -> None:
        device_id = state.device_id
        match state.event:
            case StreamEvent.OPENED:
                self.is_open = True
                if self.disconnected_at is not None:
                    gap_s = (self._now() - self.disconnected_at).total_seconds()
                    self._sink.remark(LogEventKind.GAP, number=max(1, round(gap_s)))
                    self.disconnected_at = None
                self._sink.remark(LogEventKind.OPENED)
                self._sink.spawn(self._place())
            case StreamEvent.SUBSCRIBED if device_id is not None:
                self._sink.remark(LogEventKind.SUBSCRIBED, device_id)
                self._carries(device_id)
            case StreamEvent.UNSUBSCRIBED if device_id is not None:
                self._evicted(device_id)
            case StreamEvent.LOST:
                self._lost(state.text)
            case StreamEvent.CLOSED:
                self.end_reason = LogEventKind.CLOSED
                self._sink.remark(LogEventKind.CLOSED)
            case StreamEvent.GONE:
                self.end_reason = LogEventKind.RENEWED
                self._sink.remark(LogEventKind.RENEWED)
            case StreamEvent.REFUSED:
                self._sink.remark(LogEventKind.REFUSED, device_id, state.text)
            case _:
                self._sink.remark(LogEventKind.OTHER, device_id, state.text)

    def _lost(self, why: str) -> None:
        self.is_open = False
        self._caught.clear()
        if self.disconnected_at is None:
            self.disconnected_at = self._now()
            self._sink.remark(LogEventKind.LOST, text=why)

    def _evicted(self, device_id: DeviceId) -> None:
        """Handle a removed device. If this program did not remove it, the service has fewer places than presumed."""
        if device_id not in self.carried:
            return
        self.places = max(1, len(self.carried) - 1)
        self.carried = tuple(each for each in self.carried if each != device_id)
        self._caught.discard(device_id)
        self._sink.remark(LogEventKind.UNSUBSCRIBED, device_id)
        if self._stream is not None:
            self._sink.spawn(self._give_up(self._stream, device_id))

    async def _give_up(self, stream: LogStream, device_id: DeviceId) -> None:
        """Remove a device that lost its place, so that a reconnection does not add it in place of another."""
        with suppress(NoAnswer, Refused):
            await stream.remove(device_id)

    def _carries(self, device_id: DeviceId) -> None:
        """Record that a device has a place, and catch up with its history once per connection."""
        if device_id in self.carried and device_id not in self._caught:
            self._caught.add(device_id)
            self._sink.spawn(self._sink.catch_up(device_id))

    async def serve(self, device_ids: Sequence[DeviceId]) -> None:
        """Follow these devices from now on; with none, close the stream."""
        self._wanted = tuple(device_ids)
        if self._wanted:
            self._has_wanted.set()
            await self._place()
            return
        self._has_wanted.clear()
        self.cancel()

    def cancel(self) -> None:
        """Close the present stream, if there is one."""
        if self._listening is not None:
            self._listening.cancel()

    @property
    def listening(self) -> "asyncio.Task[None] | None":
        """The task that reads the present stream; None before the first."""
        return self._listening

    async def _place(self) -> None:
        """Give places to the first followed devices, and remove devices that are no longer followed."""
        async with self._placing:
            stream = self._stream
            if stream is None or not self.is_open:
                return  # devices can only be added to an open stream; this runs again when it opens
            wanted = self._first()
            try:
                for device_id in self.carried:
                    if device_id not in wanted:
                        self.carried = tuple(each for each in self.carried if each != device_id)
                        self._caught.discard(device_id)
                        await stream.remove(device_id)
                for device_id in wanted:
                    if device_id not in self.carried and len(self.carried) < self.places:
                        self.carried = (*self.carried, device_id)
                        await self._add(stream, device_id)
                    self._carries(device_id)
            except NoAnswer as error:
                self._lost(error.why)  # the reader of the stream gets the same failure

    def _first(self) -> tuple[DeviceId, ...]:
        """Return the devices for the places: followed devices that have one, then the others in order."""
        here = [each for each in self.carried if each in self._wanted]
        return tuple(dict.fromkeys([*here, *self._wanted]))[: self.places]

    async def _add(self, stream: LogStream, device_id: DeviceId) -> None:
        try:
            await stream.add(device_id)
        except Refused as refusal:
            self.carried = tuple(each for each in self.carried if each != device_id)
            kind = LogEventKind.LEFT if isinstance(refusal, NotFound) else LogEventKind.REFUSED
            self._sink.remark(kind, device_id, refusal.reason)
