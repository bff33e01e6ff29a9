"""Settings of a session with one endpoint."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from imptui.client.change import JournalSink
from imptui.client.guard import Guard
from imptui.client.identity import Identity
from imptui.client.pace import Pace

if TYPE_CHECKING:
    import httpx


class ConnectionSettings(Struct, frozen=True):
    """The endpoint, account and limits of a session; `Central` explains each."""

    endpoint: str
    """Without a slash at its end."""
    identity: Identity
    guard: Callable[[], Guard]
    """Returns the guard of the moment."""
    journal: JournalSink | None
    context: str
    transport: "Callable[[], httpx.AsyncBaseTransport] | httpx.AsyncBaseTransport | None"
    pace: Pace
    clock: Callable[[], datetime]
    timeout_s: float
    on_clock_skew: Callable[[timedelta], None] | None = None
    """Receives once by how much the clock of this machine is ahead of that of the service, if it is much."""
