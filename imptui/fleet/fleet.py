"""The fleet of a context: the object that the terminal and the command line use.

One `Fleet` is one context. Its parts are grouped by the user's tasks:

    fleet.look      answers from the cache                    (fleet/read_model.py)
    fleet.queries   filters with a name                       (fleet/saved_filters.py)
    fleet.change    changes on the service; change.devices    (fleet/operations/account_operations.py, device_changes.py)
    fleet.programs  both programs of deployments              (fleet/deployments/programs.py)
    fleet.drafts    saved drafts, the unfinished reviews      (fleet/deployments/draft_store.py)
    fleet.drafting  drafts, made and compared                 (fleet/deployments/drafting.py)
    fleet.deploys   deployments and rollouts                  (fleet/deployments/deploy.py)
    fleet.reviews   approvals and objections                  (fleet/reviews/approvals.py)
    fleet.sync      passes over the whole account             (fleet/sync/account_sync.py)
    fleet.watch     keeps visible devices fresh               (fleet/watch/reading_watch.py)
    fleet.logs      device logs: history and live stream      (fleet/logs/device_logs.py)
    fleet.lineages  the paths of code between groups          (fleet/deployments/lineage.py)
    fleet.histories the deployment history of a group         (fleet/deployments/history.py)
    fleet.cleaning  deleting old deployments                  (fleet/deployments/clean_up.py)
    fleet.code_search   search in all cached code             (fleet/deployments/code_search.py)
    fleet.line(g)   the counts of a production line           (fleet/factory/factory_line.py)
    fleet.changes   cache generations and their listeners     (fleet/change_feed.py)

Nothing here blocks the event loop: SQL runs in threads, the network is awaited.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextvars import copy_context
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from imptui.cache.store import Cache
from imptui.client.secret import Secret
from imptui.domain.ids import DeviceId, GroupId
from imptui.fleet.background import IN_BACKGROUND, keep_alive
from imptui.fleet.change_feed import ChangeFeed
from imptui.fleet.journal import JournalWriter
from imptui.fleet.memory_trim import MemoryTrim
from imptui.fleet.prefetch import PrefetchingReadModel
from imptui.fleet.saved_filters import SavedFilters
from imptui.fleet.status import Context, Reachability, Status
from imptui.fleet.sync.account_sync import AccountSync
from imptui.fleet.watch.reading_watch import ReadingWatch
from imptui.fleet.write_through import store_answer

if TYPE_CHECKING:
    from pathlib import Path

    from imptui.client.central import Central
    from imptui.fleet.deployments.clean_up import CleanUp
    from imptui.fleet.deployments.code_search import CodeSearch
    from imptui.fleet.deployments.deploy import Deploys
    from imptui.fleet.deployments.draft_store import DraftStore
    from imptui.fleet.deployments.drafting import Drafting
    from imptui.fleet.deployments.history import DeploymentHistory
    from imptui.fleet.deployments.lineage import Lineages
    from imptui.fleet.deployments.programs import ProgramReader
    from imptui.fleet.factory.factory_line import FactoryLine
    from imptui.fleet.logs.device_logs import DeviceLogs
    from imptui.fleet.operations.account_operations import Change
    from imptui.fleet.reviews.approvals import Reviews
    from imptui.fleet.write_through import WriteThrough


def utc_now() -> datetime:
    """Return the time of day, aware UTC."""
    return datetime.now(UTC)


class Fleet:
    """The fleet of one context: an account on an endpoint, with its cache."""

    def __init__(
        self,
        cache: Cache,
        central: "Central",
        context: Context,
        *,
        journal: JournalWriter | None = None,
        now: Callable[[], datetime] = utc_now,
        sync_every_s: float = 300.0,
        queries: Mapping[str, str] | None = None,
        locks: "Path | None" = None,
    ) -> None:
        """Connect the parts; no connection is opened and nothing is read.

        Args:
            cache: The cache of the context; the fleet closes it.
            central: The service; the fleet closes it.
            context: The context as the header shows it.
            journal: Receives the changes of `central`; flushed at the end.
            now: Returns the time, aware UTC.
            sync_every_s: Pause between passes over the account.
            queries: Filters with a name, from the settings.
            locks: Folder of the locks that processes share; None: no other process works in this context.
        """
        self.context = context
        self._cache = cache
        self._central = central
        self._journal = journal
        self._locks = locks
        self._reach = Reachability()
        self._tasks: list[asyncio.Task[None]] = []
        self.changes = ChangeFeed(now)
        self.look = PrefetchingReadModel(cache, now)
        self.queries = SavedFilters(cache, now, queries)
        self.sync = AccountSync(cache, central, self.changes, self._reach, resort=self.look.resort, every_s=sync_every_s)
        self.look.on_scope = self.sync.look_at
        self.sync.gives_way = lambda: self.watch.is_touched
        self.watch = ReadingWatch(cache, central, self.changes, self._reach)
        self._trim = MemoryTrim(lambda: (self.look.asked, self.changes.generation))
        self._now = now

    # Parts that a start does not need: built, and their modules imported, at first use

    @cached_property
    def change(self) -> "Change":
        """The calls that change something on the service."""
        from imptui.fleet.operations.account_operations import Change
        from imptui.fleet.operations.device_operations import DeviceChanges

        devices = DeviceChanges(self._cache, self._central, self.changes, self._through)
        return Change(self._cache, self._central, self._through, devices)

    @cached_property
    def _through(self) -> "WriteThrough":
        from imptui.fleet.write_through import WriteThrough

        return WriteThrough(self._cache, self._central, self.changes, self.look.resort)

    @cached_property
    def programs(self) -> "ProgramReader":
        """The reader of the programs of deployments."""
        from imptui.fleet.deployments.programs import ProgramReader

        return ProgramReader(self._cache, self._central, self.changes)

    @cached_property
    def drafts(self) -> "DraftStore":
        """Saved drafts: the unfinished reviews."""
        from imptui.fleet.deployments.draft_store import DraftStore

        return DraftStore(self._cache, self.changes)

    @cached_property
    def drafting(self) -> "Drafting":
        """The part that makes and compares drafts."""
        from imptui.fleet.deployments.drafting import Drafting

        return Drafting(self._cache, self._central, self.programs, self.drafts, self._through)

    @cached_property
    def deploys(self) -> "Deploys":
        """The part that deploys drafts and counts rollouts."""
        from imptui.fleet.deployments.deploy import Deploys
        from imptui.fleet.deployments.group_lock import GroupLocks

        return Deploys(
            self._cache,
            self._central,
            self.changes,
            drafting=self.drafting,
            drafts=self.drafts,
            programs=self.programs,
            through=self._through,
            sync=self.sync,
            locks=GroupLocks(self._locks),
        )

    @cached_property
    def reviews(self) -> "Reviews":
        """The part that marks deployments: approvals and requests for changes."""
        from imptui.fleet.reviews.approvals import Reviews

        return Reviews(self._cache, self._central, self.changes)

    @cached_property
    def logs(self) -> "DeviceLogs":
        """The logs of devices, past and live."""
        from imptui.fleet.logs.device_logs import DeviceLogs

        return DeviceLogs(self._central, self._cache, self._now, is_paused=lambda: self.watch.is_paused)

    @cached_property
    def lineages(self) -> "Lineages":
        """The lineage of code between groups."""
        from imptui.fleet.deployments.lineage import Lineages

        return Lineages(self._cache)

    @cached_property
    def histories(self) -> "DeploymentHistory":
        """The deployment history of groups."""
        from imptui.fleet.deployments.history import DeploymentHistory

        return DeploymentHistory(self._cache, self._now)

    @cached_property
    def cleaning(self) -> "CleanUp":
        """The clean-up of old deployments."""
        from imptui.fleet.deployments.clean_up import CleanUp

        return CleanUp(self._cache, self._central, self.change, self.changes)

    @cached_property
    def code_search(self) -> "CodeSearch":
        """The search in all cached code."""
        from imptui.fleet.deployments.code_search import CodeSearch

        return CodeSearch(self._cache, self.look, self.programs)

    def start(self) -> None:
        """Start the background tasks that keep the cache fresh. Call it once, on the event loop, after the first frame.

        From then on, reads wait without limit while another program holds the cache, and the status says so. Passes do not read
        the service while the cache cannot be written.
        """
        self._cache.wait_for_ever()
        tasks = [("trim", "Returning memory", self._trim.run_forever)]
        if not self._cache.is_read_only:
            tasks.append(("sync", "Reading the account", self.sync.run_forever))
            tasks.append(("watch", "Reading visible devices", self.watch.run_forever))
        context = copy_context()
        context.run(IN_BACKGROUND.set, True)
        self._tasks = [asyncio.create_task(keep_alive(*each, self._reach, self.changes), context=context) for each in tasks]

    async def close(self) -> None:
        """Stop the background tasks, write the waiting drafts and journal entries, close cache and connections.

        Raises:
            CacheUnreadable: Entries of the journal or drafts could not be written; everything is closed nevertheless.
        """
        for task in self._tasks:
            task.cancel()
        self.sync.cancel()
        if "logs" in self.__dict__:
            await self.logs.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            if "drafts" in self.__dict__:
                await self.drafts.close()
        finally:
            try:
                if self._journal is not None:
                    await self._journal.flush()
            finally:
                await self._central.close()
                await asyncio.to_thread(self._cache.close)

    @property
    def status(self) -> Status:
        """Return freshness and trouble from memory; the call costs nothing."""
        budget = self._central.pace.budget
        return Status(
            generation=self.changes.generation,
            synced_at=self.sync.synced_at,
            progress=self.sync.progress,
            is_reachable=self._reach.is_reachable,
            trouble=self._trouble,
            budget_remaining=budget.remaining if budget else None,
            budget_limit=budget.limit if budget else None,
            is_paused=self.watch.is_paused,
            read_only_because=self._central.guard.read_only_because,
            needs_login=self._reach.needs_login,
        )

    @property
    def _trouble(self) -> str | None:
        """Return the most serious trouble: a failed task, then unwritten data, then the cache, then the service."""
        journal = self._journal.trouble if self._journal is not None else None
        drafts = self.drafts.trouble if "drafts" in self.__dict__ else None
        return self._reach.local_trouble or journal or drafts or self._cache.trouble or self._reach.trouble

    def report(self, topic: str, trouble: str | None) -> None:
        """Show a sentence about this machine in the status; None removes it."""
        if trouble is None:
            self._reach.recovered(topic)
        else:
            self._reach.failed_tasks[topic] = trouble
        self.changes.announce()

    def line(self, group_id: GroupId) -> "FactoryLine":
        """Return the production line of a fixture group; the caller starts its rounds."""
        from imptui.fleet.factory.factory_line import FactoryLine

        return FactoryLine(group_id, self._cache, self._central, self.changes, self._reach)

    async def sign_in(self, username: str, password: Secret) -> None:
        """Log in, and read the account.

        Raises:
            Unauthorized: The service refuses name and password.
            OtpRequired: The service accepts them; continue with `sign_in_otp`.
            NoAnswer: The service was not reached.
        """
        await self._central.login(username, password)
        self._signed_in()

    async def sign_in_otp(self, login_token: Secret, one_time_password: Secret, username: str) -> None:
        """Do the second step of a login, and read the account.

        Raises:
            Unauthorized: The service refuses the one-time password.
            NoAnswer: The service was not reached.
        """
        await self._central.login_otp(login_token, one_time_password, username=username)
        self._signed_in()

    def _signed_in(self) -> None:
        self._reach.worked()
        self.sync.start()
        self.changes.announce()

    async def seek_device(self, ref: str) -> DeviceId:
        """Fetch a device that the cache lacks, by any identifier, and save it.

        Raises:
            NotFound: It is no device of this account.
            NoAnswer: The service was not reached.
        """
        device, reading = await self._central.devices.get(ref)
        await store_answer(self._cache.devices.store, [device], reading.read_at)
        await store_answer(self._cache.devices.store_readings, {device.id: reading})
        self.changes.announce()
        return device.id

    def set_read_only(self, because: str | None) -> None:
        """Refuse changes from now on with this reason, or allow them with None; a locked context stays locked."""
        if because is None and self.context.is_locked:
            because = f"the context '{self.context.name}' is locked"
        self._central.guard = replace(self._central.guard, read_only_because=because)
