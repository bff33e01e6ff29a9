"""The walk over all devices of the service, page by page; after an interruption it continues where it stopped.

The service has no ETag, no time of change in lists of devices, no filter by time and, as impCloud, no total (contract 3, 4).
So every pass reads every page and compares digests here. Pages are counted from the front of a list that changes: when a device
is removed, all later ones move up by one, and one of them may move from a page still to come to a page that was read already.

Therefore **absence is a suspicion, never a proof**. At the end of an uninterrupted walk, up to `ASKED_SINGLY` missing devices
are read one by one and deleted from the cache only if the service does not find them. If more are missing, all of them are
deleted, because so many cannot move past the walk within minutes. An interruption may have been long: after one, a missing
device is deleted only after it was read singly, and the others wait for an uninterrupted walk.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import Struct

from imptui.cache.ingest.pass_progress import SavedPass
from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.codec.device_documents import DeviceDocument
from imptui.client.errors import NoAnswer
from imptui.client.pace import Priority
from imptui.domain.errors import Forbidden, NotFound
from imptui.domain.ids import DeviceId
from imptui.fleet.status import PassProgress
from imptui.fleet.sync.batching import ChangeBatches, FirstWalkBatches, SortSchedule
from imptui.query.query import Scope
from imptui.runtime import CollectorPaused

KIND = "devices"

BATCHES_WAITING = 3
"""The number of batches that may wait to be written while the next pages are read."""

SAVE_EVERY = timedelta(seconds=2)
"""The interval at which the position of the walk is saved."""

YIELD_S = 0.03
"""Seconds that a page waits after a key; a key that is held down leaves the walk some 30 pages a second."""

RESUMABLE = timedelta(hours=12)
"""A walk that was interrupted longer ago starts again from the first page."""

OVERLAP = 1
"""Pages read once more after an interruption, because devices may have moved up meanwhile."""

ASKED_SINGLY = 50
"""The maximum number of missing devices that are read one by one."""

LOOKED_AT_PAGES = 5
"""The number of pages of the scope on the screen that are read before the walk continues."""


@dataclass(slots=True)
class _SavedPosition:
    """The position of the walk up to which devices are written to the cache."""

    page: int
    count: int
    saved_at: datetime


class _Batch(Struct, frozen=True):
    sheets: list[DeviceDocument]
    read_at: datetime
    next_page: int
    count: int
    """The number of devices up to its end, over all batches."""


@dataclass(slots=True)
class _PendingWrites:
    """The devices that differ from the cache and are not written yet."""

    rhythm: ChangeBatches
    sheets: list[DeviceDocument] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    """The digests of the waiting documents."""
    upto: _Batch | None = None
    """The batch of the last waiting device; None: nothing waits."""


@dataclass(slots=True)
class DeviceSync:
    """Reads the devices of an account into the cache.

    Args:
        cache: The cache to write to.
        central: The service to read from.
        now: Returns the time, aware UTC.
        told: Receives the progress.
        grown: Called when a list grew so much during a first walk that it should be sorted again.
        is_first: True if no pass was ever complete: lists grow while the walk runs.
        gives_way: Returns True if the user is active, so that the next page waits a little.
    """

    cache: Cache
    central: Central
    now: Callable[[], datetime]
    told: Callable[[PassProgress], None]
    grown: Callable[[], None]
    is_first: bool
    gives_way: Callable[[], bool] = lambda: False
    looked_at: Scope | None = None
    """The scope on the screen that was not read yet; the walk reads it next. Callers set it, the walk clears it."""
    _read_early: set[Scope] = field(default_factory=set)

    async def run(self, started_at: datetime, expected: int | None) -> int:
        """Walk from the first page, or from the interruption of an earlier walk, to the last page.

        Returns:
            The number of devices.

        Raises:
            NoAnswer: The service was not reached; everything read is kept, and the next walk continues there.
            Refused: The service refused.
        """
        saved = await asyncio.to_thread(self.cache.passes.one, KIND)
        if saved is not None and (saved.walk is None or self.now() - saved.saved_at > RESUMABLE):
            saved = None
        is_whole = saved is None
        if saved is None or saved.walk is None:
            this_pass = await asyncio.to_thread(self.cache.devices.begin_pass)
            saved = SavedPass(KIND, 1, 0, started_at, started_at, this_pass)
        first = max(1, saved.page - OVERLAP)
        count = await self._pages(saved, first, started_at, expected)
        await self._forget(saved, is_whole=is_whole)
        await asyncio.to_thread(self.cache.passes.drop, KIND)
        return count

    async def _pages(self, saved: SavedPass, first: int, started_at: datetime, expected: int | None) -> int:
        done = saved.counted
        began = PassProgress(KIND, done, expected, started_at, self.now(), done)
        self.told(began)
        written = _SavedPosition(saved.page, saved.counted, self.now())
        queue: asyncio.Queue[_Batch | None] = asyncio.Queue(BATCHES_WAITING)
        writer = asyncio.create_task(self._write(saved, written, queue))
        waiting: _Batch | None = None
        rhythm = FirstWalkBatches(self.now())
        try:
            async for page in self.central.devices.document_pages(start_page=first):
                done += len(page.items) if page.number >= saved.page else 0
                sheets = waiting.sheets if waiting is not None else []
                sheets += page.items
                waiting = _Batch(sheets, page.read_at, page.number + 1, done)
                if not page.has_next or rhythm.is_due(len(sheets), self.now()):
                    await _put(queue, waiting, writer)
                    waiting = None
                self.told(PassProgress(KIND, done, page.total or expected, started_at, began.since_at, began.done))
                await self._read_visible_scope()
                if self.gives_way():
                    await asyncio.sleep(YIELD_S)
            await _put(queue, None, writer)
            await writer
        finally:
            if not writer.done():  # interrupted: write the devices read so far and save the position
                await asyncio.shield(self._leave(saved, written, queue, writer, waiting))
        return done

    async def _write(self, saved: SavedPass, written: _SavedPosition, queue: "asyncio.Queue[_Batch | None]") -> None:
        """Write batches while the next pages are read, and save the position at intervals."""
        shown = SortSchedule(self.now())
        news = _PendingWrites(ChangeBatches(self.now()))
        try:
            while (batch := await queue.get()) is not None:
                if not await asyncio.to_thread(self._take, batch, news, saved):
                    continue
                written.page, written.count = batch.next_page, batch.count
                if self.is_first and shown.is_due(written.count, self.now()):
                    self.grown()
                if self.now() - written.saved_at >= SAVE_EVERY:
                    await self._save(saved, written)
            if news.upto is not None:
                await asyncio.to_thread(self._keep, news, saved)
                written.page, written.count = news.upto.next_page, news.upto.count
        except NoAnswer:  # a malformed document: the next walk continues before it
            await self._save(saved, written)
            raise

    def _take(self, batch: _Batch, news: _PendingWrites, saved: SavedPass) -> bool:
        """Find the changed devices of a batch and write waiting ones if due; return True if none waits. Blocks."""
        assert saved.walk is not None, "a walk over devices knows whom it met"  # noqa: S101
        sheets = batch.sheets

        def ids_at(places: list[int]) -> list[DeviceId]:
            return self.central.devices.ids_of([sheets[place] for place in places])

        with CollectorPaused():
            digests = self.central.devices.digests_of(sheets)
            places = self.cache.devices.entries_to_store(digests, ids_at, saved.walk)
            news.sheets += [sheets[place] for place in places]
            news.digests += [digests[place] for place in places]
            news.upto = batch if news.sheets else None
            is_growing = len(places) * 2 > len(sheets)
            if news.sheets and news.rhythm.are_due(len(news.sheets), self.now(), is_growing=is_growing):
                self._keep(news, saved)
                news.upto = None
        return news.upto is None

    def _keep(self, news: _PendingWrites, saved: SavedPass) -> None:
        """Write the waiting devices; blocks."""
        assert news.upto is not None, "something waits"  # noqa: S101
        told = self.central.devices.records_of(news.sheets, news.digests)
        self.cache.devices.store_records(told, news.upto.read_at, saved.walk)
        news.sheets.clear()
        news.digests.clear()

    async def _leave(
        self,
        saved: SavedPass,
        written: _SavedPosition,
        queue: "asyncio.Queue[_Batch | None]",
        writer: "asyncio.Task[None]",
        waiting: _Batch | None,
    ) -> None:
        if waiting is not None:
            await _put(queue, waiting, writer)
        await _put(queue, None, writer)
        await writer
        await self._save(saved, written)

    async def _save(self, saved: SavedPass, written: _SavedPosition) -> None:
        written.saved_at = self.now()
        kept = SavedPass(KIND, written.page, written.count, saved.began_at, written.saved_at, saved.walk)
        await asyncio.to_thread(self.cache.passes.save, kept)

    async def _read_visible_scope(self) -> None:
        """Read some pages of the scope on the screen, once each; the walk reads the rest in its order."""
        scope, self.looked_at = self.looked_at, None
        if scope is None or scope in self._read_early or not self.is_first:
            return
        self._read_early.add(scope)
        pages = self.central.devices.pages(
            product_id=scope.product_id, group_id=scope.group_id, group_type=scope.group_type, priority=Priority.WATCH
        )
        async for page in pages:
            await asyncio.to_thread(self.cache.devices.store, list(page.items), page.read_at)
            self.grown()
            if page.number >= LOOKED_AT_PAGES:
                break

    async def _forget(self, saved: SavedPass, *, is_whole: bool) -> None:
        """Delete missing devices from the cache, as far as the rules in the docstring of this module allow."""
        assert saved.walk is not None, "a walk over devices knows whom it met"  # noqa: S101
        missing = await asyncio.to_thread(self.cache.devices.absent, saved.walk)
        if is_whole and len(missing) > ASKED_SINGLY:
            await asyncio.to_thread(self.cache.devices.forget, missing)
            return
        gone: list[DeviceId] = []
        for device_id in missing[:ASKED_SINGLY]:
            try:
                device, reading = await self.central.devices.get(device_id, priority=Priority.SYNC)
            except (NotFound, Forbidden):
                gone.append(device_id)
            else:
                await asyncio.to_thread(self.cache.devices.store, [device], reading.read_at)
        await asyncio.to_thread(self.cache.devices.forget, gone)


async def _put(queue: "asyncio.Queue[_Batch | None]", batch: _Batch | None, writer: "asyncio.Task[None]") -> None:
    """Hand a batch to the writer; if the writer failed, raise its error instead of waiting without end."""
    putting = asyncio.ensure_future(queue.put(batch))
    await asyncio.wait([putting, writer], return_when=asyncio.FIRST_COMPLETED)
    if writer.done():
        putting.cancel()
        writer.result()
