"""The events of a live log besides its entries, and the devices that it follows."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry


class LogEventKind(StrEnum):
    """The kinds of events of a live log."""

    OPENED = "opened"
    """The stream is open."""
    SUBSCRIBED = "subscribed"
    """A device has a place in the stream."""
    UNSUBSCRIBED = "unsubscribed"
    """A device lost its place in the stream; it is read in rotation."""
    LOST = "lost"
    """The connection broke; it is tried again."""
    GAP = "gap"
    """There was no connection for some seconds; the history of that time follows."""
    MISSING = "missing"
    """Lines of a device may be missing here."""
    CLOSED = "closed"
    """The service closed the stream."""
    RENEWED = "renewed"
    """The service no longer has the stream; another one is created."""
    REFUSED = "refused"
    """The service gives no stream, or no place in it."""
    JOINED = "joined"
    LEFT = "left"
    """The log no longer follows the device."""
    EMPTY = "empty"
    """No device is left; the stream is closed."""
    DROPPED = "dropped"
    """Some entries were dropped because they came faster than the listener took them."""
    BROKEN = "broken"
    """A fault of this program ended a task of the log."""
    OTHER = "other"
    """A word of the service that this version does not know."""


class LogEvent(Struct, frozen=True):
    """An event about the log itself, not from a device."""

    kind: LogEventKind
    at: datetime
    device_id: DeviceId | None = None
    text: str = ""
    """Details as they came: text from outside, not yet safe."""
    number: int = 0
    """The seconds of a gap, or the number of dropped entries."""


Said = LogEntry | LogEvent


class Members(Struct, frozen=True):
    """The devices that a live log follows."""

    device_ids: tuple[DeviceId, ...]
    """The followed devices; the first ones get the places in the stream."""
    total: int
    """The number of all devices, which may exceed the followed ones."""
