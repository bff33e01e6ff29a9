"""Records of creations that were sent and whose end is not known yet.

`Deploys` saves a record before it sends a creation and settles it when the end is known. While a record exists, the next attempt
looks for the deployment before it creates one. A process that is killed between the two leaves its record.
"""

import asyncio
from datetime import datetime

import msgspec
from msgspec import Struct

from imptui.cache.store import Cache
from imptui.domain.ids import GroupId


class CreationRecord(Struct, frozen=True, kw_only=True):
    """One creation that was about to be sent; the saved draft under `key` holds its programs."""

    key: str
    """The key of the draft."""
    began_at: datetime
    description: str = ""
    origin: str | None = None
    base_id: str | None = None
    """The current deployment of the group before the creation."""
    base_created_at: datetime | None = None
    identity: str | None = None
    """The command that asked for it, see `DeployRequest.identity`."""


class CreationRecords:
    """The unsettled creations of a context, by group; saved as notes of the cache."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def of(self, group_id: GroupId) -> list[CreationRecord]:
        """Return the unsettled creations of a group, the latest first."""
        return await asyncio.to_thread(self._read, group_id)

    async def save(self, group_id: GroupId, record: CreationRecord) -> None:
        """Save a record in place of the one of the same draft."""
        await asyncio.to_thread(self._replace, group_id, record.key, record)

    async def settle(self, group_id: GroupId, key: str) -> None:
        """Forget the record of a draft; there may be none."""
        await asyncio.to_thread(self._replace, group_id, key, None)

    def _read(self, group_id: GroupId) -> list[CreationRecord]:
        text = self._cache.note(_note(group_id))
        try:
            return msgspec.json.decode(text, type=list[CreationRecord]) if text else []
        except msgspec.DecodeError:  # another version wrote it
            return []

    def _replace(self, group_id: GroupId, key: str, record: CreationRecord | None) -> None:
        known = self._read(group_id)
        others = [each for each in known if each.key != key]
        kept = others if record is None else [record, *others]
        if kept != known:
            self._cache.set_note(_note(group_id), msgspec.json.encode(kept).decode() if kept else None)


def _note(group_id: GroupId) -> str:
    return f"creating in {group_id}"
