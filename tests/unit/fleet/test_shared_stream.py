"""Several consoles on one account, and consoles that nobody looks at."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.pace import Pace
from imptui.client.secret import Secret
from imptui.cloud.api.application import build_app
from imptui.cloud.storage.world import World
from imptui.cloud.transport import EmbeddedTransport
from imptui.fleet.change_feed import ChangeFeed
from imptui.fleet.fleet import Fleet, utc_now
from imptui.fleet.status import Context, Reachability
from imptui.fleet.watch.reading_watch import IDLE_AFTER_S, IDLE_TIMES, JITTER, ROUND_S, ReadingWatch
from imptui.query.query import Query

LIMIT = 20
"""Requests a second for the account."""


class Counted(httpx.AsyncBaseTransport):
    """The way of one console to the engine, with what was answered."""

    def __init__(self, engine: EmbeddedTransport) -> None:
        self.engine = engine
        self.statuses: list[int] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.engine.handle_async_request(request)
        self.statuses.append(answer.status_code)
        return answer


class Seconds:
    """A clock for engine and consoles that moves when a console sleeps or a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def engine(peopled: World, seconds: Seconds) -> AsyncIterator[EmbeddedTransport]:
    made = EmbeddedTransport(build_app(peopled, rate_limit=LIMIT, pulse=seconds))
    yield made
    await made.aclose()


async def console(engine: EmbeddedTransport, seconds: Seconds) -> tuple[Fleet, Counted]:
    way = Counted(engine)
    pace = Pace(clock=seconds, sleep=seconds.sleep)
    central = Central("http://engine.test/v5", transport=way, pace=pace)
    await central.login("demo", Secret("demo"))
    fleet = Fleet(Cache.in_memory(), central, Context("test", "http://engine.test/v5", "demo"))
    await fleet.sync.run()
    window = await fleet.look.window(Query(), 0, 30)
    fleet.watch.look_at([row.device.id for row in window.rows if row is not None])
    fleet.watch.round_s = 0.4
    return fleet, way


async def test_two_consoles_share_one_account(engine: EmbeddedTransport, seconds: Seconds) -> None:
    """Two consoles that watch on one account stay within its budget together, and neither starves."""
    pairs = [await console(engine, seconds) for _ in range(2)]
    seconds.now += 1.1
    for _, way in pairs:
        way.statuses.clear()
    began = seconds.now
    for _ in range(10):
        await asyncio.gather(*(fleet.watch.refresh_now() for fleet, _ in pairs))
        seconds.now += 0.4
    took_s = seconds.now - began
    answered = [way.statuses.count(200) for _, way in pairs]
    refused = sum(way.statuses.count(429) for _, way in pairs)
    for fleet, _ in pairs:
        await fleet.close()
    assert sum(answered) <= LIMIT * (took_s + 1)
    assert min(answered) >= sum(answered) / 4, answered
    assert min(answered) >= 8, "each reads at least one device in nearly every round"
    assert refused <= 2, refused


class Still:
    """A clock that stands until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def a_watch(cache: Cache, central: Central, clock: Still, chance: float) -> ReadingWatch:
    return ReadingWatch(cache, central, ChangeFeed(utc_now), Reachability(), clock=clock, chance=lambda: chance)


async def test_refusals_halve_the_share(cache: Cache, central: Central) -> None:
    """Whenever the budget was spent a console asks for half as much, and comes back little by little."""
    watch = a_watch(cache, central, Still(), 0.5)
    central.pace.observe({"x-ratelimit-limit": "64", "x-ratelimit-remaining": "60", "x-ratelimit-reset": "1"})
    full = watch._allowance()
    central.pace.spent({"retry-after": "0"})
    assert watch._allowance() == full // 2
    central.pace.spent({"retry-after": "0"})
    assert watch._allowance() == full // 4
    again = [watch._allowance() for _ in range(20)]
    assert again == sorted(again)
    assert again[-1] == full
    for _ in range(20):
        central.pace.spent({"retry-after": "0"})
        assert watch._allowance() >= 1


async def test_pauses_differ_and_idle_ones_are_longer(cache: Cache, central: Central) -> None:
    """Consoles do not keep in step; one that nobody touched for long reads less often until somebody comes."""
    clock = Still()
    early, late = a_watch(cache, central, clock, 0.0), a_watch(cache, central, clock, 1.0)
    assert early._pause_s() == pytest.approx(ROUND_S * (1 - JITTER))
    assert late._pause_s() == pytest.approx(ROUND_S * (1 + JITTER))
    clock.now = IDLE_AFTER_S + 1
    assert early._pause_s() == pytest.approx(ROUND_S * (1 - JITTER) * IDLE_TIMES)
    early.stir()
    assert early._pause_s() == pytest.approx(ROUND_S * (1 - JITTER))
    await central.close()
    cache.close()


async def test_marks_take_turns_with_the_screen(fleet: Fleet) -> None:
    """What is marked off the screen is read as well, half of a round at most, and nothing else is."""
    await fleet.sync.run()
    window = await fleet.look.window(Query(), 0, 30)
    ids = [row.device.id for row in window.rows if row is not None]
    fleet.watch.look_at(ids[:10], ids[5:20])
    assert fleet.watch._stalest(tuple(ids[:10]), set(ids[10:20]), 8)[:4] == ids[:4]
    assert len(set(fleet.watch._stalest(tuple(ids[:10]), set(ids[10:20]), 8)) & set(ids[10:20])) == 4
    await fleet.watch.refresh_now()
    read = {row.device.id for row in (await fleet.look.rows(ids)).values() if row.reading is not None}
    assert read == set(ids[:20])
