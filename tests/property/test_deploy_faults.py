"""Deploying over a line on which everything goes wrong: exactly one deployment comes of a review, or none and the draft is kept.

A thousand schedules, each with its own seed: which of the next requests is hit, and by what. A person tries again as long as
it fails, sometimes in a console that was killed and started anew in between; in the end the line is whole.
"""

import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest
from msgspec.structs import replace

from imptui.cache.store import Cache
from imptui.cli.exit_codes import ExitCode
from imptui.cli.runner import code_of
from imptui.client.central import Central
from imptui.client.errors import NoAnswer
from imptui.client.pace import Pace
from imptui.client.secret import ClientCredentials, Secret
from imptui.cloud.api.application import build_app
from imptui.cloud.fixtures import seed as seeds
from imptui.cloud.storage.world import World
from imptui.cloud.transport import EmbeddedTransport
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.errors import Refused
from imptui.domain.group import DeviceGroup, GroupType
from imptui.fleet.deployments.deploy import BaseMoved, CreationUnknown, Deployed, DeployedUnsaved
from imptui.fleet.deployments.draft import RestartMode
from imptui.fleet.deployments.group_lock import DeployRequest
from imptui.fleet.fleet import Fleet
from imptui.fleet.status import Context

SCHEDULES = 1000
PARTS = 10

ENDPOINT = "http://engine.test/v5"
BASE = Programs("// base\n", "")
MINE = Programs("// mine\n", "server.log(1);\n")
THEIRS = Programs("// theirs\n", "")

FAULTS = (
    "lost before",
    "lost after",
    "timed out",
    "no connection",
    "too fast",
    "failed before",
    "failed after",
    "cut",
    "broken off",
    "expired",
)


class Broken(httpx.AsyncByteStream):
    """A body that breaks off in the middle."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.body[: len(self.body) // 2]
        raise httpx.ReadError("the line broke")


class Injecting(httpx.AsyncBaseTransport):
    """Hits requests by a schedule; whatever it does not hit reaches the engine and comes back."""

    def __init__(self, engine: EmbeddedTransport) -> None:
        self.engine = engine
        self.chance = random.Random(0)
        self.share = 0.0
        """How many of the requests are hit."""
        self.hits: Counter[str] = Counter()
        self.copies = 1
        """How often each creation is delivered."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        is_creation = request.method == "POST" and request.url.path == "/v5/deployments"
        share = min(1.0, self.share * (2.5 if is_creation else 1.0))
        fault = self.chance.choice(FAULTS) if self.chance.random() < share else "none"
        if is_creation or fault == "none":
            self.hits[f"{fault} creation" if is_creation else "none"] += 1
        return await self._hit(fault, request)

    async def _hit(self, fault: str, request: httpx.Request) -> httpx.Response:
        if fault == "no connection":
            raise httpx.ConnectError("no connection", request=request)
        if fault == "lost before":
            raise httpx.ReadError("the line broke", request=request)
        if fault == "failed before":
            return httpx.Response(503, text="Bad gateway")
        if fault == "too fast":
            return httpx.Response(429, headers={"Retry-After": "7"}, json={"errors": [{"status": "429", "code": "PX429"}]})
        if fault == "expired":
            return httpx.Response(401, json={"errors": [{"status": "401", "code": "PX101", "title": "Unauthorized"}]})
        answer = await self.engine.handle_async_request(request)
        if request.method == "POST" and request.url.path == "/v5/deployments":
            for _ in range(self.copies - 1):
                await (await self.engine.handle_async_request(request)).aread()
        if fault == "none":
            return answer
        body = await answer.aread()
        if fault == "timed out":  # the answer comes later than anybody waits for it
            raise httpx.ReadTimeout("no answer", request=request)
        if fault == "lost after":
            raise httpx.ReadError("the line broke", request=request)
        if fault == "failed after":
            return httpx.Response(500, text="Internal error")
        kind = {"Content-Type": answer.headers.get("content-type", "application/json")}
        if fault == "cut":
            return httpx.Response(answer.status_code, headers=kind, content=body[: len(body) // 2])
        return httpx.Response(answer.status_code, headers=kind, stream=Broken(body))


class Instant:
    """Time that passes when somebody waits for it."""

    def __init__(self) -> None:
        self.at_s = 0.0

    async def sleep(self, seconds: float) -> None:
        self.at_s += seconds


@dataclass
class Bench:
    """A world, a line to it that breaks, and an honest look at what is really there."""

    line: Injecting
    honest: Central
    fleet: Fleet
    cache: Cache
    group: DeviceGroup
    number: int = 0

    async def new_group(self) -> None:
        """Another group with a base deployment, over a whole line."""
        self.line.share = 0.0
        self.number += 1
        product = self.group.product_id
        self.group = await self.honest.groups.create(GroupType.DEVELOPMENT, f"bench {self.number}", product)
        await self.honest.deployments.create(self.group.id, self.group.type, BASE)

    async def mine(self) -> list[Deployment]:
        """The deployments of the group that came of the review."""
        return [
            each
            async for page in self.honest.deployments.pages(group_id=self.group.id)
            for each in page.items
            if each.description == "mine"
        ]

    def restarts(self) -> None:
        """The console is killed and started again: what is in memory is gone, what is in the cache stays."""
        central = central_of(self.line, self.honest.credentials)
        self.fleet = Fleet(self.cache, central, Context("test", ENDPOINT, "demo"))


def central_of(transport: httpx.AsyncBaseTransport, credentials: ClientCredentials | None = None) -> Central:
    time = Instant()
    pace = Pace(clock=lambda: time.at_s, sleep=time.sleep, jitter=lambda: 0.0)
    return Central(ENDPOINT, transport=transport, pace=pace, credentials=credentials)


@pytest.fixture
async def bench(world: World) -> AsyncIterator[Bench]:
    """The bench of one engine; each schedule takes a new group of it."""
    seeds.empty(world, 0)
    engine = EmbeddedTransport(build_app(world))
    honest, line, cache = central_of(engine), Injecting(engine), Cache.in_memory()
    await honest.login("demo", Secret("demo"))
    central = central_of(line)
    await central.login("demo", Secret("demo"))
    product = await honest.products.create("Greenhouse")
    group = await honest.groups.create(GroupType.DEVELOPMENT, "bench", product.id)
    yield Bench(line, honest, Fleet(cache, central, Context("test", ENDPOINT, "demo")), cache, group)
    await engine.aclose()
    cache.close()


async def schedule(bench: Bench, seed: int) -> str:
    """One review over a broken line, to its end; what came of it."""
    await bench.new_group()
    chance = bench.line.chance = random.Random(seed)
    draft = await bench.fleet.drafting.draft(bench.group.id, MINE, source="test", description="mine")
    if chance.random() < 0.3:
        draft = replace(draft, restart=RestartMode.CONDITIONAL)
    bench.line.share = chance.choice((0.15, 0.3, 0.5))
    rival_at = chance.randrange(4) if chance.random() < 0.2 else -1
    for attempt in range(6):
        if attempt == 5:
            bench.line.share = 0.0
        if attempt == rival_at:
            await bench.honest.deployments.create(bench.group.id, bench.group.type, THEIRS, description="theirs")
        try:
            done = await bench.fleet.deploys.deploy(draft)
        except BaseMoved:
            assert await bench.mine() == [], f"schedule {seed}: something was deployed, and the person was told nothing was"
            assert rival_at >= 0, f"schedule {seed}: nobody else deployed anything"
            return "moved"
        except (NoAnswer, Refused):
            found = await bench.mine()
            assert len(found) <= 1, f"schedule {seed}: {len(found)} deployments of one review"
            kept = bench.cache.drafts.one(draft.key)
            assert kept is not None, f"schedule {seed}: the draft is lost"
            if chance.random() < 0.3:
                bench.restarts()
        else:
            (found,) = await bench.mine()
            assert found.id == done.deployment.id
            assert bench.cache.drafts.one(draft.key) is None, f"schedule {seed}: the draft is kept although it is deployed"
            return "looked up" if done.was_looked_up else f"attempt {attempt}"
    raise AssertionError(f"schedule {seed}: it fails over a whole line")


@pytest.mark.parametrize("part", range(PARTS))
async def test_one_deployment_or_none_and_the_draft(bench: Bench, part: int) -> None:
    """Whatever is lost, cut, refused or expired: never two deployments of one review, and never a lost draft."""
    seen: Counter[str] = Counter()
    for number in range(SCHEDULES // PARTS):
        seen[await schedule(bench, part * 1000 + number)] += 1
    assert {f"{fault} creation" for fault in FAULTS} <= set(bench.line.hits), "every fault hit a creation"
    assert seen["looked up"] > 5
    assert seen["attempt 0"] > 5
    assert sum(seen[f"attempt {number}"] for number in range(1, 6)) > 5


async def run_command(bench: Bench) -> Deployed:
    """Deploy as the plain command does: in a process of its own, with a draft of its own."""
    bench.restarts()
    draft = await bench.fleet.drafting.draft(bench.group.id, MINE, source="mine.nut", description="mine")
    return await bench.fleet.deploys.deploy(draft, DeployRequest("deploy mine", datetime.now(UTC)))


async def command_schedule(bench: Bench, seed: int) -> str:
    """One command that is repeated until it succeeds."""
    await bench.new_group()
    chance = bench.line.chance = random.Random(seed)
    bench.line.share = chance.choice((0.15, 0.3, 0.5, 0.8))
    for attempt in range(8):
        if attempt == 7:
            bench.line.share = 0.0
        try:
            done = await run_command(bench)
        except (NoAnswer, Refused) as error:
            found = await bench.mine()
            assert len(found) <= 1, f"schedule {seed}: {len(found)} deployments of one command"
            is_told = isinstance(error, CreationUnknown)
            if found:
                assert is_told or bench.cache.drafts.keys(), f"schedule {seed}: a deployment nobody knows of"
        else:
            (found,) = await bench.mine()
            assert found.id == done.deployment.id
            assert bench.cache.drafts.keys() == [], f"schedule {seed}: the draft is kept although it is deployed"
            bench.line.share = 0.0
            await run_command(bench)
            assert len(await bench.mine()) == 2, f"schedule {seed}: the same code cannot be deployed again on purpose"
            return "looked up" if done.was_looked_up else f"attempt {attempt}"
    raise AssertionError(f"schedule {seed}: it fails over a whole line")


@pytest.mark.parametrize("part", range(4))
async def test_a_command_that_is_repeated_makes_one_deployment(bench: Bench, part: int) -> None:
    """A command that is repeated until it succeeds makes one deployment; repeated after that, it makes another."""
    seen: Counter[str] = Counter()
    for number in range(50):
        seen[await command_schedule(bench, 20_000 + part * 1000 + number)] += 1
    assert seen["looked up"] > 3
    assert seen["attempt 0"] > 3


async def test_a_network_that_delivers_twice_is_noticed(bench: Bench) -> None:
    """A creation that the network delivers three times is reported with both copies."""
    await bench.new_group()
    bench.line.copies = 3
    done = await run_command(bench)
    bench.line.copies = 1
    others = {each.id for each in await bench.mine()} - {done.deployment.id}
    assert {each.id for each in done.twins.found} == others
    assert len(others) == 2
    assert (await run_command(bench)).twins.found == ()


async def test_a_cache_that_is_full_after_the_creation_is_no_failure_of_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deployment that cannot be saved here is said to be done, with its id, and the same command finds it."""
    await bench.new_group()

    async def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    draft = await bench.fleet.drafting.draft(bench.group.id, MINE, source="mine.nut", description="mine")
    with monkeypatch.context() as patched:
        patched.setattr(bench.fleet.programs, "save", full)
        with pytest.raises(DeployedUnsaved, match=r"disk is full\. It is deployed") as failed:
            await bench.fleet.deploys.deploy(draft)
    (found,) = await bench.mine()
    assert found.id in str(failed.value)
    assert code_of(failed.value) is ExitCode.UNWRITTEN
    assert (await run_command(bench)).deployment.id == found.id
    assert len(await bench.mine()) == 1
