"""Every write to the cache makes another generation, and whoever listens hears that there is one.

Listeners get no ids: a message that may be collapsed must not carry what only it knows. They read again what they show.
"""

from collections.abc import Callable
from datetime import datetime

Listener = Callable[[], None]


class ChangeFeed:
    """Who wants to hear that the cache has something new."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._listeners: list[Listener] = []
        self.generation = 0
        """How often there was something new since this console began; a number in memory, so asking costs nothing."""

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` on the event loop after each write; the result ends that."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def announce(self) -> None:
        """Tell everyone. Called on the event loop by whoever wrote."""
        self.generation += 1
        for listener in tuple(self._listeners):
            listener()
