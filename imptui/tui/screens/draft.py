"""What would be deployed: to whom, with which cautions, what differs.

Nothing is sent by looking. What is written is kept while it is written, so that neither a failure nor an end of the console
loses it, and is found again when the same is reviewed again.
"""

from collections.abc import Iterable
from typing import ClassVar

from msgspec.structs import replace
from textual import on, work
from textual.widget import Widget

from imptui.client.errors import NoAnswer
from imptui.domain import policy
from imptui.domain.deployment import Programs
from imptui.domain.errors import CompileMessage, Refused
from imptui.domain.ids import DeploymentId, GroupId
from imptui.fleet.deployments.draft import Draft, UnfinishedReview
from imptui.fleet.deployments.draft_autosave import DraftAutosave
from imptui.fleet.deployments.programs import check
from imptui.fleet.deployments.review_context import PROGRAMS, ReviewContext, facts_of
from imptui.fleet.read_model import DeploymentRow
from imptui.tui.commands.command import Situation
from imptui.tui.commands.review_page import Hindrance
from imptui.tui.present.failure import sentence
from imptui.tui.present.look import Piece
from imptui.tui.present.review import INDENT, Shown, count_word, summary, target_words
from imptui.tui.present.safe import safe
from imptui.tui.present.wrapping import wrapped
from imptui.tui.screens.compare import DiffPage
from imptui.tui.screens.review_source import ask_source
from imptui.tui.widgets.hint_line import Hint
from imptui.tui.widgets.lines_view import LinesView
from imptui.tui.widgets.review_form import FIELDS, ReviewForm
from imptui.tui.widgets.text_pane import TextPane
from imptui.tui.widgets.theme_access import look_of

ROOMY_LINES = 34
"""Screen lines from which everything is seen at once; below, one pane at a time."""


class DraftPage(DiffPage):
    """A draft to be read and written on; what keys do with it is said elsewhere.

    Args:
        group_id: For which group.
        source_id: A deployment whose programs are to be deployed; None: it is asked for.
        programs: Programs at hand instead of a deployment.
        source: Where they come from, in words.
        origin: What they were made from.
        unfinished: A review that was kept, to go on with.
    """

    page_name: ClassVar[str] = "review"
    DEFAULT_CSS = """
    DraftPage #summary { height: auto; max-height: 14; }
    """

    def __init__(
        self,
        group_id: GroupId,
        source_id: DeploymentId | None = None,
        *,
        programs: Programs | None = None,
        source: str = "",
        origin: str | None = None,
        unfinished: UnfinishedReview | None = None,
    ) -> None:
        super().__init__()
        self.group_id, self.source_id = group_id, source_id
        self._programs, self._source, self._origin, self._unfinished = programs, source, origin, unfinished
        self.draft: Draft | None = None
        self.facts: ReviewContext | None = None
        self.checked: tuple[CompileMessage, ...] | None = None
        self.arrived: DeploymentRow | None = None
        self.is_busy = False
        self.trouble: str | None = None
        self._error_at = 0
        self._counted = ""
        self._mended: Draft | None = None

    # What it is made of

    def compose_more(self) -> Iterable[Widget]:
        """What will happen to whom, and what is written on the deployment."""
        self.summary = LinesView(id="summary")
        self.form = ReviewForm(id="form")
        yield self.summary
        yield self.form

    def panes(self) -> list[Widget]:
        """What happens, the fields, the comparison."""
        return [self.summary, *[self.form.field(name) for name in FIELDS], self.view]

    def lay_out(self, cells: int, lines: int) -> None:  # noqa: ARG002 - the shape for subclasses
        """On a low screen the comparison and the rest take turns."""
        if not self.is_ready:
            return
        self._paint()
        is_diff = self.active is self.view
        is_roomy = self.is_roomy
        self.view.display = self.status.display = is_roomy or is_diff
        self.summary.display = is_roomy or not is_diff
        self.form.display = is_roomy or not is_diff
        self.summary.styles.max_height = max(4, min(18, lines // 2 - 4 if is_roomy else lines - 9))

    def make_way(self, pane: Widget) -> None:
        """What is searched, wrapped or chosen in the comparison is to be seen."""
        if not pane.display:
            self.give_keys(pane)

    @property
    def is_roomy(self) -> bool:
        """Whether the head and the comparison are on the screen together."""
        return self.size.height >= ROOMY_LINES and not self.zoomed

    def hints(self) -> list[Hint]:
        """Where they take turns, first how to come to the other one."""
        found = super().hints()
        if self.draft is None or self.is_roomy or self.active not in (self.summary, self.view):
            return found
        to = Hint("1", "who and what") if self.active is self.view else Hint(str(len(self.panes())), "differences")
        return [to, *found]

    def on_descendant_focus(self) -> None:
        """The pane that has the keys is seen."""
        super().on_descendant_focus()
        if self.focused in self.panes() and self.focused is not self.active:
            self.active = self.focused
            self.lay_out(*self.size)

    def opened(self) -> None:
        """Make the draft."""
        self.keeper = DraftAutosave(self.fleet.drafts)
        self.give_keys(self.summary)
        self._paint()
        self.begin()

    # The draft

    @work(group="dialogs", name="begin")
    async def begin(self) -> None:
        """From what was given, else from what is asked for."""
        try:
            made = await self._given() or await ask_source(self.host, self.group_id)
        except (Refused, NoAnswer) as error:
            self._fail("Prepare the deployment", error)
            return
        if made is not None:
            await self.take(made)
            await self._drop_mended()
        elif self.draft is None and self.app.screen is self:
            self.app.pop_screen()

    async def _drop_mended(self) -> None:
        """The draft that this one is a mended copy of needs not be kept any longer."""
        before, self._mended = self._mended, None
        if before is not None and self.draft is not None and before.key != self.draft.key:
            await self.fleet.drafts.drop(before.key)

    async def _given(self) -> Draft | None:
        drafting = self.fleet.drafting
        if self._unfinished is not None:
            return await drafting.resume(self._unfinished)
        if self._programs is not None:
            words = self._mended
            made = await drafting.draft(
                self.group_id,
                self._programs,
                source=self._source,
                description=words.description if words is not None else "",
                origin=self._origin,
                tags=words.tags if words is not None else (),
            )
            return await drafting.remembered(made)
        if self.source_id is not None:
            return await drafting.remembered(await drafting.draft_of(self.group_id, self.source_id))
        return None

    async def take(self, draft: Draft, *, keep_words: bool = False) -> None:
        """Show a draft.

        Args:
            draft: What is reviewed from now on.
            keep_words: Leave what was written into the fields.
        """
        is_first = self.draft is None
        self.draft, self.trouble, self.checked, self.arrived, self._error_at = draft, None, None, None, 0
        if not keep_words:
            self.form.fill(draft)
            self.keeper.begin(self.form.written(draft))
        self.facts = await facts_of(self.fleet.look, draft)
        self.view.put(draft.base_programs, draft.programs)
        source = self.facts.source
        if is_first and self.is_roomy and source is not None and source.deployment.group_id == draft.group.id:
            self.give_keys(self.view)  # going back: what would be undone comes first, where the head is seen beside it
        self._paint()
        self.offer_hints()
        if draft.source_id is None:
            await self.fleet.drafts.save(draft)  # nowhere else are these programs to be found again
        self.checked = await check(draft.programs)
        self._paint()
        self.offer_hints()

    def written(self) -> Draft | None:
        """The draft with what is in the fields."""
        return self.form.written(self.draft) if self.draft is not None else None

    # Keeping it

    def _keep_soon(self) -> None:
        draft = self.written()
        if draft is not None and not self.is_busy:
            self.keeper.write(draft)

    async def leave(self) -> None:
        """To the screen before; what was written last is kept as well."""
        self._keep_soon()
        await self.keeper.flush()
        await super().leave()
        if self.draft is not None and await self._is_kept(self.draft):
            self.host.say("The review is kept; :drafts goes on with it.")

    async def _is_kept(self, draft: Draft) -> bool:
        return any(each.key == draft.key for each in await self.fleet.drafts.unfinished(draft.group.id))

    # Painting

    def _fail(self, attempt: str, error: Exception) -> None:
        self.trouble = sentence(attempt, error)
        self.host.fail(attempt, error)
        if isinstance(error, Refused) and error.compile_messages:
            self.checked = tuple(error.compile_messages)
        if self.draft is None:
            self.view.fail(safe(self.trouble))
        self._paint()
        self.offer_hints()

    def _paint(self) -> None:
        if not self.is_ready:
            return
        self._counted = self._counts()
        shown = Shown(
            self.draft,
            self.facts,
            self.host.now(),
            look_of(self).glyphs,
            self.checked,
            self.trouble,
            self.fleet.status.read_only_because,
            self.is_busy,
            self.arrived,
            self._counted,
            "E shows the line",
            is_roomy=self.is_roomy,
        )
        self.summary.put(wrapped(summary(shown), self.size.width, INDENT))
        self.summary.refresh(layout=True)
        self.form.paint(self.size.width)
        self.paint_title()

    @on(TextPane.Told)
    def counted(self) -> None:
        """The comparison is through, so its counts are known."""
        if self._counts() != self._counted:
            self._paint()

    def _counts(self) -> str:
        known = [(program, self.view.counts(program)) for program in PROGRAMS]
        return ", ".join(f"{program} {count_word(found)}" for program, found in known if found is not None)

    def page_title(self) -> list[Piece]:
        """What goes where."""
        if self.draft is None:
            return [(" Review", "title-focus")]
        return [(" Review for ", "title"), (target_words(self.draft.group), "title-focus"), (f"  {self.view.count_words()}", "")]

    def fleet_changed(self) -> None:
        """Devices may have come or gone, colleagues may have marked or deployed."""
        super().fleet_changed()
        if self.draft is not None and not self.is_busy:
            self.count_again()

    @work(exclusive=True, group="affected")
    async def count_again(self) -> None:
        """Who is affected now, what marks there are, and what arrived in the group."""
        draft, before = self.draft, self.facts
        if draft is None:
            return
        self.facts = await facts_of(self.fleet.look, draft)
        group, base = await self.fleet.look.group(draft.group.id), draft.base.id if draft.base is not None else None
        current = group.current_deployment_id if group is not None else base
        self.arrived = await self.fleet.look.deployment(current) if current is not None and current != base else None
        if before is not None and self.facts.source != before.source:
            with_marks = await self._cautioned(draft)
            if self.draft is draft:
                self.draft = with_marks
        self._paint()

    async def _cautioned(self, draft: Draft) -> Draft:
        try:
            return await self.fleet.drafting.cautioned(draft)
        except (Refused, NoAnswer):
            return draft  # the marks are asked for again when it is deployed

    def situation(self, key: str | None = None) -> Situation:
        """The group, the deployment that is copied, and what is against deploying."""
        against, draft = self._against(), self.draft
        more: list[object] = [against] if against is not None else []
        if draft is not None and draft.forbidden_because is not None:
            more.append(Hindrance(draft.forbidden_because))
        return replace(
            super().situation(key),
            group=draft.group if draft is not None else None,
            deployment=self.facts.source if self.facts is not None else None,
            more=tuple(more),
        )

    def _against(self) -> str | None:
        if self.is_busy:
            return "It is being deployed."
        draft = self.written()
        if draft is None:
            return "There is nothing to deploy yet."
        refusal = policy.validate_description(draft.description) or policy.validate_tags(draft.tags)
        return refusal.reason if refusal is not None else None

    @on(ReviewForm.Changed)
    def wrote(self) -> None:
        """Keep it, and say at once when a field cannot be sent."""
        against = self._against()
        if against is not None and self.draft is not None:
            self.host.say(against)
        self._keep_soon()
        self.offer_hints()

    @on(ReviewForm.Left)
    def next_field(self) -> None:
        """Enter goes on to the next field."""
        self.action_next_pane()
