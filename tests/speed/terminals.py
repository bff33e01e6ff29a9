"""Bytes and milliseconds in every kind of terminal, beside other programs.

    python -m tests.speed.terminals [--idle SECONDS] [--kinds xterm,vt220] [--sizes 80x24] [--out FILE]

In each cell: bytes, then milliseconds from the key to the last of them. Ten idle minutes are `--idle 600`.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.speed.budgets import machine, median
from tests.speed.fleets import demonstration
from tests.speed.programs import Program, Weighed, imptui, peers, weigh
from tests.speed.wire import own
from tests.terminal.sitting import Burst

KINDS: dict[str, dict[str, str]] = {
    **{kind: {"TERM": kind} for kind in ("xterm-256color", "xterm", "linux", "screen", "vt220")},
    "NO_COLOR": {"TERM": "xterm-256color", "NO_COLOR": "1"},
}
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


def main() -> None:
    """Weigh every program in every kind of terminal."""
    parser = argparse.ArgumentParser(prog="python -m tests.speed.terminals", description=__doc__)
    parser.add_argument("--idle", type=float, default=10.0, metavar="SECONDS")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--sizes", default="80x24,160x50")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("terminals.md"))
    asked = parser.parse_args()
    head = ["size", "terminal", "program", "start", *WHAT, "tick, bytes", f"{asked.idle:g} s idle, bytes"]
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head))]
    with tempfile.TemporaryDirectory() as folder:
        demo = demonstration(Path(folder))
        for size in asked.sizes.split(","):
            cells, rows = map(int, size.split("x"))
            for kind in asked.kinds.split(","):
                with own(demo) as home:
                    lines += compared([imptui(home, cells), *peers()], cells, rows, kind, asked.idle)
    asked.out.write_text(f"Measured on {machine()}.\n\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
