"""Makes drafts, from programs or from another deployment, and compares them with what their group is to run."""

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
    """Prepares deployments. It changes nothing on the service."""

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
        """Prepare a deployment of two programs to a group, compared with what the group is to run now.

        Args:
            group_id: Where to.
            programs: What is to run there.
            source: Where they come from, in words.
            description: What is written on the deployment.
            origin: What the programs were made from, for other tools.
            tags: Tags of the deployment; review marks among them are left out, for they belong to another one.
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
        """Prepare to deploy the exact bytes of an earlier deployment: promotion, or the way back.

        Its marks are read anew, for they are what is decided by.
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
        """The deployment as the service tells it now; as it is known, when the service tells nothing."""
        try:
            async for page in self._central.deployments.pages(sha=known.sha, priority=Priority.LOOK):
                await store_answer(self._cache.deployments.store, page.items)
                for each in page.items:
                    if each.id == known.id:
                        return each
        except (NoAnswer, Refused):
            pass  # what must be told in the moment of deploying is asked for then
        return known

    async def seen(self, deployment_id: DeploymentId) -> Draft:
        """A deployment that exists, as a draft to be read: compared with the one before it in its group.

        Raises:
            NotFound: It, or its group, is unknown.
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
        """Return the draft of a group that was saved last, compared with what the group is to run now; None: none is saved."""
        found = await self._store.unfinished(group_id)
        return await self.resume(found[0]) if found else None

    async def resume(self, unfinished: UnfinishedReview) -> Draft:
        """Go on with a review: as it was written, compared with what the group is to run now.

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
        """Return a draft with what was written when the same was reviewed and saved before; else as it is."""
        saved = await self._store.one(draft.key)
        return draft if saved is None else await self.cautioned(worded_like(draft, saved))

    # What it is compared with

    async def rebased(self, draft: Draft) -> Draft:
        """The draft compared with what the group is to run now.

        Raises:
            NoAnswer: The service was not reached.
        """
        return await self._based(replace(draft, group=await self._through.fetch_group(draft.group.id)))

    async def _based(self, draft: Draft) -> Draft:
        """The draft compared with the group's current deployment."""
        current = draft.group.current_deployment_id
        base, base_programs = None, NO_PROGRAMS
        if current is not None:
            base_programs = await self._programs.of(current)
            base = await asyncio.to_thread(self._cache.deployments.one, current)
        return await self.cautioned(replace(draft, base=base, base_programs=base_programs))

    async def cautioned(self, draft: Draft) -> Draft:
        """The draft with what a reviewer should know about it now.

        Raises:
            NoAnswer: An approval is wanted, and the service was not reached.
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
        guard = replace(self._central.guard, read_only_because=None)  # read-only is said on every page
        protected = guard.forbids(f"deploy to {group.name}", [("group", group.id)], (group.name,))
        return Surroundings(
            devices=self._cache.groups.tally(group.id).devices,
            source=source,
            minimum=minimum,
            here_before=tuple(deployments.with_sha(group.id, source.sha)) if source is not None else (),
            protected_because=protected.reason if protected is not None else None,
            unapproved_because=unapproved,
        )
