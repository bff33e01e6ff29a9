"""What is said between the lines of a log, and by whom the lines are."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry


class LogEventKind(StrEnum):
    """What is said between the lines of a log."""

    OPENED = "opened"
    """The stream is open."""
    SUBSCRIBED = "subscribed"
    """A device has a place in it."""
    UNSUBSCRIBED = "unsubscribed"
    """A device lost its place to others; it is looked at in rotation."""
    LOST = "lost"
    """The connection broke; it is tried again."""
    GAP = "gap"
    """So many seconds nobody listened; what is known of them follows."""
    MISSING = "missing"
    """Lines of a device may be missing here."""
    CLOSED = "closed"
    """The service closed the stream."""
    RENEWED = "renewed"
    """The service had forgotten the stream; another one is made."""
    REFUSED = "refused"
    """The service gives no stream, or no place in it."""
    JOINED = "joined"
    LEFT = "left"
    """The device is not one of those followed any longer."""
    EMPTY = "empty"
    """No device is left; the stream is closed."""
    DROPPED = "dropped"
    """So many lines came faster than they could be shown."""
    BROKEN = "broken"
    """A mistake of ours ended a part of the work."""
    OTHER = "other"
    """A word of the service that this version does not know."""


class LogEvent(Struct, frozen=True):
    """Something about the log that no device said."""

    kind: LogEventKind
    at: datetime
    device_id: DeviceId | None = None
    text: str = ""
    """More about it, as it came: hostile until made safe."""
    number: int = 0
    """Seconds of a gap, lines that were dropped."""


Said = LogEntry | LogEvent


class Members(Struct, frozen=True):
    """Who is followed."""

    device_ids: tuple[DeviceId, ...]
    """Those that shall have places in the stream first."""
    total: int
    """How many there are, when not all of them are followed."""
