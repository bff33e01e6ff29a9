"""The driver of a terminal that may go at any moment: a window that is closed, a line that breaks."""

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
"""The exit code of a program whose terminal hung up: 128 and the number of SIGHUP."""


NEVER_SYNCHRONISED = re.compile(r"linux.*|vt\d+.*|cons25.*|cygwin")
"""Terminals that have no synchronised output and are not asked for it: old ones print the end of the question."""


class Hardy:
    """A file for writing that takes everything, also after its other end is gone; tells once when it is.

    Args:
        file: The terminal.
        gone: Called, from whichever thread writes, when the terminal cannot be written to any longer.
    """

    def __init__(self, file: IO[str], gone: Callable[[], None]) -> None:
        self._file, self._gone, self.is_gone = file, gone, False

    def write(self, text: str) -> int:
        """Write, or drop what nobody can read any longer."""
        self._try(lambda: self._file.write(text))
        return len(text)

    def flush(self) -> None:
        """Push out what was written."""
        self._try(self._file.flush)

    def _try(self, act: Callable[[], object]) -> None:
        if self.is_gone:
            return
        try:
            act()
        except (OSError, ValueError):  # EIO from a terminal without a master, EBADF or a closed file
            self.is_gone = True
            self._drop()
            self._gone()

    def _drop(self) -> None:
        """What is still to be written goes nowhere: the interpreter's own last flush would fail, and end with another code."""
        with suppress(OSError, ValueError):  # a file that is closed, or none of the system's
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._file.fileno())
            os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def terminal_of(errors: IO[str] | None, output: IO[str] | None) -> IO[str]:
    """Where to paint: where errors go, as Textual does it, but not into a file of errors (`imptui 2>file`)."""
    found = errors if errors is not None and errors.isatty() else output
    assert found is not None, "the command line made sure that output is a terminal"  # noqa: S101 - it did
    return found


class HardyDriver(LinuxDriver):
    """Ends the console when the terminal is gone, at once and without a word, for nobody could read it.

    Textual's own output thread dies of the first failed write; then whoever writes waits for ever.
    """

    def __init__(self, app: "App[Any]", **how: Any) -> None:
        super().__init__(app, **how)
        file = terminal_of(sys.__stderr__, sys.__stdout__)
        self._file = Hardy(file, self._end)  # type: ignore[assignment]  # all of a file that the driver uses

    def start_application_mode(self) -> None:
        """Take the terminal, and give it back even when the time to leave it runs out."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        with suppress(ValueError):  # signals are the main thread's
            signal.signal(signal.SIGALRM, self._tear_away)

    def _tear_away(self, *_: object) -> None:
        """Whoever told the console to end waits no longer (`imptui.cli.console` sets the clock): put the terminal right, and end.

        What holds the leaving up, such as a world that is just being made, is left as after any sudden death.
        """
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(1)  # a terminal that takes nothing holds this up, too
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
