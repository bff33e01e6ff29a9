"""The request budget: who waits, and for how long."""

import asyncio
from datetime import timedelta
from random import Random

import httpx
import pytest

from imptui.client.pace import Pace, Priority
from imptui.domain.errors import TooFast

TOLD = {"x-ratelimit-limit": "40", "x-ratelimit-remaining": "1", "x-ratelimit-reset": "1"}


@pytest.fixture
def pace(clock):
    return Pace(clock=clock.seconds, now=clock, sleep=clock.sleep, jitter=lambda: 0.0)


async def told(pace, left):
    """One request, whose reply tells that so many are left."""
    async with pace.turn(Priority.LOOK) as turn:
        pace.observe(TOLD | {"x-ratelimit-remaining": left}, turn)


async def take(pace, priority=Priority.LOOK):
    async with pace.turn(priority):
        pass


async def test_no_limit_told(pace, clock):
    """Requests do not wait if the service reports no limit."""
    for _ in range(100):
        await take(pace)
    assert (clock.slept, pace.budget, pace.spare) == ([], None, None)


async def test_a_limit_beyond_reach_is_none(pace, clock):
    """A limit that nobody can spend counts as none: requests do not wait and the budget is None."""
    await told(pace, "1")
    pace.observe({"x-ratelimit-limit": "1000000", "x-ratelimit-remaining": "1000000", "x-ratelimit-reset": "1"})
    for _ in range(100):
        await take(pace)
    assert (clock.slept, pace.budget, pace.spare) == ([], None, None)


async def test_waits_for_the_reset(pace, clock):
    """If nothing is left, the next request waits for the reset."""
    await told(pace, "1")
    await take(pace)
    assert clock.slept == []
    await take(pace)
    assert clock.slept == [pytest.approx(1.0)]


async def test_one_goes_ahead(pace, clock):
    """After the reset one request goes ahead, and the others wait for its reply."""
    await told(pace, "0")
    clock.at += timedelta(seconds=1)
    async with pace.turn(Priority.SYNC) as turn:
        second = asyncio.ensure_future(take(pace))
        await asyncio.sleep(0)
        assert not second.done()
        pace.observe(TOLD | {"x-ratelimit-remaining": "39"}, turn)
        await second


async def test_one_that_went_ahead_is_lost(pace, clock):
    """If the request that went ahead gets no reply, the next one goes."""
    await told(pace, "0")
    clock.at += timedelta(seconds=1)
    await take(pace)
    await asyncio.wait_for(take(pace), 60)


async def test_budget_shown(pace, clock):
    """The budget holds the limit, what is left, and the time of the reset."""
    await told(pace, "39")
    await take(pace)
    assert (pace.budget.limit, pace.budget.remaining) == (40, 38)
    assert (pace.budget.resets_at - clock()).total_seconds() == pytest.approx(1.0)


async def test_budget_shown_when_idle(pace, clock):
    """After the reset the budget is full again without a request."""
    await told(pace, "3")
    clock.at += timedelta(seconds=2)
    assert pace.budget.remaining == 40


async def test_others_use_the_budget_too(pace):
    """The budget accounts for requests of another console."""
    await told(pace, "39")
    await told(pace, "5")
    assert pace.budget.remaining == 5


class Windows:
    """A service with a limit per second, whose replies take their time and overtake each other."""

    def __init__(self, limit):
        self.limit, self.window, self.used, self.refused = limit, -1, 0, 0

    def answer(self):
        now = asyncio.get_running_loop().time()
        if int(now * 5) != self.window:
            self.window, self.used = int(now * 5), 0
        self.used += 1
        self.refused += self.used > self.limit
        left = max(0, self.limit - self.used)
        return {"x-ratelimit-limit": str(self.limit), "x-ratelimit-remaining": str(left), "x-ratelimit-reset": "0.2"}


@pytest.mark.parametrize("limit", [1, 7, 20])
async def test_never_beyond(limit):
    """No window sees more requests than the limit, however many wait and however replies overtake each other."""
    pace, windows, random = Pace(), Windows(limit), Random(limit)

    async def one(priority):
        async with pace.turn(priority) as turn:
            await asyncio.sleep(random.random() / 100)
            headers = windows.answer()
            await asyncio.sleep(random.random() / 100)
            pace.observe(headers, turn)

    await one(Priority.LOOK)
    priorities = [random.choice(list(Priority)) for _ in range(limit * 3)]
    await asyncio.gather(*(one(priority) for priority in priorities))
    assert windows.refused == 0


async def test_pollers_leave_some(pace, clock):
    """Pollers leave a tenth of the window to the user."""
    await told(pace, "5")
    assert pace.spare == 1
    await take(pace, Priority.SYNC)
    await take(pace, Priority.ACTION)
    assert clock.slept == []
    await take(pace, Priority.SYNC)
    assert clock.slept != []


async def test_order(clock):
    """Waiting requests go by priority: action, look, watch, sync."""
    pace = Pace(clock=clock.seconds, now=clock, sleep=clock.sleep, jitter=lambda: 0.0, at_once=1)
    went = []
    gate = asyncio.Event()

    async def one(priority):
        async with pace.turn(priority):
            went.append(priority)

    async def hold():
        async with pace.turn(Priority.LOOK):
            await gate.wait()

    tasks = [asyncio.ensure_future(hold())]
    await asyncio.sleep(0)
    wanted = [Priority.SYNC, Priority.WATCH, Priority.LOOK, Priority.ACTION]
    tasks += [asyncio.ensure_future(one(priority)) for priority in wanted]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*tasks)
    assert went == sorted(wanted)


async def test_given_up_wait(clock):
    """A waiting request that is cancelled does not block those behind it."""
    pace = Pace(clock=clock.seconds, now=clock, sleep=clock.sleep, at_once=1)
    gate = asyncio.Event()

    async def hold():
        async with pace.turn(Priority.LOOK):
            await gate.wait()

    holder = asyncio.ensure_future(hold())
    await asyncio.sleep(0)
    first, second = (asyncio.ensure_future(take(pace, p)) for p in (Priority.ACTION, Priority.SYNC))
    await asyncio.sleep(0)
    first.cancel()
    gate.set()
    await asyncio.wait_for(asyncio.gather(holder, second), 60)


async def test_under_way_counts(pace):
    """Requests under way are subtracted from what a reply reports: the service may not have counted them."""
    async with pace.turn(Priority.LOOK) as first, pace.turn(Priority.LOOK), pace.turn(Priority.LOOK):
        pace.observe(TOLD | {"x-ratelimit-remaining": "30"}, first)
        assert pace.budget.remaining == 28


async def test_overtaken_reply(pace):
    """A reply that others overtook does not give back what they used."""
    await told(pace, "39")
    async with pace.turn(Priority.LOOK) as slow:
        for left in ("37", "36", "35"):
            await told(pace, left)
        pace.observe(TOLD | {"x-ratelimit-remaining": "38"}, slow)
    assert pace.budget.remaining == 35


@pytest.mark.parametrize("value", ["", "many", "-1", "nan", "1e9", "٣"])
async def test_odd_headers(pace, value):
    """Headers that make no sense are ignored."""
    pace.observe(TOLD | {"x-ratelimit-limit": value})
    assert pace.budget is None


async def test_read_again_after_429(central, service, clock):
    """A read that exceeds the budget waits as long as the service asks, and is repeated."""
    service.answers = [
        httpx.Response(429, headers={"Retry-After": "7"}, json={"errors": []}),
        httpx.Response(200, json={"data": [], "links": {}}),
    ]
    assert [page.items async for page in central.devices.pages()] == [[]]
    assert clock.slept == [pytest.approx(7.0)]


async def test_change_after_429(central, service):
    """A change that exceeds the budget is not repeated."""
    service.answers = [httpx.Response(429, headers={"X-RateLimit-Reset": "3"}, json={"errors": []})]
    with pytest.raises(TooFast) as refused:
        await central.groups.restart("g")
    assert refused.value.retry_after_s == 3.0
    assert len(service.asked) == 1


async def test_read_gives_up(central, service):
    """A read that is refused six times ends with the refusal."""
    service.answers = [httpx.Response(429, json={"errors": []}) for _ in range(20)]
    with pytest.raises(TooFast):
        await central.accounts.me()
    assert len(service.asked) == 6
