"""What devices, agents and the service say."""

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
"""The kinds of log line that are known; others may come. Source: contract 14.5."""


class LogEntry(Struct, frozen=True):
    """One log line of a device, its agent, or the service about it. Source: contract 14.3."""

    device_id: DeviceId
    at: datetime
    kind: str
    """One of `KINDS`, or the service's word for another."""
    text: str
    """May hold several lines and any character: hostile until made safe."""
    log_type: str | None = None
    """`development` or `production`."""


class Enrolment(Struct, frozen=True):
    """One entry of a device's history. Source: contract 15."""

    device_id: DeviceId
    at: datetime
    event: str
    """`enrolled`, `assigned`, `unassigned`, `blessed`, `unblessed`, or the service's word for another."""
    owner_id: str | None
    actor_id: str | None
