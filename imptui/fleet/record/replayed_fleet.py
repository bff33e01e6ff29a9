"""A fleet that does by itself only what a record says: no pass, no polling."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

from msgspec import convert
from msgspec.structs import replace

from imptui.cache.store import Cache
from imptui.fleet.background import IN_BACKGROUND
from imptui.fleet.fleet import Fleet
from imptui.fleet.journal import JournalWriter
from imptui.fleet.status import Context, Status

if TYPE_CHECKING:
    from imptui.client.central import Central


class ReplayClock:
    """The time of a record, which stands still between its events unless it is moved."""

    def __init__(self, at: datetime) -> None:
        self._base = monotonic()
        self._at = at
        self.s = 0.0
        """Seconds since the beginning of the record."""

    def now(self) -> datetime:
        """The time of the fleet, aware UTC."""
        return self._at

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return self._base + self.s

    def move(self, s: float, at: datetime | None = None) -> None:
        """Go on to a later moment of the record."""
        self.s = max(self.s, s)
        self._at = at or self._at


class ReplayedFleet(Fleet):
    """A fleet over the cache of a record.

    Args:
        cache: A copy of the record's cache.
        central: Answers from the record.
        context: The context of the record.
        clock: The time of the record.
        journal: Where `central` reports changes.
        queries: Filters with a name, from the settings of the record.
    """

    def __init__(
        self,
        cache: Cache,
        central: "Central",
        context: Context,
        clock: ReplayClock,
        *,
        journal: JournalWriter,
        queries: Mapping[str, str],
    ) -> None:
        super().__init__(cache, central, context, journal=journal, now=clock.now, queries=queries)
        self.clock = clock
        self._status: Status | None = None
        self.own_batches = 0
        """The number of transactions that the replayed commands wrote."""
        cache.tap(self._committed)

    def start(self) -> None:
        """Begin nothing: whatever happened in the background is in the record."""

    @property
    def status(self) -> Status:
        """The status of the record at this moment."""
        found = super().status
        if self._status is None:
            return found
        return replace(self._status, generation=found.generation, is_paused=found.is_paused)

    def show_news(self, status: Mapping[str, Any]) -> None:
        """Take the recorded status and announce that there is something new."""
        self._status = convert(status, Status, strict=False)
        self.sync.synced_at = self._status.synced_at
        self.sync.progress = self._status.progress
        self.changes.announce()

    async def apply(self, statements: Sequence[str]) -> None:
        """Apply a recorded transaction of a pass or a poll to the cache."""
        token = IN_BACKGROUND.set(True)
        try:
            await asyncio.to_thread(self._cache.apply, statements)
        finally:
            IN_BACKGROUND.reset(token)

    def _committed(self, _: tuple[str, ...]) -> None:
        if not IN_BACKGROUND.get():
            self.own_batches += 1
