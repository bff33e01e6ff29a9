"""Lists as files."""

import asyncio
import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from imptui.domain.rows import DeviceRow
from imptui.query.query import Query
from imptui.tui.screens.host import Host

if TYPE_CHECKING:
    from imptui.fleet.fleet import Fleet

PAGE = 500
COLUMNS = ("id", "name", "mac_address", "ip_address", "imp_type", "swversion", "is_online", "state_changed_at", "agent_id",
           "agent_url", "last_enrolled_at")  # fmt: skip
HEAD = ((*COLUMNS, "group", "product", "rssi_dbm", "free_memory_bytes", "read_at"),)


async def export_devices(fleet: "Fleet", query: Query, host: Host) -> tuple[Path, int]:
    """Write every device of a list as CSV, below the exports folder; where, and how many."""
    path = host.outlets.export_path("devices", "csv")
    await asyncio.to_thread(_append, path, HEAD)
    written = 0
    async for window in fleet.look.windows(query, PAGE):
        rows = [_cells(row) for row in window.rows if row is not None]
        await asyncio.to_thread(_append, path, rows)
        written += len(rows)
    return path, written


def _append(path: Path, rows: Iterable[Sequence[object]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(["" if cell is None else cell for cell in row] for row in rows)
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(text.getvalue())


def _cells(row: DeviceRow) -> Sequence[object]:
    own = [getattr(row.device, name) for name in COLUMNS]
    reading = row.reading
    read = (reading.rssi_dbm, reading.free_memory_bytes, reading.read_at) if reading else (None, None, None)
    return [None if cell is None else _harmless(str(cell)) for cell in (*own, row.group_name, row.product_name)] + [*read]


def _harmless(cell: str) -> str:
    # A spreadsheet takes a cell that begins so for a formula.
    return "'" + cell if cell[:1] in "=+-@\t\r" else cell
