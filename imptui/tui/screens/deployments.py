"""The screen that lists deployments of a group, of a product, or of all groups."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from msgspec.structs import replace
from textual import on, work

from imptui.domain.group import DeviceGroup
from imptui.domain.ids import DeploymentId, GroupId, ProductId
from imptui.fleet.deployments.history import DeploymentRecord
from imptui.fleet.read_model import DeploymentRow
from imptui.tui.commands.command import Situation
from imptui.tui.commands.questions import Form, FormField, Menu, Option
from imptui.tui.commands.routes import CleaningRoute, CodeRoute, LineageRoute, RolloutRoute
from imptui.tui.present.deployment import name_of, place_of
from imptui.tui.present.elapsed import span
from imptui.tui.present.group import type_word
from imptui.tui.present.look import Piece
from imptui.tui.present.review import unfinished_words
from imptui.tui.present.safe import safe
from imptui.tui.screens.compare import ComparedSide, ComparePage, side_of, side_of_programs
from imptui.tui.screens.external_program import TextFile
from imptui.tui.screens.local_programs import UnusableFile, read_pair
from imptui.tui.screens.reader import Reader, pane_text
from imptui.tui.screens.reading import ReadingPage
from imptui.tui.widgets.deployment_list import DeploymentList

LIMIT = 1000
"""The number of deployments that are listed, newest first."""

LOOK_BACK_EVERY = timedelta(seconds=10)
"""The age from which running times and device counts are read again."""


class DeploymentsPage(ReadingPage):
    """Lists deployments, newest first; opens, compares and promotes them, and rolls back."""

    page_name: ClassVar[str] = "deployments"

    def __init__(self, *, group_id: GroupId | None = None, product_id: ProductId | None = None) -> None:
        super().__init__()
        self.list = DeploymentList(id="deployments")
        self.reader = Reader(
            self,
            self.list,
            title=self._title,
            status=self._status,
            file=lambda: TextFile(pane_text(self.list), "deployments", "txt"),
        )
        self.group_id, self.product_id = group_id, product_id
        self.group: DeviceGroup | None = None
        self.place = ""
        self._pasts: dict[DeploymentId, DeploymentRecord] = {}
        self._looked_back: tuple[tuple[DeploymentRow, ...], datetime] | None = None
        self.unfinished = ""

    @property
    def _side(self) -> DeploymentRow | None:
        """The side of a comparison that was chosen, here or in another list."""
        return self.host.side

    def opened(self) -> None:
        """Read the list from the cache."""
        self.focus_pane(self.list)
        self.list.side = self._side.deployment.id if self._side is not None else None
        self._load()

    @work(exclusive=True, group="deployments")
    async def _load(self) -> None:
        look = self.fleet.look
        rows = await look.deployments(self.group_id, self.product_id, LIMIT)
        if self.group_id is not None:
            self.group = await look.group(self.group_id)
            self.place = f"{self.group.name}, {type_word(self.group.type)}" if self.group is not None else self.group_id
            kept = await self.fleet.drafts.unfinished(self.group_id)
            self.unfinished = safe(unfinished_words(kept)) if kept else ""
        elif self.product_id is not None:
            product = await look.product(self.product_id)
            self.group, self.place = None, product.name if product is not None else self.product_id
        else:
            self.group, self.place = None, "all groups"
        group_id = self.group_id
        await self._look_back(group_id, rows)
        self.list.show_deployments(rows, self.host.now(), is_of_group=group_id is not None, pasts=self._pasts)
        self._paint()
        self.offer_hints()

    async def _look_back(self, group_id: GroupId | None, rows: tuple[DeploymentRow, ...]) -> None:
        """Read the running time and device count of each deployment.

        Counting is slow, so it is repeated only for another list or after some time.
        """
        now = self.host.now()
        if group_id is None:
            self._pasts, self._looked_back = {}, None
        elif self._looked_back is None or self._looked_back[0] != rows or now - self._looked_back[1] > LOOK_BACK_EVERY:
            self._pasts = await self.fleet.histories.of_group(group_id, rows)
            self._looked_back = (rows, now)

    def fleet_changed(self) -> None:
        """Read the list again."""
        super().fleet_changed()
        self._load()

    def on_text_pane_updated(self) -> None:
        """Paint headings and hints, because the cursor may be on another deployment."""
        self._paint_heads()
        self.offer_hints()

    def _title(self) -> list[Piece]:
        count = len(self.list.deployments)
        number = f"the newest {count:,}" if count == LIMIT else f"{count:,}"
        return [(" Deployments of ", "title"), (safe(self.place), "title-focus"), (f"  {number}", "dim")]

    def _status(self) -> list[str]:
        """Return facts about the deployment under the cursor."""
        row = self.list.current
        if row is None:
            return []
        marked = f"compare with {self._side.deployment.sha[:12]}: =" if self._side is not None else ""
        by = f"by {row.creator_name}" if row.creator_name else ""
        return [marked, *self._past_words(row), place_of(row), by, f"sha {row.deployment.sha[:40]}"]

    def _past_words(self, row: DeploymentRow) -> list[str]:
        past = self.list.pasts.get(row.deployment.id)
        if past is None:
            return []
        words = [f"{'is' if row.is_current else 'was'} current for {span(past.ran_s)}"]
        if past.running is not None:
            words.append(f"{past.running:,} online run it, as inferred from their restarts")
        return [*words, "below the minimum supported"] if past.is_below_minimum else words

    def _paint(self) -> None:
        self.reader.paint()
        self._paint_heads()

    def _paint_heads(self) -> None:
        if self.is_ready:
            heads = self.list.heads[self.list.viewport.x :]
            kept: list[list[Piece]] = [[(f" {self.unfinished}", "marked")]] if self.unfinished else []
            self.reader.about.put([*kept, [(heads, "columns")]] if self.list.deployments else kept)

    def situation(self, key: str | None = None) -> Situation:
        """Add the deployment under the cursor."""
        row = self.list.current
        more = (is_supported(row, self.list.deployments),) if row is not None else ()
        return replace(super().situation(key), deployment=row, group=self.group, more=more)

    @on(DeploymentList.Opened)
    def _open_code(self) -> None:
        """Open the programs of the deployment under the cursor."""
        if self.list.current is not None:
            self.host.navigator.open(CodeRoute(self.list.current.deployment.id))

    def action_all(self) -> None:
        """List the deployments of all groups."""
        self.group_id = self.product_id = None
        self._load()

    async def action_back(self) -> None:
        """Drop the chosen side of a comparison, else end the search, else leave the screen."""
        if self._side is not None and not self.list.search.needle:
            self._mark(None)
        else:
            await super().action_back()

    # Other screens

    def action_watch_rollout(self) -> None:
        """Show the rollout of the deployment under the cursor."""
        row = self.list.current
        if row is None or row.deployment.group_id is None:
            self.host.show_message("No deployment of a group is chosen.")
            return
        before = self._before(row)
        self.host.navigator.open(RolloutRoute(row.deployment.id, before.deployment.id if before is not None else None))

    def _before(self, row: DeploymentRow) -> DeploymentRow | None:
        mine = [each for each in self.list.deployments if each.deployment.group_id == row.deployment.group_id]
        return next((each for each in mine if each.deployment.created_at < row.deployment.created_at), None)

    def action_lineage(self) -> None:
        """Show the lineage of the product."""
        row = self.list.current
        product_id = self.product_id or (self.group.product_id if self.group is not None else None)
        if product_id is None and row is not None:
            product_id = row.deployment.product_id
        if product_id is None:
            self.host.show_message("No product is chosen.")
            return
        group_id = self.group_id or (row.deployment.group_id if row is not None else None)
        self.host.navigator.open(LineageRoute(product_id, group_id))

    def action_clean(self) -> None:
        """Open the clean-up of the group."""
        group_id = self.group_id or (self.list.current.deployment.group_id if self.list.current is not None else None)
        if group_id is None:
            self.host.show_message("No group is chosen.")
            return
        self.host.navigator.open(CleaningRoute(group_id))

    # Comparing

    def on_screen_resume(self) -> None:
        """Take over the chosen side from another list."""
        if self.is_ready:
            self.list.side = self._side.deployment.id if self._side is not None else None
            self.list.paint_rows()

    def _mark(self, row: DeploymentRow | None) -> None:
        self.host.side = row
        self.list.side = row.deployment.id if row is not None else None
        self.list.paint_rows()
        self._paint()

    def action_side(self) -> None:
        """Choose a side of a comparison; compare a second one with it, the older one as the old side."""
        row = self.list.current
        if row is None:
            return
        if self._side is None:
            self._mark(row)
            self.host.show_message(f"{row.deployment.sha[:12]} is one side; press = on the other one.")
        elif self._side.deployment.id == row.deployment.id:
            self._mark(None)
        else:
            older, newer = sorted((self._side, row), key=lambda each: each.deployment.created_at)
            self._mark(None)
            self._compare(side_of(older, self.fleet.programs), side_of(newer, self.fleet.programs))

    def _compare(self, old: ComparedSide, new: ComparedSide) -> None:
        self.host.navigator.show(ComparePage(old, new))

    def action_compare_menu(self) -> None:
        """Compare with the deployment before, the current one, any other one, or local files."""
        self._ask_other()

    @work(group="dialogs")
    async def _ask_other(self) -> None:
        row = self.list.current
        if row is None:
            return
        others = [
            each for each in await self.fleet.look.deployments(None, None, LIMIT) if each.deployment.id != row.deployment.id
        ]
        mine = [each for each in others if each.deployment.group_id == row.deployment.group_id]
        before = next((each for each in mine if each.deployment.created_at < row.deployment.created_at), None)
        current = next((each for each in mine if each.is_current), None)
        options = [Option("local", "local files")]
        if current is not None:
            options.insert(0, Option(current.deployment.id, "the current one of its group", name_of(current)))
        if before is not None:
            options.insert(0, Option(before.deployment.id, "the one before it in its group", name_of(before)))
        options += [Option(f"any {each.deployment.id}", name_of(each), place_of(each)) for each in others]
        chosen = await self.host.choose(Menu(f"Compare {name_of(row)} with", tuple(options), can_filter=True))
        if chosen is None:
            return
        this = side_of(row, self.fleet.programs)
        if chosen == "local":
            found = await self._local()
            if found is not None:
                self._compare(this, found)
            return
        picked = DeploymentId(chosen.removeprefix("any "))
        other = next(each for each in others if each.deployment.id == picked)
        that = side_of(other, self.fleet.programs)
        is_older = other.deployment.created_at < row.deployment.created_at
        self._compare(*((that, this) if is_older else (this, that)))

    async def _local(self) -> ComparedSide | None:
        form = local_form("Compare with local files", "Compare")
        while True:
            answers = await self.host.fill(form)
            if answers is None:
                return None
            try:
                programs = await read_pair(answers["agent"], answers["device"], None)
            except UnusableFile as error:
                form = form.again(answers, str(error))
                continue
            return side_of_programs(" and ".join(each for each in (answers["agent"], answers["device"]) if each), programs)


def local_form(title: str, submit: str, hint: str = "empty: an empty program") -> Form:
    """Return a form for two paths."""
    entries = (FormField("agent", "agent code file", hint=hint), FormField("device", "device code file", hint=hint))
    return Form(title, entries, submit)


def is_supported(row: DeploymentRow, rows: Sequence[DeploymentRow]) -> bool:
    """Return whether a deployment is the minimum supported one of its group or newer, within the listed ones."""
    mine = row.deployment.group_id
    minimum = next((each for each in rows if each.is_minimum and each.deployment.group_id == mine), None)
    return mine is not None and minimum is not None and row.deployment.created_at >= minimum.deployment.created_at
