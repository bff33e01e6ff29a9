"""Differences of 4 MB programs against git: `python -m tests.speed.squirrel_diff [MEGABYTES]`.

Prints, for each kind of change: our time as a ratio to `git diff --no-index --histogram` on the same
texts, our changed lines as a ratio to `git diff --minimal` (where that ends in time), the longest moment
another thread had to wait, and the memory of the process. Budgets: at most 2.5, 1.01 and 50 ms.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from imptui.textdiff.diff import Diff, diff_lines
from tests.speed.squirrel_programs import changed, hostile, program, repetitive

_MOST_TIME_RATIO, _MOST_LINES_RATIO, _MOST_WAIT_MS = 2.5, 1.01, 50
_ROUNDS = 5
_PATIENCE_S = 60


class Ticker(threading.Thread):
    """A thread that wants to run every 2 ms and remembers the longest it was kept waiting."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.longest_wait_s = 0.0
        self.is_wanted = True

    def run(self) -> None:
        before = time.perf_counter()
        while self.is_wanted:
            time.sleep(0.002)
            now = time.perf_counter()
            self.longest_wait_s = max(self.longest_wait_s, now - before - 0.002)
            before = now


def cases(size_bytes: int) -> list[tuple[str, str, str]]:
    """Name, old text and new text of each kind of change."""
    lines = program(size_bytes)
    heavy = repetitive(lines)
    pairs = [
        ("0.1 % changed", lines, changed(lines, 0.001)),
        ("5 % changed", lines, changed(lines, 0.05)),
        ("50 % changed", lines, changed(lines, 0.5)),
        ("dup, 5 %", heavy, changed(heavy, 0.05)),
        ("dup, 50 %", heavy, changed(heavy, 0.5)),
        ("hostile", hostile(len(lines), 2), hostile(len(lines), 3)),
        ("hostile, 5 %", hostile(len(lines), 2), changed(hostile(len(lines), 2), 0.05)),
        ("reversed", lines, lines[::-1]),
    ]
    return [(name, "\n".join(old) + "\n", "\n".join(new) + "\n") for name, old, new in pairs]


def git_diff(folder: Path, *options: str) -> tuple[float, int] | None:
    """Seconds and changed lines; None when git does not end in time."""
    command = ["git", "diff", "--no-index", "--no-color", *options, str(folder / "old.nut"), str(folder / "new.nut")]
    start = time.perf_counter()
    try:
        shown = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=False).stdout
    except subprocess.TimeoutExpired:
        return None
    seconds = time.perf_counter() - start
    return seconds, sum(line[:1] in (b"+", b"-") for line in shown.split(b"\n")) - 2


def our_diff(old: str, new: str) -> tuple[float, Diff]:
    start = time.perf_counter()
    difference = diff_lines(old, new)
    return time.perf_counter() - start, difference


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing two texts took, beside git."""

    name: str
    seconds: float
    git_seconds: float | None
    """With `--histogram`; None when git did not end in time."""
    lines: int
    git_lines: int | None
    git_algorithm: str
    wait_ms: float
    """The longest that another thread was kept waiting."""


def compared(name: str, old: str, new: str, rounds: int = _ROUNDS) -> Compared:
    """Compare, by turns with git."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "old.nut").write_text(old)
        (folder / "new.nut").write_text(new)
        answers, times = [], []
        for _ in range(rounds):  # by turns: other work on the machine then slows both
            answers.append(git_diff(folder, "--histogram"))
            times.append(our_diff(old, new)[0])
        histogram = min(filter(None, answers), default=None)
        minimal = git_diff(folder, "--minimal")
    ticker = Ticker()
    ticker.start()
    _, difference = our_diff(old, new)
    ticker.is_wanted = False
    ticker.join()
    against = minimal or histogram
    return Compared(
        name,
        min(times),
        histogram[0] if histogram else None,
        difference.added + difference.removed,
        against[1] if against else None,
        "--minimal" if minimal else "--histogram",
        ticker.longest_wait_s * 1000,
    )


def measure(name: str, old: str, new: str) -> bool:
    """Print one line of the report; False when a budget was missed."""
    found = compared(name, old, new)
    time_ratio = found.seconds / found.git_seconds if found.git_seconds else 0.0
    lines_ratio = found.lines / found.git_lines if found.git_lines else 0.0
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name:14} time {found.seconds:6.3f} s = {time_ratio:5.2f} x git --histogram; "
        f"{found.lines:7} lines = {lines_ratio:6.4f} x git {found.git_algorithm}; longest wait {found.wait_ms:4.0f} ms; "
        f"peak so far {memory_mb:4.0f} MB",
        flush=True,
    )
    return time_ratio <= _MOST_TIME_RATIO and lines_ratio <= _MOST_LINES_RATIO and found.wait_ms <= _MOST_WAIT_MS


def main() -> int:
    """Run all cases; the exit code says whether every budget was kept."""
    size_bytes = int(float(sys.argv[1]) * 1e6) if len(sys.argv) > 1 else 4_000_000
    kept = [measure(*case) for case in cases(size_bytes)]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
