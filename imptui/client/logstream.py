"""Live logs."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Self

from imptui.client.api_call import Call, path_of
from imptui.client.calls.resource import Calls
from imptui.client.codec.decode import id_of
from imptui.client.codec.logstream_events import EventReader, StreamEvent, StreamState, meaning_of
from imptui.client.errors import NoAnswer
from imptui.client.reply import Stream
from imptui.client.secret import Secret
from imptui.client.session import Speaker
from imptui.domain.errors import NotFound, Refused, TooFast
from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry

SILENCE_S = 120.0
"""After this long without even a keep-alive the connection counts as lost. Source: contract 14.2."""

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
_LAST_WORDS = (StreamEvent.CLOSED, StreamEvent.GONE)


class LogStream:
    """One log stream: made by `Central.create_logstream`, listened to with `follow`, closed with `close`.

    Devices may be added and removed at any time by any reference; those that were added are added again after a
    reconnection. The service limits how many a stream holds (five to eight) and drops the oldest for a new one.

    Source: contract 14.
    """

    def __init__(
        self,
        speaker: Speaker,
        stream_id: Secret,
        *,
        text_format: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._speaker, self._id = speaker, stream_id
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
        """Have the lines of a device, its agent, and the service about it; again does no harm.

        Raises:
            NotFound: There is no such device.
        """
        await self._speaker.send_harmless(self._call("PUT", f"add device {ref} to the log stream", ref))
        self._refs[ref] = None

    async def remove(self, ref: str) -> None:
        """Have no more lines of a device; one that is not in the stream is no error."""
        self._refs.pop(ref, None)
        try:
            await self._speaker.send_harmless(self._call("DELETE", f"take device {ref} out of the log stream", ref))
        except NotFound:
            return

    async def follow(self) -> AsyncIterator[LogEntry | StreamState]:
        """What the stream says, as it says it, until it ends for good.

        The connection is opened again when it breaks, first after a second and then ever slower, with `LOST` said each
        time. `CLOSED` and `GONE` are the last words; a stream that the service ended is not fought for.

        Raises:
            Refused, NoAnswer: The stream could not be opened at all.
        """
        wait_s, was_open = FIRST_WAIT_S, False
        while not self._is_closed:
            why = "the service ended the answer"
            try:
                async for said in self._once(again=was_open):
                    was_open, wait_s = True, self._reader.retry_s or FIRST_WAIT_S
                    yield said
                    if isinstance(said, StreamState) and said.event in _LAST_WORDS:
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
        """What one connection says."""
        last_id = self._reader.last_id
        self._reader = EventReader()
        self._reader.last_id = last_id
        headers = {} if last_id is None else {"Last-Event-ID": last_id}
        call = Call(
            "GET",
            path_of("logstream", self._id.reveal()),
            "open the log stream",
            params=(("format", self._format),),
            headers=headers,
            secrets=(self._id,),
        )
        self._stream = stream = await self._speaker.open_stream(call, SILENCE_S)
        try:
            if again:
                for lost in await self._add_again():
                    yield lost
            async for chunk in stream.chunks():
                for event in self._reader.feed(chunk):
                    yield meaning_of(event)
        finally:
            await stream.close()

    async def _add_again(self) -> list[StreamState]:
        """Add the devices of before; the service may have forgotten them meanwhile."""
        lost = []
        for ref in self.refs:
            try:
                await self.add(ref)
            except Refused as refusal:
                del self._refs[ref]
                lost.append(StreamState(StreamEvent.REFUSED, DeviceId(ref), refusal.reason))
        return lost

    def _call(self, verb: str, attempt: str, ref: str) -> Call:
        return Call(verb, path_of("logstream", self._id.reveal(), ref), attempt, secrets=(self._id,))

    async def close(self) -> None:
        """Close the connection; the stream ends by that."""
        self._is_closed = True
        if self._stream is not None:
            await self._stream.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class LogCalls(Calls):
    """Live logs. Source: contract 14."""

    async def create_logstream(self, *, text_format: bool = False) -> LogStream:
        """A new log stream; it is lost when it is not followed within a minute.

        Args:
            text_format: Ask for plain lines instead of JSON; what is said is the same.
        """
        call = Call("POST", "/logstream", "create a log stream")
        reply = await self._speaker.send_harmless(call)
        return LogStream(
            self._speaker, Secret(self._speaker.decoded(call.attempt, reply, id_of)), text_format=text_format
        )
