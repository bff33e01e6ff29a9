"""How far a deployment has come, and how long each one before it ran."""

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
    """How far a deployment has come among the devices of its group, as far as can be inferred."""

    deployment: Deployment
    group: DeviceGroup
    is_current: bool
    total: int
    restarted: int
    """Online, and restarted since the deployment."""
    waiting: int
    """Online, not restarted since."""
    offline: int
    """They take the deployment when they next connect."""
    leaving: int
    """Of those: went offline after the deployment, so they restart at this moment, or went for another reason."""
    stuck: tuple[DeviceRow, ...]
    """The first twenty that wait, longest first."""


def count_rollout(cache: Cache, deployment: Deployment, group_id: GroupId, now: datetime) -> Rollout:
    """Count what the cache knows; blocks on SQL.

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
    """How long a deployment was its group's current one."""

    row: DeploymentRow
    ran_s: float
    """From its creation to that of the next one in the group; of the current one up to now."""


def runs(rows: Sequence[DeploymentRow], now: datetime) -> tuple[CurrentPeriod, ...]:
    """How long each deployment of one group was current: a deployment becomes current when it is made (contract 12.5).

    Args:
        rows: All deployments of one group, newest first; a deleted one lengthens the run of the one before it.
        now: Until when the newest ran.
    """
    ends = [now, *(row.deployment.created_at for row in rows)]
    return tuple(
        CurrentPeriod(row, max(0.0, (end - row.deployment.created_at).total_seconds()))
        for row, end in zip(rows, ends, strict=False)
    )
