"""One walk over all devices of the service, page by page, which a cut does not send back to its beginning.

What the service can tell, and what not (contract 3, 4): it has no ETag, no time of change in lists of devices, no filter by
time and, as impCloud, no total; so every pass reads every page, and what did not change is found out here. Pages are counted
from the front of a list that lives: when a device goes, all behind it move up by one, and one of them may slip from a page
that is still to come onto one that was read already.

Therefore **absence is a suspicion, never a proof**. At the end of a walk in one piece, up to `ASKED_SINGLY` missing devices
are asked for one by one and forgotten only if the service does not know them; when more are missing than can be asked for,
they are forgotten, for that many do not slip past in minutes. After a cut the break may have been long: whoever is missing
then is forgotten only after having been asked for, and the rest waits for a walk in one piece.
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
from imptui.fleet.sync.batching import Batching, Growth, News
from imptui.query.query import Scope
from imptui.runtime import CollectorPaused

KIND = "devices"

WAITING = 3
"""Batches that may wait to be written while the next pages are read."""

SAVE_EVERY = timedelta(seconds=2)
"""How often it is written down how far the walk came."""

WAY_S = 0.03
"""How long a page waits for a key: one that is held down leaves a walk some 30 pages a second."""

RESUMABLE = timedelta(hours=12)
"""A walk that was cut longer ago begins anew."""

OVERLAP = 1
"""Pages that are read once more after a break, for what moved up meanwhile."""

ASKED_SINGLY = 50
"""Missing devices that are asked for one by one."""

LOOKED_AT_PAGES = 5
"""Pages of what is on the screen that are read before the walk goes on."""


@dataclass(slots=True)
class _Written:
    """How far the walk is in the cache, and not merely on its way there."""

    page: int
    count: int
    saved_at: datetime


class _Batch(Struct, frozen=True):
    sheets: list[DeviceDocument]
    read_at: datetime
    next_page: int
    count: int
    """Devices up to its end, all batches together."""


@dataclass(slots=True)
class _Waiting:
    """What differs from the cache and is not written yet."""

    rhythm: News
    sheets: list[DeviceDocument] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    """Of the sheets."""
    upto: _Batch | None = None
    """The batch that they came with last; None: nothing waits."""


@dataclass(slots=True)
class DeviceSync:
    """Brings the devices of an account into the cache.

    Args:
        cache: Where they go.
        central: Where they come from.
        now: The time, aware UTC.
        told: Hears how far it is.
        grown: Called when the list grew so much during a first walk that it should be sorted again.
        is_first: Nothing was ever read completely: lists grow while it runs.
        gives_way: Whether something is more urgent just now: then the next page waits a little.
    """

    cache: Cache
    central: Central
    now: Callable[[], datetime]
    told: Callable[[PassProgress], None]
    grown: Callable[[], None]
    is_first: bool
    gives_way: Callable[[], bool] = lambda: False
    looked_at: Scope | None = None
    """What is on the screen and was not read yet; read next. Set from outside, taken here."""
    _read_early: set[Scope] = field(default_factory=set)

    async def run(self, started_at: datetime, expected: int | None) -> int:
        """Walk from the first page, or where an earlier walk was cut, to the last one.

        Returns:
            How many devices there are.

        Raises:
            NoAnswer: The service was not reached; what was read is kept, and the next walk goes on there.
            Refused: It refused.
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
        written = _Written(saved.page, saved.counted, self.now())
        queue: asyncio.Queue[_Batch | None] = asyncio.Queue(WAITING)
        writer = asyncio.create_task(self._write(saved, written, queue))
        waiting: _Batch | None = None
        rhythm = Batching(self.now())
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
                await self._read_what_is_looked_at()
                if self.gives_way():
                    await asyncio.sleep(WAY_S)
            await _put(queue, None, writer)
            await writer
        finally:
            if not writer.done():  # cut: what was read is written, and where to go on is kept
                await asyncio.shield(self._leave(saved, written, queue, writer, waiting))
        return done

    async def _write(self, saved: SavedPass, written: _Written, queue: "asyncio.Queue[_Batch | None]") -> None:
        """Write batches while the next are read, and now and then how far that is."""
        shown = Growth(self.now())
        news = _Waiting(News(self.now()))
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
        except NoAnswer:  # a document that cannot be understood: the next walk goes on before it
            await self._save(saved, written)
            raise

    def _take(self, batch: _Batch, news: _Waiting, saved: SavedPass) -> bool:
        """Find what is new in a batch, and write down what waits when that is due; whether nothing waits then. Blocks."""
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

    def _keep(self, news: _Waiting, saved: SavedPass) -> None:
        """Write down what waits; blocks."""
        assert news.upto is not None, "something waits"  # noqa: S101
        told = self.central.devices.records_of(news.sheets, news.digests)
        self.cache.devices.store_records(told, news.upto.read_at, saved.walk)
        news.sheets.clear()
        news.digests.clear()

    async def _leave(
        self,
        saved: SavedPass,
        written: _Written,
        queue: "asyncio.Queue[_Batch | None]",
        writer: "asyncio.Task[None]",
        waiting: _Batch | None,
    ) -> None:
        if waiting is not None:
            await _put(queue, waiting, writer)
        await _put(queue, None, writer)
        await writer
        await self._save(saved, written)

    async def _save(self, saved: SavedPass, written: _Written) -> None:
        written.saved_at = self.now()
        kept = SavedPass(KIND, written.page, written.count, saved.began_at, written.saved_at, saved.walk)
        await asyncio.to_thread(self.cache.passes.save, kept)

    async def _read_what_is_looked_at(self) -> None:
        """Some pages of what is on the screen, once each: the walk comes by there in its own time."""
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
        """Forget who is gone, as far as that is certain; see this file's opening."""
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
    """Hand a batch to the writer; if it failed, so do we, instead of waiting for ever."""
    putting = asyncio.ensure_future(queue.put(batch))
    await asyncio.wait([putting, writer], return_when=asyncio.FIRST_COMPLETED)
    if writer.done():
        putting.cancel()
        writer.result()
