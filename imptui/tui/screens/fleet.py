"""The fleet: products and groups on the left, devices on the right, what is under the cursor beside them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import ClassVar

from textual import on, work
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widget import Widget

from imptui.model.group import DeviceGroup
from imptui.model.ids import DeviceId
from imptui.model.line import Tree
from imptui.model.parse import parse
from imptui.model.product import Product
from imptui.model.query import And, Column, Expr, Is, Mark, Query, Scope, Sort
from imptui.tui.commands.command import Situation
from imptui.tui.commands.questions import Menu, Option
from imptui.tui.present.device import HEADINGS
from imptui.tui.present.group import type_word
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.screens.page import Page
from imptui.tui.widgets.detail_strip import DetailStrip
from imptui.tui.widgets.filter_bar import FilterBar
from imptui.tui.widgets.fleet_table import FleetTable
from imptui.tui.widgets.hint_line import HintLine
from imptui.tui.widgets.painted import PaintedLine
from imptui.tui.widgets.product_tree import ProductTree
from imptui.tui.widgets.seen import look_of

FOLLOW_S = 0.12
"""How long the cursor rests on a line of the tree before the list follows."""

TREE_EVERY_S = 1.0
"""The tree is counted again at most this often."""

PROBLEM = Is(Mark.PROBLEM)

SORT_LETTERS = (
    ("name", "n"), ("state", "s"), ("rssi", "r"), ("memory", "m"), ("group", "g"), ("id", "i"), ("imp", "t"),
    ("release", "v"), ("changed", "c"), ("mac", "a"), ("ip", "p"), ("product", "d"), ("enrolled", "b"),
)  # fmt: skip
"""Letters of the menu of orders, by column."""


@dataclass(frozen=True, slots=True)
class View:
    """One entry of the history: a list, and where the cursor was."""

    scope: Scope = field(default_factory=Scope)
    text: str = ""
    """The filter as it was typed; it belongs to the entry."""
    is_problems: bool = False
    sort: Sort = field(default_factory=Sort)
    cursor: DeviceId | None = None

    def query(self) -> Query:
        """What is asked for."""
        typed = parse(self.text, lenient=True)
        parts: list[Expr] = [part for part in (PROBLEM if self.is_problems else None, typed) if part is not None]
        where = parts[0] if len(parts) == 1 else And(tuple(parts)) if parts else None
        return Query(self.scope, where, self.sort)


class FleetPage(Page):
    """Home."""

    page_name: ClassVar[str] = "fleet"

    def __init__(self) -> None:
        super().__init__()
        self.view = View()
        self._past: list[View] = []
        self._future: list[View] = []
        self._last: View | None = None
        self.tree_known: Tree | None = None
        self._tree_at = 0.0
        self._tree_timer: Timer | None = None
        self._follow: Timer | None = None
        self._is_stale = False
        self._is_catching_up = False
        self._first_pane: Widget | None = None

    # What it is made of

    def compose_body(self) -> Iterable[Widget]:
        """Three panes."""
        self.product_tree = ProductTree(id="tree")
        self.bar = FilterBar(id="filter")
        self.table = FleetTable(self.fleet.look, id="list")
        self.title_line = PaintedLine(id="list-title")
        self.detail = DetailStrip(id="detail")
        right = Vertical(self.title_line, self.bar, self.table, id="right")
        yield Horizontal(self.product_tree, right, self.detail, id="body")

    def panes(self) -> list[Widget]:
        """Tree, list, detail."""
        return [self.product_tree, self.table, self.detail]

    def opened(self) -> None:
        """Read the tree and the first rows."""
        self._first_pane = self.product_tree if self.size.width and self.size.width < 120 else self.table
        self.give_keys(self._first_pane)
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

    def go(self, view: View, *, keep: DeviceId | None = None, is_step: bool = True) -> None:
        """Show another list, with the cursor on the device `keep`; the history remembers where we were if `is_step`."""
        if is_step and view != self.view:
            self._past.append(self._here())
            self._future.clear()
        self._last = self._here()
        self.view = view
        self.bar.put(view.text)
        self.show_list(keep)

    def _here(self) -> View:
        current = self.table.current
        return replace(self.view, cursor=current.device.id if current else None)

    @work(exclusive=True, group="list")
    async def show_list(self, keep: DeviceId | None) -> None:
        """Ask for the rows; the list before stays until they are here. A newer call drops an older one."""
        await self.table.show(self.view.query(), keep)

    @property
    def is_as_opened(self) -> bool:
        """Whether nobody did anything here yet, or everything was undone: a start shows the same."""
        table = self.table
        is_home = self.view == View() and not table.cursor and not table.marks and not self.product_tree.cursor
        return (
            is_home and self.active is self._first_pane and not (self.zoomed or self.bar.is_typing or self.hint_line.is_telling)
        )

    def _perhaps_whole(self) -> None:
        """The first paint waits for the tree and the first rows."""
        if self.tree_known is not None and self.table.is_filled:
            self.host.let_paint()

    def show_scope(self, scope: Scope, *, is_problems: bool = False) -> None:
        """The devices of a scope, without filter, and the tree's cursor on it."""
        self.product_tree.go_to(scope, PROBLEM if is_problems else None)
        self.go(View(scope, "", is_problems, self.view.sort))

    @on(FilterBar.Asked)
    def filtered(self, event: FilterBar.Asked) -> None:
        """The list follows what is typed."""
        self.view = replace(self.view, text=event.text)
        self.show_list(None)

    @on(FilterBar.Left)
    def filter_left(self) -> None:
        """The keys go back to the list."""
        self.give_keys(self.table)

    @on(FleetTable.Visible)
    def rows_seen(self, event: FleetTable.Visible) -> None:
        """Keep fresh what is on the screen."""
        self.fleet.watch.look_at(event.ids)

    @on(FleetTable.Moved)
    def moved(self) -> None:
        """Another device is under the cursor."""
        self._tell_detail()
        self._tell_title()

    @on(FleetTable.Counted)
    def counted(self) -> None:
        """The length of the list or the marks changed."""
        self._tell_title()
        self._tell_detail()
        self.offer_hints()
        self.call_after_refresh(self._perhaps_whole)

    @on(FleetTable.Opened)
    def opened_device(self, event: FleetTable.Opened) -> None:
        """To the device screen."""
        self.host.open_device(event.device_id)

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
        self.call_after_refresh(self._perhaps_whole)

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
            view = View(node.scope, "", node.where is not None, self.view.sort)
            if view != replace(self.view, cursor=None):
                self.go(view, is_step=False)

    @on(ProductTree.Opened)
    def opened_node(self) -> None:
        """To the devices of a line."""
        node = self.product_tree.current
        if node is not None:
            self.go(View(node.scope, "", node.where is not None, self.view.sort))
            self.give_keys(self.table)

    # Actions of the catalogue

    def action_filter(self) -> None:
        """Type a filter."""
        self.give_keys(self.table)
        self.bar.open()

    def action_problems(self) -> None:
        """Problems only, or all."""
        self.go(replace(self.view, is_problems=not self.view.is_problems, cursor=None))

    def action_drop_scope(self) -> None:
        """All devices."""
        self.show_scope(Scope())
        self.give_keys(self.table)

    def action_use_scope(self) -> None:
        """The group of the device under the cursor, or the line of the tree, as scope."""
        if self.focused is self.product_tree:
            self.opened_node()
            return
        row = self.table.current
        if row is not None:
            self.show_scope(Scope(group_id=row.device.group_id) if row.device.group_id else Scope(is_unassigned=True))

    def action_owner(self) -> None:
        """From a device to its group in the tree, from a group to its product."""
        if self.focused is self.product_tree:
            self.product_tree.action_left()
            return
        self.action_use_scope()
        self.give_keys(self.product_tree)

    def action_describe(self) -> None:
        """The detail pane."""
        self._tell_detail(is_forced=True)
        self.give_keys(self.detail)

    def action_raw(self) -> None:
        """The raw document of what is under the cursor."""
        from imptui.tui.screens.text import RawPage

        situation = self.situation()
        row = situation.device
        thing = row.device if row is not None else situation.group or situation.product
        if thing is not None:
            self.app.push_screen(RawPage(situation.subject, thing))

    def action_sort_by(self, key: str) -> None:
        """By a column; by the same again, the other way round."""
        sort = self.table.next_sort(key)
        if sort is not None:
            current = self.table.current
            self.view = replace(self.view, sort=sort)
            self.show_list(current.device.id if current is not None else None)

    def action_sort_flip(self) -> None:
        """The other way round."""
        heading = next((each for each in HEADINGS if each.sort is self.view.sort.column), None)
        if heading is not None:
            self.action_sort_by(heading.key)

    def action_sort_menu(self) -> None:
        """Choose the order."""
        self.choose_sort()

    @work(group="dialogs")
    async def choose_sort(self) -> None:
        """A menu of columns."""
        letters = dict(SORT_LETTERS)
        columns = [heading for heading in HEADINGS if heading.sort is not None]
        options = tuple(
            Option(
                heading.key,
                heading.title,
                "now" if heading.sort is self.view.sort.column else "",
                hotkey=letters.get(heading.key),
            )
            for heading in columns
        )
        chosen = await self.host.choose(Menu("Sort by", options, opened_by="s"))
        if chosen is not None:
            self.action_sort_by(chosen)

    def action_history_back(self) -> None:
        """The list before this one."""
        self._travel(self._past, self._future)

    def action_history_forward(self) -> None:
        """The list after this one."""
        self._travel(self._future, self._past)

    def _travel(self, source: list[View], other: list[View]) -> None:
        if not source:
            self.host.say("There is nothing further in this direction.")
            return
        other.append(self._here())
        self._arrive(source.pop())

    def action_last_view(self) -> None:
        """The list before this one, and back again."""
        if self._last is not None:
            self._arrive(self._last)

    def _arrive(self, view: View) -> None:
        self.product_tree.go_to(view.scope)
        self.go(replace(view, cursor=None), keep=view.cursor, is_step=False)

    def action_export(self) -> None:
        """Write the list to a file."""
        self.export()

    @work(group="export", exclusive=True)
    async def export(self) -> None:
        """Page by page, as CSV."""
        from imptui.tui.screens.export import export_devices

        path, count = await export_devices(self.fleet, self.view.query(), self.host)
        self.host.say(f"{count:,} devices written to {path}")

    async def action_back(self) -> None:
        """Clear what can be cleared, then go up: marks, filter, zoom, list, tree."""
        if self.bar.is_typing or (self.view.text and self.focused is self.table):
            self.bar.clear()
        elif self.table.unmark():
            pass
        elif self.zoomed:
            self.action_zoom()
        elif self.focused is self.detail:
            self.give_keys(self.table)
        elif self.focused is self.table:
            self.give_keys(self.product_tree)
        elif self.product_tree.current is not None and self.product_tree.cursor:
            self.product_tree.action_left()

    async def action_leave(self) -> None:
        """Up; from the tree, out after asking."""
        if self.focused is self.product_tree:
            self.leave()
        else:
            await self.action_back()

    @work(group="dialogs", exclusive=True)
    async def leave(self) -> None:
        """Quit, really?"""
        from imptui.tui.commands.questions import Question

        if await self.host.ask(Question("Quit imptui?", (), "Quit", opened_by="q", is_dangerous=False)):
            self.app.exit()

    # What is said

    def situation(self, key: str | None = None) -> Situation:
        """The marked devices or the one under the cursor; in the tree, its line."""
        situation = super().situation(key)
        in_tree = self.focused is self.product_tree
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

    def _belonging(self) -> tuple[DeviceGroup | None, Product | None]:
        """The group of the device under the cursor, else the one listed; and its product."""
        row = self.table.current
        wanted = row.device.group_id if row is not None else self.view.scope.group_id
        for line in self.tree_known.products if self.tree_known is not None else ():
            for each in line.groups:
                if each.group.id == wanted:
                    return each.group, line.product
            if line.product.id == self.view.scope.product_id:
                return None, line.product
        return None, None

    def _scope_words(self) -> str:
        scope = self.view.scope
        crumb = f" {look_of(self).glyphs.crumb} "
        if scope.is_unassigned:
            return "Unassigned"
        for line in self.tree_known.products if self.tree_known is not None else ():
            for each in line.groups:
                if each.group.id == scope.group_id:
                    return crumb.join((line.product.name, type_word(each.group.type), each.group.name))
            if line.product.id == scope.product_id:
                kind = [type_word(scope.group_type)] if scope.group_type is not None else []
                return crumb.join((line.product.name, *kind))
        return "All devices"

    def _tell_title(self) -> None:
        if not self.is_mounted:
            return
        table, view = self.table, self.view
        count = f"{table.rows.count:,}" if table.rows.is_counted else f"{table.rows.count:,}+"
        place = f"{min(table.cursor + 1, table.rows.count):,} of " if table.rows.count else ""
        pieces: list[Piece] = [(f" {safe(self._scope_words())} ", "title-focus"), (f" {place}{count}", "title")]
        if view.text:
            pieces.append((f"  filter: {safe(view.text)}", "title"))
        if view.is_problems:
            pieces.append(("  problems only", "problem"))
        if table.marks:
            pieces.append((f"  {len(table.marks):,} marked", "marked"))
        if table.is_ranging:
            pieces.append(("  range begun", "marked"))
        if view.sort != Sort() and view.sort.column is not Column.NAME:
            pieces.append((f"  by {view.sort.column.value}", "dim"))
        self.title_line.say(pieces)

    def _tell_detail(self, *, is_forced: bool = False) -> None:
        if not self.is_mounted or not (self.detail.display or is_forced):
            return
        row, node = self.table.current, self.product_tree.current
        if self.focused is self.product_tree and node is not None:
            self.detail.tell_node(node)
        elif row is not None:
            self.detail.tell_device(row, self.host.now())

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
                await self.table.catch_up()
        finally:
            self._is_catching_up = False

    @property
    def hint_line(self) -> HintLine:
        """The bottom line."""
        return self.query_one("#hints", HintLine)
