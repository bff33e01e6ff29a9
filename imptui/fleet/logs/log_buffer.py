"""What a log has to say until somebody takes it."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime

from imptui.fleet.logs.log_events import LogEvent, LogEventKind, Said

GATHER_S = 0.1
"""So long is gathered before the listener hears of it."""

WAITING_LINES = 20_000
"""So much is kept for a listener that does not take it."""


class LogBuffer:
    """Keeps what is said in order; the listener is called on the event loop, at most ten times a second."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._said: deque[Said] = deque()
        self._dropped = 0
        self._heard: Callable[[], None] | None = None
        self._is_told = False
        self.is_shut = False

    @property
    def waiting(self) -> int:
        """How much there is to take."""
        return len(self._said)

    def listen(self, heard: Callable[[], None]) -> None:
        """Whom to call when there is something to `take`."""
        self._heard = heard

    def say(self, *said: Said) -> None:
        """Keep this for the listener; the oldest goes when there is too much."""
        if not said or self.is_shut:
            return
        self._said.extend(said)
        while len(self._said) > WAITING_LINES:
            self._said.popleft()
            self._dropped += 1
        if not self._is_told:
            self._is_told = True
            asyncio.get_running_loop().call_later(GATHER_S, self._tell)

    def _tell(self) -> None:
        if self._heard is not None and not self.is_shut:
            self._heard()

    def take(self) -> list[Said]:
        """What was said since the last time, and before it how much was lost."""
        taken: list[Said] = []
        if self._dropped:
            taken.append(LogEvent(LogEventKind.DROPPED, self._now(), number=self._dropped))
            self._dropped = 0
        taken += self._said
        self._said.clear()
        self._is_told = False
        return taken
