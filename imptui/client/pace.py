"""The request budget: which request goes next, and when.

The service reports with each reply how many requests are left and when the budget is renewed. We never send more than that.
Requests that the user waits for go first, and pollers leave some of each window to the user. If the service reports nothing,
requests go as fast as it answers, a few at a time.

Source: contract 3.
"""

import asyncio
import heapq
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import IntEnum
from itertools import count

from msgspec import Struct

TURN = "imptui.turn"
"""The extension of a request that carries its turn to `GuardedTransport`."""

LONGEST_WAIT_S = 300.0
"""A longer reset or Retry-After counts as this."""

BEYOND_REACH = 100_000
"""A limit from here on counts as none: requests that wait for replies never spend it."""


class Priority(IntEnum):
    """The order of requests when the budget is short."""

    ACTION = 0
    """The user did something and waits."""
    LOOK = 1
    """The user opened something and waits."""
    WATCH = 2
    """The console refreshes what is visible."""
    SYNC = 3
    """A pass reads the rest of the fleet."""

    @property
    def is_background(self) -> bool:
        """True if nobody waits for the answer."""
        return self >= Priority.WATCH


class RequestBudget(Struct, frozen=True):
    """The requests that are left, as last reported and counted since."""

    limit: int
    """The number of requests per window."""
    remaining: int
    resets_at: datetime
    """The end of the window, UTC."""


class Turn:
    """One request under way."""

    __slots__ = ("beside", "is_reported", "number")

    def __init__(self, number: int, beside: int) -> None:
        self.number = number
        """The number of requests that started before it."""
        self.beside = beside
        """The number of requests under way when it started."""
        self.is_reported = False


class Pace:
    """The request budget of one account at one endpoint.

    `_left` is what is left at least. A reply reports what was left when the service counted its request. The report may or
    may not include other requests that were under way, and replies overtake each other. So each reply is a bound on both
    sides: at most what it reports, at least that minus every request that overlapped with its own. The service rounds the
    reset up, so a new window may have begun unnoticed: after the reset one request goes ahead, and its reply tells.

    Args:
        clock: Returns seconds that only grow.
        now: Returns the time of day, aware UTC, for `RequestBudget.resets_at`.
        sleep: Waits for so many seconds.
        jitter: Returns a number from 0 to 1 for each wait after a refusal, so that several consoles do not come back together.
        at_once: The most requests under way together; pollers get two fewer.
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
        self._left = 0
        self._resets_at = 0.0
        self._blocked_until = 0.0
        self._is_probing = False
        """True if the reset is over and no reply came since."""
        self._under_way = 0
        self._started = 0
        self._numbers = count()
        self.refusals = 0
        """The number of requests refused for the budget, which other clients of the account use too."""
        self._queue: list[tuple[Priority, int]] = []
        self._moved: asyncio.Event | None = None

    @property
    def budget(self) -> RequestBudget | None:
        """The budget; None as long as the service reports no limit."""
        if self._limit is None:
            return None
        left_s = max(0.0, max(self._resets_at, self._blocked_until) - self._clock())
        return RequestBudget(self._limit, self._shown(), self._now() + timedelta(seconds=left_s))

    @property
    def spare(self) -> int | None:
        """The number of turns that pollers could take now without waiting; None if there is no limit."""
        return None if self._limit is None else max(0, self._shown() - self._reserve(Priority.WATCH))

    def _shown(self) -> int:
        self._roll()
        return max(0, (self._limit or 0) - self._under_way if self._is_probing else self._left)

    @asynccontextmanager
    async def turn(self, priority: Priority) -> AsyncIterator[Turn]:
        """Wait until a request of this priority may go; it is under way until the block ends.

        Yields:
            The turn, to be passed to `observe` with the reply.
        """
        await self._wait(priority)
        turn = Turn(self._started, self._under_way)
        self._left -= 1
        self._started += 1
        self._under_way += 1
        try:
            yield turn
        finally:
            self._under_way -= 1
            if self._is_probing and not turn.is_reported:
                self._left = max(self._left, 1)
            self._wake()

    def observe(self, headers: Mapping[str, str], turn: Turn | None = None) -> None:
        """Update the budget from a reply; headers that make no sense are ignored.

        Args:
            headers: The headers of the reply.
            turn: The turn of its request; without one, a reply can only lower what is left.
        """
        limit, remaining = _number(headers, "x-ratelimit-limit"), _number(headers, "x-ratelimit-remaining")
        if limit is None or remaining is None or limit < 1:
            return
        if limit >= BEYOND_REACH:
            self._limit, self._is_probing = None, False
            self._wake()
            return
        most = int(remaining)
        least = 0 if turn is None else most - turn.beside - (self._started - turn.number - 1)
        self._left = max(0, least) if self._limit is None else max(least, min(self._left, most))
        self._limit = int(limit)
        reset_s = _number(headers, "x-ratelimit-reset")
        self._resets_at = self._clock() + min(1.0 if reset_s is None else reset_s, LONGEST_WAIT_S)
        self._is_probing = False
        if turn is not None:
            turn.is_reported = True
        self._wake()

    def spent(self, headers: Mapping[str, str]) -> float:
        """Record that the service refused a request for its budget; nothing goes before the reset.

        Returns:
            Seconds until then, without jitter.
        """
        after_s = _number(headers, "retry-after")
        if after_s is None:
            after_s = self._until_date(headers)
        if after_s is None:
            after_s = _number(headers, "x-ratelimit-reset")
        wait_s = min(max(0.1, 1.0 if after_s is None else after_s), LONGEST_WAIT_S)
        self._left, self._is_probing = 0, False
        self.refusals += 1
        self._blocked_until = max(self._blocked_until, self._clock() + wait_s * (1 + self._jitter() / 4))
        self._resets_at = self._blocked_until
        self._wake()
        return wait_s

    def _until_date(self, headers: Mapping[str, str]) -> float | None:
        """Return the seconds until the date of Retry-After, counted from the reply's own date: this clock may be wrong."""
        until, at = http_date(headers.get("retry-after")), http_date(headers.get("date"))
        return None if until is None else max(0.0, (until - (at or self._now())).total_seconds())

    def _roll(self) -> None:
        if self._limit is not None and not self._is_probing and self._clock() >= self._resets_at:
            self._left, self._is_probing = max(self._left, 1), True

    def _reserve(self, priority: Priority) -> int:
        return (self._limit or 0) // 10 if priority.is_background else 0

    def _delay(self, priority: Priority) -> float | None:
        """Return the seconds until a request may go; None if another one has to end first."""
        slots = self._at_once - 2 if priority.is_background else self._at_once
        if self._under_way >= max(1, slots):
            return None
        now = self._clock()
        if now < self._blocked_until:
            return self._blocked_until - now
        if self._limit is None:
            return 0.0
        self._roll()
        if self._is_probing:
            return 0.0 if self._left > 0 else None
        return 0.0 if self._left > self._reserve(priority) else max(0.001, self._resets_at - now)

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
        """Wait until something changes, or the delay is over."""
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


def http_date(text: str | None) -> datetime | None:
    """Return the time that a header names, aware UTC; None: it names none."""
    try:
        found = parsedate_to_datetime(text) if text else None
    except (ValueError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


def _number(headers: Mapping[str, str], name: str) -> float | None:
    text = headers.get(name, "").strip()
    return float(text) if text.isascii() and text.replace(".", "", 1).isdigit() else None
