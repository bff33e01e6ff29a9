"""Every budget in one table: `python -m tests.speed [--only NAME]... [--quick] [--devices N] [--keep FOLDER] [--out FILE]`.

Prints each row as soon as it is measured, and writes the table. A baseline is measured in the same run, by turns with
what it stands beside. With `--keep`, fleets that were filled are found again by the next run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.speed.budgets import Bench, Figure, Measure, machine, table
from tests.speed.code import diff, lexing, open_code
from tests.speed.filling import fill
from tests.speed.lateness import late
from tests.speed.moving import filters, hold, jump, memory
from tests.speed.starting import start
from tests.speed.wire import bursts, five_cells, idle

MEASURES: dict[str, Measure] = {
    "start": start,
    "memory": memory,
    "hold": hold,
    "jump": jump,
    "filter": filters,
    "bytes": bursts,
    "idle": idle,
    "tick": five_cells,
    "fill": fill,
    "lexer": lexing,
    "diff": diff,
    "code": open_code,
    "late": late,
}


def main() -> int:
    """Measure what is asked for; the exit code says whether every budget was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.speed", description=__doc__)
    parser.add_argument("--only", action="append", choices=MEASURES, help="Just this; may be given several times.")
    parser.add_argument("--quick", action="store_true", help="Fewer repetitions and smaller things.")
    parser.add_argument("--devices", type=int, help="How many; 1,000,000, or 20,000 when quick.")
    parser.add_argument("--idle", type=float, default=20.0, metavar="SECONDS", help="How long idleness is watched.")
    parser.add_argument("--keep", type=Path, help="A folder for fleets that outlasts the run.")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("figures.md"), help="Where the table goes.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        devices = asked.devices or (20_000 if asked.quick else 1_000_000)
        figures = measured(Bench(folder, devices, is_quick=asked.quick, idle_s=asked.idle), asked.only or list(MEASURES))
    title = (
        f"Measured on {machine()}; medians; {len([each for each in figures if each.is_met])} of {len(figures)} budgets met.\n\n"
    )
    asked.out.write_text(title + table(figures), encoding="utf-8")
    return 0 if all(each.is_met for each in figures) else 1


def measured(bench: Bench, names: list[str]) -> list[Figure]:
    """The rows, printed as they come."""
    figures: list[Figure] = []
    for name in names:
        try:
            found = MEASURES[name](bench)
        except (AssertionError, OSError, RuntimeError, subprocess.SubprocessError) as error:
            print(f"{name}: not measured: {_short(error)}", file=sys.stderr, flush=True)
            continue
        for figure in found:
            print(" | ".join(figure.cells()), flush=True)
        figures += found
    return figures


def _short(error: BaseException) -> str:
    """What went wrong, without the empty lines of a screen."""
    return "\n".join(line.rstrip() for line in str(error).splitlines() if line.strip())


if __name__ == "__main__":
    sys.exit(main())
