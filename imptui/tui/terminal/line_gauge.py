"""Measuring the line with the first screen that goes over it."""

from collections.abc import Callable
from time import monotonic

from imptui.tui.terminal.line_speed import ASK, LineSpeed, speed_of


class Gauge:
    """Asks the terminal twice: right behind a screen, and again when that was answered.

    Args:
        send: Sends to the terminal.
        found: Told once what was measured; never, when the terminal does not answer.
    """

    def __init__(self, send: Callable[[str], None], found: Callable[[LineSpeed], None]) -> None:
        self._send = send
        self._found = found
        self._asked_at = 0.0
        self._loaded_s: float | None = None
        self._sent_bytes = 0
        self._is_waiting = False
        self.is_begun = False

    def begin(self, sent_bytes: int) -> None:
        """A screen of so many bytes was sent just now."""
        self.is_begun = True
        self._sent_bytes = sent_bytes
        self._ask()

    def answered(self) -> None:
        """The terminal said where its cursor is."""
        if not self._is_waiting:
            return
        self._is_waiting = False
        took_s = monotonic() - self._asked_at
        if self._loaded_s is None:
            self._loaded_s = took_s
            self._ask()
        else:
            self._found(speed_of(self._loaded_s, took_s, self._sent_bytes))

    def _ask(self) -> None:
        self._is_waiting, self._asked_at = True, monotonic()
        self._send(ASK)
