"""Log entries of devices and agents, and the enrolment history of devices."""

from datetime import datetime

from msgspec import Struct

from imptui.domain.ids import DeviceId

KINDS = (
    "server.log",
    "server.error",
    "server.sleep",
    "agent.log",
    "agent.error",
    "status",
    "lastexitcode",
    "powerstate",
    "firmware",
)
"""The known kinds of log entry; the service may send others. Source: contract 14.5."""


class LogEntry(Struct, frozen=True):
    """One log entry of a device or its agent, or one by the service about them. Source: contract 14.3."""

    device_id: DeviceId
    at: datetime
    kind: str
    """One of `KINDS`, or the service's name for another kind."""
    text: str
    """May hold several lines and any character. It is hostile until made safe."""
    log_type: str | None = None
    """Either `development` or `production`."""


class Enrolment(Struct, frozen=True):
    """One entry of a device's history. Source: contract 15."""

    device_id: DeviceId
    at: datetime
    event: str
    """`enrolled`, `assigned`, `unassigned`, `blessed`, `unblessed`, or the service's name for another event."""
    owner_id: str | None
    actor_id: str | None
