"""The deployment history of a group: how long each deployment was current, and how many devices run it, as inferred.

A device loads the current deployment when it restarts. So an online device runs the deployment that was current at its last
start; for an offline device nothing can be inferred. Source: primer, "Deployments"; contract 12.5.
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
"""The largest group in which running deployments are counted."""

_AT_ONCE = 500


class DeploymentRecord(Struct, frozen=True):
    """One deployment with its time as the current one and its devices."""

    ran_s: float
    """Seconds for which it was, or has been, the current deployment."""
    is_below_minimum: bool
    """True if it is older than the minimum supported deployment."""
    running: int | None
    """Online devices whose last start was while it was current: an inference. None: too many devices to count."""


def pasts(rows: Sequence[DeploymentRow], devices: Iterable[Device] | None, now: datetime) -> dict[DeploymentId, DeploymentRecord]:
    """Return the history record of each deployment of one group.

    Args:
        rows: All known deployments of the group, newest first.
        devices: The online devices of the group; None: not counted.
        now: The end of the current deployment's time.
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
    """Reads deployments and devices from the cache for histories."""

    def __init__(self, cache: Cache, now: Callable[[], datetime]) -> None:
        self._cache, self._now = cache, now

    async def of_group(self, group_id: GroupId, rows: Sequence[DeploymentRow]) -> dict[DeploymentId, DeploymentRecord]:
        """Return the history of a group; `rows` are all its known deployments, newest first."""
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
