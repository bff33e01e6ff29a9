"""A review from its first draft to the deployment: make, check, autosave, compare again, deploy.

The session knows no widget. The screen shows its attributes, passes it the drafts with the user's changes, and asks questions.
"""

import asyncio
from collections.abc import Sequence

from msgspec import Struct

from imptui.client.errors import NoAnswer
from imptui.domain import policy
from imptui.domain.deployment import Programs
from imptui.domain.errors import CompileMessage, Refused
from imptui.domain.ids import DeploymentId, GroupId
from imptui.fleet.deployments.deploy import BaseMoved, Deployed
from imptui.fleet.deployments.draft import Draft, UnfinishedReview
from imptui.fleet.deployments.draft_autosave import DraftAutosave
from imptui.fleet.deployments.programs import check
from imptui.fleet.deployments.review_context import ReviewContext, facts_of
from imptui.fleet.fleet import Fleet
from imptui.fleet.read_model import DeploymentRow
from imptui.tui.present.failure import sentence


class ReviewSource(Struct, frozen=True):
    """The source of the programs of a review; an empty one means that the user is asked."""

    deployment_id: DeploymentId | None = None
    """The deployment whose programs are deployed."""
    programs: Programs | None = None
    """Local programs instead of a deployment."""
    name: str = ""
    """The place of the local programs, in words."""
    origin: str | None = None
    """The origin of the local programs."""
    unfinished: UnfinishedReview | None = None
    """A saved review to resume."""
    edited: Draft | None = None
    """The draft that these programs replace with an edited copy."""


class ReviewSession:
    """One review for one group.

    Attributes:
        source: The source of the next draft.
        draft: The draft in review; None until it is made.
        facts: The review context; None until it is read.
        checked: The messages of the compile check; None while it runs.
        arrived: The deployment that reached the group since the comparison was made.
        is_busy: True while it is being deployed.
        trouble: The reason why the last attempt failed.
    """

    def __init__(self, fleet: Fleet, group_id: GroupId, source: ReviewSource) -> None:
        self.group_id = group_id
        self.source = source
        self.draft: Draft | None = None
        self.facts: ReviewContext | None = None
        self.checked: Sequence[CompileMessage] | None = None
        self.arrived: DeploymentRow | None = None
        self.is_busy = False
        self.trouble: str | None = None
        self._deploys = fleet.deploys
        self._drafting = fleet.drafting
        self._drafts = fleet.drafts
        self._look = fleet.look
        self._autosave = DraftAutosave(fleet.drafts)
        self._error_at = 0

    # Drafting

    async def make_draft(self) -> Draft | None:
        """Make the draft that the source describes; None: the user must choose a source.

        Raises:
            Refused, NoAnswer: The draft cannot be made.
        """
        drafting, source = self._drafting, self.source
        if source.unfinished is not None:
            return await drafting.resume(source.unfinished)
        if source.programs is not None:
            edited = source.edited
            made = await drafting.draft(
                self.group_id,
                source.programs,
                source=source.name,
                description=edited.description if edited is not None else "",
                origin=source.origin,
                tags=edited.tags if edited is not None else (),
            )
            return await drafting.remembered(made)
        if source.deployment_id is not None:
            return await drafting.remembered(await drafting.draft_of(self.group_id, source.deployment_id))
        return None

    def begin(self, draft: Draft) -> None:
        """Review this draft from now on."""
        self.draft, self.trouble, self.checked, self.arrived, self._error_at = draft, None, None, None, 0

    async def read_facts(self) -> None:
        """Read the review context of the draft from the cache."""
        if self.draft is not None:
            self.facts = await facts_of(self._look, self.draft)

    async def check(self) -> None:
        """Check the code of the draft; save the draft first if its programs are stored nowhere else."""
        draft = self.draft
        if draft is None:
            return
        if draft.source_id is None:
            await self._drafts.save(draft)
        self.checked = await check(draft.programs)

    def edit(self, written: Draft, programs: Programs) -> None:
        """Make the next draft from an edited copy of the programs; the user's texts are kept."""
        name = written.source if written.source.startswith("an edited copy") else f"an edited copy of {written.source}"
        self.source = ReviewSource(programs=programs, name=name, origin=written.origin, edited=written)
        self.stop_saving()

    async def drop_replaced(self) -> None:
        """Delete the saved draft that this edited copy replaces."""
        before = self.source.edited
        if before is not None and self.draft is not None and before.key != self.draft.key:
            await self._drafts.drop(before.key)

    def next_error(self) -> CompileMessage | None:
        """Return the next error of the compile check, wrapping around; None: there is none."""
        if not self.checked:
            return None
        self._error_at += 1
        return self.checked[(self._error_at - 1) % len(self.checked)]

    # Saving

    def begin_saving(self, written: Draft) -> None:
        """Start to save changes; `written` is the draft before any change."""
        self._autosave.begin(written)

    def save_soon(self, written: Draft | None) -> None:
        """Save a draft a moment later, unless it is being deployed."""
        if written is not None and not self.is_busy:
            self._autosave.write(written)

    def stop_saving(self) -> None:
        """Stop saving: the draft is deployed, deleted or replaced."""
        self._autosave.stop()

    async def close(self, written: Draft | None) -> None:
        """Save the latest changes at once."""
        self.save_soon(written)
        await self._autosave.flush()

    async def is_saved(self) -> bool:
        """Return whether the review can be resumed later."""
        draft = self.draft
        return draft is not None and any(each.key == draft.key for each in await self._drafts.unfinished(draft.group.id))

    async def discard(self, draft: Draft) -> None:
        """Delete the saved draft."""
        self.stop_saving()
        await self._drafts.drop(draft.key)

    # What changes from outside

    async def refresh(self) -> None:
        """Read the review context, the review marks, and new deployments of the group again."""
        draft, before = self.draft, self.facts
        if draft is None:
            return
        self.facts = facts = await facts_of(self._look, draft)
        group, base = await self._look.group(draft.group.id), draft.base.id if draft.base is not None else None
        current = group.current_deployment_id if group is not None else base
        self.arrived = await self._look.deployment(current) if current is not None and current != base else None
        if before is not None and facts.source != before.source:
            cautioned = await self._cautioned(draft)
            if self.draft is draft:
                self.draft = cautioned

    async def _cautioned(self, draft: Draft) -> Draft:
        try:
            return await self._drafting.cautioned(draft)
        except (Refused, NoAnswer):
            return draft  # The marks are read again before deploying.

    # Deploying

    def why_not(self, written: Draft | None) -> str | None:
        """Return why a draft cannot be deployed as it is; None: it can."""
        if self.is_busy:
            return "It is being deployed."
        if written is None:
            return "There is nothing to deploy yet."
        refusal = policy.validate_description(written.description) or policy.validate_tags(written.tags)
        return refusal.reason if refusal is not None else None

    async def rebased(self, written: Draft) -> Draft:
        """Return the draft, compared with the deployment that arrived in the group meanwhile.

        Raises:
            Refused, NoAnswer: It cannot be compared.
        """
        return await self._drafting.rebased(written)

    async def deploy(self, written: Draft) -> Deployed:
        """Deploy a draft. The call continues if the screen is closed, because journal and draft depend on its answer.

        Raises:
            BaseMoved: Something else was deployed to the group; the error holds the draft compared with that.
            Refused, NoAnswer: It was not deployed.
        """
        return await asyncio.shield(asyncio.ensure_future(self._deploys.deploy(written)))

    def begin_deploying(self) -> None:
        """Accept no changes from now on."""
        self.is_busy, self.trouble = True, None
        self.stop_saving()

    def fail(self, attempt: str, error: Exception) -> None:
        """Store why an attempt failed, and the compile errors of the service."""
        self.trouble = str(error) if isinstance(error, BaseMoved) else sentence(attempt, error)
        if isinstance(error, Refused) and error.compile_messages:
            self.checked = tuple(error.compile_messages)
