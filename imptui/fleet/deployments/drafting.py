"""Makes drafts from programs or from another deployment, and compares them with the group's current deployment."""

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.errors import NoAnswer
from imptui.client.pace import Priority
from imptui.domain import policy
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.errors import NotFound, Refused
from imptui.domain.group import GroupType
from imptui.domain.ids import DeploymentId, GroupId
from imptui.domain.review_mark import description_of, own_tags
from imptui.fleet.deployments.cautions import Surroundings, cautions
from imptui.fleet.deployments.draft import (
    NO_PROGRAMS,
    Draft,
    UnfinishedReview,
    copy_words,
    key_of,
    worded_like,
)
from imptui.fleet.deployments.draft_codec import body_of
from imptui.fleet.deployments.draft_store import DraftStore
from imptui.fleet.deployments.programs import ProgramReader
from imptui.fleet.write_through import WriteThrough, store_answer


class Drafting:
    """Makes and compares drafts. It changes nothing on the service."""

    def __init__(self, cache: Cache, central: Central, programs: ProgramReader, store: DraftStore, through: WriteThrough) -> None:
        self._cache = cache
        self._central = central
        self._programs = programs
        self._store = store
        self._through = through

    async def draft(
        self,
        group_id: GroupId,
        programs: Programs,
        *,
        source: str,
        description: str = "",
        origin: str | None = None,
        tags: Sequence[str] = (),
        source_id: DeploymentId | None = None,
    ) -> Draft:
        """Make a draft of two programs for a group, compared with the group's current deployment.

        Args:
            group_id: The group to deploy to.
            programs: The programs to deploy.
            source: The origin of the programs, in words for the reviewer.
            description: The description of the deployment.
            origin: The `origin` attribute of the deployment, for other tools.
            tags: Tags of the deployment; review marks are left out, because they belong to another deployment.
            source_id: The deployment whose exact bytes these are.

        Raises:
            Invalid: A program is larger than 4 MB.
            NotFound: There is no such group.
            NoAnswer: The service was not reached.
        """
        for program in ("agent", "device"):
            refusal = policy.validate_code(programs.of(program), program)
            if refusal is not None:
                raise refusal
        group = await self._through.fetch_group(group_id)
        made = Draft(
            key=key_of(group_id, programs),
            group=group,
            base=None,
            base_programs=NO_PROGRAMS,
            programs=programs,
            source=source,
            description=description,
            origin=origin,
            tags=own_tags(tags),
            source_id=source_id,
            began_with=group.current_deployment_id,
        )
        return await self._based(made)

    async def draft_of(self, group_id: GroupId, deployment_id: DeploymentId) -> Draft:
        """Make a draft of the exact bytes of an earlier deployment, to promote it or roll back.

        It fetches the marks of the deployment again, because the review depends on them.
        """
        programs = await self._programs.of(deployment_id)
        found = await asyncio.to_thread(self._cache.deployments.one, deployment_id)
        if found is not None:
            found = await self._with_marks(found)
        if found is None:
            raise NotFound(f"There is no deployment {deployment_id}.")
        source_group = await asyncio.to_thread(self._cache.groups.one, found.group_id) if found.group_id else None
        is_back = found.group_id == group_id
        place = f" of {source_group.name}" if source_group is not None else ""
        description, tags = copy_words(found, is_back=is_back)
        return await self.draft(
            group_id,
            programs,
            source=f"deployment {found.sha[:12]}{place}",
            description=description,
            origin=found.sha,
            tags=tags,
            source_id=deployment_id,
        )

    async def _with_marks(self, known: Deployment) -> Deployment:
        """Fetch the deployment from the service; return the cached one if the service does not answer."""
        try:
            async for page in self._central.deployments.pages(sha=known.sha, priority=Priority.LOOK):
                await store_answer(self._cache.deployments.store, page.items)
                for each in page.items:
                    if each.id == known.id:
                        return each
        except (NoAnswer, Refused):
            pass  # deploying reads again the facts that must be current
        return known

    async def seen(self, deployment_id: DeploymentId) -> Draft:
        """Return an existing deployment as a draft to read, compared with the previous deployment of its group.

        Raises:
            NotFound: The deployment or its group is unknown.
            NoAnswer: Its programs are not in the cache and the service was not reached.
        """
        programs = await self._programs.of(deployment_id)
        found = await asyncio.to_thread(self._cache.deployments.one, deployment_id)
        group = await asyncio.to_thread(self._cache.groups.one, found.group_id) if found and found.group_id else None
        if found is None or group is None:
            raise NotFound(f"There is no deployment {deployment_id} with a group.")
        before = await asyncio.to_thread(self._cache.deployments.before, found)
        draft = Draft(
            key=key_of(group.id, programs),
            group=group,
            base=before,
            base_programs=await self._programs.of(before.id) if before is not None else NO_PROGRAMS,
            programs=programs,
            source=f"deployment {found.sha[:12]} of {group.name}",
            description=description_of(found),
            origin=found.origin,
            tags=own_tags(found.tags),
            is_flagged=found.is_flagged,
            source_id=found.id,
            began_with=before.id if before is not None else None,
        )
        return replace(draft, cautions=cautions(draft, await asyncio.to_thread(self._surroundings, draft, None)))

    # Saved drafts

    async def kept(self, group_id: GroupId) -> Draft | None:
        """Return the latest saved draft of a group, compared with the group's current deployment; None: none is saved."""
        found = await self._store.unfinished(group_id)
        return await self.resume(found[0]) if found else None

    async def resume(self, unfinished: UnfinishedReview) -> Draft:
        """Resume a saved review, compared with the group's current deployment.

        Raises:
            NotFound: The group is gone; the draft stays until it is discarded.
            NoAnswer: The service was not reached.
            Invalid: It is damaged, and stays until it is discarded.
        """
        body = body_of(unfinished.draft)
        programs = Programs(body.programs.agent_code, body.programs.device_code)
        source_id = None if body.source_id is None else DeploymentId(body.source_id)
        made = await self.draft(unfinished.group_id, programs, source=body.source, source_id=source_id)
        return await self.cautioned(worded_like(made, unfinished.draft))

    async def remembered(self, draft: Draft) -> Draft:
        """Return a draft with the words of an earlier saved review of the same programs, or unchanged if there is none."""
        saved = await self._store.one(draft.key)
        return draft if saved is None else await self.cautioned(worded_like(draft, saved))

    # The base of a comparison

    async def rebased(self, draft: Draft) -> Draft:
        """Return the draft compared with the group's current deployment, fetched again.

        Raises:
            NoAnswer: The service was not reached.
        """
        return await self._based(replace(draft, group=await self._through.fetch_group(draft.group.id)))

    async def _based(self, draft: Draft) -> Draft:
        """Return the draft compared with the group's known current deployment."""
        current = draft.group.current_deployment_id
        base, base_programs = None, NO_PROGRAMS
        if current is not None:
            base_programs = await self._programs.of(current)
            base = await asyncio.to_thread(self._cache.deployments.one, current)
        return await self.cautioned(replace(draft, base=base, base_programs=base_programs))

    async def cautioned(self, draft: Draft) -> Draft:
        """Return the draft with its present cautions.

        Raises:
            NoAnswer: An approval is required, and the service was not reached.
        """
        unapproved = None
        if self._central.guard.needs_approval and draft.group.type is GroupType.PRODUCTION:
            lack = await self._central.deployments.lack_of_approval(draft.programs, draft.source_id)
            unapproved = lack.reason if lack is not None else None
        around = await asyncio.to_thread(self._surroundings, draft, unapproved)
        return replace(draft, cautions=cautions(draft, around))

    def _surroundings(self, draft: Draft, unapproved: str | None) -> Surroundings:
        deployments, group = self._cache.deployments, draft.group
        source = deployments.one(draft.source_id) if draft.source_id is not None else None
        minimum = deployments.one(group.min_supported_deployment_id) if group.min_supported_deployment_id else None
        guard = replace(self._central.guard, read_only_because=None)  # every page already shows read-only
        protected = guard.forbids(f"deploy to {group.name}", [("group", group.id)], (group.name,))
        return Surroundings(
            devices=self._cache.groups.tally(group.id).devices,
            source=source,
            minimum=minimum,
            here_before=tuple(deployments.with_sha(group.id, source.sha)) if source is not None else (),
            protected_because=protected.reason if protected is not None else None,
            unapproved_because=unapproved,
        )
