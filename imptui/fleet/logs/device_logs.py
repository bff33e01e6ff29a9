"""Device logs: history and live stream."""

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
    """Reads and follows the log entries of devices, of their agents, and of the service about them."""

    def __init__(
        self, central: Central, cache: Cache, now: Callable[[], datetime], *, is_paused: Callable[[], bool] = lambda: False
    ) -> None:
        self._central, self._cache, self._now, self._is_paused = central, cache, now, is_paused
        self._live: LiveLog | None = None

    async def history(self, device_id: DeviceId, limit: int = HISTORY_LINES) -> tuple[LogEntry, ...]:
        """Read the newest log entries of a device, oldest first, at most `limit`.

        Raises:
            NoAnswer: The service was not reached.
            Refused: The service refused.
        """
        return tuple(await newest(self._central, device_id, limit))

    async def enrolments(self, device_id: DeviceId) -> tuple[Enrolment, ...]:
        """Read the last hundred enrolments of a device, newest first."""
        page = await self._central.devices.history(device_id)
        return tuple(page.items)

    # The live log

    async def follow(
        self, device_ids: tuple[DeviceId, ...] = (), *, group_id: GroupId | None = None, history_lines: int = HISTORY_LINES
    ) -> LiveLog:
        """Return a live log of some devices or of a group; the caller starts and closes it.

        A console has one live log at a time, because an account has few streams: the previous one is closed.
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
        """Close the live log, if there is one."""
        if self._live is not None:
            live, self._live = self._live, None
            await live.close()

    def _asking(self, device_ids: tuple[DeviceId, ...], group_id: GroupId | None) -> Callable[[], Coroutine[Any, Any, Members]]:
        if group_id is not None:
            return lambda: asyncio.to_thread(self._of_group, group_id)
        return lambda: asyncio.to_thread(self._known, device_ids)

    def _of_group(self, group_id: GroupId) -> Members:
        """Return the devices of a group to follow: online ones first, then by name, at most `ROTATION_LIMIT`."""
        scope, now, devices = Scope(group_id=group_id), self._now(), self._cache.devices
        found: list[DeviceId] = []
        for mark in (Claim.ONLINE, Claim.OFFLINE):
            room = ROTATION_LIMIT - len(found)
            found += [row.device.id for row in devices.window(Query(scope, Is(mark)), 0, room, now)] if room else []
        return Members(tuple(found), self._cache.groups.tally(group_id).devices)

    def _known(self, device_ids: tuple[DeviceId, ...]) -> Members:
        """Return those of the devices that the cache still has."""
        known = self._cache.devices.rows_of(device_ids)
        here = tuple(each for each in device_ids if each in known)
        return Members(here, len(here))
