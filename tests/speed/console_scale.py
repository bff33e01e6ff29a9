"""The console on a hundred devices and on very many: start, keys, filter, memory, in a real pseudo-terminal.

    python -m tests.speed.console_scale [--devices 100000] [--rounds 3] [--out FILE]

Both fleets are measured in turns in one run, on caches that were filled before; what counts is the last column, the large
fleet as a multiple of the small one. Times are from the key being sent to the screen showing what was asked for.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from imptui.cloud.admin import open_world
from imptui.config.locations import make_private
from tests.terminal.sitting import Sitting

SIZE = (120, 40)
SMALL = 100


class Terminal(Sitting):
    """The console, and how long it took to show something."""

    def __init__(self, folder: Path) -> None:
        super().__init__(["--data-dir", str(folder)], cells=SIZE[0], rows=SIZE[1])

    def took(self, pattern: str) -> float:
        """Milliseconds since the last key (or the start) until the screen shows `pattern`."""
        wanted = re.compile(pattern)
        return self.ms_until(lambda: wanted.search(self.text()))


def prepared(folder: Path, devices: int) -> Path:
    """A data folder whose cache holds the fleet."""
    make_private(folder / "demo")
    open_world(folder / "demo" / "world.sqlite", fleet="large", devices=devices).close()
    command = [sys.executable, "-m", "imptui", "--data-dir", str(folder), "ls", "products"]
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    print(f"first pass over {devices:,} devices: {time.perf_counter() - began:.1f} s", flush=True)
    return folder


def measured(folder: Path, devices: int) -> dict[str, float]:
    terminal = Terminal(folder)
    try:
        found = {"first rows on the screen, ms": terminal.took(rf"of {devices:,}")}
        terminal.rests(2.0)
        found["memory after the start, MB"] = terminal.private_mb()
        terminal.types("G")
        found["End, ms"] = terminal.took(rf"{devices:,} of {devices:,}")
        terminal.types("g")
        found["Home, ms"] = terminal.took(rf"\b1 of {devices:,}")
        downs = []
        for row in range(2, 22):
            terminal.types("j")
            downs.append(terminal.took(rf"\b{row} of {devices:,}"))
        found["one row down, median ms"] = statistics.median(downs)
        pages = []
        for _ in range(10):
            terminal.types("g")
            terminal.took(rf"\b1 of {devices:,}")
            terminal.types("\x1b[6~")
            pages.append(terminal.took(rf"\b(?!1 )[\d,]+ of {devices:,}"))
        found["one page down, median ms"] = statistics.median(pages)
        terminal.types("/")
        terminal.took("Esc clear")
        terminal.types("7")
        found["one letter of a filter until counted, ms"] = terminal.took(r"filter: 7")
        terminal.rests(1.0)
        terminal.types("\x1b")
        terminal.took(rf"of {devices:,}")
        terminal.types("G")
        terminal.took(rf"{devices:,} of {devices:,}")
        found["memory after scrolling and filtering, MB"] = terminal.private_mb()
        return found
    finally:
        terminal.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sizes = (SMALL, options.devices)
        folders = {size: prepared(Path(folder) / str(size), size) for size in sizes}
        rounds = [{size: measured(folders[size], size) for size in sizes} for _ in range(options.rounds)]
    lines = [f"{'what':<45} {SMALL:>10,} {options.devices:>12,} {'ratio':>7}"]
    for what in rounds[0][SMALL]:
        small, large = (statistics.median(each[size][what] for each in rounds) for size in sizes)
        lines.append(f"{what:<45} {small:>10.1f} {large:>12.1f} {large / small:>7.2f}")
    print("\n".join(lines))
    if options.out is not None:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
