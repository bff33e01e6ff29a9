"""The deployments of a group with what came of each: how long it was current, and how many devices run it, as far as inferred.

A device takes the program that is current when it restarts. So an online device runs what was current at its last start;
of an offline one nothing can be said. Source: primer, "Deployments"; contract 12.5.
"""

import asyncio
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from imptui.cache.store import Cache
from imptui.domain.device import Device
from imptui.domain.ids import DeploymentId, GroupId
from imptui.fleet.deployments.rollout import runs
from imptui.fleet.read_model import DeploymentRow
from imptui.query.expression import Claim, Is
from imptui.query.query import Query, Scope

DEVICES_COUNTED = 5000
"""In a larger group nobody counts which device runs what."""

_AT_ONCE = 500


class DeploymentRecord(Struct, frozen=True):
    """What came of one deployment."""

    ran_s: float
    """For how long it was, or has been, what the group was to run."""
    is_below_minimum: bool
    """Whether it is older than the minimum supported one."""
    running: int | None
    """Online devices that started last while it was current: an inference. None: too many devices to count."""


def pasts(rows: Sequence[DeploymentRow], devices: Iterable[Device] | None, now: datetime) -> dict[DeploymentId, DeploymentRecord]:
    """What came of each deployment of one group.

    Args:
        rows: All known deployments of the group, newest first.
        devices: The online devices of the group; None: not counted.
        now: For how long the current one has been it.
    """
    made = [row.deployment for row in rows]
    minimum = next((row.deployment.created_at for row in rows if row.is_minimum), None)
    starts = [each.created_at for each in reversed(made)]
    running: Counter[DeploymentId] = Counter()
    for device in devices or ():
        times = [at for at in (device.state_changed_at, device.agent_state_changed_at) if at is not None]
        place = bisect_right(starts, max(times)) - 1 if times else -1
        if place >= 0:
            running[made[len(made) - 1 - place].id] += 1
    return {
        run.row.deployment.id: DeploymentRecord(
            run.ran_s,
            minimum is not None and run.row.deployment.created_at < minimum,
            None if devices is None else running[run.row.deployment.id],
        )
        for run in runs(rows, now)
    }


class DeploymentHistory:
    """Asks the cache for what a history is made of."""

    def __init__(self, cache: Cache, now: Callable[[], datetime]) -> None:
        self._cache, self._now = cache, now

    async def of_group(self, group_id: GroupId, rows: Sequence[DeploymentRow]) -> dict[DeploymentId, DeploymentRecord]:
        """What came of the deployments of a group; `rows` are all that are known, newest first."""
        return await asyncio.to_thread(self._read, group_id, rows)

    def _read(self, group_id: GroupId, rows: Sequence[DeploymentRow]) -> dict[DeploymentId, DeploymentRecord]:
        now = self._now()
        count = self._cache.groups.tally(group_id).online
        devices = list(self._online(group_id, count, now)) if count <= DEVICES_COUNTED else None
        return pasts(rows, devices, now)

    def _online(self, group_id: GroupId, count: int, now: datetime) -> Iterable[Device]:
        query = Query(Scope(group_id=group_id), Is(Claim.ONLINE))
        for start in range(0, count, _AT_ONCE):
            yield from (row.device for row in self._cache.devices.window(query, start, _AT_ONCE, now))
