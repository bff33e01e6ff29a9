"""The read model: answers from the cache, never from the service.

The first question about a list takes a snapshot of its order, so that no row moves under the cursor: values are current,
positions are those of the snapshot. `resort` takes a new one; so does a pass that found new, removed or moved devices.

A snapshot of a million devices takes some tenths of a second. The head of a list needs none, and neither does an unfiltered
list: rows at any depth, its length, the position of a device. The snapshot starts after `CALM_S`, unless a caller waits for
it, because the first rows are painted first and the next letter of a filter would cancel it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from imptui.cache.connections import Stop
from imptui.cache.errors import SearchInterrupted
from imptui.cache.search.snapshot import Snapshot
from imptui.cache.store import Cache
from imptui.domain.deployment import Deployment
from imptui.domain.device import Device, Reading
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import DeploymentId, DeviceId, GroupId, ProductId
from imptui.domain.product import Product
from imptui.domain.rows import DeviceRow, JournalEntry, Sample, Tally, Tree
from imptui.fleet.journal import JournalFilter
from imptui.query.query import Query, Scope

SNAPSHOTS_KEPT = 4
"""The number of snapshots kept; each takes 4 bytes per device."""

CALM_S = 0.12
"""Seconds between the first question about a list and its snapshot, because typing or a start soon asks for more."""

HISTORY = timedelta(hours=24)

JOURNAL_PAGE = 500
"""The number of journal entries read at once."""


ANYTHING = JournalFilter()


class Window(Struct, frozen=True):
    """A range of rows of a list, in its order."""

    query: Query
    offset: int
    rows: tuple[DeviceRow | None, ...]
    """The rows; None stands for a device that was removed since the snapshot."""


class DeviceDetail(Struct, frozen=True):
    """All cached facts about one device."""

    row: DeviceRow
    group: DeviceGroup | None
    product: Product | None
    current_deployment: Deployment | None
    """The current deployment of its group; None: unassigned, without deployment, or not read yet."""
    samples: tuple[Sample, ...]
    """The samples of the last day, oldest first."""

    @property
    def device(self) -> Device:
        """The attributes of the device."""
        return self.row.device

    @property
    def reading(self) -> Reading | None:
        """The last reading of the device."""
        return self.row.reading

    @property
    def is_pending(self) -> bool | None:
        """True if it does not run the deployment yet: an inference, see `imptui.domain.rows.is_pending`."""
        return self.row.is_pending


class DeploymentRow(Struct, frozen=True):
    """A deployment as the deployment list shows it."""

    deployment: Deployment
    group_name: str | None
    product_name: str | None
    creator_name: str | None
    is_current: bool
    is_minimum: bool


class Affected(Struct, frozen=True):
    """The devices that a change of a group's program affects."""

    group: DeviceGroup
    tally: Tally
    first: tuple[DeviceRow, ...]
    """The first ten devices by name."""


class ReadModel:
    """Answers questions from the cache. Each method awaits a reader thread and returns the current state."""

    def __init__(self, cache: Cache, now: Callable[[], datetime]) -> None:
        self._cache = cache
        self.now = now
        """Tells the time, aware UTC."""
        self._orders: OrderedDict[Query, asyncio.Task[Snapshot]] = OrderedDict()
        self._stops: dict[Query, Stop] = {}
        self._hurries: dict[Query, asyncio.Event] = {}
        self.on_scope: Callable[[Scope], None] = _nobody
        """Hears which part of the account is looked at."""
        self.on_resort: Callable[[], None] | None = None
        """Hears that orders are forgotten; None: nobody records it."""
        self.asked = 0
        """The number of windows that were requested."""

    async def window(self, query: Query, offset: int, limit: int) -> Window:
        """Return rows `offset` to `offset + limit` of a list, fewer at its end.

        It costs the same at any depth once there is a snapshot; only questions deep in a filtered list wait for one.
        """
        self.asked += 1
        self.on_scope(query.scope)
        frozen = self._freeze(query)
        if not frozen.done() and (offset == 0 or query.where is None):
            rows = await self._as_of_now(query, offset, limit)
            return Window(query, offset, await asyncio.to_thread(self._with_trends, rows))
        return await self._of_order(await self._order(query), offset, limit)

    async def windows(self, query: Query, size: int, span: range | None = None) -> AsyncIterator[Window]:
        """Yield a list from end to end, window by window, in the order of one snapshot.

        Args:
            query: The query of the list.
            size: The maximum number of rows in a window.
            span: The range of rows, in steps of 1; None: the whole list.
        """
        self.on_scope(query.scope)
        order = await self._order(query)
        places = range(len(order)) if span is None else span[: max(0, len(order) - span.start)]
        for offset in places[::size]:
            yield await self._of_order(order, offset, min(size, places.stop - offset))

    async def _of_order(self, order: Snapshot, offset: int, limit: int) -> Window:
        found = await asyncio.to_thread(lambda: self._with_trends(self._cache.devices.rows(order, offset, limit)))
        return Window(order.query, offset, found)

    def _with_trends(self, rows: Sequence[DeviceRow | None]) -> tuple[DeviceRow | None, ...]:
        """Return the rows with their trends, read from the saved samples of these devices alone."""
        trends = self._cache.samples.trends([row.device.id for row in rows if row is not None], self.now())
        return tuple(
            replace(row, trend=trends[row.device.id]) if row is not None and row.device.id in trends else row for row in rows
        )

    async def _as_of_now(self, query: Query, offset: int, limit: int) -> list[DeviceRow]:
        """Read rows without a snapshot. Cancelling the call stops the search."""
        stop = Stop()
        try:
            return await asyncio.to_thread(self._cache.devices.window, query, offset, limit, self.now(), stop)
        except asyncio.CancelledError:
            stop.now()
            raise

    async def _order(self, query: Query, *, hurries: bool = True) -> Snapshot:
        """Return the snapshot of a list; restart it if another query cancelled it."""
        while True:
            try:
                task = self._freeze(query)
                if hurries:
                    self._hurries[query].set()
                return await asyncio.shield(task)
            except SearchInterrupted:
                continue

    async def count(self, query: Query) -> int:
        """Return the number of devices in a list; for a filtered list this takes as long as its snapshot."""
        if query.where is None and not self._freeze(query).done():
            return await asyncio.to_thread(self._cache.devices.count, query, self.now())
        return len(await self._order(query, hurries=False))

    async def position(self, query: Query, device_id: DeviceId) -> int | None:
        """Return the position of a device in a list; None: the list does not have it."""
        if query.where is None and not self._freeze(query).done():
            rank = await asyncio.to_thread(self._cache.devices.rank, query, device_id, self.now())
            if rank is not None:
                return rank
        order = await self._order(query)
        return await asyncio.to_thread(self._cache.devices.place, order, device_id)

    def resort(self, query: Query | None = None) -> None:
        """Drop the snapshot of a list, or of all lists; the next question takes a new one."""
        if self.on_resort is not None:
            self.on_resort()
        for each in [query] if query is not None else list(self._orders):
            self._drop_snapshot(each)

    def _drop_snapshot(self, query: Query) -> None:
        """Drop a snapshot, and stop the search for it."""
        task = self._orders.pop(query, None)
        stop = self._stops.pop(query, None)
        self._hurries.pop(query, None)
        if task is not None and not task.done() and stop is not None:
            stop.now()

    def _freeze(self, query: Query) -> "asyncio.Task[Snapshot]":
        task = self._orders.get(query)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            # Each letter of a typed filter asks again: cancel the searches for the previous text.
            for other in [each for each, begun in self._orders.items() if not begun.done() and each.where is not None]:
                self._drop_snapshot(other)
            stop, hurry = self._stops[query], self._hurries[query] = Stop(), asyncio.Event()
            task = asyncio.create_task(self._frozen(query, stop, hurry))
            task.add_done_callback(_look_away)
            self._orders[query] = task
            while len(self._orders) > SNAPSHOTS_KEPT:
                self._drop_snapshot(next(iter(self._orders)))
        self._orders.move_to_end(query)
        return task

    async def _frozen(self, query: Query, stop: Stop, hurry: asyncio.Event) -> Snapshot:
        with suppress(TimeoutError):
            await asyncio.wait_for(hurry.wait(), CALM_S)
        return await asyncio.to_thread(self._cache.devices.order, query, self.now(), stop)

    async def tree(self) -> Tree:
        """Return products, their groups, and their device counts."""
        return await asyncio.to_thread(self._cache.groups.tree)

    async def products(self) -> tuple[Product, ...]:
        """Return all products by name."""
        return tuple(await asyncio.to_thread(self._cache.products.all))

    async def product(self, product_id: ProductId) -> Product | None:
        """Return one product by its id."""
        return await asyncio.to_thread(self._cache.products.one, product_id)

    async def groups(self, product_id: ProductId | None = None) -> tuple[DeviceGroup, ...]:
        """Return the groups of a product, or all groups."""
        return tuple(await asyncio.to_thread(self._cache.groups.all, product_id))

    async def group(self, group_id: GroupId) -> DeviceGroup | None:
        """Return one group by its id."""
        return await asyncio.to_thread(self._cache.groups.one, group_id)

    async def row(self, device_id: DeviceId) -> DeviceRow | None:
        """Return one device as a list shows it."""
        return await asyncio.to_thread(self._cache.devices.row, device_id)

    async def rows(self, device_ids: list[DeviceId]) -> dict[DeviceId, DeviceRow]:
        """Return some devices as a list shows them; unknown ones are left out."""
        return await asyncio.to_thread(self._cache.devices.rows_of, device_ids)

    async def stalest(self, device_ids: list[DeviceId], limit: int) -> list[DeviceId]:
        """Return those of the devices with the oldest readings; devices without a reading come first."""
        return await asyncio.to_thread(self._cache.devices.stalest, device_ids, limit)

    async def device(self, device_id: DeviceId) -> DeviceDetail | None:
        """Return all cached facts about one device."""
        return await asyncio.to_thread(self._device, device_id)

    def _device(self, device_id: DeviceId) -> DeviceDetail | None:
        row = self._cache.devices.row(device_id)
        if row is None:
            return None
        group = self._cache.groups.one(row.device.group_id) if row.device.group_id else None
        product = self._cache.products.one(group.product_id) if group else None
        current = group.current_deployment_id if group else None
        deployment = self._cache.deployments.one(current) if current else None
        samples = self._cache.samples.of(device_id, self.now() - HISTORY)
        return DeviceDetail(row, group, product, deployment, tuple(samples))

    async def affected(self, group_id: GroupId) -> Affected | None:
        """Return the devices that a change of a group's program affects; None: the group is unknown."""
        return await asyncio.to_thread(self._affected, group_id)

    def _affected(self, group_id: GroupId) -> Affected | None:
        group = self._cache.groups.one(group_id)
        if group is None:
            return None
        first = self._cache.devices.window(Query(Scope(group_id=group_id)), 0, 10, self.now())
        return Affected(group, self._cache.groups.tally(group_id), tuple(first))

    async def deployments(
        self, group_id: GroupId | None = None, product_id: ProductId | None = None, limit: int = 500
    ) -> tuple[DeploymentRow, ...]:
        """Return the deployments of a group or a product, or all, newest first."""

        def read() -> tuple[DeploymentRow, ...]:
            return self._deployment_rows(self._cache.deployments.list(group_id, product_id, limit))

        return await asyncio.to_thread(read)

    async def deployment(self, deployment_id: DeploymentId) -> DeploymentRow | None:
        """Return one deployment by its id."""

        def read() -> DeploymentRow | None:
            found = self._cache.deployments.one(deployment_id)
            return self._deployment_rows([found])[0] if found else None

        return await asyncio.to_thread(read)

    def _deployment_rows(self, deployments: list[Deployment]) -> tuple[DeploymentRow, ...]:
        groups = {group.id: group for group in self._cache.groups.all()}
        products = {product.id: product.name for product in self._cache.products.all()}
        accounts = {account.id: account.username for account in self._cache.accounts.all()}
        rows = []
        for each in deployments:
            group = groups.get(each.group_id) if each.group_id else None
            rows.append(
                DeploymentRow(
                    each,
                    group.name if group else None,
                    products.get(each.product_id) if each.product_id else None,
                    accounts.get(each.creator_id) if each.creator_id else None,
                    group is not None and group.current_deployment_id == each.id,
                    group is not None and group.min_supported_deployment_id == each.id,
                )
            )
        return tuple(rows)

    async def find(self, kind: str, text: str) -> tuple[str, ...]:
        """Return the ids that `text` names: one for an identifier, several for an ambiguous name, none if unknown.

        Args:
            kind: `product`, `group`, `device` or `deployment`.
            text: Any identifier, or a name, or for a deployment the beginning of its sha or a tag.
        """
        return await asyncio.to_thread(self._find, kind, text)

    def _find(self, kind: str, text: str) -> tuple[str, ...]:
        if kind == "device":
            return tuple(row.device.id for row in self._cache.devices.find(text))
        if kind == "deployment":
            return tuple(each.id for each in self._cache.deployments.find(text))
        named = self._cache.products.all() if kind == "product" else self._cache.groups.all()
        by_id = [each.id for each in named if each.id == text.lower()]
        exact = [each.id for each in named if each.name == text]
        return tuple(by_id or exact or [each.id for each in named if each.name.casefold() == text.casefold()])

    async def journal(self, limit: int | None = 500, wanted: JournalFilter = ANYTHING) -> tuple[JournalEntry, ...]:
        """Return the entries of the journal, newest first; None returns all of them."""
        return tuple(await asyncio.to_thread(lambda: list(islice(self._journal(wanted), limit))))

    def _journal(self, wanted: JournalFilter) -> Iterator[JournalEntry]:
        before: int | None = None
        while entries := self._cache.journal.list(JOURNAL_PAGE, before):
            yield from (each for each in entries if wanted.has(each))
            before = entries[-1].number


def _nobody(scope: Scope) -> None:  # noqa: ARG001 - the shape of who listens
    return


def _look_away(task: "asyncio.Task[Snapshot]") -> None:
    # A cancelled search that nobody awaits is no error.
    if not task.cancelled() and isinstance(task.exception(), SearchInterrupted):
        return
