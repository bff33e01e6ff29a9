"""The rows of one list, loaded in blocks; only those near the screen are held."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator

from imptui.cache.errors import SearchInterrupted
from imptui.domain.ids import DeviceId
from imptui.domain.rows import DeviceRow
from imptui.fleet.read_model import ReadModel
from imptui.query.query import Query

BLOCK = 64
"""The number of rows read at a time: a little more than most screens show."""

KEPT = 24
"""The number of blocks held; the least recently used is dropped first."""


class RowWindow:
    """A window onto a list of any length.

    Args:
        look: Answers from reader threads.
        query: The query of the list.
        arrived: Called with the first and last index of rows that were loaded in the background.
    """

    def __init__(self, look: ReadModel, query: Query, arrived: Callable[[int, int], None]) -> None:
        self.query = query
        self._look = look
        self._arrived = arrived
        self._blocks: OrderedDict[int, tuple[DeviceRow | None, ...]] = OrderedDict()
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self.count = 0
        """The length of the list, as far as it is known."""
        self.is_counted = False

    def at(self, index: int) -> DeviceRow | None:
        """Return the row at `index`; None if it is not loaded yet, or its device is gone."""
        block = self._blocks.get(index // BLOCK)
        place = index % BLOCK
        return block[place] if block is not None and place < len(block) else None

    def has(self, index: int) -> bool:
        """Return whether the row at `index` is loaded, even if its device is gone."""
        return index // BLOCK in self._blocks

    def between(self, first: int, last: int) -> Iterator[tuple[int, DeviceRow]]:
        """Yield the loaded rows from `first` up to and including `last`, with their indexes."""
        for index in range(max(0, first), last + 1):
            row = self.at(index)
            if row is not None:
                yield index, row

    def missing(self, first: int, last: int) -> list[int]:
        """Return the blocks that `first` to `last` need and that are not loaded."""
        blocks = range(max(0, first) // BLOCK, max(0, last) // BLOCK + 1)
        for block in blocks:
            if block in self._blocks:
                self._blocks.move_to_end(block)
        return [block for block in blocks if block not in self._blocks and (block * BLOCK < self.count or block == 0)]

    def want(self, first: int, last: int) -> list["asyncio.Task[None]"]:
        """Start to load the rows from `first` to `last`; `arrived` is called for each block."""
        return [self._task(block) for block in self.missing(first, last)]

    async def load(self, first: int, last: int) -> None:
        """Load the rows from `first` to `last`, and wait for them."""
        for task in self.want(first, last):
            await asyncio.shield(task)

    def _task(self, block: int) -> "asyncio.Task[None]":
        task = self._under_way.get(block)
        if task is None:
            task = self._under_way[block] = asyncio.create_task(self._read(block))
        return task

    async def _read(self, block: int) -> None:
        try:
            window = await self._look.window(self.query, block * BLOCK, BLOCK)
            self.put(block, window.rows)
            self._arrived(block * BLOCK, block * BLOCK + BLOCK - 1)
        except SearchInterrupted:  # The console ends, or shows another list: these rows are not needed any more.
            return
        finally:
            self._under_way.pop(block, None)

    def cancel_loading(self) -> None:
        """Stop loading, because the list is not shown any more."""
        for task in self._under_way.values():
            task.cancel()

    def put(self, block: int, rows: Iterable[DeviceRow | None]) -> None:
        """Store the rows of a block."""
        kept = self._blocks[block] = tuple(rows)
        self._blocks.move_to_end(block)
        if not self.is_counted:
            self.count = max(self.count, block * BLOCK + len(kept))
        while len(self._blocks) > KEPT:
            self._blocks.popitem(last=False)

    async def again(self, first: int, last: int) -> "dict[int, DeviceRow] | None":
        """Read `first` to `last` again, and drop all other blocks.

        Returns:
            The rows that were replaced, by index; None if other devices are there now, so that the list must be built anew.
        """
        blocks = range(max(0, first) // BLOCK, max(0, last) // BLOCK + 1)
        fresh = {block: (await self._look.window(self.query, block * BLOCK, BLOCK)).rows for block in blocks}
        old: dict[int, DeviceRow] = {}
        for block, rows in fresh.items():
            before = self._blocks.get(block)
            if before is None:
                continue
            if _ids(before) != _ids(rows):
                return None
            old |= {
                block * BLOCK + place: was
                for place, (was, now) in enumerate(zip(before, rows, strict=True))
                if was is not None and now is not None and was != now
            }
        self._blocks.clear()
        for block, rows in fresh.items():
            self.put(block, rows)
        return old


def _ids(rows: Iterable[DeviceRow | None]) -> list[DeviceId | None]:
    return [row.device.id if row is not None else None for row in rows]
