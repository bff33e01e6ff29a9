"""Keeps the readings of visible devices fresh: oldest reading first, within the budget, one round at a time.

RSSI and free memory are attributes of one device, absent from lists and never pushed, so they are polled.
Source: primer, "Device Data Structure".

Several consoles may poll on one account, and the service reports to each only what is left for all. So each takes at most a
quarter of the budget, half as much after each reply that the budget is spent, and a little more after every round without one:
the consoles reach equal shares without knowing of each other. Every round sends at least one request, so that no console
starves. Pauses differ by chance, so that no two consoles keep in step.

Marked devices off the screen take at most half of a round, so that thousands of marks do not delay the visible ones.
"""

import asyncio
import random
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from imptui.cache.errors import CacheUnreadable
from imptui.cache.store import Cache
from imptui.client.errors import NoAnswer
from imptui.client.pace import Priority
from imptui.domain.device import Device, Reading
from imptui.domain.errors import NotFound, Refused
from imptui.domain.ids import DeviceId
from imptui.fleet.background import failure_of
from imptui.fleet.change_feed import ChangeFeed
from imptui.fleet.status import Reachability

if TYPE_CHECKING:
    from imptui.client.central import Central

TASK = "watch"
"""The name of this task in the status."""

ROUND_S = 2.0
"""Seconds between the beginnings of two rounds."""

AT_ONCE = 5
"""Requests under way at the same time; existing clients use as many. Source: contract 3."""

SHARE = 1 / 4
"""The largest part of a limited budget for polling; the rest is for requests that the user waits for."""

LEAST_SHARE = 1 / 64
REGAINED = 1 / 64
"""The part of the budget that the share regains after a round without refusal."""

TOUCHED_S = 0.1
"""Seconds after a key in which the walk over the devices waits."""

MARKED_AT_MOST = 25
"""The number of marked devices off the screen that are read in a round if the budget has no limit."""

JITTER = 0.2
"""The largest deviation of a pause, as a part of it."""

IDLE_AFTER_S = 900.0
"""Seconds without input after which rounds are fewer."""

IDLE_TIMES = 5
"""The factor by which pauses grow after `IDLE_AFTER_S`."""


class ReadingWatch:
    """Polls the devices that are visible or marked."""

    def __init__(
        self,
        cache: Cache,
        central: "Central",
        changes: ChangeFeed,
        reach: Reachability,
        *,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Connect the parts of polling.

        Args:
            cache: Stores the readings.
            central: The service.
            changes: Notified of new readings.
            reach: Receives success and failure of the calls.
            clock: Returns seconds that only grow.
            chance: Returns a number from 0 to 1 for each pause.
        """
        self._clock, self._chance = clock, chance
        self._share = SHARE
        self._refusals = 0
        self._touched_at = clock()
        self._cache = cache
        self._central = central
        self._changes = changes
        self._reach = reach
        self._looked_at: tuple[DeviceId, ...] = ()
        self._marked: frozenset[DeviceId] = frozenset()
        self._paused = False
        self._round = asyncio.Lock()
        self.round_s = ROUND_S
        """Seconds between two rounds; a slow line, or a console that nobody looks at, needs fewer rounds."""

    def look_at(self, visible: Sequence[DeviceId], marked: Iterable[DeviceId] = ()) -> None:
        """Set the visible and the marked devices; a difference counts as user activity."""
        before = self._looked_at, self._marked
        self._looked_at, self._marked = tuple(visible), frozenset(marked).difference(visible)
        if before != (self._looked_at, self._marked):
            self.stir()

    def stir(self) -> None:
        """Record that the user is active."""
        self._touched_at = self._clock()

    @property
    def is_touched(self) -> bool:
        """True if the user did something just now."""
        return self._clock() - self._touched_at < TOUCHED_S

    @property
    def is_paused(self) -> bool:
        """True if the user paused live data."""
        return self._paused

    def pause(self) -> None:
        """Stop polling until `resume`."""
        self._paused = True

    def resume(self) -> None:
        """Resume polling after `pause`."""
        self._paused = False

    async def run_forever(self) -> None:
        """Make rounds without end, slower while the service does not answer."""
        while True:
            await asyncio.sleep(self._pause_s())
            if not self._paused and (self._looked_at or self._marked):
                await self.refresh_now()

    def _pause_s(self) -> float:
        """Return the seconds until the next round: more without answers or user activity, and varied by chance."""
        pause_s = self._reach.pause_s if self._reach.failures else self.round_s
        if self._clock() - self._touched_at > IDLE_AFTER_S:
            pause_s *= IDLE_TIMES
        return pause_s * (1 + JITTER * (2 * self._chance() - 1))

    async def refresh_now(self) -> None:
        """Make one round now, unless another is running. The status reports failures; nothing is raised."""
        if self._round.locked():
            return
        async with self._round:
            try:
                ids = await asyncio.to_thread(self._stalest, self._looked_at, self._marked, self._allowance())
                found = await self._read(ids)
                if found:
                    await asyncio.to_thread(self._store, found)
            except (NoAnswer, Refused) as error:
                self._reach.failed(error)
            except CacheUnreadable as error:
                self._reach.broke(str(error))
            except Exception as error:  # noqa: BLE001 - a round is the outermost loop of this task
                self._reach.stopped(TASK, failure_of("Reading visible devices", error))
            else:
                self._reach.recovered(TASK)
                if not found:
                    return
                self._reach.worked()
            self._changes.announce()

    def _stalest(self, visible: Sequence[DeviceId], marked: Collection[DeviceId], allowance: int) -> list[DeviceId]:
        """Return the devices to read in this round; marked ones off the screen take the rest, or half."""
        stalest = self._cache.devices.stalest
        share = max(allowance - len(visible), allowance // 2)
        others = stalest(list(marked), share) if marked else []
        return stalest(visible, allowance - len(others)) + others

    def _allowance(self) -> int:
        """Return the number of requests that this round may take; see the docstring of this module."""
        pace = self._central.pace
        budget = pace.budget
        if budget is None:
            return max(1, len(self._looked_at) + min(MARKED_AT_MOST, len(self._marked)))
        if pace.refusals > self._refusals:
            self._refusals = pace.refusals
            self._share = max(LEAST_SHARE, self._share / 2)
        else:
            self._share = min(SHARE, self._share + REGAINED)
        return max(1, int(budget.limit * self.round_s * self._share))

    async def _read(self, ids: Sequence[DeviceId]) -> list[tuple[Device, Reading]]:
        places = asyncio.Semaphore(AT_ONCE)
        gone: list[DeviceId] = []

        async def one(device_id: DeviceId) -> tuple[Device, Reading] | None:
            async with places:
                try:
                    return await self._central.devices.get(device_id, priority=Priority.WATCH)
                except NotFound:
                    gone.append(device_id)
                    return None

        answers = await asyncio.gather(*map(one, ids), return_exceptions=True)
        if gone:
            await asyncio.to_thread(self._cache.devices.forget, gone)
            self._changes.announce()
        found = [each for each in answers if isinstance(each, tuple)]
        failures = [each for each in answers if isinstance(each, BaseException)]
        if failures and not found:
            raise failures[0]
        return found

    def _store(self, found: Sequence[tuple[Device, Reading]]) -> None:
        at = max(reading.read_at for _, reading in found)
        self._cache.devices.store([device for device, _ in found], at)
        self._cache.devices.store_readings({device.id: reading for device, reading in found})
