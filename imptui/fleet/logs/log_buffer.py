"""A bounded buffer of log items between the stream and its listener."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime

from imptui.fleet.logs.log_events import LogEvent, LogEventKind, Said

GATHER_S = 0.1
"""Seconds for which items are gathered before the listener is notified."""

WAITING_LINES = 20_000
"""The number of items kept for a slow listener."""


class LogBuffer:
    """Keeps log items in order; notifies the listener on the event loop, at most ten times a second."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._said: deque[Said] = deque()
        self._dropped = 0
        self._heard: Callable[[], None] | None = None
        self._is_told = False
        self.is_shut = False

    @property
    def waiting(self) -> int:
        """The number of items to take."""
        return len(self._said)

    def listen(self, heard: Callable[[], None]) -> None:
        """Set the function to call when there is something to `take`."""
        self._heard = heard

    def say(self, *said: Said) -> None:
        """Add items for the listener; a full buffer drops the oldest."""
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
        """Drain the buffer. If entries were dropped, the first item says how many."""
        taken: list[Said] = []
        if self._dropped:
            taken.append(LogEvent(LogEventKind.DROPPED, self._now(), number=self._dropped))
            self._dropped = 0
        taken += self._said
        self._said.clear()
        self._is_told = False
        return taken
