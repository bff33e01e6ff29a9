"""One client's connection: in addition to uvicorn, answers half-closed clients and refuses bytes that are not HTTP."""

import asyncio
import re
from typing import ClassVar

import h11
import msgspec
from uvicorn.protocols.http.h11_impl import H11Protocol

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

    _is_half_closed = False
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Somebody is there, and is waited for."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.head_s, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def data_received(self, data: bytes) -> None:
        """Read on; letters beyond ASCII in an address, which some clients do not escape, are escaped. Source: contract 1.4."""
        if self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]:
            line, end, rest = data.partition(b"\n")
            if not line.isascii():
                data = _BEYOND_ASCII.sub(_escaped, line) + end + rest
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait_for_head()
        else:
            self._stop_waiting()

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio takes it so; uvicorn's never stays
        """The client has nothing more to say; a whole request is answered all the same.

        Returns:
            Whether the connection stays for that.
        """
        self._is_half_closed = True
        return self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body

    def on_response_complete(self) -> None:
        """After the last answer to a client that has stopped speaking, the connection ends."""
        super().on_response_complete()
        if self._is_half_closed and self.cycle.response_complete:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Refuse bytes that are not HTTP with an error document of the API. Source: contract 2.3."""
        if self.conn.our_state is h11.IDLE:
            errors = errors_of(Invalid(msg, Rule.MALFORMED))
            content = msgspec.json.encode({"errors": errors})
            headers = [("content-type", RESOURCE_TYPE), ("content-length", str(len(content))), ("connection", "close")]
            for event in (
                h11.Response(status_code=400, headers=headers, reason="Bad Request"),
                h11.Data(data=content),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
