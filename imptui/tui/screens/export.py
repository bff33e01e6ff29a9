"""Write lists to files."""

import asyncio
import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from imptui.domain.rows import DeviceRow
from imptui.query.list_columns import EXPORTED
from imptui.query.query import Query
from imptui.tui.screens.host import Host

if TYPE_CHECKING:
    from imptui.fleet.fleet import Fleet

PAGE = 500
HEAD = (tuple(column.exported for column in EXPORTED),)


async def export_devices(fleet: "Fleet", query: Query, host: Host) -> tuple[Path, int]:
    """Write every device of a list as CSV into the exports folder; return the path and the number of devices."""
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
    return [_harmless(cell) if isinstance(cell, str) else cell for cell in (column.exported_of(row) for column in EXPORTED)]


def _harmless(cell: str) -> str:
    # A spreadsheet evaluates a cell that begins with one of these as a formula.
    return "'" + cell if cell[:1] in "=+-@\t\r" else cell
