"""Notifies listeners of each write to the cache, which begins another generation.

Notifications carry no ids, because several of them may be merged into one. Listeners read again the rows that they show.
"""

from collections.abc import Callable
from datetime import datetime

Listener = Callable[[], None]


class ChangeFeed:
    """The listeners to notify after each write to the cache."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._listeners: list[Listener] = []
        self.generation = 0
        """The number of announcements since this console began; it is held in memory, so reading it is cheap."""

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` on the event loop after each write; call the returned function to unsubscribe."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def announce(self) -> None:
        """Notify all listeners. Call it on the event loop after a write."""
        self.generation += 1
        for listener in tuple(self._listeners):
            listener()
