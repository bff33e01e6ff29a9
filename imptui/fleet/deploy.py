"""Draft, check, create, restart, watch the rollout, go back.

A review is made from a `Draft`: which group, which two programs, compared with which base. On deploy the group is read
again; if its current deployment is no longer the base, `BaseMoved` tells and nothing is created. A creation whose answer
was lost is looked up by its programs before anything is tried again: never two deployments from one review.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.change import About
from imptui.client.errors import NoAnswer
from imptui.fleet.changes import Changes
from imptui.fleet.sync import Sync
from imptui.model import may
from imptui.model.deployment import Deployment, Programs
from imptui.model.errors import CompileMessage, Conflict, NotFound, Refused
from imptui.model.group import DeviceGroup, GroupType
from imptui.model.ids import DeploymentId, GroupId
from imptui.model.line import DeviceRow
from imptui.model.line import Draft as Kept
from imptui.model.query import And, Column, Is, Mark, Not, Query, Scope, Sort

NO_PROGRAMS = Programs("", "")


class Restart(StrEnum):
    """What happens to the devices after a deployment was created."""

    NONE = "none"
    CONDITIONAL = "conditional"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Caution:
    """Something a reviewer should know before deploying; none of them forbids it."""

    key: str
    """`production`, `same-code`, `empty` or `no-devices`."""
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A deployment that does not exist yet."""

    key: str
    group: DeviceGroup
    base: Deployment | None
    """What the group is to run now, and what the programs are compared with."""
    base_programs: Programs
    programs: Programs
    source: str
    """Where the programs come from, in words: "deployment 3f2a of 1.0 Development", "meter.agent.nut"."""
    description: str = ""
    origin: str | None = None
    tags: tuple[str, ...] = ()
    is_flagged: bool = False
    restart: Restart = Restart.NONE
    cautions: tuple[Caution, ...] = ()

    @property
    def needs_name(self) -> bool:
        """Whether the group's name must be typed to confirm."""
        return self.group.type is GroupType.PRODUCTION


class BaseMoved(Conflict):
    """Another deployment arrived in the group since the draft was made; nothing was created.

    Attributes:
        draft: The same draft, compared with what is there now.
    """

    def __init__(self, draft: Draft) -> None:
        super().__init__(
            f"The group '{draft.group.name}' got another deployment since this review began; nothing was deployed."
            " Look at the new difference first."
        )
        self.draft = draft


@dataclass(frozen=True, slots=True)
class Deployed:
    """What came of a draft."""

    deployment: Deployment
    warnings: tuple[CompileMessage, ...]
    restart_failure: Exception | None
    """Why the devices were not restarted although that was asked for; the deployment stands all the same."""
    was_looked_up: bool = False
    """The answer of the creation was lost; the deployment was found afterwards."""


@dataclass(frozen=True, slots=True)
class Rollout:
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
    stuck: tuple[DeviceRow, ...]
    """The first twenty that wait, longest first."""


class Deploys:
    """From a draft to running devices, and back."""

    def __init__(self, cache: Cache, central: Central, changes: Changes, sync: Sync) -> None:
        self._cache = cache
        self._central = central
        self._changes = changes
        self._sync = sync

    async def programs(self, deployment_id: DeploymentId) -> Programs:
        """Both programs of a deployment: from the cache, else fetched and kept; they never change.

        Raises:
            NotFound: There is no such deployment.
            NoAnswer: It is not in the cache and the service was not reached.
        """
        known = await asyncio.to_thread(self._cache.deployments.programs, deployment_id)
        if known is not None:
            return known
        deployment, programs = await self._central.deployment(deployment_id)
        await self._keep(deployment, programs)
        return programs

    async def draft(
        self,
        group_id: GroupId,
        programs: Programs,
        *,
        source: str,
        description: str = "",
        origin: str | None = None,
        tags: Sequence[str] = (),
    ) -> Draft:
        """Prepare a deployment of two programs to a group, compared with what the group is to run now.

        Raises:
            Invalid: A program is larger than 4 MB.
            NotFound: There is no such group.
            NoAnswer: The service was not reached.
        """
        for program in ("agent", "device"):
            refusal = may.bear_code(programs.of(program), program)
            if refusal is not None:
                raise refusal
        made = Draft(
            key=f"deploy {group_id}",
            group=await self._fresh_group(group_id),
            base=None,
            base_programs=NO_PROGRAMS,
            programs=programs,
            source=source,
            description=description,
            origin=origin,
            tags=tuple(tags),
        )
        return await self._based(made)

    async def draft_of(self, group_id: GroupId, deployment_id: DeploymentId) -> Draft:
        """Prepare to deploy the exact bytes of an earlier deployment: promotion, or the way back."""
        programs = await self.programs(deployment_id)
        found = await asyncio.to_thread(self._cache.deployments.one, deployment_id)
        if found is None:
            raise NotFound(f"There is no deployment {deployment_id}.")
        source_group = await asyncio.to_thread(self._cache.groups.one, found.group_id) if found.group_id else None
        is_back = found.group_id == group_id
        place = f" of {source_group.name}" if source_group is not None else ""
        verb = "Roll back to" if is_back else "Promote"
        words = found.description or found.sha[:12]
        return await self.draft(
            group_id,
            programs,
            source=f"deployment {found.sha[:12]}{place}",
            description=f"{verb} {words}"[:255],
            origin=found.sha,
            tags=("rollback",) if is_back else found.tags,
        )

    async def deploy(self, draft: Draft) -> Deployed:
        """Create the deployment, then restart as the draft says.

        Raises:
            BaseMoved: The group changed under the review; nothing was created.
            Refused: The service, the guard or a rule said no; nothing was created. The draft is kept.
            NoAnswer: Whether it was created could not be found out; the draft is kept, and deploying it again looks first.
        """
        for refusal in (may.bear_description(draft.description), may.bear_tags(draft.tags)):
            if refusal is not None:
                raise refusal
        await self.keep(draft)
        group = await self._fresh_group(draft.group.id)
        if group.current_deployment_id != (draft.base.id if draft.base else None):
            found = await self._look_up(draft)
            if found is None:
                raise BaseMoved(await self._based(replace(draft, group=group)))
            return await self._finish(draft, found, (), was_looked_up=True)
        try:
            made, warnings = await self._create(draft)
        except NoAnswer as error:
            looked_up = await self._look_up(draft) if error.sent else None
            if looked_up is None:
                raise
            return await self._finish(draft, looked_up, (), was_looked_up=True)
        return await self._finish(draft, made, warnings)

    async def _create(self, draft: Draft) -> tuple[Deployment, tuple[CompileMessage, ...]]:
        before = {"current_deployment": draft.base.id if draft.base else None}
        return await self._central.create_deployment(
            draft.group.id,
            draft.group.type,
            draft.programs,
            description=draft.description or None,
            origin=draft.origin,
            tags=draft.tags,
            is_flagged=draft.is_flagged,
            about=About(draft.group.name, before, (draft.group.name,)),
        )

    async def _look_up(self, draft: Draft) -> Deployment | None:
        """The deployment that this draft became, if it did: newer than the base, same programs, same words."""
        async for page in self._central.deployment_pages(group_id=draft.group.id):
            for each in page.items:
                if draft.base is not None and each.created_at <= draft.base.created_at:
                    return None
                if (each.description or "") != draft.description or each.origin != draft.origin:
                    continue
                found, programs = await self._central.deployment(each.id)
                if programs == draft.programs:
                    return found
        return None

    async def _finish(
        self, draft: Draft, made: Deployment, warnings: tuple[CompileMessage, ...], *, was_looked_up: bool = False
    ) -> Deployed:
        await self._keep(made, draft.programs)
        await asyncio.to_thread(self._cache.groups.store, [replace(draft.group, current_deployment_id=made.id)])
        failure = await self._restart(draft)
        with suppress(NoAnswer, Refused):  # the deployment stands; the next pass brings the group
            await self._fresh_group(draft.group.id)
        await self.drop(draft.key)
        self._changes.announce()
        return Deployed(made, warnings, failure, was_looked_up)

    async def _restart(self, draft: Draft) -> Exception | None:
        if draft.restart is Restart.NONE:
            return None
        try:
            await self._central.restart_group(
                draft.group.id, conditional=draft.restart is Restart.CONDITIONAL, about=About(draft.group.name)
            )
        except (NoAnswer, Refused) as error:
            return error
        return None

    async def rollout(self, deployment_id: DeploymentId, *, fresh: bool = True) -> Rollout:
        """How far a deployment has come.

        Args:
            deployment_id: The deployment.
            fresh: Read the group's devices again first, by pages of 100; False counts what the cache knows.

        Raises:
            NotFound: The deployment, or its group, is unknown.
            NoAnswer: The service was not reached (only when `fresh`).
        """
        found = await asyncio.to_thread(self._cache.deployments.one, deployment_id)
        if found is None or found.group_id is None:
            raise NotFound(f"There is no deployment {deployment_id} with a group.")
        if fresh:
            await self._sync.group(found.group_id)
        return await asyncio.to_thread(self._rollout, found, found.group_id)

    def _rollout(self, deployment: Deployment, group_id: GroupId) -> Rollout:
        group = self._cache.groups.one(group_id)
        if group is None:
            raise NotFound(f"There is no group {group_id}.")
        scope, now = Scope(group_id=group_id), self._changes.now()
        online, waits = Is(Mark.ONLINE), Is(Mark.PENDING)
        waiting = Query(scope, And((online, waits)), Sort(Column.CHANGED))
        total = self._cache.devices.count(Query(scope), now)
        online_count = self._cache.devices.count(Query(scope, online), now)
        restarted = self._cache.devices.count(Query(scope, And((online, Not(waits)))), now)
        return Rollout(
            deployment,
            group,
            group.current_deployment_id == deployment.id,
            total,
            restarted,
            online_count - restarted,
            total - online_count,
            tuple(self._cache.devices.window(waiting, 0, 20, now)),
        )

    # Drafts

    async def keep(self, draft: Draft) -> None:
        """Keep a draft over failures and restarts of the console."""
        body = {
            "group_id": draft.group.id,
            "programs": asdict(draft.programs),
            "source": draft.source,
            "description": draft.description,
            "origin": draft.origin,
            "tags": list(draft.tags),
            "is_flagged": draft.is_flagged,
            "restart": draft.restart.value,
            "base_id": draft.base.id if draft.base else None,
        }
        kept = Kept(draft.key, json.dumps(body), self._changes.now())
        await asyncio.to_thread(self._cache.drafts.save, kept)

    async def kept(self, group_id: GroupId) -> Draft | None:
        """The draft kept for a group, compared with what the group is to run now; None when there is none."""
        found = await asyncio.to_thread(self._cache.drafts.one, f"deploy {group_id}")
        if found is None:
            return None
        body = json.loads(found.body)
        made = await self.draft(
            group_id,
            Programs(**body["programs"]),
            source=body["source"],
            description=body["description"],
            origin=body["origin"],
            tags=body["tags"],
        )
        return replace(made, is_flagged=body["is_flagged"], restart=Restart(body["restart"]))

    async def drop(self, key: str) -> None:
        """Forget a draft."""
        await asyncio.to_thread(self._cache.drafts.drop, key)

    async def check(self, programs: Programs) -> tuple[CompileMessage, ...]:
        """What a compiler refuses in the two programs, before anything is sent; empty when both compile."""
        return await asyncio.to_thread(_check, programs)

    async def _based(self, draft: Draft) -> Draft:
        """The draft compared with the group's current deployment."""
        current = draft.group.current_deployment_id
        base, base_programs = None, NO_PROGRAMS
        if current is not None:
            base_programs = await self.programs(current)
            base = await asyncio.to_thread(self._cache.deployments.one, current)
        based = replace(draft, base=base, base_programs=base_programs)
        tally = await asyncio.to_thread(self._cache.groups.tally, draft.group.id)
        return replace(based, cautions=tuple(_cautions(based, tally.devices)))

    async def _fresh_group(self, group_id: GroupId) -> DeviceGroup:
        group = await self._central.group(group_id)
        await asyncio.to_thread(self._cache.groups.store, [group])
        return group

    async def _keep(self, deployment: Deployment, programs: Programs) -> None:
        await asyncio.to_thread(self._cache.deployments.store, [deployment])
        await asyncio.to_thread(self._cache.deployments.store_programs, deployment.id, programs)
        self._changes.announce()


def _cautions(draft: Draft, devices: int) -> list[Caution]:
    found = []
    if draft.group.type is GroupType.PRODUCTION:
        found.append(Caution("production", f"'{draft.group.name}' is a production group: these devices are in the field."))
    if draft.base is not None and draft.programs == draft.base_programs:
        found.append(Caution("same-code", "Both programs are the same as those of the current deployment."))
    if not draft.programs.agent_code.strip() and not draft.programs.device_code.strip():
        found.append(Caution("empty", "Both programs are empty."))
    if devices == 0:
        found.append(Caution("no-devices", "No device is in this group."))
    return found


def _check(programs: Programs) -> tuple[CompileMessage, ...]:
    from imptui.squirrel.syntax import check

    found = []
    for program in ("agent", "device"):
        error = check(programs.of(program))
        if error is not None:
            found.append(CompileMessage(program, error.row, error.column, "error", error.message))
    return tuple(found)
