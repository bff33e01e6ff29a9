"""Lists as files."""

import asyncio
import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from imptui.model.line import DeviceRow
from imptui.model.query import Query
from imptui.tui.screens.host import Host

if TYPE_CHECKING:
    from imptui.fleet.fleet import Fleet

PAGE = 500
COLUMNS = ("id", "name", "mac_address", "ip_address", "imp_type", "swversion", "is_online", "state_changed_at", "agent_id",
           "agent_url", "last_enrolled_at")  # fmt: skip


async def export_devices(fleet: "Fleet", query: Query, host: Host) -> tuple[Path, int]:
    """Write every device of a list as CSV, below the exports folder; where, and how many."""
    path = host.export_path("devices", "csv")
    offset = written = 0
    while True:
        window = await fleet.look.window(query, offset, PAGE)
        if not window.rows:
            return path, written
        rows = [row for row in window.rows if row is not None]
        await asyncio.to_thread(_append, path, rows, is_first=offset == 0)
        offset += len(window.rows)
        written += len(rows)


def _append(path: Path, rows: Sequence[DeviceRow], *, is_first: bool) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    if is_first:
        writer.writerow((*COLUMNS, "group", "product", "rssi_dbm", "free_memory_bytes", "read_at"))
    for row in rows:
        reading = row.reading
        own = [getattr(row.device, name) for name in COLUMNS]
        read = (reading.rssi_dbm, reading.free_memory_bytes, reading.read_at) if reading else (None, None, None)
        writer.writerow(
            ["" if cell is None else _harmless(str(cell)) for cell in (*own, row.group_name, row.product_name)]
            + ["" if cell is None else cell for cell in read]
        )
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(text.getvalue())


def _harmless(cell: str) -> str:
    # A spreadsheet takes a cell that begins so for a formula.
    return "'" + cell if cell[:1] in "=+-@\t\r" else cell
