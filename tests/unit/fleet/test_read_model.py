"""Lists before and after their order is frozen."""

import asyncio

import pytest

from imptui.domain.ids import DeviceId
from imptui.fleet.fleet import Fleet
from imptui.fleet.read_model import CALM_S
from imptui.query.grammar import parse
from imptui.query.query import Query, Sort, SortColumn


@pytest.mark.parametrize("sort", [Sort(), Sort(SortColumn.STATE), Sort(SortColumn.RSSI, descending=True), Sort(SortColumn.GROUP)])
async def test_a_list_is_the_same_before_and_after_it_is_frozen(fleet: Fleet, sort: Sort) -> None:
    """Rows at any depth, the length and the place of a device are those of the order that is frozen meanwhile."""
    await fleet.sync.run()
    query = Query(sort=sort)
    fleet.look.resort()
    deep = await fleet.look.window(query, 20, 7)
    fleet.look.resort()
    count = await fleet.look.count(query)
    third = deep.rows[2]
    assert third is not None
    fleet.look.resort()
    place = await fleet.look.position(query, third.device.id)
    await asyncio.sleep(CALM_S + 0.2)
    assert (await fleet.look.window(query, 20, 7)).rows == deep.rows
    assert (count, place) == (30, 22)
    assert await fleet.look.count(query) == count
    assert await fleet.look.position(query, third.device.id) == place


async def test_a_filter_that_is_typed_on_is_not_frozen(fleet: Fleet) -> None:
    """Letters that follow quickly cost a window each, and the order of the last one only."""
    await fleet.sync.run()
    letters = [Query(where=parse(text)) for text in ("5", "50", "500")]
    for query in letters:
        await fleet.look.window(query, 0, 10)
    await asyncio.sleep(CALM_S + 0.2)
    assert [query for query in letters if query in fleet.look._orders] == letters[-1:]
    assert await fleet.look.count(letters[-1]) == 30


async def test_a_walk_through_a_list_is_one_order(fleet: Fleet) -> None:
    """Who reads a list from end to end, or a part of it, gets every device once, even when names change meanwhile."""
    await fleet.sync.run()
    seen: list[DeviceId] = []
    async for window in fleet.look.windows(Query(), 7):
        found = [row.device.id for row in window.rows if row is not None]
        await fleet.change.devices.rename(found[-1], f"zz {len(seen)}")
        fleet.look.resort()
        seen += found
    assert len(seen) == len(set(seen)) == 30
    part = [window async for window in fleet.look.windows(Query(), 7, range(4, 14))]
    assert [(window.offset, len(window.rows)) for window in part] == [(4, 7), (11, 3)]
    assert [window.offset async for window in fleet.look.windows(Query(), 7, range(28, 1_000))] == [28]
    assert [window async for window in fleet.look.windows(Query(), 7, range(30, 1_000))] == []
