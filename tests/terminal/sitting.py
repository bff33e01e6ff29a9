"""A person before a real pseudo-terminal: keys go in as bytes, and everything that comes out is kept and shown."""

import os
import select
import subprocess
import sys
import termios
from collections.abc import Callable
from fcntl import ioctl
from struct import pack
from time import monotonic

import pyte

PATIENCE_S = 30.0
"""How long something may take on a slow, busy machine before it counts as broken."""

UNWANTED = ("TMUX", "STY", "SSH_CONNECTION", "COLORTERM", "NO_COLOR", "IMPTUI_READONLY", "IMPTUI_DATA_DIR", "LANG")
MODES = (1049, 1000, 1002, 1003, 1004, 1006, 1015, 2004)
"""Alternate screen, mouse, focus, bracketed paste: private modes that a console turns on."""


class Sitting:
    """A terminal with the command in it, and a person before it."""

    def __init__(self, words: list[str], *, cells: int = 80, rows: int = 24, **environ: str) -> None:
        self.screen = pyte.Screen(cells, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.received = b""
        self._master, self._slave = os.openpty()
        self._set_size(cells, rows)
        self._settings_before = termios.tcgetattr(self._slave)
        clean = {name: text for name, text in os.environ.items() if name not in UNWANTED}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "imptui", *words],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env={**clean, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **environ},
            start_new_session=True,
            preexec_fn=lambda: ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no thread runs in these tests
        )

    # Looking

    def read(self, for_s: float = 0.05) -> bool:
        """Take in what the program wrote; whether anything came."""
        if not select.select([self._master], [], [], for_s)[0]:
            return False
        came = os.read(self._master, 65536)
        self.received += came
        self._stream.feed(came)
        return True

    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.screen.display)

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
        os.write(self._master, keys.encode())

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
