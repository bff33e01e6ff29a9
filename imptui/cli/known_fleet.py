"""Tells the guard what the cache knows for sure."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from imptui.cache.store import Cache
from imptui.domain.ids import DeploymentId, GroupId
from imptui.fleet.sync.account_sync import SYNCED_AT
from imptui.query.query import Query, Scope

MEMBERS_AGE = timedelta(minutes=10)
"""The cache counts for the members of a group that long after a complete pass."""

_SHOWN_FROM = 200
"""Fewer things than this are read without showing progress."""

_ALL = 10_000_000


class CachedFleet:
    """The cache of a context as the guard asks it; see `imptui.client.guard.KnownFleet`."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def group_of_deployment(self, ref: str) -> str | None:
        """Return the group of a deployment, which never changes; None: it is unknown."""
        found = await asyncio.to_thread(self._cache.deployments.one, DeploymentId(ref))
        return found.group_id if found is not None else None

    async def members_of(self, group_id: str) -> Sequence[Sequence[str]] | None:
        """Return the names of each member of a group; None: the last complete pass is older than `MEMBERS_AGE`."""
        return await asyncio.to_thread(self._members, GroupId(group_id))

    def _members(self, group_id: GroupId) -> Sequence[Sequence[str]] | None:
        now, noted = datetime.now(UTC), self._cache.note(SYNCED_AT)
        if noted is None or not timedelta() <= now - datetime.fromisoformat(noted) < MEMBERS_AGE:
            return None
        rows = self._cache.devices.window(Query(Scope(group_id=group_id)), 0, _ALL, now)
        devices = [row.device for row in rows]
        return [[name for name in (each.name, each.id, each.mac_address, each.agent_id) if name] for each in devices]

    def report(self, read: int, total: int | None) -> None:
        """Show how many things were read, on the line of stderr, where plain commands show notes."""
        if (total or read) < _SHOWN_FROM or not sys.stderr.isatty() or "textual" in sys.modules:
            return
        end = "\n" if read == total else ""
        sys.stderr.write(f"\rimptui: checked {read:,}{f' of {total:,}' if total else ''} for protected names{end}")
        sys.stderr.flush()
