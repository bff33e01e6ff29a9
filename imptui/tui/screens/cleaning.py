"""The clean-up of old deployments of a group: which can be deleted, why the others stay, and their deletion."""

from datetime import datetime, timedelta
from typing import ClassVar

from msgspec.structs import replace
from textual import on, work

from imptui.client.errors import NoAnswer
from imptui.domain.errors import Refused
from imptui.domain.ids import DeploymentId, GroupId
from imptui.fleet.deployments.clean_up import CleanUpPlan, CleanUpResult
from imptui.tui.commands.command import Situation
from imptui.tui.commands.questions import Form, FormField, Question
from imptui.tui.commands.routes import CodeRoute
from imptui.tui.present.elapsed import span
from imptui.tui.present.failure import sentence
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.screens.external_program import TextFile
from imptui.tui.screens.reader import Reader, pane_text
from imptui.tui.screens.reading import ReadingPage
from imptui.tui.widgets.choice_list import ChoiceList
from imptui.tui.widgets.theme_access import look_of

KEPT_AT_FIRST = 10
"""The number of the newest deployments that stay, unless the user chooses another."""


class CleaningPage(ReadingPage):
    """Shows which deployments can be deleted and why the others stay; deletes them after asking."""

    page_name: ClassVar[str] = "cleaning"

    def __init__(self, group_id: GroupId) -> None:
        super().__init__()
        self.list = ChoiceList(id="verdicts")
        self.reader = Reader(self, self.list, title=self._title, status=self._status, file=self._file)
        self._group_id = group_id
        self.keep, self.older_than_d = KEPT_AT_FIRST, 0
        self.plan: CleanUpPlan | None = None
        self.done: dict[DeploymentId, CleanUpResult] = {}
        self.deleting: int | None = None
        """The number of deployments to delete; None: no deletion runs."""
        self._stops = False

    def opened(self) -> None:
        """Plan the clean-up."""
        self.focus_pane(self.list)
        self.reader.paint()
        self._load()

    @work(exclusive=True, group="cleaning-plan")
    async def _load(self) -> None:
        """Fetch the deployments from the service, and plan with them."""
        older_than = timedelta(days=self.older_than_d) if self.older_than_d else None
        try:
            self.plan = await self.fleet.cleaning.plan(self._group_id, keep=self.keep, older_than=older_than)
        except (Refused, NoAnswer) as error:
            self.list.explain_empty(safe(sentence("Plan the clean-up", error)))
            self.host.fail("Plan the clean-up", error)
            return
        self.done.clear()
        self._paint()

    def _paint(self) -> None:
        if self.plan is None or not self.is_ready:
            return
        now = self.host.now()
        self.list.pieces.why_empty = "Nothing was deployed here yet."
        self.list.put([self._line(place, now) for place in range(len(self.plan.verdicts))])
        self.reader.paint()
        self.offer_hints()

    def _line(self, place: int, now: datetime) -> list[Piece]:
        assert self.plan is not None  # noqa: S101 - asked for by whoever has one
        verdict, look = self.plan.verdicts[place], look_of(self)
        made = verdict.deployment
        outcome = self.done.get(made.id)
        if outcome is not None:
            failure = outcome.failure
            word, role = ("deleted", "online") if failure is None else (_why_not(made.id, failure), "problem")
        elif verdict.stays_because is None:
            word, role = "goes", "danger"
        else:
            word, role = f"stays: {verdict.stays_because}", "dim"
        return [
            ("x " if verdict.stays_because is None else "  ", "marked"),
            (look.fit(span((now - made.created_at).total_seconds()), 7, right=True), "dim"),
            (" ", ""),
            (look.fit(made.sha[:12], 12), "icon"),
            (" ", ""),
            (look.fit(made.description or "-", 30 if self.size.width >= 110 else 20), ""),
            (" ", ""),
            (safe(word), role),
        ]

    def lay_out(self, cells: int, lines: int) -> None:  # noqa: ARG002 - the shape for subclasses
        """Fit the columns to the new width."""
        self._paint()

    # Title and status

    def _title(self) -> list[Piece]:
        if self.plan is None:
            return [(" Clean-up  ", "title-focus"), ("reading the group", "dim")]
        pieces: list[Piece] = [(" Clean-up of ", "title"), (safe(self.plan.group.name), "title-focus")]
        if self.deleting is not None:
            return [*pieces, (f"  deleting {len(self.done):,} of {self.deleting:,}, Esc stops", "marked")]
        if self.done:
            failed = sum(each.failure is not None for each in self.done.values())
            said = f"  {len(self.done) - failed:,} deleted" + (f", {failed:,} not: see the lines" if failed else "")
            return [*pieces, (said, "marked")]
        return [*pieces, (f"  {len(self.plan.goes):,} of {len(self.plan.verdicts):,} would go", "dim")]

    def _status(self) -> list[str]:
        """Return the rule, and how many more could be deleted if another deployment were the minimum supported one."""
        rule = f"the newest {self.keep:,} stay" + (f", and all younger than {self.older_than_d} d" if self.older_than_d else "")
        held = self.plan.held_by_minimum if self.plan is not None else 0
        more = f"{held:,} more if the minimum supported deployment were a newer one (M in the history)" if held else ""
        return [self._failure_here(), rule, more]

    def _failure_here(self) -> str:
        """Return in full why the deployment under the cursor was not deleted."""
        verdicts = self.plan.verdicts if self.plan is not None else ()
        outcome = self.done.get(verdicts[self.list.cursor].deployment.id) if self.list.cursor < len(verdicts) else None
        return _why_not(outcome.deployment.id, outcome.failure) if outcome is not None and outcome.failure is not None else ""

    def situation(self, key: str | None = None) -> Situation:
        """Add the group, and why nothing can be deleted."""
        situation = super().situation(key)
        if self.plan is None:
            return replace(situation, more=("The group was not read yet.",))
        if self.deleting is not None:
            return replace(situation, group=self.plan.group, more=("Deleting already.",))
        nothing = not self._left
        return replace(situation, group=self.plan.group, more=("Nothing would be deleted by this rule.",) if nothing else ())

    @property
    def _left(self) -> tuple[DeploymentId, ...]:
        goes = self.plan.goes if self.plan is not None else ()
        return tuple(each.id for each in goes if each.id not in self.done or self.done[each.id].failure is not None)

    def _file(self) -> TextFile:
        return TextFile(pane_text(self.list), "clean-up", "txt")

    # Deleting

    def action_refresh_now(self) -> None:
        """Plan the clean-up again."""
        if self.deleting is None:
            self.host.show_message("Reading the group again.")
            self._load()
        else:
            self.host.show_message("First what is being deleted comes to its end.")

    @on(ChoiceList.Opened)
    def _open_code(self) -> None:
        """Open the programs of the deployment under the cursor."""
        if self.plan is not None and self.list.cursor < len(self.plan.verdicts):
            self.host.navigator.open(CodeRoute(self.plan.verdicts[self.list.cursor].deployment.id))

    def action_edit_rule(self) -> None:
        """Choose another rule."""
        if self.deleting is None:
            self._ask_rule()

    @work(group="dialogs")
    async def _ask_rule(self) -> None:
        """Ask how many stay, and from which age on the others are deleted."""
        entries = (
            FormField("keep", "newest that stay", str(self.keep), check=_check_number),
            FormField("days", "younger stay too", str(self.older_than_d or ""), hint="days; empty: any age", check=_check_days),
        )
        answers = await self.host.fill(Form("Which deployments go", entries, "Show"))
        if answers is not None and not _check_number(answers["keep"]) and not _check_days(answers["days"]):
            self.keep, self.older_than_d = int(answers["keep"]), int(answers["days"] or 0)
            self._load()

    def action_delete_planned(self) -> None:
        """Delete after the user typed the name of the group."""
        self._ask_and_delete()

    @work(group="dialogs")
    async def _ask_and_delete(self) -> None:
        """Confirm, then begin to delete."""
        plan, count = self.plan, len(self._left)
        if plan is None or not count:
            return
        oldest = span((self.host.now() - plan.goes[0].created_at).total_seconds())
        lines = (
            f"{count:,} of {len(plan.verdicts):,} deployments of {plan.group.name} go, the oldest made {oldest} ago.",
            "Their programs are gone with them: this cannot be taken back.",
        )
        title = f"Delete {count:,} deployments?"
        if await self.host.ask(Question(title, lines, "Delete", opened_by="D", must_type=plan.group.name)):
            self._delete(plan)

    @work(exclusive=True, group="deleting")
    async def _delete(self, plan: CleanUpPlan) -> None:
        """Delete the deployments one after the other, until all are gone or the user stops it."""
        left = set(self._left)
        wanted = [each for each in plan.goes if each.id in left]
        self.done = {key: each for key, each in self.done.items() if each.failure is None}
        self.deleting, self._stops = len(self.done) + len(wanted), False
        try:
            async for outcome in self.fleet.cleaning.delete(wanted):
                self.done[outcome.deployment.id] = outcome
                self._paint()
                if self._stops:
                    break
        finally:
            self.deleting = None
            self._paint()
        failed = sum(each.failure is not None for each in self.done.values())
        self.host.show_message(f"{len(self.done) - failed:,} deployments deleted" + (f", {failed:,} not." if failed else "."))

    async def action_back(self) -> None:
        """Stop deleting, else go back as in any text."""
        if not self._stop():
            await super().action_back()

    async def action_leave(self) -> None:
        """Stop deleting, else leave; the user must see the outcome before leaving."""
        if not self._stop():
            await super().action_leave()

    def _stop(self) -> bool:
        if self.deleting is None:
            return False
        self._stops = True
        self.host.show_message("Stopping after this one.")
        return True


def _why_not(deployment_id: DeploymentId, failure: Exception) -> str:
    """Return why a deployment was not deleted. Its id is left out, because it would push the reason off the screen."""
    text = failure.reason if isinstance(failure, Refused) else sentence("not deleted", failure)
    return text.replace(f"deployment {deployment_id}", "it")


def _check_number(text: str) -> str | None:
    return None if text.isascii() and text.isdigit() and len(text) < 6 else "A number of deployments."


def _check_days(text: str) -> str | None:
    return None if not text else "A number of days, or nothing." if _check_number(text) else None
