"""Passes over the whole account, page by page, into the cache.

Only a complete pass proves that a thing is absent: cached things are deleted at its end, so that a broken connection never
empties a list. Accounts, products, groups and deployments take some pages and are read from the first one; the walk over the
devices continues where it was interrupted (`imptui.fleet.sync.device_sync`).
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from imptui.cache.errors import CacheUnreadable
from imptui.cache.store import Cache
from imptui.client.errors import NoAnswer
from imptui.client.pace import Priority
from imptui.domain.errors import Refused
from imptui.domain.ids import GroupId
from imptui.fleet.background import failure_of
from imptui.fleet.change_feed import ChangeFeed
from imptui.fleet.status import PassProgress, Reachability
from imptui.query.query import Scope

if TYPE_CHECKING:
    from imptui.client.central import Central
    from imptui.client.page import ApiPage
    from imptui.domain.account import Account
    from imptui.fleet.sync.device_sync import DeviceSync

TASK = "sync"
"""The name of this task in the status."""

SYNCED_AT = "synced_at"
_SEEN = "devices_seen"

FRESH_S = 30.0
"""A pass younger than this is not repeated at the start."""


class AccountSync:
    """Reads the whole account into the cache at intervals."""

    def __init__(
        self,
        cache: Cache,
        central: "Central",
        changes: ChangeFeed,
        reach: Reachability,
        *,
        resort: Callable[[], None],
        every_s: float,
    ) -> None:
        self._cache = cache
        self._central = central
        self._changes = changes
        self._reach = reach
        self._resort = resort
        self._every_s = every_s
        self._again = asyncio.Event()
        self._pass: asyncio.Task[None] | None = None
        self._walk: DeviceSync | None = None
        self.gives_way: Callable[[], bool] = _never
        """Returns True if something is more urgent now than a walk over the fleet."""
        self.progress: PassProgress | None = None
        self.synced_at: datetime | None = None

    async def recall(self) -> None:
        """Load the end time of the last complete pass from the cache."""
        noted = await asyncio.to_thread(self._cache.note, SYNCED_AT)
        self.synced_at = datetime.fromisoformat(noted) if noted else None

    def start(self) -> None:
        """Begin a pass in the background as soon as none is running."""
        self._again.set()

    def cancel(self) -> bool:
        """Stop the running pass; its writes stay, and the next pass continues there.

        Returns:
            True if a pass was running.
        """
        return self._pass is not None and self._pass.cancel()

    async def run_forever(self) -> None:
        """Make passes without end: at once, then every few minutes, sooner after a failure or on request."""
        await self.recall()
        await self._wait_if_fresh()
        while True:
            self._again.clear()
            self._pass = asyncio.create_task(self.run())
            try:
                await asyncio.wait([self._pass])
            except asyncio.CancelledError:
                self._pass.cancel()
                await asyncio.wait([self._pass])  # it saves its position
                raise
            failed = not self._pass.cancelled() and self._note_failure(self._pass.exception())
            pause_s = self._reach.pause_s if failed else self._every_s
            try:
                await asyncio.wait_for(self._again.wait(), pause_s)
            except TimeoutError:
                continue

    async def _wait_if_fresh(self) -> None:
        """Wait if a pass ended a moment ago, as after a plain command."""
        age_s = (self._changes.now() - self.synced_at).total_seconds() if self.synced_at else FRESH_S
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._again.wait(), max(0.0, FRESH_S - age_s))

    def _note_failure(self, error: BaseException | None) -> bool:
        """Report how a pass ended; return True if it failed."""
        if error is None:
            self._reach.recovered(TASK)
            return False
        if isinstance(error, CacheUnreadable):
            self._reach.broke(str(error))
        elif isinstance(error, NoAnswer | Refused):
            self._reach.failed(error)
        else:
            self._reach.stopped(TASK, failure_of("Reading the account", error))
        self._changes.announce()
        return True

    async def run(self) -> None:
        """Make one whole pass: account, products, groups, devices, deployments.

        Raises:
            NoAnswer: The service was not reached; everything read so far is kept.
            Refused: The service refused, for example because nobody is logged in.
        """
        started_at = self._changes.now()
        try:
            await self._account(started_at)
            await self._everything("products", started_at, self._central.products.pages(), self._cache.products)
            await self._everything("groups", started_at, self._central.groups.pages(), self._cache.groups)
            await self._devices(started_at)
            await self._deployments(started_at)
            self.synced_at = self._changes.now()
            await asyncio.to_thread(self._cache.set_note, SYNCED_AT, self.synced_at.isoformat())
            self._reach.worked()
        finally:
            self.progress = None
            self._changes.announce()
        await asyncio.to_thread(self._cache.settle)
        await asyncio.to_thread(self._cache.tidy, self._changes.now())

    async def _account(self, started_at: datetime) -> None:
        self.progress = PassProgress("account", 0, None, started_at)
        self._changes.announce()
        seen: list[Account] = []
        async for page in self._central.accounts.pages():
            seen += page.items
        await asyncio.to_thread(self._cache.accounts.store, seen)

    async def _everything(self, what: str, started_at: datetime, pages: "AsyncIterator[ApiPage[Any]]", table: Any) -> None:
        """Read all things of one kind; delete cached ones that the service did not list."""
        seen: list[Any] = []
        began_at = self._changes.now()
        self.progress = PassProgress(what, 0, None, started_at, began_at)
        async for page in pages:
            await asyncio.to_thread(table.store, list(page.items))
            seen += [each.id for each in page.items]
            self._told(PassProgress(what, len(seen), page.total, started_at, began_at))
        await asyncio.to_thread(table.forget_absent, seen)

    async def _deployments(self, started_at: datetime) -> None:
        from imptui.fleet.sync.deployment_sync import DeploymentsPass

        await DeploymentsPass(self._cache, self._central, self._changes.now, self._told).run(started_at)

    async def _devices(self, started_at: datetime) -> None:
        noted = await asyncio.to_thread(self._cache.note, _SEEN)
        before = await asyncio.to_thread(self._cache.groups.tree)
        is_first = self.synced_at is None
        from imptui.fleet.sync.device_sync import DeviceSync

        walk = DeviceSync(self._cache, self._central, self._changes.now, self._told, self._resort, is_first, self.gives_way)
        self._walk = walk
        try:
            done = await walk.run(started_at, int(noted) if noted else None)
        finally:
            self._walk = None
        await asyncio.to_thread(self._cache.settle_essentials)
        await asyncio.to_thread(self._cache.set_note, _SEEN, str(done))
        after = await asyncio.to_thread(self._cache.groups.tree)
        if is_first or _places(before) != _places(after):
            self._resort()
            self._changes.announce()

    def look_at(self, scope: Scope) -> None:
        """Set the part of the account on the screen; a first pass reads it before the rest."""
        if self._walk is not None and scope != Scope() and not scope.is_unassigned:
            self._walk.looked_at = scope

    async def group(self, group_id: GroupId) -> None:
        """Read one group and its devices again, page by page, to follow a rollout.

        Raises:
            NoAnswer: The service was not reached.
            Refused: The service refused.
        """
        group = await self._central.groups.get(group_id, priority=Priority.WATCH)
        await asyncio.to_thread(self._cache.groups.store, [group])
        async for page in self._central.devices.pages(group_id=group_id, priority=Priority.WATCH):
            await asyncio.to_thread(self._cache.devices.store, list(page.items), page.read_at)
        self._reach.worked()
        self._changes.announce()

    def _told(self, progress: PassProgress) -> None:
        self.progress = progress
        self._reach.worked()
        self._changes.announce()


def _never() -> bool:
    return False


def _places(tree: Any) -> list[tuple[str, int]]:
    """Return the number of devices per group; a difference means that devices were added, removed or moved."""
    groups = [(line.group.id, line.tally.devices) for product in tree.products for line in product.groups]
    return [*groups, ("", tree.unassigned.devices)]
