"""Create, restart, watch the rollout, go back.

A review is made from a `Draft`: which group, which two programs, compared with which base. On deploy the group is read
again; if its current deployment is no longer the base, `BaseMoved` tells and nothing is created. A creation whose answer
was lost is looked up by its programs before anything is tried again: never two deployments from one review.
"""

import asyncio
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.change import About
from imptui.client.errors import NoAnswer
from imptui.domain import policy
from imptui.domain.deployment import Deployment
from imptui.domain.errors import CompileMessage, Conflict, NotFound, Refused
from imptui.domain.ids import DeploymentId
from imptui.fleet.change_feed import ChangeFeed
from imptui.fleet.deployments.draft import Draft, RestartMode
from imptui.fleet.deployments.draft_store import DraftStore
from imptui.fleet.deployments.drafting import Drafting
from imptui.fleet.deployments.programs import ProgramReader
from imptui.fleet.deployments.rollout import Rollout, count_rollout
from imptui.fleet.sync.account_sync import AccountSync
from imptui.fleet.write_through import WriteThrough, store_answer


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


class Deployed(Struct, frozen=True):
    """What came of a draft."""

    deployment: Deployment
    warnings: tuple[CompileMessage, ...]
    restart_failure: Exception | None
    """Why the devices were not restarted although that was asked for; the deployment stands all the same."""
    was_looked_up: bool = False
    """The answer of the creation was lost; the deployment was found afterwards."""


class Deploys:
    """Deploys drafts exactly once, and counts how far a deployment has come."""

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
    ) -> None:
        """Connect the parts.

        Args:
            cache: Where the group is saved with its new deployment.
            central: The service.
            changes: Announces the deployment.
            drafting: Compares a draft again when the group moved on.
            drafts: Saves the draft before, and drops it after.
            programs: Saves what was deployed.
            through: Fetches the group.
            sync: Reads the devices of a group again, for a rollout.
        """
        self._cache = cache
        self._central = central
        self._changes = changes
        self._drafting = drafting
        self._drafts = drafts
        self._programs = programs
        self._through = through
        self._sync = sync

    async def deploy(self, draft: Draft) -> Deployed:
        """Create the deployment, then restart as the draft says.

        Raises:
            BaseMoved: The group changed under the review; nothing was created.
            Refused: The service, the guard or a rule said no; nothing was created. The draft is kept.
            NoAnswer: Whether it was created could not be found out; the draft is kept, and deploying it again looks first.
        """
        for refusal in (policy.validate_description(draft.description), policy.validate_tags(draft.tags)):
            if refusal is not None:
                raise refusal
        await self._drafts.save(draft)
        group = await self._through.fetch_group(draft.group.id)
        if group.current_deployment_id != (draft.base.id if draft.base else None):
            found = await self._look_up(draft)
            if found is None:
                raise BaseMoved(await self._drafting.rebased(draft))
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

    async def _look_up(self, draft: Draft) -> Deployment | None:
        """The deployment that this draft became, if it did: newer than the base, same programs, same words."""
        async for page in self._central.deployments.pages(group_id=draft.group.id):
            for each in page.items:
                if draft.base is not None and each.created_at <= draft.base.created_at:
                    return None
                if (each.description or "") != draft.description or each.origin != draft.origin:
                    continue
                found, programs = await self._central.deployments.get(each.id)
                if programs == draft.programs:
                    return found
        return None

    async def _finish(
        self, draft: Draft, made: Deployment, warnings: tuple[CompileMessage, ...], *, was_looked_up: bool = False
    ) -> Deployed:
        await self._programs.save(made, draft.programs)
        await store_answer(self._cache.groups.store, [replace(draft.group, current_deployment_id=made.id)])
        failure = await self._restart(draft)
        with suppress(NoAnswer, Refused):  # the deployment stands; the next pass brings the group
            await self._through.fetch_group(draft.group.id)
        await self._drafts.drop(draft.key)
        self._changes.announce()
        return Deployed(made, warnings, failure, was_looked_up)

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
        return await asyncio.to_thread(count_rollout, self._cache, found, found.group_id, self._changes.now())
