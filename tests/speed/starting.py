"""From the command to the screen: the last known screen, the live one, and what it is beside Python and Textual alone."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pyte

from tests.speed.budgets import Bench, Figure, median
from tests.speed.fleets import known, leave
from tests.terminal.pictures import Emulated
from tests.terminal.sitting import Sitting, surroundings

PEERS = str(Path(__file__).with_name("peers.py"))
CELLS, ROWS = 120, 40
FEW = 100
AGAIN_S = 0.02
"""A person hits a key until it is answered."""
TRIES_S = (2.0, 6.0, 20.0)
"""For how long keys are hit before the screens are looked at; longer where none was answered by then."""


class Heard(Sitting):
    """A terminal that only notes what comes and when: showing it meanwhile would make what comes next look late."""

    def read(self, for_s: float = 0.05) -> bool:
        """Note what the program wrote; whether anything came."""
        if not select.select([self._master], [], [], for_s)[0]:
            return False
        self.received += os.read(self._master, 1 << 20)
        self.came.append((monotonic(), len(self.received)))
        return True

    def hits(self, key: str, seconds: float) -> None:
        """Hit a key again and again, from the first byte on."""
        end = monotonic() + seconds
        while monotonic() < end:
            if self.came:
                self.types(key)
            self.rests(AGAIN_S)

    def moments(self) -> Iterator[tuple[float, str]]:
        """Every moment at which something came, in milliseconds since the start, and what the screen showed then."""
        screen = Emulated(self.screen.columns, self.screen.lines)
        stream, before = pyte.ByteStream(screen), 0
        for at, place in self.came:
            stream.feed(self.received[before:place])
            before = place
            yield (at - self.began) * 1000, "\n".join(screen.display)


def python() -> float:
    """Milliseconds of an interpreter that does nothing."""
    began = monotonic()
    subprocess.run([sys.executable, "-c", "pass"], check=True, env=surroundings())
    return (monotonic() - began) * 1000


def minimal() -> float:
    """Milliseconds until Textual's least program answers a key."""
    terminal = Heard(command=[sys.executable, PEERS, "minimal"], cells=CELLS, rows=ROWS)
    try:
        for seconds in TRIES_S:
            terminal.hits("j", seconds)
            answers = (at for at, text in terminal.moments() if "KEY j" in text)
            if (first := next(answers, None)) is not None:
                return first
    finally:
        terminal.close()
    raise AssertionError("No key was answered.")


def console(folder: Path, devices: int) -> tuple[float, float]:
    """Milliseconds to the last known screen, and to the first answered key."""
    terminal = Heard(cells=CELLS, rows=ROWS, IMPTUI_DATA_DIR=str(folder))  # as nearly everybody starts it: without a word
    moved = re.compile(rf"\b(?!1 of)[\d,]+ of {devices:,}")
    try:
        for seconds in TRIES_S:
            terminal.hits("j", seconds)
            if any(moved.search(text) for _, text in terminal.moments()):
                break
        terminal.types("g")
        terminal.rests(1.0)
        leave(terminal)
        shown = list(terminal.moments())
    finally:
        terminal.close()
    home = next(text for _, text in reversed(shown) if f" 1 of {devices:,}" in text)
    listed = listed_rows(home)
    seen = next(at for at, text in shown if len(listed & listed_rows(text)) > 0.8 * len(listed))
    return seen, next(at for at, text in shown if moved.search(text))


def listed_rows(text: str) -> set[str]:
    """The ids of the devices on the screen."""
    return set(re.findall(r"[2-5]0000c2a69[0-9a-f]{6}", text))


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
    tried = (
        "what the first screen does not need is loaded behind it, ten modules of the standard library come late, tree and first"
        " rows are read by another thread meanwhile, style sheets are parsed once, nothing is laid out twice. Left: 134 modules of"
        " our own (50 ms, nothing above 2) and 45 ms of Textual until the first painting. Not done: a file of all compiled modules"
        " in one, which would save some 30 ms and be an import system of our own."
    )
    size = "the tree of 800 groups is the difference: 11 ms of the interpreter beside what is loaded. Orders are no part of a start."
    return [
        Figure(f"last known screen on the terminal, {fleet}", first, 3, "ms", median(pythons), "`python -c pass`"),
        Figure(f"live: a key is answered, {fleet}", live, 1.3, "ms", median(minimals), "minimal Textual program", tried),
        Figure(f"live: {fleet} against {FEW}", live, 1.1, "ms", median([each[1] for each in fews]), f"{FEW} devices", size),
    ]
