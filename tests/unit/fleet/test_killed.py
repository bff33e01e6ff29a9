"""A pass whose process is killed, and passes that a person ends."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.errors import NoAnswer
from imptui.client.secret import Secret
from imptui.cloud.api.application import build_app
from imptui.cloud.fixtures import seed as seeds
from imptui.cloud.storage.world import World
from imptui.cloud.transport import EmbeddedTransport
from imptui.domain.deployment import Programs
from imptui.domain.group import GroupType
from imptui.fleet.fleet import Fleet
from imptui.fleet.status import Context
from imptui.fleet.sync import deployment_sync
from imptui.fleet.sync.device_sync import KIND
from tests.unit.fleet.test_device_sync import DEVICES, Cut, count

KILLED = """
import asyncio, os, signal, sys
from datetime import timedelta
from pathlib import Path

import httpx

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.secret import Secret
from imptui.cloud.api.application import build_app
from imptui.cloud.transport import EmbeddedTransport
from imptui.cloud.fixtures import seed as seeds
from imptui.cloud.storage.world import World
from imptui.fleet.sync import device_sync
from imptui.fleet.fleet import Fleet
from imptui.fleet.status import Context

device_sync.SAVE_EVERY = timedelta(0)


class Deadly(httpx.AsyncBaseTransport):
    def __init__(self, engine):
        self.engine = engine

    async def handle_async_request(self, request):
        if request.url.path.endswith("/devices") and request.url.params["page[number]"] == sys.argv[2]:
            await asyncio.sleep(0.2)
            os.kill(os.getpid(), signal.SIGKILL)
        return await self.engine.handle_async_request(request)


async def main():
    world = World.open(Path(sys.argv[3]))
    central = Central("http://engine.test/v5", transport=Deadly(EmbeddedTransport(build_app(world))))
    await central.login("demo", Secret("demo"))
    await Fleet(Cache.open(Path(sys.argv[1])).cache, central, Context("test", "http://engine.test/v5", "demo")).sync.run()


asyncio.run(main())
"""


@pytest.fixture
def peopled(world: World) -> World:
    """A world with eleven pages of devices."""
    seeds.empty(world, DEVICES)
    return world


@pytest.fixture
async def line(peopled: World) -> AsyncIterator[Cut]:
    engine = EmbeddedTransport(build_app(peopled))
    made = Cut(engine)
    made.pages = []
    yield made
    await engine.aclose()


@pytest.mark.parametrize("at_page", [2, 8])
async def test_a_pass_that_is_killed_goes_on(tmp_path: Path, at_page: int) -> None:
    """After kill -9 in the middle of a pass the cache is whole, holds what was read, and the next pass goes on there."""
    place, cached = tmp_path / "world.db", tmp_path / "cache" / "cache.db"
    world = World.open(place)
    seeds.empty(world, DEVICES)
    world.close()
    arguments = [sys.executable, "-c", KILLED, cached, str(at_page), place]
    process = await asyncio.create_subprocess_exec(*arguments, stderr=asyncio.subprocess.PIPE)
    _, errors = await process.communicate()
    assert process.returncode == -signal.SIGKILL, errors.decode()
    opened = Cache.open(cached)
    assert opened.warning is None
    world = World.open(place)
    line = Cut(EmbeddedTransport(build_app(world)))
    line.pages = []
    central = Central("http://engine.test/v5", transport=line)
    await central.login("demo", Secret("demo"))
    fleet = Fleet(opened.cache, central, Context("test", "http://engine.test/v5", "demo"))
    saved = opened.cache.passes.one(KIND)
    assert saved is not None
    assert await count(fleet) >= saved.counted > 0
    await fleet.sync.run()
    assert line.pages[0] == saved.page - 1
    assert await count(fleet) == DEVICES
    tree = await fleet.look.tree()
    assert tree.total.devices == DEVICES
    await fleet.close()
    await line.engine.aclose()
    world.close()


async def test_a_pass_that_a_person_ends(fleet: Fleet, line: Cut) -> None:
    """`sync stop` ends the pass that runs, nothing is wrong then, and the next one goes on there."""
    fleet.start()
    while 3 not in line.pages:  # noqa: ASYNC110 - the line knows no events
        await asyncio.sleep(0.001)
    assert fleet.sync.cancel()
    while fleet.status.progress is not None:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.05)
    assert not fleet.sync.cancel()
    assert fleet.status.trouble is None
    assert line.pages[-1] < 11
    line.pages.clear()
    fleet.sync.start()
    while 11 not in line.pages:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    assert line.pages[0] > 1


async def test_deployments_go_on_where_they_were_cut(
    fleet: Fleet, line: Cut, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass over deployments that was cut reads what is new, and goes on; nothing is forgotten before a whole pass."""
    product = await fleet.change.create_product("Greenhouse")
    group = await fleet.change.create_group(product.id, GroupType.DEVELOPMENT, "bench")
    pages = fleet.sync._central.deployments.pages
    monkeypatch.setattr(fleet.sync._central.deployments, "pages", lambda **how: pages(**how, page_size=2))
    made = []
    for number in range(9):
        draft = await fleet.drafting.draft(group.id, Programs(f"// {number}", ""), source="a file")
        made.append((await fleet.deploys.deploy(draft)).deployment.id)
    cache.deployments.forget(made)
    asked: list[int] = []
    reading = line.handle_async_request
    cut_at = [4]

    async def cutting(request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and request.url.path.endswith("/deployments"):
            number = int(request.url.params["page[number]"])
            if number in cut_at:
                cut_at.clear()
                raise httpx.ConnectError("cut", request=request)
            asked.append(number)
        return await reading(request)

    line.handle_async_request = cutting  # type: ignore[method-assign]
    with pytest.raises(NoAnswer):
        await fleet.sync.run()
    assert asked == [1, 2, 3]
    assert len(cache.deployments.list(group.id)) == 6
    asked.clear()
    await fleet.sync.run()
    assert asked == [1, 3, 4, 5]
    assert len(cache.deployments.list(group.id)) == 9
    assert cache.passes.one(deployment_sync.KIND) is None
