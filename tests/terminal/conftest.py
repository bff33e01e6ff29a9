"""The console in a real pseudo-terminal, with somebody who reads every byte."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pyte
import pytest

PATIENCE_S = 30.0
_DEAF_TO = re.compile(rb"\x1b\[[<>=][0-9;]*u|\x1b\[>[0-9;]*[mq]|\x1b\[\?[0-9]+\$p")
"""Questions and modes that pyte would print."""


class Terminal:
    """A terminal of some size with a program in it."""

    def __init__(self, argv: list[str], size: tuple[int, int], environ: dict[str, str]) -> None:
        master, slave = os.openpty()
        self.master = master
        self.resize_to(*size, tell=False)
        plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        full = {**plain, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **environ}
        self.program = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, env=full, start_new_session=True, preexec_fn=_own_terminal
        )
        os.close(slave)
        self.read = b""
        self._fed = 0
        self.size = size
        self._new_screen()

    def _new_screen(self) -> None:
        self.screen = pyte.Screen(*self.size)
        self._stream = pyte.ByteStream(self.screen)

    def resize_to(self, columns: int, lines: int, *, tell: bool = True) -> None:
        """Another size, which the program is told."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        if tell:
            self.size = (columns, lines)
            self._fed = len(self.read)
            self._new_screen()
            os.killpg(self.program.pid, signal.SIGWINCH)

    def listen(self, seconds: float) -> bytes:
        """What the program writes meanwhile."""
        begin, end = len(self.read), monotonic() + seconds
        while (left := end - monotonic()) > 0:
            if not select.select([self.master], [], [], left)[0]:
                break
            try:
                got = os.read(self.master, 65536)
            except OSError:
                break
            if not got:
                break
            self.read += got
        return self.read[begin:]

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.master, keys.encode())

    def lines(self) -> list[str]:
        """What is on the screen."""
        self._stream.feed(_DEAF_TO.sub(b"", self.read[self._fed :]))
        self._fed = len(self.read)
        return list(self.screen.display)

    def sees(self, text: str) -> bool:
        """Whether a text is on the screen."""
        return text in "\n".join(self.lines())

    def wait_for(self, what: str | Callable[[], bool]) -> None:
        """Read until a text is on the screen, or something holds."""
        end = monotonic() + PATIENCE_S
        while not (self.sees(what) if isinstance(what, str) else what()):
            if monotonic() > end:
                raise AssertionError(f"{what!r} did not come about:\n" + "\n".join(self.lines()))
            self.listen(0.1)

    def settle(self) -> None:
        """Read until nothing but ages is written."""
        for _ in range(40):
            if len(self.listen(0.5)) < 60:
                return

    def close(self) -> None:
        """End it, whatever it is doing."""
        if self.program.poll() is None:
            self.program.kill()
        self.program.wait()
        os.close(self.master)


def _own_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder, in which the demonstration is made once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def opened(home: Path) -> Iterator[Callable[..., Terminal]]:
    """Opens the console in a terminal, until its list is there."""
    terminals: list[Terminal] = []

    def open_one(size: tuple[int, int] = (80, 24), *arguments: str, until: str = "Unassigned", **environ: str) -> Terminal:
        argv = [sys.executable, "-m", "imptui", "--data-dir", str(home), *arguments]
        terminal = Terminal(argv, size, environ)
        terminals.append(terminal)
        terminal.wait_for(until)
        terminal.wait_for(lambda: not terminal.sees("reading"))
        return terminal

    yield open_one
    for terminal in terminals:
        terminal.close()
