"""How late the console's loop ever is while it does each of the large things."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from tests.speed.budgets import Bench, Figure
from tests.speed.code import FIRST, LARGE, LAST, SMALL, go_to, with_code
from tests.speed.fleets import known, leave
from tests.speed.moving import WORDS, typed, until_other_rows
from tests.speed.wire import own
from tests.terminal.sitting import Sitting

TICKING = str(Path(__file__).with_name("ticking.py"))
MOST_MS = 50
LONG_LINE = 500_000
BEHIND = "// behind the long lines"


class Phases:
    """A console with a ticker, and how late it was in each phase of a sitting."""

    def __init__(self, home: Path, record: Path, ready: str) -> None:
        self._record = record
        command = [sys.executable, TICKING, str(record), "--data-dir", str(home)]
        self.terminal = Sitting(command=command, cells=120, rows=40)
        self.terminal.waits_for(ready)
        self.terminal.rests(3.0)

    def latest_ms(self, work: Callable[[], object]) -> float:
        """The most that the loop was late while something was done, and half a second after."""
        began = monotonic()
        work()
        self.terminal.rests(0.5)
        noted = [line.split() for line in self._record.read_text(encoding="ascii").splitlines()]
        return max((float(late) for at, late in noted if float(at) >= began), default=0.0)


def on_the_fleet(bench: Bench, place: Path) -> list[Figure]:
    """A pass, orders and filters over the whole fleet."""
    with own(known(bench.folder, bench.devices)) as home:
        phases = Phases(home, place / "fleet", f"of {bench.devices:,}")
        terminal = phases.terminal
        try:
            found = {
                "End and Home": phases.latest_ms(lambda: [until_other_rows(terminal, key) for key in "GgGg"]),
                "another order": phases.latest_ms(lambda: [until_other_rows(terminal, key) for key in "SOAON"]),
                "filters": phases.latest_ms(lambda: [typed(terminal, word) for word in WORDS]),
                "a pass over all devices": phases.latest_ms(lambda: whole_pass(terminal, bench.devices)),
            }
            leave(terminal)
        finally:
            terminal.close()
    tried = (
        "transactions hold 2,000 devices, digests and documents are read in threads, and those give the interpreter away after"
        " 0.3 ms. Left: a batch of documents is decoded in one go."
    )
    said = f"{bench.devices:,} devices"
    return [Figure(f"loop late, at most: {what}, {said}", late, MOST_MS, tried=tried) for what, late in found.items()]


def whole_pass(terminal: Sitting, devices: int) -> None:
    """Ask for a pass, and wait until it was made."""
    terminal.types("R")
    terminal.waits_for("reading")
    began = monotonic()
    while "reading" in terminal.screen.display[0] and monotonic() - began < 30 + devices / 5_000:
        terminal.rests(0.2)


def on_code(place: Path, home: Path) -> list[Figure]:
    """4 MB opened, coloured and compared."""
    with_long_lines(home)
    phases = Phases(home, place / "code", "2,587")
    terminal = phases.terminal

    def opened() -> None:
        terminal.types("C")
        terminal.waits_for(FIRST)
        terminal.rests(4.0)
        terminal.types("G")
        terminal.waits_for(LAST)

    def long_lines() -> None:
        terminal.types("C")
        terminal.waits_for("long lines")
        terminal.rests(1.0)
        terminal.types("G")
        terminal.waits_for(BEHIND)

    def compared() -> None:
        terminal.types("b")
        terminal.waits_for("eployments")
        terminal.rests(1.0)
        terminal.types("=")
        terminal.rests(0.3)
        terminal.types("j")
        terminal.rests(0.3)
        terminal.types("=")
        terminal.waits_for("@@")
        terminal.rests(2.0)

    try:
        figures = [Figure("loop late, at most: :goto", phases.latest_ms(lambda: go_to(terminal, SMALL)), MOST_MS)]
        figures.append(Figure("loop late, at most: lines of 500,000 characters opened", phases.latest_ms(long_lines), MOST_MS))
        terminal.types("\x1b")
        terminal.rests(1.0)
        go_to(terminal, LARGE)
        figures.append(Figure("loop late, at most: 4 MB of code opened and coloured", phases.latest_ms(opened), MOST_MS))
        terminal.types("\x1b")
        terminal.rests(1.0)
        figures.append(Figure("loop late, at most: two programs of 4 MB compared", phases.latest_ms(compared), MOST_MS))
        leave(terminal)
    finally:
        terminal.close()
    return figures


def with_long_lines(home: Path) -> None:
    """Deploy a program whose lines are much longer than any window is wide."""
    lines = [BEHIND.replace("behind", "before"), *(f"// {'0123456789' * (LONG_LINE // 10)}" for _ in range(4)), BEHIND]
    code = home / "long.nut"
    code.write_text("\n" * 3 + "\n".join(lines) + "\n", encoding="ascii")
    command = [sys.executable, "-m", "imptui", "--data-dir", home, "deploy", SMALL, "--device", home / "empty.nut"]
    subprocess.run([*command, "--agent", code, "--yes"], check=True, capture_output=True)


def late(bench: Bench) -> list[Figure]:
    """All of it."""
    with tempfile.TemporaryDirectory() as place, own(with_code(bench.folder)) as home:
        return [*on_the_fleet(bench, Path(place)), *on_code(Path(place), home)]
