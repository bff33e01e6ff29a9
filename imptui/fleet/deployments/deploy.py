"""Deploys drafts: creates the deployment exactly once, restarts devices, counts the rollout.

A `Draft` names the group, the two programs and the base that they are compared with. Deploying reads the group again; if its
current deployment is no longer the base, it raises `BaseMoved` and creates nothing.

One review never makes two deployments: a record is saved before a creation is sent. While the record exists, the next attempt,
in this process or another, looks for the deployment first. Processes of one machine deploy to a group one after the other.
"""

import asyncio
import sqlite3
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.change import About
from imptui.client.errors import NoAnswer
from imptui.domain import policy
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.errors import CompileMessage, Conflict, NotFound, Refused
from imptui.domain.ids import DeploymentId
from imptui.fleet.change_feed import ChangeFeed
from imptui.fleet.deployments.creation_lookup import CreationLookup, Twins
from imptui.fleet.deployments.creation_record import CreationRecord
from imptui.fleet.deployments.draft import Draft, RestartMode
from imptui.fleet.deployments.draft_codec import body_of
from imptui.fleet.deployments.draft_store import DraftStore
from imptui.fleet.deployments.drafting import Drafting
from imptui.fleet.deployments.group_lock import DeployRequest, GroupLocks, LastDeployment, LockTurn
from imptui.fleet.deployments.programs import ProgramReader
from imptui.fleet.deployments.rollout import Rollout, count_rollout
from imptui.fleet.sync.account_sync import AccountSync
from imptui.fleet.write_through import WriteThrough, store_answer

NO_TWINS = Twins()


class BaseMoved(Conflict):
    """Another deployment arrived in the group since the draft was made; nothing was created.

    Attributes:
        draft: The same draft, compared with the group's current deployment.
    """

    def __init__(self, draft: Draft) -> None:
        super().__init__(
            f"The group '{draft.group.name}' got another deployment since this review began; nothing was deployed."
            " Look at the new difference first."
        )
        self.draft = draft


class CreationUnknown(NoAnswer):
    """The service may or may not have created the deployment; the draft is kept, and the next attempt looks for it first."""

    def __init__(self, draft: Draft, endpoint: str, why: str, look_up: str) -> None:
        super().__init__(
            f"find out whether {draft.source} was deployed to '{draft.group.name}'",
            endpoint,
            f"{why}; {look_up}",
            "A deployment may exist. The review is kept; deploy the same again: it looks first.",
            sent=True,
        )
        self.is_outcome_unknown = True


class DeployedUnsaved(NoAnswer):
    """A deployment was created and the cache could not be written; deploying the same again finds it."""

    def __init__(self, deployment_id: DeploymentId, draft: Draft, endpoint: str, error: Exception) -> None:
        super().__init__(
            f"save deployment {deployment_id}, which was created in '{draft.group.name}',",
            endpoint,
            str(error),
            "It is deployed: do not create it again.",
            sent=True,
        )
        self.is_done = True


class Deployed(Struct, frozen=True):
    """The result of deploying a draft."""

    deployment: Deployment
    warnings: tuple[CompileMessage, ...]
    restart_failure: Exception | None
    """The reason why the requested restart failed; the deployment exists all the same."""
    was_looked_up: bool = False
    """True if an earlier attempt, or an identical command at the same time, created the deployment."""
    twins: Twins = NO_TWINS
    """Further deployments that the same creation made."""


class Deploys:
    """Deploys drafts exactly once, and counts the progress of rollouts."""

    def __init__(
        self,
        cache: Cache,
        central: Central,
        changes: ChangeFeed,
        *,
        drafting: Drafting,
        drafts: DraftStore,
        programs: ProgramReader,
        through: WriteThrough,
        sync: AccountSync,
        locks: GroupLocks,
    ) -> None:
        """Connect the parts of deploying.

        Args:
            cache: Stores the group with its new deployment.
            central: The service.
            changes: Announces the deployment.
            drafting: Compares a draft again if the group has another current deployment.
            drafts: Saves the draft before the creation, and drops it afterwards.
            programs: Saves the deployed programs.
            through: Fetches the group.
            sync: Reads the devices of a group again, for a rollout.
            locks: Lets the processes of this machine take turns.
        """
        self._cache = cache
        self._central = central
        self._changes = changes
        self._drafting = drafting
        self._drafts = drafts
        self._programs = programs
        self._through = through
        self._sync = sync
        self._locks = locks
        self._lookup = CreationLookup(central)

    async def deploy(self, draft: Draft, request: DeployRequest | None = None) -> Deployed:
        """Create the deployment, then restart as the draft says.

        Args:
            draft: The deployment to create.
            request: The command that asks for it; identical commands at the same time make one deployment.

        Raises:
            BaseMoved: The group has another current deployment since the review; nothing was created.
            Refused: The service, the guard or a rule said no; nothing was created. The draft is kept.
            DeployedUnsaved: It was created, and the cache cannot be written.
            CreationUnknown: The service may have created it; the draft is kept, and the next attempt looks for it first.
            NoAnswer: The service was not reached; nothing was created. The draft is kept.
        """
        for refusal in (policy.validate_description(draft.description), policy.validate_tags(draft.tags)):
            if refusal is not None:
                raise refusal
        async with self._locks.turn(draft.group) as turn:
            done = await self._deploy(draft, request, turn)
            if request is not None:
                turn.finish(
                    LastDeployment(
                        identity=request.identity,
                        deployment_id=done.deployment.id,
                        finished_at=self._changes.now(),
                        is_restarted=done.restart_failure is None,
                    )
                )
        return done

    async def _deploy(self, draft: Draft, request: DeployRequest | None, turn: LockTurn) -> Deployed:
        last = turn.same_as(request)
        if last is not None:
            made, programs = await self._central.deployments.get(DeploymentId(last.deployment_id))
            same = replace(draft, programs=programs, restart=RestartMode.NONE if last.is_restarted else draft.restart)
            return await self._finish(same, made, (), was_looked_up=True)
        unsettled = await self._unsettled(draft, request)
        if unsettled is not None:
            sought, record = unsettled
            found = await self._look_first(sought, record)
            if found is not None:
                twins = await self._lookup.twins(draft.group.id, found, record)
                return await self._finish(sought, found, (), was_looked_up=True, twins=twins)
        await self._drafts.save(draft)
        record, earlier = self._record_of(draft, request), unsettled[1] if unsettled is not None else None
        group = await self._through.fetch_group(draft.group.id)
        if group.current_deployment_id != (draft.base.id if draft.base else None):
            found = await self._lookup.find(draft.group.id, draft.programs, record)
            if found is None:
                raise BaseMoved(await self._drafting.rebased(draft))
            return await self._finish(draft, found, (), was_looked_up=True)
        return await self._created(draft, record, earlier)

    async def _unsettled(self, draft: Draft, request: DeployRequest | None) -> tuple[Draft, CreationRecord] | None:
        """Return the creation of the same review or command that has no known outcome; None: there is none."""
        for record in await self._drafts.creations.of(draft.group.id):
            if record.key == draft.key:
                return draft, record
            saved = await self._drafts.one(record.key) if request and record.identity == request.identity else None
            if saved is not None:
                body = body_of(saved)
                programs = Programs(body.programs.agent_code, body.programs.device_code)
                return replace(draft, key=record.key, programs=programs, source=body.source), record
        return None

    async def _look_first(self, draft: Draft, record: CreationRecord) -> Deployment | None:
        try:
            return await self._lookup.find(draft.group.id, draft.programs, record)
        except (NoAnswer, Refused) as error:
            why = "the answer of an earlier attempt was lost"
            raise CreationUnknown(draft, self._central.endpoint, why, f"looking for it failed ({_why(error)})") from error

    def _record_of(self, draft: Draft, request: DeployRequest | None) -> CreationRecord:
        return CreationRecord(
            key=draft.key,
            began_at=self._changes.now(),
            description=draft.description,
            origin=draft.origin,
            base_id=draft.base.id if draft.base else None,
            base_created_at=draft.base.created_at if draft.base else None,
            identity=request.identity if request else None,
        )

    async def _created(self, draft: Draft, record: CreationRecord, earlier: CreationRecord | None) -> Deployed:
        """Create the deployment and settle its record. `earlier` is a lost creation that may still arrive at the service."""
        group_id, creations = draft.group.id, self._drafts.creations
        await creations.save(group_id, record)
        try:
            made, warnings = await self._create(draft)
        except Refused:
            await creations.settle(group_id, draft.key)
            raise
        except NoAnswer as error:
            if not error.sent:
                await creations.settle(group_id, draft.key)
                if earlier is not None:
                    await creations.save(group_id, earlier)
                raise
            looked_up = await self._look_after(draft, record, error)
            twins = await self._lookup.twins(group_id, looked_up, record)
            return await self._finish(draft, looked_up, (), was_looked_up=True, twins=twins)
        twins = await self._lookup.twins(group_id, made, record)
        return await self._finish(draft, made, warnings, twins=twins)

    async def _look_after(self, draft: Draft, record: CreationRecord, lost: NoAnswer) -> Deployment:
        endpoint = self._central.endpoint
        try:
            found = await self._lookup.find(draft.group.id, draft.programs, record)
        except (NoAnswer, Refused) as error:
            raise CreationUnknown(draft, endpoint, lost.why, f"looking for it failed, too ({_why(error)})") from error
        if found is None:
            raise CreationUnknown(draft, endpoint, lost.why, "it is not there yet") from lost
        return found

    async def _create(self, draft: Draft) -> tuple[Deployment, tuple[CompileMessage, ...]]:
        before = {"current_deployment": draft.base.id if draft.base else None}
        return await self._central.deployments.create(
            draft.group.id,
            draft.group.type,
            draft.programs,
            description=draft.description or None,
            origin=draft.origin,
            tags=draft.tags,
            is_flagged=draft.is_flagged,
            source_id=draft.source_id,
            about=About(draft.group.name, before, (draft.group.name,)),
        )

    async def _finish(
        self,
        draft: Draft,
        made: Deployment,
        warnings: tuple[CompileMessage, ...],
        *,
        was_looked_up: bool = False,
        twins: Twins = NO_TWINS,
    ) -> Deployed:
        try:
            return await self._saved(draft, made, warnings, was_looked_up=was_looked_up, twins=twins)
        except (sqlite3.Error, OSError) as error:
            raise DeployedUnsaved(made.id, draft, self._central.endpoint, error) from error

    async def _saved(
        self, draft: Draft, made: Deployment, warnings: tuple[CompileMessage, ...], *, was_looked_up: bool, twins: Twins
    ) -> Deployed:
        await self._programs.save(made, draft.programs)
        await store_answer(self._cache.groups.store, [replace(draft.group, current_deployment_id=made.id)])
        failure = await self._restart(draft)
        with suppress(NoAnswer, Refused):  # the deployment exists; the next pass reads the group
            await self._through.fetch_group(draft.group.id)
        await self._drafts.drop(draft.key)
        self._changes.announce()
        return Deployed(made, warnings, failure, was_looked_up, twins)

    async def _restart(self, draft: Draft) -> Exception | None:
        if draft.restart is RestartMode.NONE:
            return None
        try:
            await self._central.groups.restart(
                draft.group.id, conditional=draft.restart is RestartMode.CONDITIONAL, about=About(draft.group.name)
            )
        except (NoAnswer, Refused) as error:
            return error
        return None

    async def rollout(self, deployment_id: DeploymentId, *, fresh: bool = True) -> Rollout:
        """Count how many devices of the group run a deployment.

        Args:
            deployment_id: The deployment.
            fresh: Read the group's devices again first, by pages of 100; False counts from the cache alone.

        Raises:
            NotFound: The deployment, or its group, is unknown.
            NoAnswer: The service was not reached (only when `fresh`).
        """
        found = await asyncio.to_thread(self._cache.deployments.one, deployment_id)
        if found is None or found.group_id is None:
            raise NotFound(f"There is no deployment {deployment_id} with a group.")
        if fresh:
            await self._sync.group(found.group_id)
        return await asyncio.to_thread(count_rollout, self._cache, found, found.group_id, self._changes.now())


def _why(error: NoAnswer | Refused) -> str:
    return error.why if isinstance(error, NoAnswer) else error.reason
