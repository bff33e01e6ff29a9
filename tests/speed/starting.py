"""From the command to the screen: the last known screen, the live one, and what it is beside Python and Textual alone."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pyte

from tests.speed.budgets import Bench, Figure, median
from tests.speed.fleets import known, leave
from tests.terminal.pictures import Emulated
from tests.terminal.sitting import Sitting

PEERS = str(Path(__file__).with_name("peers.py"))
CELLS, ROWS = 120, 40
FEW = 100
AGAIN_S = 0.02
"""A person hits a key until it is answered."""


def python() -> float:
    """Milliseconds of an interpreter that does nothing."""
    began = monotonic()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return (monotonic() - began) * 1000


def answered(terminal: Sitting, key: str, holds: Callable[[], object]) -> float:
    """Milliseconds from the start until a key was answered, pressed again and again from the first byte on."""
    while not holds():
        terminal.types(key) if terminal.came else None
        terminal.read(AGAIN_S)
        if monotonic() - terminal.began > 30:
            raise AssertionError("No key was answered:\n" + terminal.text())
    return (terminal.came[-1][0] - terminal.began) * 1000


def minimal() -> float:
    """Milliseconds until Textual's least program answers a key."""
    terminal = Sitting(command=[sys.executable, PEERS, "minimal"], cells=CELLS, rows=ROWS)
    try:
        return answered(terminal, "j", lambda: "KEY j" in terminal.text())
    finally:
        terminal.close()


def replayed(terminal: Sitting) -> Iterator[tuple[float, list[str]]]:
    """Every moment at which something came, in milliseconds, and what the screen showed then."""
    screen = Emulated(terminal.screen.columns, terminal.screen.lines)
    stream, before = pyte.ByteStream(screen), 0
    for at, place in terminal.came:
        stream.feed(terminal.received[before:place])
        before = place
        yield (at - terminal.began) * 1000, screen.display


def console(folder: Path, devices: int) -> tuple[float, float]:
    """Milliseconds to the last known screen, and to the first answered key."""
    terminal = Sitting(["--data-dir", str(folder)], cells=CELLS, rows=ROWS)
    try:
        moved = re.compile(rf"\b(?!1 of)[\d,]+ of {devices:,}")
        live = answered(terminal, "j", lambda: moved.search(terminal.text()))
        terminal.types("g")
        terminal.waits_for(f" 1 of {devices:,}")
        terminal.rests(0.5)
        listed = listed_rows(terminal.screen.display)
        seen = next(at for at, lines in replayed(terminal) if len(listed & listed_rows(lines)) > 0.8 * len(listed))
        leave(terminal)
        return seen, live
    finally:
        terminal.close()


def listed_rows(lines: list[str]) -> set[str]:
    """The ids of the devices on the screen."""
    return set(re.findall(r"[2-5]0000c2a69[0-9a-f]{6}", "\n".join(lines)))


def start(bench: Bench) -> list[Figure]:
    """All rows about starting; by turns, so that what else the machine does hits all of them."""
    few, many = known(bench.folder, FEW), known(bench.folder, bench.devices)
    python(), minimal(), console(few, FEW), console(many, bench.devices)  # caches of the system are warm for all alike
    pythons, minimals, fews, manys = [], [], [], []
    for _ in range(bench.times(9, 3)):
        pythons.append(python())
        minimals.append(minimal())
        fews.append(console(few, FEW))
        manys.append(console(many, bench.devices))
    first, live = median([each[0] for each in manys]), median([each[1] for each in manys])
    fleet = f"{bench.devices:,} devices"
    return [
        Figure(f"last known screen on the terminal, {fleet}", first, 3, "ms", median(pythons), "`python -c pass`"),
        Figure(f"live: a key is answered, {fleet}", live, 1.3, "ms", median(minimals), "minimal Textual program"),
        Figure(f"live: {fleet} against {FEW}", live, 1.1, "ms", median([each[1] for each in fews]), f"{FEW} devices"),
    ]
