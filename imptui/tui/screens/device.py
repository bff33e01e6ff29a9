"""The screen of one device: attributes, deployment, sparklines, log."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from msgspec.structs import replace
from textual import work
from textual.widget import Widget

from imptui.client.errors import NoAnswer
from imptui.domain.errors import Refused
from imptui.domain.ids import DeviceId
from imptui.domain.log import Enrolment, LogEntry
from imptui.domain.rows import Sample
from imptui.fleet.read_model import DeviceDetail
from imptui.query.query import Scope
from imptui.tui.commands.command import Situation
from imptui.tui.present.age import ago, stamp
from imptui.tui.present.device import facts, pending_words
from imptui.tui.present.glyphs import Glyphs
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe, safe_lines
from imptui.tui.present.signal import bars, extremes, history
from imptui.tui.screens.page import Page
from imptui.tui.widgets.lines_view import LinesView
from imptui.tui.widgets.painted import PaintedLine
from imptui.tui.widgets.theme_access import look_of

LOG_TAIL = 50
"""The number of log lines that are read."""

HISTORY_SHOWN = timedelta(hours=24)


class DevicePage(Page):
    """Shows one device with live values."""

    page_name: ClassVar[str] = "device"

    def __init__(self, device_id: DeviceId) -> None:
        super().__init__()
        self.device_id = device_id
        self.detail: DeviceDetail | None = None
        self._log: Sequence[LogEntry] | None = None
        self._log_trouble: str | None = None
        self._enrolments: Sequence[Enrolment] | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Lay out a title and a text."""
        yield PaintedLine(id="list-title")
        yield LinesView(id="device")

    def opened(self) -> None:
        """Read the cache, then fetch what only the service has."""
        self.focus_pane(self.query_one("#device"))
        self.load()
        self.load_log()
        self.fleet.watch.look_at([self.device_id])

    def on_screen_resume(self) -> None:
        """Resume live values."""
        super().on_screen_resume()
        self.fleet.watch.look_at([self.device_id])

    @work(exclusive=True, group="device")
    async def load(self) -> None:
        """Read the device from the cache."""
        self.detail = await self.fleet.look.device(self.device_id)
        self._paint()
        self.offer_hints()

    @work(exclusive=True, group="log")
    async def load_log(self) -> None:
        """Fetch the last log lines and the enrolments from the service."""
        try:
            self._log = await self.fleet.logs.history(self.device_id, LOG_TAIL)
            self._enrolments = await self.fleet.logs.enrolments(self.device_id)
        except Refused as error:
            self._log_trouble = error.reason
        except NoAnswer as error:
            self._log_trouble = f"{error.why}. {error.hint}"
        self._paint()

    def fleet_changed(self) -> None:
        """Read the device again."""
        super().fleet_changed()
        self.load()

    def tick(self) -> None:
        """Update the ages."""
        super().tick()
        if self.detail is not None:
            self._paint()

    def situation(self, key: str | None = None) -> Situation:
        """Add the device of this screen."""
        situation = super().situation(key)
        if self.detail is None:
            return situation
        return replace(situation, devices=(self.detail.row,), group=self.detail.group, product=self.detail.product)

    def lay_out(self, cells: int, lines: int) -> None:  # noqa: ARG002 - the shape for subclasses
        """Fit the sparklines to the new width."""
        if self.detail is not None:
            self._paint()

    def _paint(self) -> None:
        if not self.is_ready or len(self.query("#list-title, #device")) < 2:  # The screen was closed while the cache was read.
            return
        detail = self.detail
        if detail is None:
            self.query_one("#device", LinesView).put([[(f" {safe(self.device_id)} is not known here.", "dim")]])
            return
        title = f" {safe(detail.device.label)} "
        self.query_one("#list-title", PaintedLine).show_pieces([(title, "title-focus")])
        lines = device_lines(detail, self.host.now(), max(20, self.size.width), look_of(self).glyphs)
        lines += self._enrolment_lines() + self._log_lines()
        self.query_one("#device", LinesView).put(lines)

    def _enrolment_lines(self) -> list[list[Piece]]:
        lines: list[list[Piece]] = [[], [(" Enrolment history", "title-focus")]]
        if self._enrolments is None:
            return [*lines, [(" not read", "dim") if self._log_trouble else (" reading", "dim")]]
        lines += [[(f"  {stamp(each.at)}  ", "dim"), (safe(each.event), "")] for each in self._enrolments]
        return lines if self._enrolments else [*lines, [("  nothing is told", "dim")]]

    def _log_lines(self) -> list[list[Piece]]:
        lines: list[list[Piece]] = [[], [(" Log", "title-focus"), (f"  the last {LOG_TAIL} lines", "dim")]]
        if self._log_trouble is not None:
            return [*lines, [(f"  {safe(self._log_trouble)}", "problem")]]
        if self._log is None:
            return [*lines, [("  reading", "dim")]]
        for entry in self._log:
            role = "log-error" if "error" in entry.kind else "log-agent" if entry.kind.startswith("agent") else ""
            first, *rest = safe_lines(entry.text)
            lines.append([(f"  {stamp(entry.at)} ", "dim"), (f"{safe(entry.kind):<13} ", role or "log-status"), (first, role)])
            lines += [[(" " * 36 + line, role)] for line in rest]
        return lines if self._log else [*lines, [("  nothing was logged", "dim")]]

    def action_raw(self) -> None:
        """Show the raw document of the device."""
        from imptui.tui.screens.text import RawPage

        if self.detail is not None:
            self.host.navigator.show(RawPage(self.detail.device.label, self.detail.device))

    def action_owner(self) -> None:
        """List the devices of its group."""
        if self.detail is None:
            return
        group = self.detail.group
        self.host.navigator.show_scope(Scope(group_id=group.id) if group is not None else Scope(is_unassigned=True))


def device_lines(detail: DeviceDetail, now: datetime, cells: int, glyphs: Glyphs) -> list[list[Piece]]:
    """Return the facts, the deployment, and the sparklines of signal and memory."""
    lines: list[list[Piece]] = [[(f"  {label:<13} ", "dim"), (safe(text), "")] for label, text in facts(detail.row, now)]
    lines += [[], [(" Deployment", "title-focus")], *_deployment_lines(detail, now), []]
    lines.append([(" History", "title-focus"), ("  the last 24 h, as far as imptui was running", "dim")])
    room = max(10, min(96, cells - 44))
    reading = detail.reading
    rssi_now = f"{reading.rssi_dbm} dBm {bars(reading.rssi_dbm, glyphs)}" if reading and reading.rssi_dbm is not None else "-"
    free_now = f"{reading.free_memory_bytes:,} B" if reading and reading.free_memory_bytes is not None else "-"
    lines.append(_history_line("RSSI", detail.samples, "rssi_dbm", rssi_now, room, now, glyphs))
    lines.append(_history_line("free memory", detail.samples, "free_memory_bytes", free_now, room, now, glyphs))
    return lines


def _deployment_lines(detail: DeviceDetail, now: datetime) -> list[list[Piece]]:
    deployment = detail.current_deployment
    if deployment is None:
        why = "unassigned: nothing runs" if detail.group is None else "nothing was deployed to its group, or it was not read yet"
        return [[(f"  {why}", "dim")]]
    role = "pending" if detail.is_pending else ""
    return [
        [("  should run    ", "dim"), (safe(deployment.sha[:12]), ""), (f"  {safe(deployment.description or '')}", "dim")],
        [("  deployed      ", "dim"), (f"{stamp(deployment.created_at)} ({ago(deployment.created_at, now)})", "")],
        [("  restarted     ", "dim"), (pending_words(detail.row), role)],
    ]


def _history_line(
    label: str, samples: Sequence[Sample], measure: str, current: str, cells: int, now: datetime, glyphs: Glyphs
) -> list[Piece]:
    line = history(samples, measure, cells, now, glyphs, HISTORY_SHOWN)
    found = extremes(samples, measure)
    span = f"{found[0]:,} to {found[1]:,}" if found else "no samples yet"
    return [(f"  {label:<13} ", "dim"), (line, "icon"), (f" {current}", ""), (f"  {span}", "dim")]
