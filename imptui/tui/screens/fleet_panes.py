"""The panes of the fleet screen: products and groups, devices, and what is under the cursor."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from time import monotonic

from textual import on, work
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widget import Widget

from imptui.domain.group import DeviceGroup
from imptui.domain.ids import DeviceId, GroupId
from imptui.domain.product import Product
from imptui.domain.rows import Tree
from imptui.query.query import Scope, Sort, SortColumn
from imptui.query.regular_expression import PatternTooLong
from imptui.tui.commands.command import Situation
from imptui.tui.commands.routes import DeviceRoute
from imptui.tui.present.fleet_title import scope_words
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.screens.page import Page
from imptui.tui.screens.visited_lists import PROBLEM, Travels, VisitedList
from imptui.tui.widgets.detail_strip import DetailStrip
from imptui.tui.widgets.filter_bar import FilterBar
from imptui.tui.widgets.fleet_table import FleetTable
from imptui.tui.widgets.hint_line import Hint, HintLine
from imptui.tui.widgets.painted import PaintedLine
from imptui.tui.widgets.product_tree import ProductTree
from imptui.tui.widgets.theme_access import look_of

FOLLOW_S = 0.12
"""How long the cursor rests on a line of the tree before the list follows."""

TREE_EVERY_S = 1.0
"""The tree is counted again at most this often."""

SAVED_EVERY_S = 10.0
"""What saved filters find is counted again at most this often."""


class Beside(Horizontal):
    """Panes beside each other, which cover all of it."""

    BLANK = True


class Below(Vertical):
    """Lines and panes below each other, which cover all of it."""

    BLANK = True


class FleetPanes(Page):
    """Tree, list and details, which follow each other and the cache, and cover all of it with header and hints."""

    BLANK = True

    def __init__(self) -> None:
        super().__init__()
        self.view = self.first_view = VisitedList()
        self.travels = Travels()
        self.tree_known: Tree | None = None
        self._tree_at = 0.0
        self._tree_timer: Timer | None = None
        self._follow: Timer | None = None
        self._unfinished: Mapping[GroupId, int] = {}
        self._saved_at = 0.0
        self._saved_texts: dict[str, str] = {}
        self._saved_counts: dict[str, int | None] = {}
        self._is_stale = False
        self._is_catching_up = False
        self._first_pane: Widget | None = None
        self._was_in_tree = False

    # What it is made of

    def compose_body(self) -> Iterable[Widget]:
        """Three panes."""
        self.product_tree = ProductTree(id="tree")
        self.bar = FilterBar(id="filter")
        self.table = FleetTable(self.fleet.look, id="list")
        self.title_line = PaintedLine(id="list-title")
        self.detail = DetailStrip(id="detail")
        right = Below(self.title_line, self.bar, self.table, id="right")
        yield Beside(self.product_tree, right, self.detail, id="body")

    def panes(self) -> list[Widget]:
        """Tree, list, detail."""
        return [self.product_tree, self.table, self.detail]

    def opened(self) -> None:
        """Read the tree and the first rows."""
        self.host.first_paint.expect("tree", "rows", "layout")
        self._await_layout()
        self._first_pane = self.product_tree if self.size.width and self.size.width < 120 else self.table
        self.give_keys(self._first_pane)
        self.view = self.first_view = VisitedList(sort=self.host.session.habits.order_in(self.fleet.context.name))
        self.table.chosen_columns = self.host.session.habits.columns
        self.load_tree()
        self.show_list(None)

    def lay_out(self, cells: int, lines: int) -> None:  # noqa: ARG002 - the shape for subclasses
        """One pane below 120 cells, two from there, three from 160."""
        if not self.is_mounted:
            return
        focused = self.active if self.active is not None else self.table
        count = 1 if cells < 120 or self.zoomed else 2 if cells < 160 else 3
        by_count: dict[int, set[Widget]] = {1: {focused}, 2: {self.product_tree, self.table}, 3: set(self.panes())}
        shown = by_count[count]
        if count == 2 and focused is self.detail:
            shown = {self.table, self.detail}
        for pane, holder in (
            (self.product_tree, self.product_tree),
            (self.table, self.query_one("#right")),
            (self.detail, self.detail),
        ):
            holder.display = pane in shown
        self.product_tree.styles.width = "1fr" if count == 1 else 36 + max(0, cells - 120) // 5
        self.detail.styles.width = "1fr" if count == 1 else 46 + max(0, cells - 160) // 5
        self._tell_detail()

    # The list

    def go(self, view: VisitedList, *, keep: DeviceId | None = None, is_step: bool = True) -> None:
        """Show another list, with the cursor on the device `keep`; the history remembers where we were if `is_step`."""
        if is_step and view != self.view:
            self.travels.step(self.here)
        self.travels.last = self.here
        self.view = view
        self.bar.put(view.text)
        self.show_list(keep)

    @property
    def here(self) -> VisitedList:
        """The list that is shown, with the device under the cursor."""
        current = self.table.current
        return replace(self.view, cursor=current.device.id if current else None)

    @work(exclusive=True, group="list")
    async def show_list(self, keep: DeviceId | None) -> None:
        """Ask for the rows; the list before stays until they are here. A newer call drops an older one."""
        try:
            await self.table.show(self.view.query(), keep)
        except PatternTooLong as error:  # the rows before stay
            self.bar.explain(error.reason)

    @property
    def is_as_opened(self) -> bool:
        """Whether nobody did anything here yet, or everything was undone: a start shows the same."""
        table = self.table
        is_home = self.view == self.first_view and not table.cursor and not table.marks and not self.product_tree.cursor
        return (
            is_home and self.active is self._first_pane and not (self.zoomed or self.bar.is_typing or self.hint_line.is_telling)
        )

    def _await_layout(self) -> None:
        """Tell the first paint once the panes have their places."""
        if self.hint_line.size:
            self.host.first_paint.arrive("layout")
        elif self.host.first_paint.is_held:
            self.call_after_refresh(self._await_layout)

    def show_scope(self, scope: Scope, *, is_problems: bool = False) -> None:
        """The devices of a scope, without filter, and the tree's cursor on it."""
        self.product_tree.go_to(scope, PROBLEM if is_problems else None)
        self.go(VisitedList(scope, "", is_problems, self.view.sort))

    @on(FilterBar.Asked)
    def filtered(self, event: FilterBar.Asked) -> None:
        """The list follows what is typed."""
        self.view = replace(self.view, text=event.text)
        self.show_list(None)

    @on(FilterBar.Left)
    def filter_left(self, event: FilterBar.Left) -> None:
        """The keys go back to the list; what was asked is remembered."""
        if self.bar.text and not event.is_cleared:
            self.host.session.save_filter(self.bar.text)
        self.give_keys(self.table)

    @on(FilterBar.Typed)
    def filter_typed(self) -> None:
        """Other words can be completed now."""
        self.offer_hints()

    @on(FilterBar.HelpAsked)
    def filter_help(self) -> None:
        """Fields, claims, operators."""
        from imptui.tui.screens.help import FilterHelpPage

        self.host.navigator.show(FilterHelpPage())

    def hints(self) -> list[Hint]:
        """While a filter is typed, what helps with it."""
        return self.bar.hints() if self.bar.is_typing else super().hints()

    @on(FleetTable.Visible)
    def rows_seen(self) -> None:
        """Keep fresh what is on the screen."""
        self._tell_watch()

    def _tell_watch(self) -> None:
        """What is on the screen or listened to, and what is marked."""
        seen = self.table.seen
        self.fleet.watch.look_at((*seen, *(each for each in self.host.device_news.devices if each not in seen)), self.table.marks)

    @on(FleetTable.Moved)
    def moved(self) -> None:
        """Another device is under the cursor."""
        self._tell_detail()
        self._tell_title()

    @on(FleetTable.Counted)
    def counted(self) -> None:
        """The length of the list or the marks changed."""
        self._tell_watch()
        self._tell_title()
        self._tell_detail()
        self.offer_hints()
        if self.table.is_filled:
            self.host.first_paint.arrive("rows")

    @on(FleetTable.Opened)
    def opened_device(self, event: FleetTable.Opened) -> None:
        """To the device screen."""
        self.host.navigator.open(DeviceRoute(event.device_id))

    # The tree

    @work(exclusive=True, group="tree")
    async def load_tree(self) -> None:
        """Count again."""
        self._tree_at = monotonic()
        self.tree_known = tree = await self.fleet.look.tree()
        context = self.fleet.context
        self.product_tree.show(tree, context.username or context.name)
        self.tick()
        self._tell_title()
        self.offer_hints()
        self.host.first_paint.arrive("tree")
        await self.host.startup.begun.wait()  # what follows needs much that a start is too early for
        self.bar.make()
        self._unfinished = await self.fleet.deploys.unfinished_counts()
        self._tell_detail()
        self.count_saved()

    @work(exclusive=True, group="saved")
    async def count_saved(self) -> None:
        """Count what the filters with a name find: a look at the whole fleet each, so not all the time."""
        queries = self.fleet.queries
        there = await queries.all()
        is_due = monotonic() >= self._saved_at + SAVED_EVERY_S
        if there and (is_due or {each.name: each.text for each in there} != self._saved_texts):
            self._saved_at, self._saved_texts = monotonic(), {each.name: each.text for each in there}
            self._saved_counts = {each.name: await queries.count(each) for each in there}
        self.product_tree.show_saved([(each, self._saved_counts.get(each.name)) for each in there])

    @on(ProductTree.Highlighted)
    def highlighted(self) -> None:
        """The list follows the cursor once it rests, where both are on the screen."""
        self._tell_detail()
        self.offer_hints()
        if self._follow is not None:
            self._follow.stop()
        if self.query_one("#right").display:
            self._follow = self.set_timer(FOLLOW_S, self._followed)

    def _followed(self) -> None:
        node = self.product_tree.current
        if node is not None:
            view = VisitedList(node.scope, node.text, node.where is not None, self.view.sort)
            if view != replace(self.view, cursor=None):
                self.go(view, is_step=False)

    @on(ProductTree.Opened)
    def opened_node(self) -> None:
        """To the devices of a line."""
        node = self.product_tree.current
        if node is not None:
            self.go(VisitedList(node.scope, node.text, node.where is not None, self.view.sort))
            self.give_keys(self.table)

    # What is said

    def tell_all(self) -> None:
        """Title and details, too."""
        super().tell_all()
        self._tell_title()
        self._tell_detail()

    def situation(self, key: str | None = None) -> Situation:
        """The marked devices or the one under the cursor; in the tree, its line."""
        situation = super().situation(key)
        in_tree = self.is_in_tree
        node = self.product_tree.current
        product, group, tally, count = None, None, None, 0
        if in_tree and node is not None:
            product, group, tally, count = node.product, node.group, node.tally, node.group_count
        elif not in_tree:
            group, product = self._belonging()
        devices = () if in_tree else self.table.chosen
        return replace(
            situation,
            devices=devices,
            marked=0 if in_tree else len(self.table.marks),
            product=product,
            group=group,
            tally=tally,
            group_count=count,
            query=self.table.listed,
        )

    @property
    def is_in_tree(self) -> bool:
        """Whether it is about the line of the tree: it has the keys, or the details that were opened from it have them."""
        if self.focused is not self.detail and self.focused is not None:  # nothing has them while panes change places
            self._was_in_tree = self.focused is self.product_tree
        return self._was_in_tree

    def _belonging(self) -> tuple[DeviceGroup | None, Product | None]:
        """The group of the device under the cursor, else the one listed; and its product."""
        row = self.table.current
        wanted = row.device.group_id if row is not None else self.view.scope.group_id
        tree = self.tree_known
        found = tree.group(wanted) if tree is not None else None
        if found is not None:
            return found[1].group, found[0].product
        line = tree.product(self.view.scope.product_id) if tree is not None else None
        return None, line.product if line is not None else None

    def _tell_title(self) -> None:
        if not self.is_mounted or self.host.first_paint.is_held:
            return
        table, view = self.table, self.view
        count = f"{table.rows.count:,}" if table.rows.is_counted else f"{table.rows.count:,}+"
        place = f"{min(table.cursor + 1, table.rows.count):,} of " if table.rows.count else ""
        crumb = f" {look_of(self).glyphs.crumb} "
        words = safe(scope_words(view.scope, self.tree_known, crumb))
        pieces: list[Piece] = [
            (f" {words} ", "title-focus"),
            (f" {place}{count}", "title"),
        ]
        if view.text:
            pieces.append((f"  filter: {safe(view.text)}", "title"))
        if view.is_problems:
            pieces.append(("  problems only", "problem"))
        if table.marks:
            pieces.append((f"  {len(table.marks):,} marked", "marked"))
        if table.is_ranging:
            pieces.append(("  range begun", "marked"))
        if view.sort != Sort() and view.sort.column is not SortColumn.NAME:
            pieces.append((f"  by {view.sort.column.value}", "dim"))
        self.title_line.say(pieces)

    def _tell_detail(self, *, is_forced: bool = False) -> None:
        if not self.is_mounted or self.host.first_paint.is_held or not (self.detail.display or is_forced):
            return
        row, node = self.table.current, self.product_tree.current
        if self.is_in_tree and node is not None:
            self.detail.tell_node(node, self._target_names(node.group), self._unfinished)
        elif row is not None:
            self.detail.tell_device(row, self.host.now())

    def _target_names(self, group: DeviceGroup | None) -> dict[str, str]:
        """The names of the groups that a fixture group aims at, by id."""
        targets = (group.production_target_id, group.dut_target_id) if group is not None else ()
        found = [self.tree_known.group(each) for each in targets] if self.tree_known is not None else []
        return {line.group.id: line.group.name for _, line in filter(None, found)}

    def tick(self) -> None:
        """A second went by: ages."""
        super().tick()
        if self._by_key and not self.has_class("-small"):
            self.table.tick()
            self._tell_detail()

    # What changes from outside

    def fleet_changed(self) -> None:
        """Read what is visible again; the tree a little later."""
        super().fleet_changed()
        self._is_stale = True
        if not self._is_catching_up:
            self.catch_up()
        if self._tree_timer is None:
            wait = max(0.05, self._tree_at + TREE_EVERY_S - monotonic())
            self._tree_timer = self.set_timer(wait, self._tree_due)

    def _tree_due(self) -> None:
        self._tree_timer = None
        self.load_tree()

    @work(group="catch-up")
    async def catch_up(self) -> None:
        """One reading at a time; what changes meanwhile makes another one."""
        self._is_catching_up = True
        try:
            while self._is_stale:
                self._is_stale = False
                try:
                    await self.table.catch_up()
                except PatternTooLong as error:
                    self.bar.explain(error.reason)
        finally:
            self._is_catching_up = False

    @property
    def hint_line(self) -> HintLine:
        """The bottom line."""
        return self.query_one("#hints", HintLine)
