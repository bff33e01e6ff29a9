"""The rollout of a deployment, and the time for which each deployment was current."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from imptui.cache.store import Cache
from imptui.domain.deployment import Deployment
from imptui.domain.errors import NotFound
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import GroupId
from imptui.domain.rows import DeviceRow
from imptui.fleet.read_model import DeploymentRow
from imptui.query.expression import And, Claim, Is, Not
from imptui.query.query import Query, Scope, Sort, SortColumn

STUCK_SHOWN = 20


class Rollout(Struct, frozen=True):
    """The progress of a deployment among the devices of its group, as far as it can be inferred."""

    deployment: Deployment
    group: DeviceGroup
    is_current: bool
    total: int
    restarted: int
    """Devices that are online and restarted since the deployment."""
    waiting: int
    """Devices that are online and have not restarted since."""
    offline: int
    """Offline devices, which load the deployment when they next connect."""
    leaving: int
    """Offline devices that disconnected after the deployment: they are restarting, or left for another reason."""
    stuck: tuple[DeviceRow, ...]
    """The first twenty waiting devices, longest wait first."""


def count_rollout(cache: Cache, deployment: Deployment, group_id: GroupId, now: datetime) -> Rollout:
    """Count the rollout from the cache; blocks on SQL.

    Raises:
        NotFound: The group is unknown.
    """
    group = cache.groups.one(group_id)
    if group is None:
        raise NotFound(f"There is no group {group_id}.")
    scope = Scope(group_id=group_id)
    online, waits = Is(Claim.ONLINE), Is(Claim.PENDING)
    waiting = Query(scope, And((online, waits)), Sort(SortColumn.CHANGED))
    total = cache.devices.count(Query(scope), now)
    online_count = cache.devices.count(Query(scope, online), now)
    restarted = cache.devices.count(Query(scope, And((online, Not(waits)))), now)
    return Rollout(
        deployment,
        group,
        group.current_deployment_id == deployment.id,
        total,
        restarted,
        online_count - restarted,
        total - online_count,
        cache.devices.count(Query(scope, And((Is(Claim.OFFLINE), Not(waits)))), now),
        tuple(cache.devices.window(waiting, 0, STUCK_SHOWN, now)),
    )


class CurrentPeriod(Struct, frozen=True):
    """The time for which a deployment was its group's current one."""

    row: DeploymentRow
    ran_s: float
    """Seconds from its creation to that of the next deployment in the group, or up to now."""


def runs(rows: Sequence[DeploymentRow], now: datetime) -> tuple[CurrentPeriod, ...]:
    """Return the time for which each deployment was current; one becomes current when it is created (contract 12.5).

    Args:
        rows: All deployments of one group, newest first; a deleted one lengthens the time of the one before it.
        now: The end of the newest one's time.
    """
    ends = [now, *(row.deployment.created_at for row in rows)]
    return tuple(
        CurrentPeriod(row, max(0.0, (end - row.deployment.created_at).total_seconds()))
        for row, end in zip(rows, ends, strict=False)
    )
