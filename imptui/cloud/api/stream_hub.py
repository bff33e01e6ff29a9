"""Log streams: which connections listen to which devices, and how a line reaches the event loop of each connection.

No stream has a thread: written lines are put on the loop of their listeners with `call_soon_threadsafe`, and an
asynchronous generator for each hands them on. The generators of one loop take turns, so that a burst that hundreds of
streams hear of leaves the loop free for requests in between. Source: contract 14.
"""

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from imptui.cloud.wire.events import KEEP_ALIVE, Format, State, message_event, state_event
from imptui.domain.errors import NotFound
from imptui.domain.log import LogEntry

DEVICES_PER_STREAM = 8
STREAMS_PER_ACCOUNT = 8
FORGET_AFTER_S = 60.0
"""Lifetime of a stream without an open connection."""
KEEP_ALIVE_S = 30.0
WAITING_LIMIT = 10_000
WAITING_LIMIT_BYTES = 4 * 1024 * 1024
"""Events kept for a slow listener; the oldest are dropped beyond either limit, so that no listener fills the memory."""


APART_S = 0.002
"""From one stream's turn to the next one's: writing a piece takes some tenths of a millisecond."""


class WriteTurns:
    """Spaces the writes of the listeners of one event loop; a single listener never waits."""

    def __init__(self) -> None:
        self._next_at = 0.0

    async def wait(self) -> None:
        """Wait for a turn, after all listeners that wait already."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._next_at)
        self._next_at = at + APART_S
        if at > now:
            await asyncio.sleep(at - now)


class StreamListener:
    """One open connection of a stream. Created and read on its event loop; `tell` may be called from any thread."""

    def __init__(self, shape: Format, keep_alive_s: float, turns: WriteTurns) -> None:
        self.shape = shape
        self.loop = asyncio.get_running_loop()
        self._keep_alive_s = keep_alive_s
        self._turns = turns
        self._wake = asyncio.Event()
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._has_ended = False

    def tell(self, *events: bytes, is_last: bool = False) -> None:
        """Hand events to the listener, from any thread; events for a closed event loop are dropped."""
        with contextlib.suppress(RuntimeError):  # its loop is closed, and with it the connection
            self.loop.call_soon_threadsafe(self.take, events, is_last)

    def hang_up(self) -> None:
        """Drop what waits: the other side has gone. Only on the listener's loop."""
        self._drain()
        self._has_ended = True
        self._wake.set()

    def take(self, events: Iterable[bytes], is_last: bool = False) -> None:  # noqa: FBT001 - for call_soon
        """Queue events; only on the listener's event loop."""
        if self._has_ended:
            return
        for event in events:
            self._waiting.append(event)
            self._waiting_bytes += len(event)
        while len(self._waiting) > WAITING_LIMIT or (self._waiting_bytes > WAITING_LIMIT_BYTES and len(self._waiting) > 1):
            self._waiting_bytes -= len(self._waiting.popleft())
        self._has_ended = is_last
        self._wake.set()

    def _drain(self) -> bytes:
        """Return all that waits as one piece, and nothing waits any more."""
        piece = b"".join(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
        return piece

    async def events(self) -> AsyncIterator[bytes]:
        """Events as they come, a comment after each silence, until the stream is closed or the listener hangs up.

        What came until it is this listener's turn is one piece: a burst costs each connection one write.
        """
        while True:
            while self._waiting:
                await self._turns.wait()
                piece = self._drain()
                if piece:  # nothing is left for one who hung up meanwhile
                    yield piece
            if self._has_ended:
                return
            self._wake.clear()
            try:
                async with asyncio.timeout(self._keep_alive_s):
                    await self._wake.wait()
            except TimeoutError:
                yield KEEP_ALIVE


def _hand_out(told: Mapping[StreamListener, Iterable[bytes]]) -> None:
    for listener, events in told.items():
        listener.take(events)


@dataclass(slots=True, eq=False)
class _Stream:
    id: str = field(repr=False)
    account_id: str
    idle_since: float
    devices: dict[str, None] = field(default_factory=dict)
    """Device ids in the order of adding."""
    listener: StreamListener | None = None

    def say(self, state: State, device_id: str | None = None, *, is_last: bool = False) -> None:
        if self.listener is not None:
            self.listener.tell(state_event(state, self.listener.shape, device_id), is_last=is_last)


class StreamHub:
    """All log streams of one engine.

    Args:
        new_id: Makes stream ids, which are secrets.
        pulse: Seconds that never go back.
    """

    def __init__(
        self,
        new_id: Callable[[], str],
        *,
        keep_alive_s: float = KEEP_ALIVE_S,
        forget_after_s: float = FORGET_AFTER_S,
        pulse: Callable[[], float] = time.monotonic,
    ) -> None:
        self._new_id = new_id
        self._keep_alive_s = keep_alive_s
        self._forget_after_s = forget_after_s
        self._pulse = pulse
        self._lock = threading.Lock()
        self._streams: dict[str, _Stream] = {}
        self._by_device: dict[str, set[_Stream]] = {}
        self._turns: WeakKeyDictionary[asyncio.AbstractEventLoop, WriteTurns] = WeakKeyDictionary()

    def create(self, account_id: str) -> str:
        """A new stream; the account's oldest is closed when it has too many. Source: contract 14.1."""
        with self._lock:
            self._forget()
            own = [stream for stream in self._streams.values() if stream.account_id == account_id]
            for stream in own[: max(0, len(own) - STREAMS_PER_ACCOUNT + 1)]:
                self._close(stream)
            stream = _Stream(self._new_id(), account_id, self._pulse())
            self._streams[stream.id] = stream
            return stream.id

    def open(self, stream_id: str, shape: Format) -> StreamListener:
        """Open a stream on the running event loop; an earlier connection to it is closed.

        Raises:
            NotFound: It is unknown, or closed: the answer that ends the attempts of event-source clients.
        """
        with self._lock:
            stream = self._find(stream_id)
            stream.say("closed", is_last=True)
            turns = self._turns.setdefault(asyncio.get_running_loop(), WriteTurns())
            stream.listener = StreamListener(shape, self._keep_alive_s, turns)
            stream.say("opened")
            for device_id in stream.devices:
                stream.say("subscribed", device_id)
            return stream.listener

    def check(self, stream_id: str) -> None:
        """Return True if a stream can be opened.

        Raises:
            NotFound: It is unknown, or closed.
        """
        with self._lock:
            self._find(stream_id)

    def leave(self, stream_id: str, listener: StreamListener) -> None:
        """A listener has gone; the stream and its devices are remembered for a while."""
        with self._lock:
            stream = self._streams.get(stream_id)
            if stream is not None and stream.listener is listener:
                stream.listener = None
                stream.idle_since = self._pulse()

    def add(self, stream_id: str, account_id: str, device_id: str) -> None:
        """Add a device; the one added longest ago makes room. Adding again changes nothing.

        Raises:
            NotFound: The stream is unknown, or another account's.
        """
        with self._lock:
            stream = self._find(stream_id, account_id)
            if device_id in stream.devices:
                return
            while len(stream.devices) >= DEVICES_PER_STREAM:
                self._drop(stream, next(iter(stream.devices)))
            stream.devices[device_id] = None
            self._by_device.setdefault(device_id, set()).add(stream)
            stream.say("subscribed", device_id)

    def remove(self, stream_id: str, account_id: str, device_id: str) -> None:
        """Take a device out.

        Raises:
            NotFound: The stream is unknown, or the device is not in it.
        """
        with self._lock:
            stream = self._find(stream_id, account_id)
            if device_id not in stream.devices:
                raise NotFound(f"Device {device_id} is not in this log stream.")
            self._drop(stream, device_id)

    def close(self, stream_id: str, account_id: str) -> None:
        """End a stream for good.

        Raises:
            NotFound: It is unknown, or another account's.
        """
        with self._lock:
            self._close(self._find(stream_id, account_id))

    def close_all(self) -> None:
        """End every stream, telling its listener; for shutting down."""
        with self._lock:
            for stream in list(self._streams.values()):
                self._close(stream)

    @property
    def has_listeners(self) -> bool:
        """Return True if any stream carries any device."""
        return bool(self._by_device)

    def hears(self, device_id: str) -> bool:
        """Return True if an open stream carries this device."""
        with self._lock:
            return any(stream.listener is not None for stream in self._by_device.get(device_id, ()))

    def publish(self, entries: Iterable[LogEntry]) -> None:
        """Send stored log lines to their listeners, in order; cheap for devices without a listener."""
        with self._lock:
            if not self._by_device:
                return
            told: dict[asyncio.AbstractEventLoop, dict[StreamListener, list[bytes]]] = {}
            for entry in entries:
                written: dict[Format, bytes] = {}
                for stream in self._by_device.get(entry.device_id, ()):
                    if stream.listener is not None:
                        shape = stream.listener.shape
                        if shape not in written:
                            written[shape] = message_event(entry, shape)
                        told.setdefault(stream.listener.loop, {}).setdefault(stream.listener, []).append(written[shape])
            for loop, listeners in told.items():
                with contextlib.suppress(RuntimeError):  # it is closed, and with it the connections
                    loop.call_soon_threadsafe(_hand_out, listeners)

    def _find(self, stream_id: str, account_id: str | None = None) -> _Stream:
        self._forget()
        stream = self._streams.get(stream_id)
        if stream is None or account_id not in (None, stream.account_id):
            raise NotFound("No log stream with that id, or it is closed.")
        return stream

    def _drop(self, stream: _Stream, device_id: str) -> None:
        del stream.devices[device_id]
        listening = self._by_device[device_id]
        listening.discard(stream)
        if not listening:
            del self._by_device[device_id]
        stream.say("unsubscribed", device_id)

    def _close(self, stream: _Stream) -> None:
        del self._streams[stream.id]
        stream.say("closed", is_last=True)
        stream.listener = None
        for device_id in list(stream.devices):
            self._drop(stream, device_id)

    def _forget(self) -> None:
        now = self._pulse()
        for stream in list(self._streams.values()):
            if stream.listener is None and now - stream.idle_since >= self._forget_after_s:
                self._close(stream)
