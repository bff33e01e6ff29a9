"""Drafts survive failures and restarts: saved in the cache, listed as unfinished, dropped when deployed or discarded.

While the cache cannot be written, because the disk is full or another program holds it, drafts wait in memory, count as
saved, and are written again and again; `trouble` says so.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from imptui.cache.errors import CacheUnreadable
from imptui.cache.store import Cache
from imptui.domain.ids import GroupId
from imptui.domain.rows import SavedDraft
from imptui.fleet.change_feed import ChangeFeed
from imptui.fleet.deployments.creation_record import CreationRecords
from imptui.fleet.deployments.draft import Draft, UnfinishedReview, group_of_key, saved_of
from imptui.fleet.deployments.draft_codec import body_of, trouble_in

RETRY_S = 2.0
"""Seconds between two attempts to write a draft that waits."""


class DraftStore:
    """The saved drafts of a context. It knows nothing of the service.

    Attributes:
        trouble: Why drafts wait to be written; None: none waits.
    """

    def __init__(self, cache: Cache, changes: ChangeFeed, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._cache = cache
        self._changes = changes
        self._sleep = sleep
        self._waiting: dict[str, SavedDraft | None] = {}
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self.trouble: str | None = None
        self.creations = CreationRecords(cache)
        """The creations whose end is not known yet."""

    async def save(self, draft: Draft) -> None:
        """Save a draft under its key; if the cache cannot be written now, keep it and write it later."""
        await self._write(draft.key, saved_of(draft, self._changes.now()))

    async def _write(self, key: str, saved: SavedDraft | None) -> None:
        """Save a draft, or drop it if it is None, in the cache; as soon as that is possible."""
        self._waiting[key] = saved
        try:
            await self._write_waiting()
        except CacheUnreadable as error:
            if not error.is_passing:
                self._waiting.pop(key, None)
                raise
            if self._task is None or self._task.done():
                self._task = asyncio.get_running_loop().create_task(self._keep_writing())

    async def _write_waiting(self) -> None:
        """Write what waits, one after the other, so that no older draft replaces a newer one."""
        async with self._writing:
            while self._waiting:
                key, saved = next(iter(self._waiting.items()))
                try:
                    if saved is None:
                        await asyncio.to_thread(self._cache.drafts.drop, key)
                    else:
                        await asyncio.to_thread(self._cache.drafts.save, saved)
                except CacheUnreadable as error:
                    self.trouble = f"A draft is not saved yet: {error}"
                    self._changes.announce()
                    raise
                if key in self._waiting and self._waiting[key] is saved:  # a newer one may have come meanwhile
                    del self._waiting[key]
            self.trouble = None

    async def _keep_writing(self) -> None:
        while self._waiting:
            await self._sleep(RETRY_S)
            try:
                await self._write_waiting()
            except CacheUnreadable:
                continue
        self._changes.announce()

    async def close(self) -> None:
        """Write the drafts that wait, once more.

        Raises:
            CacheUnreadable: The cache still cannot be written.
        """
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._write_waiting()

    async def is_saved(self, draft: Draft) -> bool:
        """Return True if a later search for unfinished reviews finds this one."""
        return draft.key in self._waiting or draft.key in await asyncio.to_thread(self._cache.drafts.keys)

    async def one(self, key: str) -> SavedDraft | None:
        """Return the draft under a key; None: there is none. A damaged one is moved to another key first.

        The caller goes on to save under that key, which would replace the damaged draft.
        """
        if key in self._waiting:
            return self._waiting[key]
        saved = await asyncio.to_thread(self._cache.drafts.one, key)
        if saved is None or trouble_in(saved) is None:
            return saved
        await asyncio.to_thread(self._cache.drafts.set_aside, saved.key)
        return None

    async def unfinished(self, group_id: GroupId | None = None) -> tuple[UnfinishedReview, ...]:
        """Return the reviews of a group, or of all, that were begun and neither deployed nor discarded; the last first."""
        return await asyncio.to_thread(self._unfinished, group_id)

    def _unfinished(self, group_id: GroupId | None) -> tuple[UnfinishedReview, ...]:
        waiting = dict(self._waiting)
        written = [saved for saved in self._cache.drafts.all() if saved.key not in waiting]
        found = map(self._unfinished_of, [*(saved for saved in waiting.values() if saved is not None), *written])
        return tuple(each for each in found if group_id is None or (each.group_id == group_id and each.trouble is None))

    def _unfinished_of(self, saved: SavedDraft) -> UnfinishedReview:
        if (trouble := trouble_in(saved)) is not None:
            return UnfinishedReview(saved.key, GroupId(""), "damaged", trouble, "", saved.saved_at, saved, trouble)
        body = body_of(saved)
        group_id = GroupId(body.group_id)
        group = self._cache.groups.one(group_id)
        name = group.name if group is not None else group_id
        return UnfinishedReview(saved.key, group_id, name, body.source, body.description, saved.saved_at, saved)

    async def unfinished_counts(self) -> Mapping[GroupId, int]:
        """Return how many unfinished reviews each group has; groups without one are left out. Reads no code, so it is quick."""
        keys = await asyncio.to_thread(self._cache.drafts.keys)
        return Counter(group_id for group_id in map(group_of_key, keys) if group_id is not None)

    async def drop(self, key: str) -> None:
        """Forget a draft, and that its creation was sent."""
        await self._write(key, None)
        group_id = group_of_key(key)
        if group_id is not None:
            await self.creations.settle(group_id, key)
