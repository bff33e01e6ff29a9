"""What devices said, and say."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.domain.ids import DeviceId, GroupId
from imptui.domain.log import Enrolment, LogEntry
from imptui.fleet.logs.live_log import HISTORY_LINES, ROTATION_LIMIT, LiveLog
from imptui.fleet.logs.log_events import Members
from imptui.fleet.logs.log_pages import newest
from imptui.query.expression import Claim, Is
from imptui.query.query import Query, Scope


class DeviceLogs:
    """Lines of devices, their agents, and the service about them."""

    def __init__(
        self, central: Central, cache: Cache, now: Callable[[], datetime], *, is_paused: Callable[[], bool] = lambda: False
    ) -> None:
        self._central, self._cache, self._now, self._is_paused = central, cache, now, is_paused
        self._live: LiveLog | None = None

    async def history(self, device_id: DeviceId, limit: int = HISTORY_LINES) -> tuple[LogEntry, ...]:
        """The newest lines of a device, oldest first, at most `limit`.

        Raises:
            NoAnswer: The service was not reached.
            Refused: The service refused.
        """
        return tuple(await newest(self._central, device_id, limit))

    async def enrolments(self, device_id: DeviceId) -> tuple[Enrolment, ...]:
        """How a device came and went, newest first, the last hundred."""
        page = await self._central.devices.history(device_id)
        return tuple(page.items)

    # Live

    async def follow(
        self, device_ids: tuple[DeviceId, ...] = (), *, group_id: GroupId | None = None, history_lines: int = HISTORY_LINES
    ) -> LiveLog:
        """The log of some devices, or of all of a group, as it grows; `start` it, and `close` it in the end.

        A console has one at a time, for the streams of an account are few: the one before is closed.
        """
        await self.close()
        self._live = LiveLog(
            self._central,
            self._asking(device_ids, group_id),
            self._now,
            is_paused=self._is_paused,
            history_lines=history_lines,
        )
        return self._live

    async def close(self) -> None:
        """End what is followed."""
        if self._live is not None:
            live, self._live = self._live, None
            await live.close()

    def _asking(self, device_ids: tuple[DeviceId, ...], group_id: GroupId | None) -> Callable[[], Coroutine[Any, Any, Members]]:
        if group_id is not None:
            return lambda: asyncio.to_thread(self._of_group, group_id)
        return lambda: asyncio.to_thread(self._known, device_ids)

    def _of_group(self, group_id: GroupId) -> Members:
        """Those that are online first: they have something to say. Then by name, as many as are followed."""
        scope, now, devices = Scope(group_id=group_id), self._now(), self._cache.devices
        found: list[DeviceId] = []
        for mark in (Claim.ONLINE, Claim.OFFLINE):
            room = ROTATION_LIMIT - len(found)
            found += [row.device.id for row in devices.window(Query(scope, Is(mark)), 0, room, now)] if room else []
        return Members(tuple(found), self._cache.groups.tally(group_id).devices)

    def _known(self, device_ids: tuple[DeviceId, ...]) -> Members:
        """Those that are still in the account, as far as the cache knows."""
        known = self._cache.devices.rows_of(device_ids)
        here = tuple(each for each in device_ids if each in known)
        return Members(here, len(here))
