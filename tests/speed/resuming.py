"""A first pass at a limited rate: usable meanwhile, and going on where it was after a kill.

    python -m tests.speed.resuming [--devices 1000000] [--rate 40]

Serves a large fleet at so many requests a second, opens the console on it, moves and filters while the pass runs, kills
the console (-9) when half was read, starts it again, and prints where the pass went on.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from tests.speed.budgets import median
from tests.speed.fleets import leave
from tests.terminal.sitting import Sitting

PROGRESS = re.compile(r"reading devices ([\d,]+)")


@dataclass(slots=True)
class Course:
    """How a first pass went that was cut in two."""

    devices: int
    first_rows_s: float = 0.0
    """From the start of the console to the first rows in its list."""
    keys_ms: list[float] = field(default_factory=list)
    filter_ms: float = 0.0
    """From the last letter of a filter to its rows, while the pass ran."""
    killed_at: int = 0
    """Devices read when it was killed."""
    resumed_at: int = 0
    """The first that the next start said."""
    rest_s: float = 0.0
    """From the second start to a whole list."""

    def told(self) -> str:
        """In a sentence or two."""
        return (
            f"{self.devices:,} devices: first rows after {self.first_rows_s:.1f} s; meanwhile a key took "
            f"{median(self.keys_ms):.0f} ms (worst {max(self.keys_ms):.0f}), a filter {self.filter_ms:.0f} ms. "
            f"Killed at {self.killed_at:,}, went on at {self.resumed_at:,}, whole {self.rest_s:.1f} s after the second start."
        )


def progress(terminal: Sitting) -> int | None:
    """How many devices the pass has read; None while it reads none."""
    found = PROGRESS.search(terminal.screen.display[0])
    return int(found[1].replace(",", "")) if found else None


def gone_through(folder: Path, devices: int, rate: int) -> Course:
    """Serve, open, kill, and open again."""
    command = [sys.executable, "-m", "imptui", "serve", "--port", "0", "--fleet", "large", "--devices", str(devices)]
    database = folder / "world.sqlite"
    with subprocess.Popen(
        [*command, "--rate-limit", str(rate), "--database", str(database)],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            endpoint = server.stdout.readline().split()[-1]
            home = folder / "home"
            login = [sys.executable, "-m", "imptui", "--data-dir", home, "login", "--endpoint", endpoint, "--username", "demo"]
            subprocess.run(login, input=b"demo\n", check=True, capture_output=True)
            course = Course(devices)
            _until_killed(course, home)
            _resumed(course, home)
            return course
        finally:
            server.terminate()


def _until_killed(course: Course, home: Path) -> None:
    terminal = Sitting(["--data-dir", str(home)], cells=120, rows=40)
    try:
        terminal.waits_for(lambda: re.search(r"\b1 of [\d,]{3,}", terminal.text()))
        course.first_rows_s = terminal.came[-1][0] - terminal.began
        terminal.rests(0.5)
        for _ in range(8):
            before = terminal.screen.cursor.y
            terminal.types("j")
            course.keys_ms.append(terminal.ms_until(lambda before=before: terminal.screen.cursor.y != before))
            terminal.rests(0.05)
        terminal.types("/")
        terminal.waits_for("Esc clear")
        terminal.types("0000")
        terminal.rests(0.2)
        terminal.types("1")
        course.filter_ms = terminal.ms_until("filter: 00001")
        terminal.types("\x1b")
        end = monotonic() + 60 + course.devices / 1000
        while (progress(terminal) or 0) < course.devices // 2:
            terminal.rests(0.1)
            assert monotonic() < end, "the pass does not get on:\n" + terminal.text()
        course.killed_at = progress(terminal) or 0
    finally:
        terminal.close()  # kills


def _resumed(course: Course, home: Path) -> None:
    terminal = Sitting(["--data-dir", str(home)], cells=120, rows=40)
    try:
        # the last screen of the console that was killed comes first, and tells of then
        terminal.waits_for(lambda: "starting..." not in terminal.text() and progress(terminal))
        course.resumed_at = progress(terminal) or 0
        end = monotonic() + 60 + course.devices / 1000
        while "reading" in terminal.screen.display[0] or f"of {course.devices:,}" not in terminal.text():
            terminal.rests(0.1)
            assert monotonic() < end, "the pass does not end:\n" + terminal.text()
        course.rest_s = monotonic() - terminal.began
        leave(terminal)
    finally:
        terminal.close()


def main() -> int:
    """Show it; the exit code says whether the pass went on where it was."""
    parser = argparse.ArgumentParser(prog="python -m tests.speed.resuming", description=__doc__)
    parser.add_argument("--devices", type=int, default=1_000_000)
    parser.add_argument("--rate", type=int, default=40)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = gone_through(Path(folder), asked.devices, asked.rate)
    print(course.told())
    return 0 if course.resumed_at >= course.killed_at - 5_000 else 1


if __name__ == "__main__":
    sys.exit(main())
