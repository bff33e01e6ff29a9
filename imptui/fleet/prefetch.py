"""Prefetches the answers that the first frame needs, while the rest of the console is still loading.

Loading the console keeps one processor busy for some hundred milliseconds. SQLite releases the interpreter lock, so another
processor reads the cache meanwhile. Later questions go to the cache as usual.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import datetime

from imptui.cache.connections import Stop
from imptui.cache.store import Cache
from imptui.domain.rows import DeviceRow, Tree
from imptui.fleet.read_model import ReadModel, Window
from imptui.query.query import Query


class PrefetchingReadModel(ReadModel):
    """A read model whose first answers may be read before the event loop exists.

    Each prefetched answer is used once, and only for the same question.
    """

    def __init__(self, cache: Cache, now: Callable[[], datetime]) -> None:
        super().__init__(cache, now)
        self._tree_ahead: Future[Tree] | None = None
        self._head_ahead: tuple[Query, int, Future[tuple[DeviceRow | None, ...]], Stop] | None = None

    def read_ahead(self, query: Query, limit: int, thread: Executor) -> None:
        """Start to read the head of a list and the tree; call it once, before any question.

        Args:
            query: The query of the list.
            limit: The number of rows in the head.
            thread: The executor that reads, one question after the other.
        """
        stop = Stop()
        self._head_ahead = query, limit, thread.submit(self._head, query, limit, stop), stop
        self._tree_ahead = thread.submit(self._cache.groups.tree)

    def _head(self, query: Query, limit: int, stop: Stop) -> tuple[DeviceRow | None, ...]:
        return self._with_trends(self._cache.devices.window(query, 0, limit, self.now(), stop))

    async def tree(self) -> Tree:
        """Return products, their groups, and their device counts."""
        ahead, self._tree_ahead = self._tree_ahead, None
        return await (asyncio.wrap_future(ahead) if ahead is not None else super().tree())

    async def window(self, query: Query, offset: int, limit: int) -> Window:
        """Return rows `offset` to `offset + limit` of a list, fewer at its end; see `ReadModel.window`."""
        ahead, self._head_ahead = self._head_ahead, None
        if ahead is None or ahead[:2] != (query, limit) or offset:
            return await super().window(query, offset, limit)
        self.asked += 1
        self.on_scope(query.scope)
        self._freeze(query)
        _, _, rows, stop = ahead
        try:
            return Window(query, 0, await asyncio.wrap_future(rows))
        except asyncio.CancelledError:
            stop.now()
            raise
