"""Records of creations that were sent and have no known outcome yet.

`Deploys` saves a record before it sends a creation and settles it when the outcome is known. While a record exists, the next
attempt looks for the deployment before it creates one. A process that is killed in between leaves its record.
"""

import asyncio
from datetime import datetime

import msgspec
from msgspec import Struct

from imptui.cache.errors import CacheUnreadable
from imptui.cache.store import Cache
from imptui.domain.ids import GroupId


class CreationRecord(Struct, frozen=True, kw_only=True):
    """One creation that was sent or about to be sent; the saved draft under `key` holds its programs."""

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
    """The unsettled creations of a context, by group; saved as notes of the cache.

    While the cache cannot be written, the console holds records and settlements in memory and writes them with the next one.
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._unwritten: dict[GroupId, dict[str, CreationRecord | None]] = {}

    async def of(self, group_id: GroupId) -> list[CreationRecord]:
        """Return the unsettled creations of a group, the latest first."""
        return self._with_unwritten(group_id, await asyncio.to_thread(self._read, group_id))

    async def save(self, group_id: GroupId, record: CreationRecord) -> None:
        """Save a record in place of the one of the same draft.

        Raises:
            CacheUnreadable: The record of a command cannot be saved: a command ends, and memory would forget the record.
        """
        await self._write(group_id, record.key, record)

    async def settle(self, group_id: GroupId, key: str) -> None:
        """Delete the record of a draft, if there is one."""
        await self._write(group_id, key, None)

    async def _write(self, group_id: GroupId, key: str, record: CreationRecord | None) -> None:
        unwritten = self._unwritten.setdefault(group_id, {})
        unwritten.pop(key, None)
        unwritten[key] = record
        try:
            await asyncio.to_thread(self._save, group_id)
        except CacheUnreadable as error:
            is_of_command = record is not None and record.identity is not None
            if is_of_command or not error.is_passing:
                del unwritten[key]
                raise
        else:
            self._unwritten.pop(group_id, None)

    def _save(self, group_id: GroupId) -> None:
        known = self._read(group_id)
        wanted = self._with_unwritten(group_id, known)
        if wanted != known:
            self._cache.set_note(_note(group_id), msgspec.json.encode(wanted).decode() if wanted else None)

    def _with_unwritten(self, group_id: GroupId, known: list[CreationRecord]) -> list[CreationRecord]:
        unwritten = self._unwritten.get(group_id, {})
        newer = [record for record in reversed(unwritten.values()) if record is not None]
        return [*newer, *(each for each in known if each.key not in unwritten)]

    def _read(self, group_id: GroupId) -> list[CreationRecord]:
        text = self._cache.note(_note(group_id))
        try:
            return msgspec.json.decode(text, type=list[CreationRecord]) if text else []
        except msgspec.DecodeError:  # another version wrote it
            return []


def _note(group_id: GroupId) -> str:
    return f"creating in {group_id}"
