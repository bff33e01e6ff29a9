"""Log entries and remarks as rows: time, device, stream and text."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry
from imptui.tui.present.log_choice import LogChoice
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import fit, safe

LogItem = LogEntry | tuple[datetime, str]
"""A log entry, or a remark between entries and its time."""

TIME_FORMATS = ("%H:%M:%S", "%Y-%m-%d %H:%M:%S", "")
"""Formats of times: time of day, date and time, no time."""

DEVICE_ROLES = ("icon", "pending", "online", "code-number", "code-string")


class LogRows:
    """Turns log items into rows, in order of time.

    Args:
        names: Device names by id; with more than one, each row names its device.

    Attributes:
        choice: The choice of entries.
        times: The index of the format in `TIME_FORMATS`.
    """

    def __init__(self, names: Mapping[DeviceId, str]) -> None:
        self.choice = LogChoice()
        self.times = 0
        self._names = names
        self._day: date | None = None

    def restart(self) -> None:
        """Begin a new list: the next row has its day above it again."""
        self._day = None

    def of(self, items: Iterable[LogItem]) -> list[list[Piece]]:
        """Return the rows of the chosen items, with the day above the first row of each day."""
        found: list[list[Piece]] = []
        for each in items:
            if isinstance(each, LogEntry) and not self.choice.shows(each):
                continue
            day = (each.at if isinstance(each, LogEntry) else each[0]).astimezone().date()
            if day != self._day:
                self._day = day
                found.append([(f"--- {day:%Y-%m-%d, %A} ---", "dim")])
            found += self._entry(each) if isinstance(each, LogEntry) else self._remark(*each)
        return found

    def _when(self, at: datetime) -> str:
        time_format = TIME_FORMATS[self.times]
        return f"{at.astimezone():{time_format}} " if time_format else ""

    def _remark(self, at: datetime, text: str) -> list[list[Piece]]:
        return [[(f"{self._when(at)}{safe(text)}", "marked")]]

    def _entry(self, entry: LogEntry) -> list[list[Piece]]:
        role = "log-error" if "error" in entry.kind else "log-agent" if entry.kind.startswith("agent") else ""
        role = role or ("" if entry.kind == "server.log" else "log-status")
        head: list[Piece] = [(self._when(entry.at), "dim")]
        if len(self._names) > 1:
            name = self._names.get(entry.device_id, entry.device_id)
            head.append((fit(name, 16) + " ", self._device_role(entry.device_id)))
        head.append((f"{fit(entry.kind, 12)} ", role or "dim"))
        first, *rest = entry.text.replace("\r\n", "\n").split("\n")
        indent: list[Piece] = [(" " * sum(len(text) for text, _ in head), "")]
        return [[*head, (first, role)], *[[*indent, (line, role)] for line in rest]]

    def _device_role(self, device_id: DeviceId) -> str:
        places = list(self._names)
        return DEVICE_ROLES[places.index(device_id) % len(DEVICE_ROLES)] if device_id in self._names else "dim"
