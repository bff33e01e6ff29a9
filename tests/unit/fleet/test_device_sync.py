"""A walk over all devices that is cut, and what it may forget."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.errors import NoAnswer
from imptui.cloud.api.application import build_app
from imptui.cloud.fixtures import seed as seeds
from imptui.cloud.storage.world import World
from imptui.cloud.transport import EmbeddedTransport
from imptui.domain.ids import DeviceId
from imptui.fleet.fleet import Fleet
from imptui.fleet.sync.device_sync import KIND, YIELD_S
from imptui.query.query import Query
from tests.unit.fleet.conftest import Line

DEVICES = 1050


@pytest.fixture
def peopled(world: World) -> World:
    """A world with eleven pages of devices."""
    seeds.empty(world, DEVICES)
    return world


class Cut(Line):
    """A line that breaks once, before a page of devices."""

    page: int | None = None
    pages: list[int]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and request.url.path.endswith("/devices"):
            number = int(request.url.params.get("page[number]", "1"))
            if number == self.page:
                self.page = None
                raise httpx.ConnectError("the line is cut", request=request)
            self.pages.append(number)
        return await super().handle_async_request(request)


@pytest.fixture
async def line(peopled: World) -> AsyncIterator[Cut]:
    engine = EmbeddedTransport(build_app(peopled))
    made = Cut(engine)
    made.pages = []
    yield made
    await engine.aclose()


async def count(fleet: Fleet) -> int:
    fleet.look.resort()
    return await fleet.look.count(Query())


async def test_goes_on_where_it_was_cut(fleet: Fleet, line: Cut) -> None:
    """After a cut the next pass reads one page again and then those that were missing, and nobody is lost."""
    line.page = 8
    with pytest.raises(NoAnswer):
        await fleet.sync.run()
    assert await count(fleet) == 700
    line.pages.clear()
    await fleet.sync.run()
    assert line.pages == [7, 8, 9, 10, 11]
    assert await count(fleet) == DEVICES
    line.pages.clear()
    await fleet.sync.run()
    assert line.pages[0] == 1


async def test_a_killed_console_goes_on(fleet: Fleet, line: Cut, cache: Cache, central: Central) -> None:
    """A console that was killed in the middle goes on from what it had written down."""
    line.page = 6
    with pytest.raises(NoAnswer):
        await fleet.sync.run()
    saved = cache.passes.one(KIND)
    assert saved is not None
    assert (saved.page, saved.counted) == (6, 500)
    other = Fleet(cache, central, fleet.context)
    line.pages.clear()
    await other.sync.run()
    assert line.pages[0] == 5
    assert await count(other) == DEVICES
    assert cache.passes.one(KIND) is None


async def test_a_cancelled_pass_goes_on(fleet: Fleet, line: Cut, cache: Cache) -> None:
    """A pass that a person ends is gone on with later, and all that was read is kept."""
    task = asyncio.create_task(fleet.sync.run())
    while 4 not in line.pages:  # noqa: ASYNC110 - the line knows no events
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    saved = cache.passes.one(KIND)
    assert saved is not None
    assert await count(fleet) == saved.counted > 0
    await fleet.sync.run()
    assert await count(fleet) == DEVICES


async def test_a_resumed_pass_forgets_only_who_was_asked_for(fleet: Fleet, line: Cut, central: Central) -> None:
    """A device that went while the line was cut is forgotten after it was asked for; one that only moved up stays."""
    await fleet.sync.run()
    first: list[DeviceId] = []
    async for page in central.devices.pages():
        first += [device.id for device in page.items]
    line.page = 8
    with pytest.raises(NoAnswer):
        await fleet.sync.run()
    for device_id in first[:150]:
        await central.devices.delete(device_id)
    await fleet.sync.run()
    left = set(first) - {row.device.id for row in (await fleet.look.window(Query(), 0, 2000)).rows if row is not None}
    assert left <= set(first[:150]), "nobody is forgotten whom the service knows"
    await fleet.sync.run()
    assert await count(fleet) == DEVICES - 150


async def test_a_device_that_slipped_past_is_asked_for(fleet: Fleet, line: Cut, central: Central) -> None:
    """A device that moved onto a page read before is not forgotten, for the service still knows it."""
    await fleet.sync.run()
    first = [device.id async for page in central.devices.pages() for device in page.items]
    reading = line.handle_async_request
    gone = first[0]

    async def delete_meanwhile(request: httpx.Request) -> httpx.Response:
        answer = await reading(request)
        if "page%5Bnumber%5D=3" in str(request.url) or "page[number]=3" in str(request.url):
            line.handle_async_request = reading  # type: ignore[method-assign]
            await central.devices.delete(gone)
        return answer

    line.handle_async_request = delete_meanwhile  # type: ignore[method-assign]
    await fleet.sync.run()
    fleet.look.resort()
    there = {row.device.id for row in (await fleet.look.window(Query(), 0, 2000)).rows if row is not None}
    assert there == set(first) - {gone} or there == set(first)
    assert first[300] in there, "the one that moved up over the edge of a page"


async def test_how_long_it_takes(fleet: Fleet, line: Cut) -> None:
    """While a pass runs it says how far it is and, once it knows how many there are, how long it will take."""
    await fleet.sync.run()
    told = []
    fleet.changes.listen(lambda: told.append(fleet.status.progress))
    await fleet.sync.run()
    devices = [each for each in told if each is not None and each.what == "devices"]
    assert devices[-1].done == DEVICES
    assert all(each.total == DEVICES for each in devices)
    half = next(each for each in devices if each.done >= 500)
    assert half.since_at is not None
    from datetime import timedelta

    left_s = half.left_s(half.since_at + timedelta(seconds=50))
    assert left_s == pytest.approx((DEVICES - half.done) * 50 / half.done)


async def test_pages_wait_for_keys(fleet: Fleet, line: Cut) -> None:
    """While somebody presses keys the pages of a walk come slower, all the same they come."""
    touches = iter([True] * 4)
    fleet.sync.gives_way = lambda: next(touches, False)
    began = asyncio.get_running_loop().time()
    await fleet.sync.run()
    assert asyncio.get_running_loop().time() - began >= 4 * YIELD_S
    assert await count(fleet) == DEVICES
    fleet.watch.stir()
    assert fleet.watch.is_touched
