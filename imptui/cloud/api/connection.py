"""One client's connection.

In addition to uvicorn it answers half-closed clients, refuses bytes that are not HTTP, and drops clients that neither
send nor read.
"""

import asyncio
import re
from typing import Any, ClassVar

import h11
import msgspec
from uvicorn.protocols.http.h11_impl import H11Protocol

from imptui.cloud.api.connection_limits import ConnectionLimits
from imptui.cloud.api.route import RESOURCE_TYPE
from imptui.cloud.wire.problems import errors_of
from imptui.domain.errors import Invalid, Rule

_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


def _escaped(found: re.Match[bytes]) -> bytes:
    return b"%%%02X" % found[0][0]


class HttpConnection(H11Protocol):
    """A connection over which requests come and answers go."""

    head_s: ClassVar[float] = 60.0
    """Time in which a client must send the head of a request; an idle client holds a socket that others need."""

    discard_s: ClassVar[float] = 30.0
    """Time in which a client must send the rest of a body that was refused; most clients listen only after that."""

    write_s: ClassVar[float] = 60.0
    """Time in which a client must read some of an answer that waits for it."""

    _is_half_closed = False
    _head_timer: asyncio.TimerHandle | None = None
    _discard_timer: asyncio.TimerHandle | None = None
    _write_timer: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, limits: ConnectionLimits | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._limits = limits or ConnectionLimits()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Wait for the client's first request, unless there are too many connections."""
        super().connection_made(transport)
        if self._limits.has_room(len(self.connections)):
            self._wait_for_head()
        else:
            self.drop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop every timer: the client has gone."""
        self._stop_waiting()
        for timer in (self._discard_timer, self._write_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def drop(self) -> None:
        """Disconnect the client; what waits to be written is lost."""
        self.transport.abort()

    def _wait_for_head(self) -> None:
        self._limits.wait(self, has_begun=bool(self.conn.trailing_data[0]))
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.head_s, self.transport.close)

    def _stop_waiting(self) -> None:
        self._limits.forget(self)
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def pause_writing(self) -> None:
        """Watch a client that does not read its answer."""
        super().pause_writing()
        self._watch_writing(before=self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Stop watching: the client reads on."""
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None
        super().resume_writing()

    def _watch_writing(self, before: int) -> None:
        self._write_timer = self.loop.call_later(self.write_s, self._drop_if_nothing_is_read, before)

    def _drop_if_nothing_is_read(self, before: int) -> None:
        waiting = self.transport.get_write_buffer_size()
        if waiting < before:
            self._watch_writing(waiting)
        else:
            self.drop()

    def data_received(self, data: bytes) -> None:
        """Read on, and escape letters beyond ASCII in an address, which some clients leave as they are.

        Source: contract 1.4.
        """
        if self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]:
            line, end, rest = data.partition(b"\n")
            if not line.isascii():
                data = _BEYOND_ASCII.sub(_escaped, line) + end + rest
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._stop_discarding()
            self._wait_for_head()
        else:
            self._stop_waiting()

    def _stop_discarding(self) -> None:
        if self._discard_timer is not None:
            self._discard_timer.cancel()
            self._discard_timer = None

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio takes it so; uvicorn's never stays
        """Answer a whole request although the client sends nothing more.

        Returns:
            True if the connection stays for that.
        """
        self._is_half_closed = True
        return self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body

    def on_response_complete(self) -> None:
        """End the connection after the last answer to a half-closed client; discard the rest of a refused body."""
        super().on_response_complete()
        if self._is_half_closed and self.cycle.response_complete:
            self.transport.close()
        elif self.transport.is_closing():
            return
        elif self.conn.their_state is h11.SEND_BODY and self._discard_timer is None:
            self._discard_timer = self.loop.call_later(self.discard_s, self.transport.close)
        elif self.conn.their_state is h11.IDLE:
            self._limits.wait(self, has_begun=False)

    def send_400_response(self, msg: str) -> None:
        """Refuse bytes that are not HTTP with an error document of the API, in a head or in a body. Source: contract 2.3."""
        has_answered = self.conn.our_state is not h11.IDLE and (self.cycle is None or self.cycle.response_started)
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE) and not has_answered:
            errors = errors_of(Invalid(msg, Rule.MALFORMED))
            content = msgspec.json.encode({"errors": errors})
            headers = [("content-type", RESOURCE_TYPE), ("content-length", str(len(content))), ("connection", "close")]
            for event in (
                h11.Response(status_code=400, headers=headers, reason="Bad Request"),
                h11.Data(data=content),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True  # the endpoint that waits for the rest of the body ends
            self.cycle.message_event.set()
        self.transport.close()
