"""What is known: answers from the cache, never from the service.

The order of a list is frozen when it is first asked for, so that no row moves under the cursor: values are those of
now, places those of then. `resort` takes a new snapshot; so does a pass that found devices come, gone or moved.

Freezing a million devices takes some tenths of a second, and nobody waits for it who need not: the head of a list is read
without it, and of a list without filter everything is: rows at any depth, its length, where a device stands. It begins a
little later, unless somebody waits: what is to be painted comes first, and the next letter of a filter would end it again.
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
from imptui.fleet.journal import Wanted
from imptui.query.query import Query, Scope

KEPT_ORDERS = 4
"""How many frozen orders are kept: 4 bytes a device each."""

CALM_S = 0.12
"""How long after a list was first asked for its order is frozen: who types on, or starts, does more within that time."""

HISTORY = timedelta(hours=24)

JOURNAL_PAGE = 500
"""So many entries of the journal are read at once."""


ANYTHING = Wanted()


class Window(Struct, frozen=True):
    """A run of rows of a list, in its order."""

    query: Query
    offset: int
    rows: tuple[DeviceRow | None, ...]
    """None stands for a device that is gone since the order was frozen."""


class DeviceDetail(Struct, frozen=True):
    """Everything known about one device."""

    row: DeviceRow
    group: DeviceGroup | None
    product: Product | None
    current_deployment: Deployment | None
    """What its group should run; None when unassigned, without deployment, or not read yet."""
    samples: tuple[Sample, ...]
    """The last day, oldest first."""

    @property
    def device(self) -> Device:
        """Its attributes."""
        return self.row.device

    @property
    def reading(self) -> Reading | None:
        """Its last reading."""
        return self.row.reading

    @property
    def is_pending(self) -> bool | None:
        """Deployed, not yet running: an inference, see `imptui.domain.rows.is_pending`."""
        return self.row.is_pending


class DeploymentRow(Struct, frozen=True):
    """A deployment as its history lists it."""

    deployment: Deployment
    group_name: str | None
    product_name: str | None
    creator_name: str | None
    is_current: bool
    is_minimum: bool


class Affected(Struct, frozen=True):
    """Whom a change of a group's program concerns."""

    group: DeviceGroup
    tally: Tally
    first: tuple[DeviceRow, ...]
    """The first ten by name."""


class ReadModel:
    """Questions to the cache. Each awaits a reader thread and answers with what is known now."""

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
        """How many windows were asked for."""

    async def window(self, query: Query, offset: int, limit: int) -> Window:
        """Rows `offset` to `offset + limit` of a list, fewer at its end.

        Costs the same at any depth once the order is frozen; until then it is waited for only deep in a filtered list.
        """
        self.asked += 1
        self.on_scope(query.scope)
        frozen = self._freeze(query)
        if not frozen.done() and (offset == 0 or query.where is None):
            rows = await self._as_of_now(query, offset, limit)
            return Window(query, offset, await asyncio.to_thread(self._with_trends, rows))
        return await self._of_order(await self._order(query), offset, limit)

    async def windows(self, query: Query, size: int, span: range | None = None) -> AsyncIterator[Window]:
        """A list from end to end, window by window, in one frozen order.

        Args:
            query: Which list.
            size: Rows in a window, at most.
            span: From where to where, in steps of 1; None: all of it.
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
        """Rows with what our own readings tell of them, read for these alone."""
        trends = self._cache.samples.trends([row.device.id for row in rows if row is not None], self.now())
        return tuple(
            replace(row, trend=trends[row.device.id]) if row is not None and row.device.id in trends else row for row in rows
        )

    async def _as_of_now(self, query: Query, offset: int, limit: int) -> list[DeviceRow]:
        """Rows without a frozen order. Who no longer waits for them ends the search."""
        stop = Stop()
        try:
            return await asyncio.to_thread(self._cache.devices.window, query, offset, limit, self.now(), stop)
        except asyncio.CancelledError:
            stop.now()
            raise

    async def _order(self, query: Query, *, hurries: bool = True) -> Snapshot:
        """The frozen order of a list; begun again when it was stopped for another list, and is wanted after all."""
        while True:
            try:
                task = self._freeze(query)
                if hurries:
                    self._hurries[query].set()
                return await asyncio.shield(task)
            except SearchInterrupted:
                continue

    async def count(self, query: Query) -> int:
        """How many devices a list holds: that of a filtered one takes as long as freezing its order."""
        if query.where is None and not self._freeze(query).done():
            return await asyncio.to_thread(self._cache.devices.count, query, self.now())
        return len(await self._order(query, hurries=False))

    async def position(self, query: Query, device_id: DeviceId) -> int | None:
        """Where a device stands in a list, None when it is not in it."""
        if query.where is None and not self._freeze(query).done():
            rank = await asyncio.to_thread(self._cache.devices.rank, query, device_id, self.now())
            if rank is not None:
                return rank
        order = await self._order(query)
        return await asyncio.to_thread(self._cache.devices.place, order, device_id)

    def resort(self, query: Query | None = None) -> None:
        """Forget the frozen order of a list, or of all: the next question freezes a new one."""
        if self.on_resort is not None:
            self.on_resort()
        for each in [query] if query is not None else list(self._orders):
            self._let_go(each)

    def _let_go(self, query: Query) -> None:
        """Forget an order, and end the search for it."""
        task = self._orders.pop(query, None)
        stop = self._stops.pop(query, None)
        self._hurries.pop(query, None)
        if task is not None and not task.done() and stop is not None:
            stop.now()

    def _freeze(self, query: Query) -> "asyncio.Task[Snapshot]":
        task = self._orders.get(query)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            # While a filter is typed, each letter asks anew: the searches for what was typed before are ended.
            for other in [each for each, begun in self._orders.items() if not begun.done() and each.where is not None]:
                self._let_go(other)
            stop, hurry = self._stops[query], self._hurries[query] = Stop(), asyncio.Event()
            task = asyncio.create_task(self._frozen(query, stop, hurry))
            task.add_done_callback(_look_away)
            self._orders[query] = task
            while len(self._orders) > KEPT_ORDERS:
                self._let_go(next(iter(self._orders)))
        self._orders.move_to_end(query)
        return task

    async def _frozen(self, query: Query, stop: Stop, hurry: asyncio.Event) -> Snapshot:
        with suppress(TimeoutError):
            await asyncio.wait_for(hurry.wait(), CALM_S)
        return await asyncio.to_thread(self._cache.devices.order, query, self.now(), stop)

    async def tree(self) -> Tree:
        """Products, their groups, and how their devices do."""
        return await asyncio.to_thread(self._cache.groups.tree)

    async def products(self) -> tuple[Product, ...]:
        """All products by name."""
        return tuple(await asyncio.to_thread(self._cache.products.all))

    async def product(self, product_id: ProductId) -> Product | None:
        """One product."""
        return await asyncio.to_thread(self._cache.products.one, product_id)

    async def groups(self, product_id: ProductId | None = None) -> tuple[DeviceGroup, ...]:
        """The groups of a product, or all."""
        return tuple(await asyncio.to_thread(self._cache.groups.all, product_id))

    async def group(self, group_id: GroupId) -> DeviceGroup | None:
        """One group."""
        return await asyncio.to_thread(self._cache.groups.one, group_id)

    async def row(self, device_id: DeviceId) -> DeviceRow | None:
        """One device as a list shows it."""
        return await asyncio.to_thread(self._cache.devices.row, device_id)

    async def rows(self, device_ids: list[DeviceId]) -> dict[DeviceId, DeviceRow]:
        """Some devices as a list shows them; unknown ones are left out."""
        return await asyncio.to_thread(self._cache.devices.rows_of, device_ids)

    async def stalest(self, device_ids: list[DeviceId], limit: int) -> list[DeviceId]:
        """Of these devices, those whose reading is oldest; never read first of all."""
        return await asyncio.to_thread(self._cache.devices.stalest, device_ids, limit)

    async def device(self, device_id: DeviceId) -> DeviceDetail | None:
        """One device with all that belongs to it."""
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
        """Whom a change of a group's program concerns; None for an unknown group."""
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
        """The deployments of a group or a product, or all, newest first."""

        def read() -> tuple[DeploymentRow, ...]:
            return self._deployment_rows(self._cache.deployments.list(group_id, product_id, limit))

        return await asyncio.to_thread(read)

    async def deployment(self, deployment_id: DeploymentId) -> DeploymentRow | None:
        """One deployment."""

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
        """The ids of what `text` names: one for an identifier, several where a name is not unique, none when unknown.

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

    async def journal(self, limit: int | None = 500, wanted: Wanted = ANYTHING) -> tuple[JournalEntry, ...]:
        """What was changed from here, newest first; None takes all of it."""
        return tuple(await asyncio.to_thread(lambda: list(islice(self._journal(wanted), limit))))

    def _journal(self, wanted: Wanted) -> Iterator[JournalEntry]:
        before: int | None = None
        while entries := self._cache.journal.list(JOURNAL_PAGE, before):
            yield from (each for each in entries if wanted.has(each))
            before = entries[-1].number


def _nobody(scope: Scope) -> None:  # noqa: ARG001 - the shape of who listens
    return


def _look_away(task: "asyncio.Task[Snapshot]") -> None:
    # A search that nobody awaits any longer may end stopped; that is no error.
    if not task.cancelled() and isinstance(task.exception(), SearchInterrupted):
        return
