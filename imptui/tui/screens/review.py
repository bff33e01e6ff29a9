"""The screen that reviews a draft, with its target, cautions and difference, and deploys it.

Reviewing changes nothing on the service. The draft is saved while it is written, so that neither a failure nor the end of the
console loses it.
"""

from collections.abc import Iterable
from typing import ClassVar

from msgspec.structs import replace
from textual import on, work
from textual.widget import Widget

from imptui.client.errors import NoAnswer
from imptui.domain.deployment import Programs
from imptui.domain.errors import Refused
from imptui.domain.ids import DeploymentId, GroupId
from imptui.fleet.deployments.deploy import BaseMoved, Deployed
from imptui.fleet.deployments.draft import Draft, RestartMode, UnfinishedReview
from imptui.fleet.deployments.review_context import PROGRAMS
from imptui.tui.commands.command import Situation
from imptui.tui.commands.questions import Menu, Option, Question, Report
from imptui.tui.commands.review_page import DeployBlocker, deploy_question
from imptui.tui.present.look import Piece
from imptui.tui.present.review import INDENT, RESTARTS, Shown, count_word, summary, target_words
from imptui.tui.present.safe import safe
from imptui.tui.present.wrapping import wrapped
from imptui.tui.screens.compare import diff_reader
from imptui.tui.screens.draft_code import DraftCodePage
from imptui.tui.screens.reading import ReadingPage
from imptui.tui.screens.review_session import ReviewSession, ReviewSource
from imptui.tui.screens.review_source import ask_source
from imptui.tui.widgets.diff_view import DiffView
from imptui.tui.widgets.hint_line import Hint
from imptui.tui.widgets.lines_view import LinesView
from imptui.tui.widgets.review_form import FIELDS, ReviewForm
from imptui.tui.widgets.theme_access import look_of

ROOMY_LINES = 34
"""The number of screen lines from which everything is shown at once; below, one pane at a time."""


class ReviewPage(ReadingPage):
    """Shows a review session: a summary, the fields of the new deployment, and the comparison.

    Args:
        group_id: The group to deploy to.
        source_id: The deployment whose programs are deployed; None: the user is asked.
        programs: Local programs instead of a deployment.
        source: The place of the local programs, in words.
        origin: The origin of the local programs.
        unfinished: A saved review to resume.
    """

    page_name: ClassVar[str] = "review"
    DEFAULT_CSS = """
    ReviewPage #summary { height: auto; max-height: 14; }
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
        self.session = ReviewSession(self.fleet, group_id, ReviewSource(source_id, programs, source, origin, unfinished))
        self.view = DiffView(id="diff")
        self.summary = LinesView(id="summary")
        self.form = ReviewForm(id="form")
        self.reader = diff_reader(self, self.view, self._title)
        self._counts_shown = ""

    # Layout

    def compose_body(self) -> Iterable[Widget]:
        """Lay out summary, fields and comparison."""
        return [self.reader.body(self.summary, self.form)]

    def panes(self) -> list[Widget]:
        """Return summary, fields and comparison."""
        return [self.summary, *[self.form.field(name) for name in FIELDS], self.view]

    def lay_out(self, cells: int, lines: int) -> None:  # noqa: ARG002 - the shape for subclasses
        """Show everything, or on a low screen either the comparison or the rest."""
        if not self.is_ready:
            return
        self._paint()
        is_roomy, is_diff = self._is_roomy, self.active is self.view
        self.view.display = is_roomy or is_diff
        self.reader.show_status(is_shown=is_roomy or is_diff)
        self.summary.display = self.form.display = is_roomy or not is_diff
        self.summary.styles.max_height = max(4, min(18, lines // 2 - 4 if is_roomy else lines - 9))

    def reveal_pane(self, pane: Widget) -> None:
        """Show the comparison before it is searched, wrapped or selected in."""
        if not pane.display:
            self.focus_pane(pane)

    @property
    def _is_roomy(self) -> bool:
        return self.size.height >= ROOMY_LINES and not self.zoomed

    def hints(self) -> list[Hint]:
        """Add the key for the other pane if one is shown at a time."""
        found = super().hints()
        if self.session.draft is None or self._is_roomy or self.active not in (self.summary, self.view):
            return found
        to = Hint("1", "who and what") if self.active is self.view else Hint(str(len(self.panes())), "differences")
        return [to, *found]

    def on_descendant_focus(self) -> None:
        """Show the focused pane."""
        if self.focused in self.panes() and self.focused is not self.active:
            self.active = self.focused
            self.lay_out(*self.size)

    # The draft

    def opened(self) -> None:
        """Make the draft."""
        self.focus_pane(self.summary)
        self._paint()
        self._begin()

    @work(group="dialogs", name="begin")
    async def _begin(self) -> None:
        """Make the draft from its source, or ask the user for one."""
        session = self.session
        try:
            made = await session.make_draft() or await ask_source(self.host, session.group_id)
        except (Refused, NoAnswer) as error:
            self._fail("Prepare the deployment", error)
            return
        if made is not None:
            await self._take(made)
            await session.drop_replaced()
        elif session.draft is None:
            self.host.navigator.close(self)

    async def _take(self, draft: Draft, *, keep_words: bool = False) -> None:
        """Show a draft, and check it.

        Args:
            draft: The draft to review.
            keep_words: Keep the user's texts in the fields.
        """
        session = self.session
        is_first = session.draft is None
        session.begin(draft)
        if not keep_words:
            self.form.fill(draft)
            session.begin_saving(self.form.written(draft))
        await session.read_facts()
        self.view.put(draft.base_programs, draft.programs)
        source = session.facts.source if session.facts is not None else None
        if is_first and self._is_roomy and source is not None and source.deployment.group_id == draft.group.id:
            self.focus_pane(self.view)  # a roll-back
        self._paint_all()
        await session.check()
        self._paint_all()

    def _written(self) -> Draft | None:
        """Return the draft with the values of the fields."""
        return self.form.written(self.session.draft) if self.session.draft is not None else None

    async def action_leave(self) -> None:
        """Go to the screen before, after saving the latest changes."""
        await self.session.close(self._written())
        await super().action_leave()
        if await self.session.is_saved():
            self.host.show_message("The review is kept; :drafts goes on with it.")

    # Painting

    def _fail(self, attempt: str, error: Exception) -> None:
        self.session.fail(attempt, error)
        self.host.fail(attempt, error)
        if self.session.draft is None:
            self.view.fail(safe(self.session.trouble or ""))
        self._paint_all()

    def _paint_all(self) -> None:
        self._paint()
        if self.is_ready:
            self.offer_hints()

    def _paint(self) -> None:
        if not self.is_ready:
            return
        session = self.session
        self._counts_shown = self._counts()
        shown = Shown(
            session.draft,
            session.facts,
            self.host.now(),
            look_of(self).glyphs,
            session.checked if session.checked is None else tuple(session.checked),
            session.trouble,
            self.fleet.status.read_only_because,
            session.is_busy,
            session.arrived,
            self._counts_shown,
            "E shows the line",
            is_roomy=self._is_roomy,
        )
        self.summary.put(wrapped(summary(shown), self.size.width, INDENT))
        self.summary.refresh(layout=True)
        self.form.paint(self.size.width)
        self.reader.paint()

    def on_text_pane_updated(self) -> None:
        """Paint the summary again once the comparison has counted lines."""
        if self._counts() != self._counts_shown:
            self._paint()

    def _counts(self) -> str:
        known = [(program, self.view.comparison.counts(program)) for program in PROGRAMS]
        return ", ".join(f"{program} {count_word(found)}" for program, found in known if found is not None)

    def _title(self) -> list[Piece]:
        draft = self.session.draft
        if draft is None:
            return [(" Review", "title-focus")]
        return [(" Review for ", "title"), (target_words(draft.group), "title-focus"), (f"  {self.view.count_text()}", "")]

    # What changes

    def fleet_changed(self) -> None:
        """Read the review context again: devices, review marks or deployments may have changed."""
        super().fleet_changed()
        if self.session.draft is not None and not self.session.is_busy:
            self._refresh()

    @work(exclusive=True, group="affected")
    async def _refresh(self) -> None:
        await self.session.refresh()
        self._paint()

    def situation(self, key: str | None = None) -> Situation:
        """Add the group, the deployment whose programs these are, and the reasons against deploying."""
        session, against = self.session, self._why_not()
        draft = session.draft
        more: list[object] = [against] if against is not None else []
        if draft is not None and draft.forbidden_because is not None:
            more.append(DeployBlocker(draft.forbidden_because))
        return replace(
            super().situation(key),
            group=draft.group if draft is not None else None,
            deployment=session.facts.source if session.facts is not None else None,
            more=tuple(more),
        )

    def _why_not(self) -> str | None:
        return self.session.why_not(self._written() if not self.session.is_busy else None)

    @on(ReviewForm.Changed)
    def _form_changed(self) -> None:
        """Save the changes, and show at once if a field is not valid."""
        against = self._why_not()
        if against is not None and self.session.draft is not None:
            self.host.show_message(against)
        self.session.save_soon(self._written())
        self.offer_hints()

    @on(ReviewForm.Left)
    def _next_field(self) -> None:
        """Focus the next field after Enter."""
        self.action_next_pane()

    # Keys

    def action_copy_text(self) -> None:
        """Copy the comparison as a patch; the `c` of `]c` does not copy."""
        if not self.view.is_in_bracket:
            self.reader.copy()

    def action_choose_source(self) -> None:
        """Choose other programs to review."""
        self.session.source = ReviewSource()
        self._begin()

    async def action_discard(self, key: str = "") -> None:
        """Delete the draft after asking, and leave."""
        draft = self.session.draft
        if draft is None:
            return
        lines = (f"From: {draft.source}", "What was written for it is forgotten. Nothing on the service changes.")
        if await self.host.ask(Question(f"Discard this review for {draft.group.name}?", lines, "Discard", opened_by=key or None)):
            await self.session.discard(draft)
            self.host.navigator.close(self)
            self.host.show_message("The review is discarded; nothing was deployed.")

    def action_error(self) -> None:
        """Show the next compile error in the code."""
        draft, message = self.session.draft, self.session.next_error()
        if draft is not None and message is not None:
            self.host.navigator.show(DraftCodePage(draft.programs, message, self._edited))
        else:
            is_checked = self.session.checked is not None and draft is not None
            self.host.show_message("No error was found in the code." if is_checked else "The code is still being checked.")

    def _edited(self, programs: Programs) -> None:
        """Review an edited copy of the programs."""
        written = self._written()
        if written is not None:
            self.session.edit(written, programs)
            self._begin()

    def action_flag(self) -> None:
        """Flag the new deployment, or not."""
        self.form.is_flagged = not self.form.is_flagged
        self._form_decided()

    async def action_restart(self, key: str = "") -> None:
        """Choose how devices restart after the deployment."""
        options = tuple(Option(each.value, each.value, words, hotkey=each.value[0]) for each, words in RESTARTS.items())
        chosen = await self.host.choose(Menu("Restart the devices after deploying?", options, opened_by=key or None))
        if chosen is not None:
            self.form.restart = RestartMode(chosen)
            self._form_decided()

    def _form_decided(self) -> None:
        self.session.save_soon(self._written())
        self._paint()

    # Deploying

    async def action_deploy(self, key: str = "") -> None:
        """Confirm, then deploy; a deployment that arrived meanwhile is compared first."""
        written, session = self._written(), self.session
        if written is None:
            return
        if session.arrived is not None:
            await self._compare_anew(written)
        elif await self.host.ask(deploy_question(written, session.facts, session.checked, key)):
            await self._deploy(written)

    async def _compare_anew(self, written: Draft) -> None:
        try:
            fresh = await self.session.rebased(written)
        except (Refused, NoAnswer) as error:
            self._fail("Compare with what arrived", error)
            return
        await self._take(fresh, keep_words=True)
        self.host.show_message("Compared with what arrived meanwhile; look, then press P again.")

    async def _deploy(self, written: Draft) -> None:
        session = self.session
        session.begin_deploying()
        self._paint()
        try:
            done = await session.deploy(written)
        except BaseMoved as error:
            await self._take(error.draft, keep_words=True)
            self._fail("Deploy", error)
        except (Refused, NoAnswer) as error:
            self._fail("Deploy", error)
        else:
            await self._deployed(done)
        finally:
            session.is_busy = False
            self._paint_all()

    async def _deployed(self, done: Deployed) -> None:
        """Open the rollout, and show the messages of the service."""
        from imptui.tui.screens.rollout import RolloutPage

        draft = self.session.draft
        before = draft.base.id if draft is not None and draft.base is not None else None
        self.host.navigator.replace(self, RolloutPage(done.deployment.id, before_id=before))
        self.host.show_message(f"Deployed: {done.deployment.sha[:12]}.")
        lines = _report(done)
        if lines:
            await self.host.show(Report("Deployed", tuple(lines)))


def _report(done: Deployed) -> list[str]:
    lines = [f"{each.program} {each.row}:{each.column} {each.kind}: {each.text}" for each in done.warnings]
    if done.restart_failure is not None:
        lines.insert(0, f"Deployed, but not restarted: {done.restart_failure}. Press r to restart the devices.")
    if done.was_looked_up:
        lines.insert(0, "The answer was lost; the deployment was looked up and is there, once.")
    return lines
