"""A driver that survives terminal hang-up: a closed window, a broken connection."""

import os
import re
import signal
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any

from textual.drivers.linux_driver import LinuxDriver

from imptui.tui.terminal.modes import RESTORED

if TYPE_CHECKING:
    from textual.app import App

HUNG_UP = 128 + 1
"""The exit code after a hang-up: 128 and the number of SIGHUP."""


NEVER_SYNCHRONISED = re.compile(r"linux.*|vt\d+.*|cons25.*|cygwin")
"""Terminals without synchronised output, which are not asked for it: old ones print the end of the query."""


class HangupSafeFile:
    """A file whose writes never fail, even if its other end is gone; reports that once.

    Args:
        file: The terminal.
        gone: Called, in the thread that writes, when the terminal cannot be written to any more.
    """

    def __init__(self, file: IO[str], gone: Callable[[], None]) -> None:
        self._file, self._gone, self.is_gone = file, gone, False

    def write(self, text: str) -> int:
        """Write a text, or drop it after a hang-up."""
        self._try(lambda: self._file.write(text))
        return len(text)

    def flush(self) -> None:
        """Flush the written output."""
        self._try(self._file.flush)

    def _try(self, act: Callable[[], object]) -> None:
        if self.is_gone:
            return
        try:
            act()
        except (OSError, ValueError):  # EIO: a terminal without a master. EBADF, ValueError: a closed file.
            self.is_gone = True
            self._drop()
            self._gone()

    def _drop(self) -> None:
        """Redirect pending output to nowhere: else the interpreter's last flush fails and changes the exit code."""
        with suppress(OSError, ValueError):  # The file is closed, or has no descriptor.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._file.fileno())
            os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def terminal_of(errors: IO[str] | None, output: IO[str] | None) -> IO[str]:
    """Return the file to paint on: stderr, as in Textual, but not if it is redirected to a file (`imptui 2>file`)."""
    found = errors if errors is not None and errors.isatty() else output
    assert found is not None, "the command line made sure that output is a terminal"  # noqa: S101 - it did
    return found


class HangupDriver(LinuxDriver):
    """Ends the console at once and silently when the terminal is gone, because no message could be read.

    Textual's own output thread ends at the first failed write, and every later write then blocks.
    """

    def __init__(self, app: "App[Any]", **how: Any) -> None:
        super().__init__(app, **how)
        file = terminal_of(sys.__stderr__, sys.__stdout__)
        self._file = HangupSafeFile(file, self._end)  # type: ignore[assignment]  # all of a file that the driver uses

    def start_application_mode(self) -> None:
        """Take the terminal; restore it even if the time limit for leaving expires."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        with suppress(ValueError):  # Only the main thread may set signal handlers.
            signal.signal(signal.SIGALRM, self._tear_away)

    def _tear_away(self, *_: object) -> None:
        """End the process now: the time limit for leaving (`imptui.cli.console` sets it) expired. Restore the terminal first.

        Unfinished work, such as a world that is being created, is left as after a crash.
        """
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(1)  # Restoring can block as well, on a terminal that accepts no output.
        with suppress(OSError, ValueError, termios.error):
            os.write(terminal_of(sys.__stderr__, sys.__stdout__).fileno(), RESTORED.encode())
            if self.attrs_before is not None:
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
        os._exit(self._app.return_code or 1)

    def _request_terminal_sync_mode_support(self) -> None:
        if not NEVER_SYNCHRONISED.fullmatch(os.environ.get("TERM", "")):
            super()._request_terminal_sync_mode_support()

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except OSError:
            self._end()

    def _end(self) -> None:
        app = self._app
        app.call_later(lambda: app.exit(return_code=HUNG_UP))
