"""A fleet on an engine of its own: world → application → transport → client → cache → fleet."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.guard import Guard
from imptui.client.secret import Secret
from imptui.cloud.api.application import build_app
from imptui.cloud.fixtures import seed as seeds
from imptui.cloud.storage.world import World
from imptui.cloud.transport import EmbeddedTransport
from imptui.fleet.fleet import Fleet
from imptui.fleet.journal import JournalWriter
from imptui.fleet.status import Context


@dataclass
class Line(httpx.AsyncBaseTransport):
    """The line between client and engine, which can be cut before a request arrives or before its answer does."""

    engine: EmbeddedTransport
    is_cut: bool = False
    loses_answer_to: str | None = None
    """Verb and path of the next request whose answer is lost on the way back, as in `POST /v5/deployments`."""
    asked: list[str] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_cut:
            raise httpx.ConnectError("the line is cut", request=request)
        asked = f"{request.method} {request.url.path}"
        self.asked.append(asked)
        answer = await self.engine.handle_async_request(request)
        if asked == self.loses_answer_to:
            self.loses_answer_to = None
            await answer.aread()
            raise httpx.ReadError("the line broke", request=request)
        return answer


@pytest.fixture
def peopled(world: World) -> World:
    """A world with one account and thirty unassigned development devices."""
    seeds.empty(world, 30)
    return world


@pytest.fixture
async def line(peopled: World) -> AsyncIterator[Line]:
    """The line to the engine of that world."""
    engine = EmbeddedTransport(build_app(peopled))
    yield Line(engine)
    await engine.aclose()


@pytest.fixture
async def central(line: Line, cache: Cache) -> Central:
    """A client that is logged in and writes a journal."""
    made = Central("http://engine.test/v5", transport=line, journal=JournalWriter(cache), guard=Guard(), context="test")
    await made.login("demo", Secret("demo"))
    return made


@pytest.fixture
def cache() -> Cache:
    """An empty cache in memory; the fleet closes it."""
    return Cache.in_memory()


@pytest.fixture
async def fleet(cache: Cache, central: Central) -> AsyncIterator[Fleet]:
    """A fleet that knows nothing yet."""
    made = Fleet(cache, central, Context("test", "http://engine.test/v5", "demo"))
    yield made
    await made.close()
