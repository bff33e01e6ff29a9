"""Generations: every write to the cache makes the next one, and whoever listens hears that there is one.

Listeners get no ids: a message that may be collapsed must not carry what only it knows. They ask `since(generation)`.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from imptui.cache.generations import Changes as Changed
from imptui.cache.store import Cache

Listener = Callable[[], None]


class Changes:
    """Who wants to hear that the cache has something new."""

    def __init__(self, cache: Cache, now: Callable[[], datetime]) -> None:
        self._cache = cache
        self.now = now
        self._listeners: list[Listener] = []

    @property
    def generation(self) -> int:
        """The generation of the cache; a number in memory, so asking costs nothing."""
        return self._cache.generation()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` on the event loop after each write; the result ends that."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def announce(self) -> None:
        """Tell everyone. Called on the event loop by whoever wrote."""
        for listener in tuple(self._listeners):
            listener()

    async def since(self, generation: int) -> Changed:
        """What changed after `generation`; `devices` None means too much to name."""
        return await asyncio.to_thread(self._cache.changed_since, generation)
