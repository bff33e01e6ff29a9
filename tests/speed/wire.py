"""What the console sends: every burst beside the least that the same change could cost, ticks, and idleness."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.speed.budgets import Bench, Figure
from tests.speed.fleets import demonstration
from tests.speed.programs import Program, Weighed, imptui, peers, weigh
from tests.terminal.sitting import Burst

SIZES = ((80, 24), (160, 50))


@contextmanager
def own(folder: Path) -> Iterator[Path]:
    """A copy of a data folder, for one console."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "home"
        shutil.copytree(folder, copy)
        yield copy


def weighed_console(bench: Bench, cells: int, rows: int, *, idle_s: float = 0.0, ticks: int = 0) -> Weighed:
    """The console on the demonstration."""
    with own(demonstration(bench.folder)) as home:
        return weigh(imptui(home, cells), cells, rows, times=bench.times(7, 3), ticks=ticks, idle_s=idle_s)


def row(what: str, bursts: list[Burst]) -> Figure:
    """Bytes of some bursts beside their floor."""
    count = max(1, len(bursts))
    ours, floor = sum(each.bytes for each in bursts) / count, sum(each.floor_bytes for each in bursts) / count
    return Figure(f"bytes of {what}", ours, 1.5, "bytes", floor, "floor of the same screens")


def bursts(bench: Bench) -> list[Figure]:
    """Everything that a person causes."""
    figures = []
    for cells, rows in SIZES:
        weighed = weighed_console(bench, cells, rows, ticks=bench.times(6))
        kinds = {"first paint": [weighed.first], **weighed.by_key, "tick": weighed.ticks}
        figures += [row(f"{what}, {cells}x{rows}", kind) for what, kind in kinds.items()]
    return figures


def idle(bench: Bench) -> list[Figure]:
    """Nothing changes: nothing is sent."""
    weighed = weighed_console(bench, 80, 24, idle_s=bench.idle_s)
    return [Figure(f"idle for {bench.idle_s:g} s, nothing changed", weighed.idle_bytes, 0, "bytes")]


def five_cells(bench: Bench) -> list[Figure]:
    """A tick that changes five fields, in a wide window; the figure of a larger tick is scaled to five."""
    ours = weighed_console(bench, 200, 50, ticks=bench.times(12, 4))
    table: Program = next(each for each in peers() if each.name.startswith("DataTable"))
    theirs = weigh(table, 200, 50, times=0, ticks=4, idle_s=0.0)
    each = sum(tick.bytes for tick in ours.ticks) / max(1, ours.fields_changed) * 5
    beside = sum(tick.bytes for tick in theirs.ticks) / max(1, len(theirs.ticks))
    return [Figure("one tick per 5 visible fields, 200x50", each, 200, "bytes", None, f"`DataTable`: {beside:,.0f} bytes")]
