"""The console on a hundred devices and on very many: start, keys, filter, memory, in a real pseudo-terminal.

    python -m tests.speed.console_scale [--devices 100000] [--rounds 3] [--out FILE]

Both fleets are measured in turns in one run, on caches that were filled before; what counts is the last column, the large
fleet as a multiple of the small one. Times are from the key being sent to the screen showing what was asked for.
"""

import argparse
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

import pyte

from imptui.cli.engine import open_world

SIZE = (120, 40)
PATIENCE_S = 60.0
SMALL = 100


class Terminal:
    """The console in a pseudo-terminal, and what it shows."""

    def __init__(self, folder: Path) -> None:
        self.screen = pyte.Screen(*SIZE)
        self.stream = pyte.ByteStream(self.screen)
        self.began = time.perf_counter()
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", IMPTUI_DATA_DIR=str(folder), COLUMNS=str(SIZE[0]), LINES=str(SIZE[1]))
            os.execv(sys.executable, [sys.executable, "-m", "imptui"])
        fcntl.ioctl(self.handle, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))

    def waits_for(self, pattern: str) -> float:
        """Milliseconds since the last key (or the start) until the screen shows `pattern`."""
        wanted = re.compile(pattern)
        while time.perf_counter() - self.began < PATIENCE_S:
            ready, _, _ = select.select([self.handle], [], [], 0.05)
            if ready:
                self.stream.feed(os.read(self.handle, 65536))
                if wanted.search("\n".join(self.screen.display)):
                    return (time.perf_counter() - self.began) * 1000
        raise TimeoutError(f"{pattern!r} never came:\n" + "\n".join(self.screen.display))

    def presses(self, keys: bytes) -> None:
        self.began = time.perf_counter()
        os.write(self.handle, keys)

    def rests(self, seconds: float) -> None:
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            ready, _, _ = select.select([self.handle], [], [], 0.02)
            if ready:
                self.stream.feed(os.read(self.handle, 65536))

    @property
    def private_mb(self) -> float:
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="ascii")
        return sum(int(found) for found in re.findall(r"Private_\w+:\s+(\d+) kB", rollup)) / 1024

    def ends(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.handle)


def prepared(folder: Path, devices: int) -> Path:
    """A data folder whose cache holds the fleet."""
    open_world(folder / "demo" / "world.sqlite", fleet="large", devices=devices).close()
    command = [sys.executable, "-m", "imptui", "--data-dir", str(folder), "ls", "products"]
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    print(f"first pass over {devices:,} devices: {time.perf_counter() - began:.1f} s", flush=True)
    return folder


def measured(folder: Path, devices: int) -> dict[str, float]:
    terminal = Terminal(folder)
    try:
        found = {"first rows on the screen, ms": terminal.waits_for(rf"of {devices:,}")}
        terminal.rests(2.0)
        found["memory after the start, MB"] = terminal.private_mb
        terminal.presses(b"G")
        found["End, ms"] = terminal.waits_for(rf"{devices:,} of {devices:,}")
        terminal.presses(b"g")
        found["Home, ms"] = terminal.waits_for(rf"\b1 of {devices:,}")
        downs = []
        for row in range(2, 22):
            terminal.presses(b"j")
            downs.append(terminal.waits_for(rf"\b{row} of {devices:,}"))
        found["one row down, median ms"] = statistics.median(downs)
        pages = []
        for _ in range(10):
            terminal.presses(b"g")
            terminal.waits_for(rf"\b1 of {devices:,}")
            terminal.presses(b"\x1b[6~")
            pages.append(terminal.waits_for(rf"\b(?!1 )[\d,]+ of {devices:,}"))
        found["one page down, median ms"] = statistics.median(pages)
        terminal.presses(b"/")
        terminal.waits_for("Esc clear")
        terminal.presses(b"7")
        found["one letter of a filter until counted, ms"] = terminal.waits_for(r"filter: 7")
        terminal.rests(1.0)
        terminal.presses(b"\x1b")
        terminal.waits_for(rf"of {devices:,}")
        terminal.presses(b"G")
        terminal.waits_for(rf"{devices:,} of {devices:,}")
        found["memory after scrolling and filtering, MB"] = terminal.private_mb
        return found
    finally:
        terminal.ends()


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
