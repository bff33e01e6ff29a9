"""What would be deployed: to whom, with which cautions, what differs; then deploying it.

Nothing is sent by looking. A failure keeps the draft, and the draft is found again when the review is opened again.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input

from imptui.client.errors import NoAnswer
from imptui.fleet.deploy import BaseMoved, Deployed
from imptui.fleet.draft import Draft, Restart
from imptui.fleet.look import Affected
from imptui.model import may
from imptui.model.deployment import Programs
from imptui.model.errors import CompileMessage, Refused
from imptui.model.ids import DeploymentId, GroupId
from imptui.tui.commands.asking import devices
from imptui.tui.commands.command import Situation
from imptui.tui.commands.deployments_page import tags_in
from imptui.tui.commands.questions import Menu, Option, Question, Report
from imptui.tui.present.deployment import name_of, place_of
from imptui.tui.present.look import Piece
from imptui.tui.present.review import RESTARTS, check_lines, summary, target_words
from imptui.tui.present.safe import safe
from imptui.tui.present.trouble import sentence
from imptui.tui.screens.compare import DiffPage
from imptui.tui.screens.local_programs import Unusable, read_pair
from imptui.tui.widgets.lines_view import LinesView
from imptui.tui.widgets.painted import PaintedLine

FIELDS = ("description", "origin", "tags")
ROOMY_LINES = 34
"""Screen lines from which everything is seen at once; below, one pane at a time."""


class ReviewPage(DiffPage):
    """A draft, and the key that deploys it.

    Args:
        group_id: For which group.
        source_id: A deployment whose programs are to be deployed; None: it is asked for.
        programs: Programs at hand instead of a deployment.
        source: Where they come from, in words.
        origin: What they were made from.
    """

    page_name: ClassVar[str] = "review"
    DEFAULT_CSS = """
    ReviewPage #summary { height: auto; max-height: 14; }
    ReviewPage #form { height: auto; }
    ReviewPage .field { height: 1; }
    ReviewPage .field PaintedLine { width: 14; }
    ReviewPage .field Input, ReviewPage .field Input:focus {
        height: 1; border: none; padding: 0; width: 1fr;
        color: $input-ink; background: $input-paper; text-style: $input-style;
    }
    """

    def __init__(
        self,
        group_id: GroupId,
        source_id: DeploymentId | None = None,
        *,
        programs: Programs | None = None,
        source: str = "",
        origin: str | None = None,
    ) -> None:
        super().__init__()
        self.group_id, self.source_id = group_id, source_id
        self._programs, self._source, self._origin = programs, source, origin
        self.draft: Draft | None = None
        self.affected: Affected | None = None
        self.checked: tuple[CompileMessage, ...] | None = None
        self.restart = Restart.NONE
        self.is_flagged = False
        self.is_busy = False
        self.trouble: str | None = None

    # What it is made of

    def compose_more(self) -> Iterable[Widget]:
        """What will happen to whom, and what is written on the deployment."""
        self.summary = LinesView(id="summary")
        rows = []
        for name in FIELDS:
            field = Input(id=f"field-{name}", select_on_focus=False)
            field.cursor_blink = False
            rows.append(Horizontal(PaintedLine(id=f"label-{name}"), field, classes="field"))
        self.restart_line = PaintedLine(id="restart")
        self.form = Vertical(*rows, self.restart_line, id="form")
        yield self.summary
        yield self.form

    def panes(self) -> list[Widget]:
        """What happens, the fields, the comparison."""
        return [self.summary, *[self.field(name) for name in FIELDS], self.view]

    def field(self, name: str) -> Input:
        """One of the lines to write in."""
        return self.query_one(f"#field-{name}", Input)

    def lay_out(self, cells: int, lines: int) -> None:  # noqa: ARG002 - the shape for subclasses
        """On a low screen the comparison and the rest take turns."""
        if not self.is_ready:
            return
        is_diff = self.active is self.view
        is_roomy = lines >= ROOMY_LINES and not self.zoomed
        self.view.display = self.status.display = is_roomy or is_diff
        self.summary.display = is_roomy or not is_diff
        self.form.display = is_roomy or not is_diff
        self.summary.styles.max_height = max(4, min(16, lines // 3 if is_roomy else lines - 9))

    def on_descendant_focus(self) -> None:
        """The pane that has the keys is seen."""
        super().on_descendant_focus()
        if self.focused in self.panes() and self.focused is not self.active:
            self.active = self.focused
            self.lay_out(*self.size)

    def opened(self) -> None:
        """Make the draft."""
        for name in FIELDS:
            self.query_one(f"#label-{name}", PaintedLine).say([(f" {name}", "dim")])
        self.give_keys(self.summary)
        self._paint()
        self.begin()

    # The draft

    @work(group="dialogs", name="begin")
    async def begin(self) -> None:
        """From what was given, else from what is asked for."""
        deploys = self.fleet.deploys
        try:
            if self._programs is not None:
                made = await deploys.draft(self.group_id, self._programs, source=self._source, origin=self._origin)
            elif self.source_id is not None:
                made = await deploys.draft_of(self.group_id, self.source_id)
            else:
                asked = await self._ask_source()
                if asked is None:
                    if self.draft is None and self.app.screen is self:
                        self.app.pop_screen()
                    return
                made = asked
        except (Refused, NoAnswer) as error:
            self._fail("Prepare the deployment", error)
            return
        await self.take(made)

    async def take(self, draft: Draft, *, keep_words: bool = False) -> None:
        """Show a draft.

        Args:
            draft: What is reviewed from now on.
            keep_words: Leave what was written into the fields.
        """
        self.draft, self.trouble, self.checked = draft, None, None
        if not keep_words:
            self.restart, self.is_flagged = draft.restart, draft.is_flagged
            for name, text in zip(FIELDS, (draft.description, draft.origin or "", " ".join(draft.tags)), strict=True):
                self.field(name).value = text
        self.affected = await self.fleet.look.affected(draft.group.id)
        self.view.put(draft.base_programs, draft.programs)
        self._paint()
        self.offer_hints()
        self.checked = await self.fleet.deploys.check(draft.programs)
        self._paint()

    async def _ask_source(self) -> Draft | None:
        """Which programs; None when that was given up."""
        deploys, look = self.fleet.deploys, self.fleet.look
        kept = await deploys.kept(self.group_id)
        group = await look.group(self.group_id)
        rows = await look.deployments(None, group.product_id if group is not None else None)
        options = [Option("local", "local files", "two paths")]
        if kept is not None:
            options.insert(0, Option("kept", "the draft that was kept", kept.source))
        options += [
            Option(
                each.deployment.id,
                name_of(each),
                f"{'back to ' if each.deployment.group_id == self.group_id else ''}{place_of(each)}",
            )
            for each in rows
        ]
        title = f"Deploy what to {group.name if group is not None else self.group_id}?"
        chosen = await self.host.choose(Menu(title, tuple(options), can_filter=True))
        if chosen is None:
            return None
        if chosen == "kept":
            return kept
        return await self._from_files() if chosen == "local" else await deploys.draft_of(self.group_id, DeploymentId(chosen))

    async def _from_files(self) -> Draft | None:
        from imptui.tui.screens.deployments import local_form

        group = await self.fleet.look.group(self.group_id)
        current = group.current_deployment_id if group is not None else None
        form = local_form("Deploy local files", "Review", "empty: as it is now")
        while True:
            answers = await self.host.fill(form)
            if answers is None:
                return None
            try:
                now = await self.fleet.deploys.programs(current) if current is not None else None
                programs = await read_pair(answers["agent"], answers["device"], now)
            except Unusable as error:
                form = form.again(answers, str(error))
                continue
            names = " and ".join(answers[each].strip() for each in ("agent", "device") if answers[each].strip())
            return await self.fleet.deploys.draft(self.group_id, programs, source=names)

    def action_choose_source(self) -> None:
        """Other programs."""
        self.source_id = self._programs = None
        self.begin()

    def written(self) -> Draft | None:
        """The draft with what is in the fields."""
        if self.draft is None:
            return None
        return replace(
            self.draft,
            description=self.field("description").value,
            origin=self.field("origin").value or None,
            tags=tags_in(self.field("tags").value),
            restart=self.restart,
            is_flagged=self.is_flagged,
        )

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
        because = self.fleet.status.read_only_because
        lines = summary(self.draft, self.affected, self.trouble, because, self.is_busy) + check_lines(self.checked)
        self.summary.put(lines)
        self.summary.refresh(layout=True)
        flag = "  the new deployment will be flagged" if self.is_flagged else ""
        self.restart_line.say(
            [(" restart      ", "dim"), (self.restart.value, "marked"), (f"  {RESTARTS[self.restart]}", ""), (flag, "marked")]
        )
        self.paint_title()

    def page_title(self) -> list[Piece]:
        """What goes where."""
        if self.draft is None:
            return [(" Review", "title-focus")]
        return [(" Review for ", "title"), (target_words(self.draft.group), "title-focus"), (f"  {self.view.count_words()}", "")]

    def fleet_changed(self) -> None:
        """Devices may have come, gone, or come online."""
        super().fleet_changed()
        if self.draft is not None:
            self.count_again()

    @work(exclusive=True, group="affected")
    async def count_again(self) -> None:
        """Who is affected now."""
        if self.draft is not None:
            self.affected = await self.fleet.look.affected(self.draft.group.id)
            self._paint()

    def situation(self, key: str | None = None) -> Situation:
        """The group, and what is against deploying."""
        against = self._against()
        more: tuple[object, ...] = (against,) if against is not None else ()
        group = self.draft.group if self.draft is not None else None
        return replace(super().situation(key), group=group, more=more)

    def _against(self) -> str | None:
        if self.is_busy:
            return "It is being deployed."
        draft = self.written()
        if draft is None:
            return "There is nothing to deploy yet."
        refusal = may.bear_description(draft.description) or may.bear_tags(draft.tags)
        return refusal.reason if refusal is not None else None

    @on(Input.Changed)
    def wrote(self, event: Input.Changed) -> None:
        """Say at once when a field cannot be sent."""
        if event.input.id is not None and event.input.id.startswith("field-"):
            against = self._against()
            if against is not None and self.draft is not None:
                self.host.say(against)
            self.offer_hints()

    @on(Input.Submitted)
    def next_field(self, event: Input.Submitted) -> None:
        """Enter goes on to the next field."""
        if event.input.id is not None and event.input.id.startswith("field-"):
            self.action_next_pane()

    # Deploying

    def action_flag(self, _: str = "") -> None:
        """Flag the new deployment, or not."""
        self.is_flagged = not self.is_flagged
        self._paint()

    async def action_restart(self, key: str = "") -> None:
        """None, conditional or hard."""
        options = tuple(Option(each.value, each.value, words, hotkey=each.value[0]) for each, words in RESTARTS.items())
        chosen = await self.host.choose(Menu("Restart the devices after deploying?", options, opened_by=key or None))
        if chosen is not None:
            self.restart = Restart(chosen)
            self._paint()

    async def action_deploy(self, key: str = "") -> None:
        """Ask once more, then deploy."""
        draft = self.written()
        if draft is None:
            return
        if await self.host.ask(self._question(draft, key)):
            await self._deploy(draft)

    def _question(self, draft: Draft, key: str) -> Question:
        tally = self.affected.tally if self.affected is not None else None
        lines = [f"From: {draft.source}"]
        if tally is not None:
            offline = tally.devices - tally.online
            lines.append(f"Affects {devices(tally.devices)}: {tally.online:,} online, {offline:,} offline.")
        lines.append(f"Restart: {draft.restart.value}. {RESTARTS[draft.restart]}")
        lines += [caution.text for caution in draft.cautions]
        if self.checked:
            lines.append("Our check found errors in the code; the service will most likely refuse it.")
        elif self.checked is None:
            lines.append("The code was not checked to its end yet.")
        must_type = draft.group.name if draft.needs_name else None
        return Question(f"Deploy to {draft.group.name}?", tuple(lines), "Deploy", opened_by=key or None, must_type=must_type)

    async def _deploy(self, draft: Draft) -> None:
        self.is_busy, self.trouble = True, None
        self._paint()
        try:
            # A screen that goes away does not take the answer with it: the journal and the draft depend on it.
            done = await asyncio.shield(asyncio.ensure_future(self.fleet.deploys.deploy(draft)))
        except BaseMoved as error:
            await self.take(error.draft, keep_words=True)
            self.trouble = str(error)
            self.host.fail("Deploy", error)
        except (Refused, NoAnswer) as error:
            self._fail("Deploy", error)
        else:
            await self._deployed(done)
        finally:
            self.is_busy = False
            self._paint()
            if self.is_ready:
                self.offer_hints()

    async def _deployed(self, done: Deployed) -> None:
        from imptui.tui.screens.rollout import RolloutPage

        draft = self.draft
        lines = [f"{each.program} {each.row}:{each.column} {each.kind}: {each.text}" for each in done.warnings]
        if done.restart_failure is not None:
            lines.insert(0, f"Deployed, but not restarted: {done.restart_failure}. Press r to restart the devices.")
        if done.was_looked_up:
            lines.insert(0, "The answer was lost; the deployment was looked up and is there, once.")
        before = draft.base.id if draft is not None and draft.base is not None else None
        page = RolloutPage(done.deployment.id, before_id=before)
        if self.app.screen is self:
            self.app.switch_screen(page)
        self.host.say(f"Deployed: {done.deployment.sha[:12]}.")
        if lines:
            await self.host.show(Report("Deployed", tuple(lines)))
