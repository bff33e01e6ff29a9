"""A person before a real pseudo-terminal: keys go in as bytes, and everything that comes out is kept, timed and shown."""

import os
import select
import subprocess
import sys
import termios
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path
from struct import pack
from time import monotonic

import pyte

from tests.terminal.floor import least_bytes
from tests.terminal.pictures import Emulated, Picture

PATIENCE_S = 30.0
"""How long something may take on a slow, busy machine before it counts as broken."""

UNWANTED = (
    "TMUX", "STY", "SSH_CONNECTION", "COLORTERM", "NO_COLOR", "IMPTUI_READONLY", "IMPTUI_DATA_DIR", "LANG", "LINES", "COLUMNS",
    "TERM_PROGRAM", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED",
)  # fmt: skip
"""What a person's terminal may hold and this one does not; and what makes Python compile every module at each start."""
MODES = (1049, 1000, 1002, 1003, 1004, 1006, 1015, 2004)
"""Alternate screen, mouse, focus, bracketed paste: private modes that a console turns on."""


def surroundings() -> dict[str, str]:
    """Our own environment, as a person's machine has it."""
    return {name: text for name, text in os.environ.items() if name not in UNWANTED}


@dataclass(frozen=True, slots=True)
class Burst:
    """What came after some keys, until it was quiet."""

    bytes: int
    floor_bytes: int
    """The least that the same change of the screen could have cost."""
    first_ms: float
    """From the keys to the first of it; 0 when nothing came."""
    last_ms: float
    changed_cells: int


class Sitting:
    """A terminal with a command in it, and a person before it.

    Args:
        words: What follows `imptui` on the command line.
        cells: How wide the window is.
        rows: How high.
        command: Another program, in whole, instead of imptui.
        environ: On top of our own environment.
    """

    def __init__(
        self, words: Sequence[str] = (), *, cells: int = 80, rows: int = 24, command: Sequence[str] | None = None, **environ: str
    ) -> None:
        self.screen = Emulated(cells, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.received = b""
        self.came: list[tuple[float, int]] = []
        """When something came, and how much had come by then."""
        self._master, self._slave = os.openpty()
        self._set_size(cells, rows)
        self._settings_before = termios.tcgetattr(self._slave)
        self.began = self.keyed_at = monotonic()
        self.process = subprocess.Popen(
            command or [sys.executable, "-m", "imptui", *words],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env={**surroundings(), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **environ},
            start_new_session=True,
            preexec_fn=lambda: ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no thread runs in these tests
        )

    # Looking

    def read(self, for_s: float = 0.05) -> bool:
        """Take in what the program wrote; whether anything came."""
        if not select.select([self._master], [], [], for_s)[0]:
            return False
        came = b""
        while len(came) < 1 << 20:  # a terminal hands out 4 kB at a time; showing each first would hold up the next
            came += os.read(self._master, 65536)
            self.came.append((monotonic(), len(self.received) + len(came)))
            if not select.select([self._master], [], [], 0.001)[0]:
                break
        self.received += came
        self._stream.feed(came)
        return True

    def rests(self, seconds: float) -> bytes:
        """Wait, and take in what comes meanwhile."""
        before, end = len(self.received), monotonic() + seconds
        while (left := end - monotonic()) > 0:
            self.read(left)
        return self.received[before:]

    def quietens(self, quiet_s: float = 0.25, limit_s: float = 3.0) -> None:
        """Wait until nothing came for a while, or for as long as that may take."""
        end = monotonic() + limit_s
        while monotonic() < end and self.read(quiet_s):
            pass

    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.screen.display)

    def picture(self) -> Picture:
        """What is on the screen, with its colours."""
        return self.screen.picture()

    def ms_until(self, what: str | Callable[[], object]) -> float:
        """Milliseconds from the last keys (or the start) until a text is on the screen, or something holds."""
        self.waits_for(what)
        return ((self.came[-1][0] if self.came else monotonic()) - self.keyed_at) * 1000

    def waits_for(self, what: str | Callable[[], object], *, gone: bool = False) -> None:
        """Wait until a text is on the screen, or something holds; or is gone."""
        end = monotonic() + PATIENCE_S
        while bool(what in self.text() if isinstance(what, str) else what()) is gone:
            came = self.read()
            if monotonic() > end or (not came and self.process.poll() is not None and not self.read()):
                wanted = repr(what) if isinstance(what, str) else "it"
                raise AssertionError(f"{wanted} did not {'go' if gone else 'come'} about; the screen:\n{self.text()}")

    def ends(self) -> int:
        """Wait until the program ended and everything it wrote is here; its exit code."""
        end = monotonic() + PATIENCE_S
        while self.process.poll() is None:
            self.read()
            assert monotonic() < end, f"the program did not end; the screen:\n{self.text()}"
        while self.read():
            pass
        return self.process.returncode

    # Acting

    def types(self, keys: str) -> None:
        """Send keys as a terminal does."""
        self.keyed_at = monotonic()
        os.write(self._master, keys.encode())

    def burst(self, keys: str = "", *, quiet_s: float = 0.25, limit_s: float = 3.0) -> Burst:
        """Send keys, and weigh what comes until it is quiet."""
        before, place, turn = self.picture(), len(self.received), len(self.came)
        self.keyed_at = monotonic()
        if keys:
            self.types(keys)
        self.quietens(quiet_s, limit_s)
        after, times = self.picture(), [at for at, _ in self.came[turn:]]
        first, last = (times[0], times[-1]) if times else (self.keyed_at, self.keyed_at)
        return Burst(
            len(self.received) - place,
            least_bytes(before, after),
            (first - self.keyed_at) * 1000,
            (last - self.keyed_at) * 1000,
            after.changed_from(before),
        )

    def resize(self, cells: int, rows: int) -> None:
        """The window has another size now."""
        self.screen.resize(rows, cells)
        self._set_size(cells, rows)

    def _set_size(self, cells: int, rows: int) -> None:
        ioctl(self._master, termios.TIOCSWINSZ, pack("HHHH", rows, cells, 0, 0))

    def hangs_up(self) -> int:
        """Close the window, as a broken line does; the program's exit code."""
        os.close(self._slave)
        os.close(self._master)
        self._slave = self._master = -1
        return self.process.wait(PATIENCE_S)

    # What it takes

    def private_mb(self) -> float:
        """Memory that the process shares with nobody, and that is no page of a file."""
        said = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(said.split("RssAnon:")[1].split()[0]) / 1024

    def open_files(self) -> int:
        """How many files, pipes and sockets are open."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def processor_s(self) -> float:
        """How many seconds of a processor it took so far."""
        said = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")

    # What is left behind

    def left_behind(self) -> list[str]:
        """What the program changed about the terminal and did not put back."""
        now = termios.tcgetattr(self._slave)
        wrong = [name for name, part in (("input", 0), ("output", 1), ("local", 3)) if now[part] != self._settings_before[part]]
        wrong += [
            f"mode {mode}"
            for mode in MODES
            if self.received.rfind(b"\x1b[?%dh" % mode) > self.received.rfind(b"\x1b[?%dl" % mode)
        ]
        if self.received.rfind(b"\x1b[?25l") > self.received.rfind(b"\x1b[?25h"):
            wrong.append("the cursor is hidden")
        if self.received.rfind(b"\x1b[>1u") > self.received.rfind(b"\x1b[<u"):
            wrong.append("the keyboard protocol")
        return wrong

    def close(self) -> None:
        """End the program, whatever it does, and close the terminal."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self._slave >= 0:
            os.close(self._slave)
            os.close(self._master)
            self._slave = self._master = -1
