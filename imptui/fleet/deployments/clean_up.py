"""Clean-up: selects old deployments of a group, then deletes them one by one.

Clean-up never tries what the service refuses to delete: flagged deployments, the minimum supported one, and all newer ones,
which include the current one. Source: primer, "Deployments"; contract 12.5, 12.7.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.errors import NoAnswer
from imptui.domain import policy
from imptui.domain.deployment import Deployment
from imptui.domain.errors import NotFound, Refused
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import GroupId
from imptui.fleet.change_feed import ChangeFeed
from imptui.fleet.operations.account_operations import Change


class CleanUpDecision(Struct, frozen=True):
    """The decision to delete or keep one deployment."""

    deployment: Deployment
    stays_because: str | None
    """The reason to keep it, in a few words; None: delete it."""


class CleanUpPlan(Struct, frozen=True):
    """The decisions of a clean-up about each deployment of a group."""

    group: DeviceGroup
    verdicts: tuple[CleanUpDecision, ...]
    """One decision per deployment, newest first."""

    @property
    def goes(self) -> tuple[Deployment, ...]:
        """The deployments to delete, oldest first."""
        return tuple(each.deployment for each in reversed(self.verdicts) if each.stays_because is None)

    @property
    def held_by_minimum(self) -> int:
        """The number of further deployments to delete if the minimum supported deployment moved forward."""
        return sum(each.stays_because == _SUPPORTED for each in self.verdicts)


class CleanUpResult(Struct, frozen=True):
    """The outcome for one deployment."""

    deployment: Deployment
    failure: Exception | None
    """A `Refused` or a `NoAnswer`; None: it was deleted."""


_SUPPORTED = "supported: the minimum or newer"


def judge(
    group: DeviceGroup, deployments: Sequence[Deployment], now: datetime, *, keep: int = 0, older_than: timedelta | None = None
) -> CleanUpPlan:
    """Decide which deployments of a group to delete.

    Args:
        group: With its current and minimum supported deployments.
        deployments: All of the group, in any order.
        now: For `older_than`.
        keep: The number of newest deployments to keep in any case.
        older_than: Keep deployments younger than this; None: age does not matter.
    """
    ordered = sorted(deployments, key=lambda each: each.created_at, reverse=True)
    minimum = next((each.created_at for each in ordered if each.id == group.min_supported_deployment_id), None)
    verdicts = []
    for place, each in enumerate(ordered):
        # If the minimum supported deployment is unknown, all deployments count as supported.
        is_supported = minimum is None or each.created_at >= minimum
        young = older_than is not None and now - each.created_at < older_than
        verdicts.append(CleanUpDecision(each, _why(group, each, place < keep, young, is_supported)))
    return CleanUpPlan(group, tuple(verdicts))


def _why(group: DeviceGroup, deployment: Deployment, is_kept: bool, is_young: bool, is_supported: bool) -> str | None:  # noqa: FBT001 - facts in a row
    if deployment.id == group.current_deployment_id:
        return "current"
    if deployment.is_flagged:
        return "flagged"
    if is_kept:
        return "among the newest that are kept"
    if is_young:
        return "too young"
    if policy.delete_deployment(is_flagged=False, is_supported=is_supported) is not None:
        return "the minimum" if deployment.id == group.min_supported_deployment_id else _SUPPORTED
    return None


class CleanUp:
    """Plans a clean-up from a fresh read of the service, and deletes deployments."""

    def __init__(self, cache: Cache, central: Central, change: Change, changes: ChangeFeed) -> None:
        self._cache, self._central, self._change, self._changes = cache, central, change, changes

    async def plan(self, group_id: GroupId, *, keep: int, older_than: timedelta | None = None) -> CleanUpPlan:
        """Read the group and all its deployments again, and decide about each.

        Raises:
            NotFound: There is no such group.
            NoAnswer: The service was not reached.
        """
        group = await self._central.groups.get(group_id)
        found: list[Deployment] = []
        async for page in self._central.deployments.pages(group_id=group_id):
            found += page.items

        def keep_them() -> None:
            self._cache.groups.store([group])
            self._cache.deployments.store(found)
            self._cache.deployments.forget_absent([each.id for each in found], group_id)

        await asyncio.to_thread(keep_them)
        self._changes.announce()
        return judge(group, found, self._changes.now(), keep=keep, older_than=older_than)

    async def delete(self, deployments: Sequence[Deployment]) -> AsyncIterator[CleanUpResult]:
        """Delete these deployments one by one and yield an outcome for each; closing the iterator stops the clean-up.

        A deployment that no longer exists counts as deleted.
        """
        for each in deployments:
            failure: Exception | None = None
            try:
                await self._change.delete_deployment(each.id)
            except NotFound:
                await asyncio.to_thread(self._cache.deployments.forget, [each.id])
            except (Refused, NoAnswer) as error:
                failure = error
            yield CleanUpResult(each, failure)
