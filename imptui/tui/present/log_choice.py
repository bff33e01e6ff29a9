"""The choice of log entries that are shown."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry


class LogPart(StrEnum):
    """The source of a log entry."""

    ALL = "all"
    ERRORS = "errors"
    AGENT = "agent"
    DEVICE = "device"
    SERVICE = "service"


class LogChoice(Struct, frozen=True):
    """Selects log entries by device, source and severity; remarks are always shown."""

    part: LogPart = LogPart.ALL
    device_id: DeviceId | None = None
    """One of several devices; None: all of them."""
    since: datetime | None = None

    def shows(self, entry: LogEntry) -> bool:
        """Return whether an entry is selected."""
        return (
            (self.device_id is None or entry.device_id == self.device_id)
            and (self.since is None or entry.at >= self.since)
            and (self.part is LogPart.ALL or self.part in parts_of(entry))
        )

    def words(self, names: Mapping[DeviceId, str]) -> str:
        """Return the choice in words, `only errors of unit-01`; empty if everything is shown. Holds foreign text."""
        said = [] if self.part is LogPart.ALL else [f"only {self.part}"]
        if self.device_id is not None:
            said.append(f"{'of' if said else 'only'} {names.get(self.device_id, self.device_id)}")
        if self.since is not None:
            said.append(f"since {self.since.astimezone():%H:%M:%S}")
        return " ".join(said)


def parts_of(entry: LogEntry) -> frozenset[LogPart]:
    """Return the sources of an entry.

    Source: contract 14.5: `agent.*` is the agent, `server.*` the device, all else the service.
    """
    by = (
        LogPart.AGENT
        if entry.kind.startswith("agent.")
        else LogPart.DEVICE
        if entry.kind.startswith("server.")
        else LogPart.SERVICE
    )
    is_error = entry.kind.endswith(".error") or (entry.kind == "lastexitcode" and entry.text != "")
    return frozenset({by, LogPart.ERRORS}) if is_error else frozenset({by})
