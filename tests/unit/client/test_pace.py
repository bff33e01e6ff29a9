"""How the request budget is kept."""

import asyncio

import httpx
import pytest

from imptui.client.pace import Pace, Priority
from imptui.model.errors import TooFast

TOLD = {"x-ratelimit-limit": "40", "x-ratelimit-remaining": "1", "x-ratelimit-reset": "1"}


@pytest.fixture
def pace(clock):
    return Pace(clock=clock.seconds, now=clock, sleep=clock.sleep, jitter=lambda: 0.0)


async def take(pace, priority=Priority.LOOK):
    async with pace.turn(priority):
        pass


async def test_no_limit_told(pace, clock):
    """A service that tells no limit is not waited for."""
    for _ in range(100):
        await take(pace)
    assert (clock.slept, pace.budget, pace.spare) == ([], None, None)


async def test_waits_for_the_reset(pace, clock):
    """When nothing is left, the next request waits for the reset."""
    pace.observe(TOLD)
    await take(pace)
    assert clock.slept == []
    await take(pace)
    assert clock.slept == [pytest.approx(1.0)]


async def test_budget_shown(pace, clock):
    """The header's gauge sees the limit, what is left, and when it resets."""
    pace.observe(TOLD | {"x-ratelimit-remaining": "39"})
    await take(pace)
    assert (pace.budget.limit, pace.budget.remaining) == (40, 38)
    assert (pace.budget.resets_at - clock()).total_seconds() == pytest.approx(1.0)


async def test_never_beyond(pace, clock):
    """However many ask, no window sees more requests than the limit."""
    pace.observe(TOLD | {"x-ratelimit-limit": "5", "x-ratelimit-remaining": "5"})
    times = []

    async def one():
        async with pace.turn(Priority.SYNC):
            times.append(clock.seconds())

    await asyncio.gather(*(one() for _ in range(23)))
    windows = sorted(set(times))
    assert max(times.count(at) for at in windows) == 5
    assert all(b - a >= 0.999 for a, b in zip(windows, windows[1:], strict=False))


async def test_pollers_leave_some(pace, clock):
    """Pollers leave a tenth of the window to the user."""
    pace.observe(TOLD | {"x-ratelimit-remaining": "5"})
    assert pace.spare == 1
    await take(pace, Priority.SYNC)
    await take(pace, Priority.ACTION)
    assert clock.slept == []
    await take(pace, Priority.SYNC)
    assert clock.slept != []


async def test_order(clock):
    """Of those that wait, the user's action goes first, then what is looked at, then what is watched."""
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
    """One who stops waiting does not block those behind."""
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
    await asyncio.wait_for(asyncio.gather(holder, second), 1)


async def test_under_way_counts(pace):
    """Requests under way are taken off what a reply says is left: the service may not have counted them."""
    async with pace.turn(Priority.LOOK), pace.turn(Priority.LOOK), pace.turn(Priority.LOOK):
        pace.observe(TOLD | {"x-ratelimit-remaining": "30"})
        assert pace.budget.remaining == 28


@pytest.mark.parametrize("value", ["", "many", "-1", "nan", "1e9", "٣"])
async def test_odd_headers(pace, value):
    """Headers that make no sense are passed over."""
    pace.observe(TOLD | {"x-ratelimit-limit": value})
    assert pace.budget is None


async def test_read_again_after_429(central, service, clock):
    """A read that comes too fast waits for the time the service names, and is repeated."""
    service.answers = [
        httpx.Response(429, headers={"Retry-After": "7"}, json={"errors": []}),
        httpx.Response(200, json={"data": [], "links": {}}),
    ]
    assert [page.items async for page in central.device_pages()] == [[]]
    assert clock.slept == [pytest.approx(7.0)]


async def test_change_after_429(central, service):
    """A change that comes too fast is not repeated behind the user's back."""
    service.answers = [httpx.Response(429, headers={"X-RateLimit-Reset": "3"}, json={"errors": []})]
    with pytest.raises(TooFast) as refused:
        await central.restart_group("g")
    assert refused.value.retry_after_s == 3.0
    assert len(service.asked) == 1


async def test_read_gives_up(central, service):
    """A read that is refused again and again ends with the refusal."""
    service.answers = [httpx.Response(429, json={"errors": []}) for _ in range(20)]
    with pytest.raises(TooFast):
        await central.me()
    assert len(service.asked) == 6
