"""The request budget: who may ask next, and when.

The service tells with each reply how many requests are left and when there are new ones. We never ask for more than
that; what the user waits for goes first, and pollers leave some of each window to the user. A service that tells
nothing is asked as fast as it answers, a few calls at a time.

Source: contract 3.
"""

import asyncio
import heapq
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from itertools import count

LONGEST_WAIT_S = 300.0
"""No reset or Retry-After is believed beyond this."""


class Priority(IntEnum):
    """Who goes first when the budget is short."""

    ACTION = 0
    """The user did something and waits."""
    LOOK = 1
    """The user opened something and waits."""
    WATCH = 2
    """What is visible is kept fresh."""
    SYNC = 3
    """The rest of the fleet is read."""

    @property
    def is_background(self) -> bool:
        """Whether nobody waits for it."""
        return self >= Priority.WATCH


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of our requests, as last told and counted on since."""

    limit: int
    """Requests per window."""
    remaining: int
    resets_at: datetime
    """When the window ends, UTC."""


class Pace:
    """The request budget of one account at one endpoint.

    Args:
        clock: Seconds that only grow.
        now: The time of day, aware UTC, for `Budget.resets_at`.
        sleep: Waits for so many seconds.
        jitter: A number from 0 to 1 for each wait after a refusal, so that several consoles do not come back together.
        at_once: How many requests are under way together at most; pollers get two fewer.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        at_once: int = 6,
    ) -> None:
        self._clock, self._now, self._sleep, self._jitter = clock, now, sleep, jitter
        self._at_once = max(1, at_once)
        self._limit: int | None = None
        self._remaining = 0
        self._window_s = 1.0
        self._window_ends = 0.0
        self._blocked_until = 0.0
        self._under_way = 0
        self._numbers = count()
        self._queue: list[tuple[Priority, int]] = []
        self._moved: asyncio.Event | None = None

    @property
    def budget(self) -> Budget | None:
        """What is left; None as long as the service tells no limit."""
        if self._limit is None:
            return None
        left_s = max(0.0, max(self._window_ends, self._blocked_until) - self._clock())
        return Budget(self._limit, self._left(), self._now() + timedelta(seconds=left_s))

    @property
    def spare(self) -> int | None:
        """How many turns pollers could take at this moment without waiting; None: as many as they like."""
        return None if self._limit is None else max(0, self._left() - self._reserve(Priority.WATCH))

    @asynccontextmanager
    async def turn(self, priority: Priority) -> AsyncIterator[None]:
        """Wait until a request of this priority may go; it is under way until the block ends."""
        await self._wait(priority)
        self._roll()
        self._remaining -= 1
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._wake()

    def observe(self, headers: Mapping[str, str]) -> None:
        """Take in what a reply says about the budget; headers that make no sense are passed over."""
        limit, remaining = _number(headers, "x-ratelimit-limit"), _number(headers, "x-ratelimit-remaining")
        if limit is None or remaining is None or limit < 1:
            return
        self._limit = int(limit)
        # Requests that are under way may or may not be counted already: assume they are not.
        self._remaining = int(remaining) - max(0, self._under_way - 1)
        self._window_s = min(_number(headers, "x-ratelimit-reset") or 1.0, LONGEST_WAIT_S)
        self._window_ends = self._clock() + self._window_s
        self._wake()

    def spent(self, headers: Mapping[str, str]) -> float:
        """Take in that the service refused a request for its budget; nothing goes before the reset.

        Returns:
            Seconds until then, without jitter.
        """
        wait_s = min(self.retry_after(headers), LONGEST_WAIT_S)
        self._remaining = 0
        self._blocked_until = max(self._blocked_until, self._clock() + wait_s * (1 + self._jitter() / 4))
        self._wake()
        return wait_s

    def retry_after(self, headers: Mapping[str, str]) -> float:
        """Seconds until the reset, as a refusal tells; at least a little. Source: contract 3."""
        told = _number(headers, "retry-after")
        if told is None:
            told = _number(headers, "x-ratelimit-reset")
        return max(0.1, 1.0 if told is None else told)

    def _left(self) -> int:
        self._roll()
        return max(0, self._remaining)

    def _roll(self) -> None:
        now = self._clock()
        if self._limit is not None and now >= self._window_ends:
            self._remaining = self._limit - self._under_way
            self._window_ends = now + self._window_s

    def _reserve(self, priority: Priority) -> int:
        return (self._limit or 0) // 10 if priority.is_background else 0

    def _delay(self, priority: Priority) -> float | None:
        """Seconds until a request may go; None: not before another one ends."""
        slots = self._at_once - 2 if priority.is_background else self._at_once
        if self._under_way >= max(1, slots):
            return None
        now = self._clock()
        if now < self._blocked_until:
            return self._blocked_until - now
        if self._limit is None:
            return 0.0
        self._roll()
        return 0.0 if self._remaining > self._reserve(priority) else max(0.001, self._window_ends - now)

    async def _wait(self, priority: Priority) -> None:
        if not self._queue and self._delay(priority) == 0.0:
            return
        ticket = (priority, next(self._numbers))
        heapq.heappush(self._queue, ticket)
        try:
            self._wake()
            while True:
                delay = self._delay(priority) if self._queue[0] == ticket else None
                if delay == 0.0:
                    return
                await self._until_moved(delay)
        finally:
            self._queue.remove(ticket)
            heapq.heapify(self._queue)
            self._wake()

    async def _until_moved(self, delay: float | None) -> None:
        """Until something changed, or the delay is over."""
        if self._moved is None:
            self._moved = asyncio.Event()
        moved = self._moved
        if delay is None:
            await moved.wait()
            return
        tasks = [asyncio.ensure_future(moved.wait()), asyncio.ensure_future(self._sleep(delay))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    def _wake(self) -> None:
        if self._moved is not None:
            self._moved.set()
            self._moved = None


def _number(headers: Mapping[str, str], name: str) -> float | None:
    text = headers.get(name, "").strip()
    return float(text) if text.isascii() and text.replace(".", "", 1).isdigit() else None
