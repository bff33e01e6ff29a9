"""Paint the lines of the device list."""

from datetime import datetime

from rich.segment import Segment

from imptui.domain.rows import DeviceRow
from imptui.query.grammar import to_text
from imptui.query.query import Query, Sort
from imptui.tui.present.device import cell_of
from imptui.tui.present.look import Look
from imptui.tui.widgets.devices.changed_cells import ChangedCells
from imptui.tui.widgets.devices.columns import MARGIN, DeviceColumns


class DevicePainter:
    """Turns headings and device rows into segments.

    Args:
        columns: The columns that are shown.
        changed: The cells that changed a moment ago.
    """

    def __init__(self, columns: DeviceColumns, changed: ChangedCells) -> None:
        self._columns = columns
        self._changed = changed

    def headings(self, look: Look, sort: Sort) -> list[Segment]:
        """Paint the titles of the columns, with a sign at the one that the list is sorted by."""
        style = look.style("columns")
        segments = [Segment(" " * MARGIN, style)]
        for column, cells in self._columns.shown:
            title = column.title
            if column.sort is sort.column:
                title = (look.glyphs.descending if sort.descending else look.glyphs.ascending) + title
            segments.append(Segment(look.fit(title, cells, right=column.is_right) + " ", style))
        return segments

    def row(self, look: Look, now: datetime, row: DeviceRow, role: str, *, is_marked: bool) -> list[Segment]:
        """Paint one device; `role` is `text`, or that of the cursor."""
        glyphs, changed = look.glyphs, self._changed.of(row.device.id)
        plain = look.style("text" if role == "text" else role)
        segments = [Segment((glyphs.mark if is_marked else " ") + " ", look.style("marked", role) if is_marked else plain)]
        blank = Segment(" ", plain)
        for column, cells in self._columns.shown:
            cell = cell_of(column, row, glyphs, now)
            text = look.fit(cell.text, cells, right=column.is_right)
            own = cell.role if role == "text" else ""
            if column.key in changed:
                sign = {1: glyphs.rising, -1: glyphs.falling}.get(changed[column.key], glyphs.changed)
                text = sign + text[1:] if text.startswith(" ") else text
                own = "changed" if role == "text" else ""
            elif is_marked and column.key == "name" and role == "text":
                own = "marked"
            segments.append(Segment(text, look.style(own, role)))
            segments.append(blank)
        return segments


def empty_text(query: Query) -> str:
    """Return the sentence for a list without devices."""
    if query.where is None:
        return "No device is here."
    asked = to_text(query.where)
    has_readings = any(field in asked for field in ("rssi", "memory", "weak", "free"))
    return "No device matches." + (" Readings are known only of devices that were looked at." if has_readings else "")
