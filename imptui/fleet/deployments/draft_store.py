"""Drafts over failures and restarts: saved in the cache, listed as unfinished, dropped when deployed or discarded."""

import asyncio
from collections import Counter
from collections.abc import Mapping

from imptui.cache.store import Cache
from imptui.domain.ids import GroupId
from imptui.domain.rows import SavedDraft
from imptui.fleet.change_feed import ChangeFeed
from imptui.fleet.deployments.creation_record import CreationRecords
from imptui.fleet.deployments.draft import Draft, UnfinishedReview, group_of_key, saved_of
from imptui.fleet.deployments.draft_codec import body_of, trouble_in


class DraftStore:
    """The saved drafts of a context. It knows nothing of the service."""

    def __init__(self, cache: Cache, changes: ChangeFeed) -> None:
        self._cache = cache
        self._changes = changes
        self.creations = CreationRecords(cache)
        """The creations whose end is not known yet."""

    async def save(self, draft: Draft) -> None:
        """Save a draft under its key."""
        await asyncio.to_thread(self._cache.drafts.save, saved_of(draft, self._changes.now()))

    async def is_saved(self, draft: Draft) -> bool:
        """Return True if a later search for unfinished reviews finds this one."""
        return draft.key in await asyncio.to_thread(self._cache.drafts.keys)

    async def one(self, key: str) -> SavedDraft | None:
        """Return the draft under a key; None: there is none. A damaged one is moved to another key first.

        The caller goes on to save under that key, which would replace the damaged draft.
        """
        saved = await asyncio.to_thread(self._cache.drafts.one, key)
        if saved is None or trouble_in(saved) is None:
            return saved
        await asyncio.to_thread(self._cache.drafts.set_aside, saved.key)
        return None

    async def unfinished(self, group_id: GroupId | None = None) -> tuple[UnfinishedReview, ...]:
        """Return the reviews of a group, or of all, that were begun and neither deployed nor discarded; the last first."""
        return await asyncio.to_thread(self._unfinished, group_id)

    def _unfinished(self, group_id: GroupId | None) -> tuple[UnfinishedReview, ...]:
        found = (self._unfinished_of(saved) for saved in self._cache.drafts.all())
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
        await asyncio.to_thread(self._cache.drafts.drop, key)
        group_id = group_of_key(key)
        if group_id is not None:
            await self.creations.settle(group_id, key)
