"""Server-sent events of a log stream: bytes to events, events to log entries.

Source: contract 14.2 to 14.4.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from imptui.client.codec.convert import utc
from imptui.client.codec.decode import log_line
from imptui.client.codec.refusals import bounded
from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry

EVENT_LIMIT_BYTES = 1 << 20
"""A longer event is cut. No log entry is that long, and the service must not fill the memory."""


class StreamEvent(StrEnum):
    """The changes of state of a log stream."""

    OPENED = "opened"
    SUBSCRIBED = "subscribed"
    """A device was added."""
    UNSUBSCRIBED = "unsubscribed"
    """A device was removed: by us, or to make room for another one."""
    CLOSED = "closed"
    """The service ended the stream, as it does if the account opens too many. It is the last event."""
    GONE = "gone"
    """The service does not know the stream any longer. It is the last event."""
    LOST = "lost"
    """The connection broke; the stream connects again."""
    REFUSED = "refused"
    """The service refused to add a device again after a reconnection."""
    UNREADABLE = "unreadable"
    """A message makes no sense; the stream skips it."""
    OTHER = "other"
    """This version does not know the state."""


class StreamState(Struct, frozen=True):
    """A change of state of a log stream."""

    event: StreamEvent
    device_id: DeviceId | None = None
    """Set for `SUBSCRIBED` and `UNSUBSCRIBED`; for `REFUSED`, the reference that was to be added."""
    text: str = ""
    """Details of `LOST`, `REFUSED`, `UNREADABLE` and `OTHER`, as they came: hostile text."""


class ServerEvent(Struct, frozen=True):
    """One server-sent event, not decoded yet."""

    name: str
    text: str


class EventReader:
    """Cuts the bytes of an event stream into events.

    Lines end with LF, CRLF or CR only: a log entry may hold any other line separator of Unicode.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._name = ""
        self._lines: list[str] = []
        self._size = 0
        self.last_id: str | None = None
        """The `id:` of the last event that had one."""
        self.retry_s: float | None = None
        """The wait before a reconnection that the service asks for."""

    def feed(self, chunk: bytes) -> Iterator[ServerEvent]:
        """Yield the events that this chunk completes; the rest waits for the next chunk."""
        held = self._rest + chunk
        # A CR at the end may be the first half of CRLF.
        tail = b"\r" if held.endswith(b"\r") else b""
        lines = held[: len(held) - len(tail)].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._rest = lines.pop()[:EVENT_LIMIT_BYTES] + tail
        for line in lines:
            if (event := self._take(line.decode("utf-8", "replace"))) is not None:
                yield event

    def _take(self, line: str) -> ServerEvent | None:
        if not line:
            event = ServerEvent(self._name or "message", "\n".join(self._lines)) if self._lines else None
            self._name, self._lines, self._size = "", [], 0
            return event
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data" and self._size < EVENT_LIMIT_BYTES:
            self._lines.append(value)
            self._size += len(value)
        elif field == "event":
            self._name = value
        elif field == "id" and value.isprintable():
            self.last_id = value
        elif field == "retry" and value.isascii() and value.isdigit():
            self.retry_s = min(int(value) / 1000, 60.0)
        return None


class _State(msgspec.Struct, frozen=True):
    state: str
    device_id: str | None = None


_state = msgspec.json.Decoder(_State)


def decode_event(event: ServerEvent) -> LogEntry | StreamState:
    """Decode an event of a log stream in either format; one that makes no sense becomes `UNREADABLE`."""
    try:
        if event.name == "state_change":
            return _state_in(event.text)
        if event.name == "message":
            return log_line(event.text) if event.text.startswith("{") else _text_line(event.text)
    except (ValueError, msgspec.DecodeError):
        return StreamState(StreamEvent.UNREADABLE, text=bounded(event.text))
    return StreamState(StreamEvent.OTHER, text=bounded(f"{event.name}: {event.text}"))


def _state_in(text: str) -> StreamState:
    """Decode a change of state; in text format the last word decides. Source: contract 14.4."""
    if text.startswith("{"):
        decoded = _state.decode(text)
        word, device = decoded.state, decoded.device_id
    else:
        first, _, word = text.strip().rpartition(" ")
        device = first.strip() or None
    known = word in (StreamEvent.OPENED, StreamEvent.CLOSED, StreamEvent.SUBSCRIBED, StreamEvent.UNSUBSCRIBED)
    if not known:
        return StreamState(StreamEvent.OTHER, text=bounded(text))
    return StreamState(StreamEvent(word), None if device is None else DeviceId(device))


def _text_line(text: str) -> LogEntry:
    """Decode a message in text format; everything after the fourth space is the message. Source: contract 14.3.

    Raises:
        ValueError, msgspec.ValidationError: It has another shape.
    """
    device, at, log_type, kind, message = [*text.split(" ", 4), ""][:5]
    return LogEntry(DeviceId(device), utc(msgspec.convert(at, datetime)), kind, message, log_type)
