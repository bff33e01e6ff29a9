"""A log stream: the live logs of a few devices."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Self

from imptui.client.api_call import ApiCall, path_of
from imptui.client.codec.logstream_events import EventReader, StreamEvent, StreamState, decode_event
from imptui.client.errors import NoAnswer
from imptui.client.reply import Stream
from imptui.client.secret import Secret
from imptui.client.session import Session
from imptui.domain.errors import NotFound, Refused, TooFast
from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry

SILENCE_S = 120.0
"""A connection counts as lost after that long without even a keep-alive. Source: contract 14.2."""

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
_FINAL_EVENTS = (StreamEvent.CLOSED, StreamEvent.GONE)


class LogStream:
    """One log stream: `LogStreamCalls.create` makes it, `follow` reads it, `close` ends it.

    Devices may be added and removed at any time by any reference; after a reconnection the stream adds them again. The
    service limits how many devices a stream holds (five to eight) and drops the oldest for a new one.

    Source: contract 14.
    """

    def __init__(
        self,
        session: Session,
        stream_id: Secret,
        *,
        text_format: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._session, self._id = session, stream_id
        self._format = "text" if text_format else "json"
        self._sleep, self._jitter = sleep, jitter
        self._refs: dict[str, None] = {}
        self._reader = EventReader()
        self._stream: Stream | None = None
        self._is_closed = False

    @property
    def refs(self) -> tuple[str, ...]:
        """The references that were added and not removed, oldest first."""
        return tuple(self._refs)

    async def add(self, ref: str) -> None:
        """Add a device: its lines, those of its agent, and those of the service about it. Adding it twice does no harm.

        Raises:
            NotFound: The service knows no such device.
        """
        await self._session.send_harmless(self._call("PUT", f"add device {ref} to the log stream", ref))
        self._refs[ref] = None

    async def remove(self, ref: str) -> None:
        """Remove a device; one that is not in the stream is no error."""
        self._refs.pop(ref, None)
        try:
            await self._session.send_harmless(self._call("DELETE", f"take device {ref} out of the log stream", ref))
        except NotFound:
            return

    async def follow(self) -> AsyncIterator[LogEntry | StreamState]:
        """Yield log entries and changes of state as they come, until the stream ends for good.

        If the connection breaks, the stream yields `LOST` and connects again, after a second and then ever more slowly.
        `CLOSED` and `GONE` come last: the stream does not reopen what the service ended.

        Raises:
            Refused, NoAnswer: The stream could not be opened at all.
        """
        wait_s, was_open = FIRST_WAIT_S, False
        while not self._is_closed:
            why = "the service ended the answer"
            try:
                async for event in self._once(again=was_open):
                    was_open, wait_s = True, self._reader.retry_s or FIRST_WAIT_S
                    yield event
                    if isinstance(event, StreamState) and event.event in _FINAL_EVENTS:
                        return
            except NotFound:
                if not was_open:
                    raise
                yield StreamState(StreamEvent.GONE)
                return
            except (NoAnswer, TooFast) as error:
                if not was_open:
                    raise
                why = error.why if isinstance(error, NoAnswer) else error.reason
            if self._is_closed:
                return
            yield StreamState(StreamEvent.LOST, text=why)
            await self._sleep(wait_s * (1 + self._jitter() / 4))
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    async def _once(self, *, again: bool) -> AsyncIterator[LogEntry | StreamState]:
        """Yield what one connection brings."""
        last_id = self._reader.last_id
        self._reader = EventReader()
        self._reader.last_id = last_id
        headers = {} if last_id is None else {"Last-Event-ID": last_id}
        call = ApiCall(
            "GET",
            path_of("logstream", self._id.reveal()),
            "open the log stream",
            params=(("format", self._format),),
            headers=headers,
            secrets=(self._id,),
        )
        self._stream = stream = await self._session.open_stream(call, SILENCE_S)
        try:
            if again:
                for lost in await self._add_again():
                    yield lost
            async for chunk in stream.chunks():
                for event in self._reader.feed(chunk):
                    yield decode_event(event)
        finally:
            await stream.close()

    async def _add_again(self) -> list[StreamState]:
        """Add the devices again; the service may have forgotten them meanwhile."""
        lost = []
        for ref in self.refs:
            try:
                await self.add(ref)
            except Refused as refusal:
                del self._refs[ref]
                lost.append(StreamState(StreamEvent.REFUSED, DeviceId(ref), refusal.reason))
        return lost

    def _call(self, verb: str, attempt: str, ref: str) -> ApiCall:
        return ApiCall(verb, path_of("logstream", self._id.reveal(), ref), attempt, secrets=(self._id,))

    async def close(self) -> None:
        """Close the connection, which ends the stream."""
        self._is_closed = True
        if self._stream is not None:
            await self._stream.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
