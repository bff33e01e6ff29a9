"""Bytes and milliseconds in every kind of terminal, beside other programs.

    python -m tests.speed.terminals [--idle SECONDS] [--rest SECONDS] [--kinds xterm,vt220] [--sizes 80x24] [--out FILE]

In each cell: bytes, then milliseconds from the key to the last of them. `--rest 600` has all programs stand side by side for
ten minutes instead, with nobody before them. A table that is there already is added to.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from time import monotonic

from tests.speed.budgets import machine, median
from tests.speed.fleets import demonstration
from tests.speed.programs import Program, Weighed, imptui, peers, weigh
from tests.speed.wire import own
from tests.terminal.sitting import Burst, Sitting

KINDS: dict[str, dict[str, str]] = {
    **{kind: {"TERM": kind} for kind in ("xterm-256color", "xterm", "linux", "screen", "vt220")},
    "NO_COLOR": {"TERM": "xterm-256color", "NO_COLOR": "1"},
}
SETTLE_S = 10.0
"""How long the programs settle before their rest is watched."""

WHAT = ("key down", "page down", "filter letter")


def cells_of(weighed: Weighed) -> list[str]:
    """Its columns."""
    kinds = [_said([weighed.first]), *(_said(weighed.by_key.get(what, [])) for what in WHAT)]
    tick = f"{median([each.bytes for each in weighed.ticks]):,.0f}" if weighed.ticks else "-"
    return [*kinds, tick, f"{weighed.idle_bytes:,}"]


def _said(bursts: list[Burst]) -> str:
    if not bursts:
        return "-"
    return f"{median([each.bytes for each in bursts]):,.0f} / {median([each.last_ms for each in bursts]):.0f} ms"


def compared(programs: list[Program], cells: int, rows: int, kind: str, idle_s: float) -> list[str]:
    """A row for each program."""
    lines = []
    for program in programs:
        try:
            found = cells_of(weigh(program, cells, rows, times=3, ticks=3, idle_s=idle_s, **KINDS[kind]))
        except (AssertionError, OSError) as error:
            found = [f"not measured: {str(error).splitlines()[0]}"] + ["-"] * 5
        lines.append("| " + " | ".join([f"{cells}x{rows}", kind, program.name, *found]) + " |")
        print(lines[-1], flush=True)
    return lines


def rested(home: Path, cells: int, rows: int, rest_s: float) -> list[str]:
    """What each program sends while nobody does anything: all at the same time, each as it opens."""
    programs = [imptui(home, cells), *peers()]
    sittings = [Sitting(command=each.command, cells=cells, rows=rows) for each in programs]
    try:
        for program, sitting in zip(programs, sittings, strict=True):
            sitting.waits_for(program.ready)
            for keys, shown in program.begin:
                sitting.types(keys)
                sitting.waits_for(shown)
        end = monotonic() + SETTLE_S
        while monotonic() < end:
            for each in sittings:
                each.read(0.05)
        before, end = [len(each.received) for each in sittings], monotonic() + rest_s
        while monotonic() < end:
            for each in sittings:
                each.read(0.05)
        sent = [len(each.received) - first for each, first in zip(sittings, before, strict=True)]
        processors = [each.processor_s() for each in sittings]
    finally:
        for each in sittings:
            each.close()
    return [
        f"| {cells}x{rows} | {program.name} | {count:,} | {seconds:.1f} s |"
        for program, count, seconds in zip(programs, sent, processors, strict=True)
    ]


def main() -> None:
    """Weigh every program in every kind of terminal."""
    parser = argparse.ArgumentParser(prog="python -m tests.speed.terminals", description=__doc__)
    parser.add_argument("--idle", type=float, default=10.0, metavar="SECONDS")
    parser.add_argument("--rest", type=float, metavar="SECONDS", help="Only stand side by side for so long.")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--sizes", default="80x24,160x50")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("terminals.md"))
    asked = parser.parse_args()
    sizes = [(int(cells), int(rows)) for cells, _, rows in (size.partition("x") for size in asked.sizes.split(","))]
    if asked.rest is not None:
        head = ["size", "program", f"{asked.rest:g} s rest, bytes", "processor time since the start"]
    else:
        head = ["size", "terminal", "program", "start", *WHAT, "tick, bytes", f"{asked.idle:g} s idle, bytes"]
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head))]
    with tempfile.TemporaryDirectory() as folder:
        demo = demonstration(Path(folder))
        for cells, rows in sizes:
            if asked.rest is not None:
                with own(demo) as home:
                    lines += rested(home, cells, rows, asked.rest)
                continue
            for kind in asked.kinds.split(","):
                with own(demo) as home:
                    lines += compared([imptui(home, cells), *peers()], cells, rows, kind, asked.idle)
    added(asked.out, lines)


def added(path: Path, lines: list[str]) -> None:
    """Put a table into a file: its rows go behind those of a table with the same columns, else it follows the others."""
    before = path.read_text(encoding="utf-8") if path.exists() else f"Measured on {machine()}.\n"
    parts = before.rstrip("\n").split("\n\n")
    for at, part in enumerate(parts):
        if part.startswith(lines[0]):
            parts[at] = "\n".join([part, *lines[2:]])
            break
    else:
        parts.append("\n".join(lines))
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
