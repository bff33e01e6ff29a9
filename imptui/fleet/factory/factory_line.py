"""Follow a production line: read what moves on it, and say how it does.

A look costs some requests however many devices the production target holds: the fixtures, the units under test, those
that left the test, and the end of the target's list, where new units stand. Histories tell a blessing from an end user's
BlinkUp; each is read once.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from imptui.cache.errors import CacheUnreadable
from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.errors import NoAnswer
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE
from imptui.domain.device import Device
from imptui.domain.errors import NotFound, Refused
from imptui.domain.factory_line import SHIFT_HOURS, LinePicture, Unit, UnitStage, blessed_at, stage_of
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import DeviceId, GroupId
from imptui.domain.rows import DeviceRow
from imptui.fleet.change_feed import ChangeFeed
from imptui.fleet.status import Reachability
from imptui.query.expression import FilterField, NumberIs, Op
from imptui.query.query import Query, Scope, Sort, SortColumn

FOLLOWED = 20
"""Units that left the test and are asked for one by one, at each look."""

HISTORIES = 10
"""Histories read at each look, the newest units first."""

SHOWN = 5000
"""Units of a shift that are counted: more than a line makes in eight hours."""


class FactoryLine:
    """One line, from its fixtures to the production target."""

    def __init__(self, group_id: GroupId, cache: Cache, central: Central, changes: ChangeFeed, reach: Reachability) -> None:
        self.group_id = group_id
        self._cache = cache
        self._central = central
        self._changes = changes
        self._reach = reach
        self._blessed: dict[DeviceId, datetime | None] = {}
        self._waiting: set[DeviceId] = set()

    async def look(self) -> None:
        """Read from the service what may have moved. Failures go to the header, not up."""
        try:
            group = await self._central.groups.get(self.group_id, priority=Priority.WATCH)
            await asyncio.to_thread(self._cache.groups.store, [group])
            await self._all_of(group.id)
            if group.dut_target_id is not None:
                await self._duts(group.dut_target_id)
            if group.production_target_id is not None:
                await self._arrivals(group.production_target_id)
                await self._histories(group.production_target_id)
            self._reach.worked()
        except NotFound:
            await asyncio.to_thread(self._cache.groups.forget, [self.group_id])
        except (NoAnswer, Refused) as error:
            self._reach.failed(error)
        except CacheUnreadable as error:
            if not error.is_passing:
                raise
            self._reach.broke(str(error))
        self._changes.announce()

    async def _all_of(self, group_id: GroupId, start_page: int = 1) -> set[DeviceId]:
        met: set[DeviceId] = set()
        pages = self._central.devices.pages(group_id=group_id, start_page=start_page, priority=Priority.WATCH)
        async for page in pages:
            await asyncio.to_thread(self._cache.devices.store, list(page.items), page.read_at)
            met |= {device.id for device in page.items}
        return met

    async def _duts(self, group_id: GroupId) -> None:
        """The units under test; those that were there before and are not now have passed, or were taken away."""
        known = {row.device.id for row in await self._rows(Query(Scope(group_id=group_id)))}
        met = await self._all_of(group_id)
        self._waiting |= known - met
        found: list[Device] = []
        for device_id in sorted(self._waiting)[:FOLLOWED]:
            self._waiting.discard(device_id)
            try:
                device, _ = await self._central.devices.get(device_id, priority=Priority.WATCH)
            except NotFound:
                await asyncio.to_thread(self._cache.devices.forget, [device_id])
            else:
                found.append(device)
        if found:
            await asyncio.to_thread(self._cache.devices.store, found, self._changes.now())

    async def _arrivals(self, group_id: GroupId) -> None:
        """The end of the target's list: lists go by age, and new units are the youngest. Source: contract 4.2."""
        known = await asyncio.to_thread(self._cache.groups.tally, group_id)
        await self._all_of(group_id, start_page=max(1, -(-known.devices // PAGE_SIZE)))

    async def _histories(self, group_id: GroupId) -> None:
        rows = await self._rows(_recent(group_id))
        for device_id in [row.device.id for row in rows if row.device.id not in self._blessed][:HISTORIES]:
            try:
                page = await self._central.devices.history(device_id, priority=Priority.WATCH)
            except NotFound:
                self._blessed[device_id] = None
            else:
                self._blessed[device_id] = blessed_at(list(page.items))

    async def picture(self) -> LinePicture | None:
        """How the line does, from the cache; None for a group that is not known any longer."""
        group = await asyncio.to_thread(self._cache.groups.one, self.group_id)
        if group is None:
            return None
        now = self._changes.now()
        product = await asyncio.to_thread(self._cache.products.one, group.product_id)
        dut_group, target = await self._target(group.dut_target_id), await self._target(group.production_target_id)
        duts = await self._rows(_newest(dut_group.id)) if dut_group is not None else []
        arrived = await self._rows(_recent(target.id)) if target is not None else []
        units = [_dut(row, at, now) for row in duts if (at := row.device.last_enrolled_at) is not None]
        recent = now - timedelta(hours=SHIFT_HOURS)
        blessed = [
            Unit(row.device.id, row.device.label, UnitStage.BLESSED, at, row.device.is_online)
            for row in arrived
            if (at := self._blessed.get(row.device.id)) is not None and at > recent
        ]
        fixtures = await asyncio.to_thread(self._cache.groups.tally, group.id)
        return LinePicture(
            group=group,
            product_name=product.name if product is not None else None,
            dut_group=dut_group,
            target=target,
            fixtures=fixtures.devices,
            fixtures_online=fixtures.online,
            testing=tuple(unit for unit in units if unit.stage is UnitStage.TESTING),
            stuck=tuple(unit for unit in units if unit.stage is UnitStage.STUCK and unit.at > recent),
            blessed=tuple(sorted(blessed, key=lambda unit: unit.at, reverse=True)),
            unchecked=sum(row.device.id not in self._blessed for row in arrived),
            now=now,
        )

    async def _target(self, group_id: GroupId | None) -> DeviceGroup | None:
        return None if group_id is None else await asyncio.to_thread(self._cache.groups.one, group_id)

    async def _rows(self, query: Query) -> Sequence[DeviceRow]:
        return await asyncio.to_thread(self._cache.devices.window, query, 0, SHOWN, self._changes.now())


def _dut(row: DeviceRow, configured_at: datetime, now: datetime) -> Unit:
    return Unit(row.device.id, row.device.label, stage_of(configured_at, now), configured_at, row.device.is_online)


def _newest(group_id: GroupId) -> Query:
    return Query(Scope(group_id=group_id), None, Sort(SortColumn.LAST_ENROLLED, descending=True))


def _recent(group_id: GroupId) -> Query:
    """Devices of a group that were configured during the last shift, the newest first."""
    where = NumberIs(FilterField.LAST_ENROLLED, Op.LT, SHIFT_HOURS * 3600)
    return Query(Scope(group_id=group_id), where, Sort(SortColumn.LAST_ENROLLED, descending=True))
