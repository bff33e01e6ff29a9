"""Keep the visible devices fresh: oldest reading first, within the budget, one round at a time.

RSSI and free memory are attributes of one device, absent from lists and never pushed: freshness is polling.
Source: primer, "Device Data Structure".
"""

import asyncio
from collections.abc import Sequence

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.errors import NoAnswer
from imptui.client.pace import Priority
from imptui.fleet.changes import Changes
from imptui.fleet.status import Reach
from imptui.model.device import Device, Reading
from imptui.model.errors import NotFound, Refused
from imptui.model.ids import DeviceId

ROUND_S = 2.0
"""How often a round begins."""

AT_ONCE = 5
"""Requests under way at the same time; existing clients use as many. Source: contract 3."""

SHARE = 4
"""Polling takes at most this part of a limited budget: others share the account."""


class Watch:
    """Polls what is looked at."""

    def __init__(self, cache: Cache, central: Central, changes: Changes, reach: Reach) -> None:
        self._cache = cache
        self._central = central
        self._changes = changes
        self._reach = reach
        self._looked_at: tuple[DeviceId, ...] = ()
        self._paused = False
        self._round = asyncio.Lock()
        self.round_s = ROUND_S
        """How often a round begins; a slow line, or a console that nobody looks at, wants fewer."""

    def look_at(self, device_ids: Sequence[DeviceId]) -> None:
        """Say what is visible or marked now. Cheap: call it on every scroll."""
        self._looked_at = tuple(device_ids)

    @property
    def is_paused(self) -> bool:
        """Whether the user paused live data."""
        return self._paused

    def pause(self) -> None:
        """Stop polling until `resume`."""
        self._paused = True

    def resume(self) -> None:
        """Go on polling."""
        self._paused = False

    async def keep_on(self) -> None:
        """Make rounds for ever, slower while the service does not answer."""
        while True:
            await asyncio.sleep(self._reach.pause_s if self._reach.failures else self.round_s)
            if not self._paused and self._looked_at:
                await self.refresh_now()

    async def refresh_now(self) -> None:
        """One round of what is looked at; does nothing while another round runs. Failures go to the header, not up."""
        if self._round.locked():
            return
        async with self._round:
            ids = await asyncio.to_thread(self._cache.devices.stalest, list(self._looked_at), self._allowance())
            try:
                found = await self._read(ids)
            except (NoAnswer, Refused) as error:
                self._reach.failed(error)
                self._changes.announce()
                return
            if found:
                await asyncio.to_thread(self._store, found)
                self._reach.worked()
                self._changes.announce()

    def _allowance(self) -> int:
        budget = self._central.pace.budget
        if budget is None:
            return max(1, len(self._looked_at))
        return max(1, int(budget.limit * ROUND_S / SHARE))

    async def _read(self, ids: Sequence[DeviceId]) -> list[tuple[Device, Reading]]:
        places = asyncio.Semaphore(AT_ONCE)
        gone: list[DeviceId] = []

        async def one(device_id: DeviceId) -> tuple[Device, Reading] | None:
            async with places:
                try:
                    return await self._central.device(device_id, priority=Priority.WATCH)
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
