"""Measure the speed of the connection with the first screen that is sent."""

from collections.abc import Callable
from time import monotonic

from imptui.tui.terminal.connection_speed import ASK, ConnectionSpeed, speed_of


class ConnectionGauge:
    """Asks the terminal for its cursor twice: right after a screen, and again after the first answer.

    Args:
        send: Sends to the terminal.
        found: Receives the result once; never, if the terminal does not answer.
    """

    def __init__(self, send: Callable[[str], None], found: Callable[[ConnectionSpeed], None]) -> None:
        self._send = send
        self._found = found
        self._asked_at = 0.0
        self._loaded_s: float | None = None
        self._sent_bytes = 0
        self._is_waiting = False
        self.is_begun = False

    def begin(self, sent_bytes: int) -> None:
        """Start to measure: a screen of `sent_bytes` was sent just now."""
        self.is_begun = True
        self._sent_bytes = sent_bytes
        self._ask()

    def answered(self) -> None:
        """Take an answer of the terminal."""
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
