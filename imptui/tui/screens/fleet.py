"""The fleet screen: products and groups on the left, devices on the right, details of the object under the cursor."""

from collections.abc import Iterable
from typing import ClassVar

from msgspec.structs import replace
from textual import on, work
from textual.timer import Timer
from textual.widget import Widget

from imptui.domain.rows import Tree
from imptui.query.list_columns import ON_SCREEN
from imptui.query.query import Scope
from imptui.tui.commands.command import Situation
from imptui.tui.commands.questions import Menu, Question
from imptui.tui.commands.routes import DeviceRoute
from imptui.tui.present.fleet_title import scope_words
from imptui.tui.present.list_title import ListTitle
from imptui.tui.screens.fleet_body import FleetBody
from imptui.tui.screens.fleet_counts import FleetCounts, rows_of_owner, target_names
from imptui.tui.screens.fleet_menus import column_options, sort_options, toggled
from imptui.tui.screens.list_navigation import ListNavigation
from imptui.tui.screens.page import Page
from imptui.tui.screens.visited_lists import PROBLEM, VisitedList, is_valid_filter
from imptui.tui.widgets.filter_bar import FilterBar
from imptui.tui.widgets.fleet_table import FleetTable
from imptui.tui.widgets.hint_line import Hint, HintLine
from imptui.tui.widgets.product_tree import ProductTree
from imptui.tui.widgets.theme_access import look_of

FOLLOW_S = 0.12
"""The time that the cursor rests on a line of the tree before the list follows."""


class FleetPage(Page):
    """The home screen: tree, list and details.

    `_paint` is the only place that writes title and details: it derives them from the list, the tree and the counts,
    whatever changed; the widgets repaint what reads differently.
    """

    page_name: ClassVar[str] = "fleet"
    BLANK = True

    def __init__(self) -> None:
        super().__init__()
        self.tree_known: Tree | None = None
        self.navigation = ListNavigation(self)
        self._counts = FleetCounts()
        self._tree_timer: Timer | None = None
        self._follow_timer: Timer | None = None
        self._first_pane: Widget | None = None
        self._was_in_tree = False

    # Layout

    def compose_body(self) -> Iterable[Widget]:
        """Make the panes."""
        self._body = body = FleetBody(self.fleet.look)
        self.product_tree, self.bar, self.table, self.detail = body.tree, body.bar, body.table, body.detail
        return [body.compose()]

    def panes(self) -> list[Widget]:
        """Return tree, list and details."""
        return self._body.panes

    def opened(self) -> None:
        """Read the tree and the first rows."""
        self._first_pane = self._body.first_pane(self.size.width)
        self.focus_pane(self._first_pane)
        self.host.first_paint.expect("tree", "rows", "layout")
        self._await_layout()
        state = self.host.session.state
        self.table.columns.chosen = state.columns
        self._load_tree()
        self.navigation.open(self._body, VisitedList(sort=state.sort_in(self.fleet.context.name)))

    def lay_out(self, cells: int, lines: int) -> None:  # noqa: ARG002 - the shape for subclasses
        """Show one pane, two or three."""
        if self.is_mounted:
            self._body.arrange(cells, self.active if self.active is not None else self.table, is_zoomed=self.zoomed)
            self._paint()

    @property
    def is_as_opened(self) -> bool:
        """Return whether the screen is as it opened, so that its picture can be the first frame of the next start."""
        table = self.table
        is_home = self.navigation.is_as_opened and not table.cursor and not table.marks and not self.product_tree.cursor
        is_quiet = not (self.zoomed or self.bar.is_typing or self._hint_line.has_message)
        return is_home and self.active is self._first_pane and is_quiet

    def _await_layout(self) -> None:
        """Report to the first paint that the panes have their sizes."""
        if self._hint_line.size:
            self.host.first_paint.arrive("layout")
        elif self.host.first_paint.is_held:
            self.call_after_refresh(self._await_layout)

    @property
    def _hint_line(self) -> HintLine:
        return self.query_one("#hints", HintLine)

    # Painting

    def _paint(self, *, is_detail_coming: bool = False) -> None:
        """Paint title and details from the list, the tree and the counts.

        Args:
            is_detail_coming: The details are about to be shown: paint them although they are still hidden.
        """
        if not self.is_mounted or self.host.first_paint.is_held:
            return
        table, view = self.table, self.navigation.view
        scope = scope_words(view.scope, self.tree_known, f" {look_of(self).glyphs.crumb} ")
        title = ListTitle(
            scope=scope,
            place=table.cursor + 1,
            count=table.rows.count,
            is_counted=table.rows.is_counted,
            filter=view.text,
            is_problems=view.is_problems,
            marked=len(table.marks),
            is_ranging=table.is_ranging,
            sort=view.sort,
        )
        self._body.title.show_pieces(title.pieces())
        if self.detail.display or is_detail_coming:
            self._paint_detail()

    def _paint_detail(self) -> None:
        row, node = self.table.current, self.product_tree.current
        if self._is_in_tree and node is not None:
            self.detail.show_node(node, target_names(self.tree_known, node.group), self._counts.unfinished)
        elif row is not None:
            self.detail.show_device(row, self.host.now())

    def update_texts(self) -> None:
        """Paint header, hints, title and details."""
        super().update_texts()
        self._paint()

    def tick(self) -> None:
        """Update the ages every second."""
        super().tick()
        if self._by_key and not self.has_class("-small"):
            self.table.tick()
            self._paint()

    def hints(self) -> list[Hint]:
        """Return the keys of the filter bar while a filter is typed, else those of the pane."""
        return self.bar.hints() if self.bar.is_typing else super().hints()

    # The list

    def show_scope(self, scope: Scope, *, is_problems: bool = False) -> None:
        """Show the devices of a scope, without filter, and move the tree's cursor there."""
        self.product_tree.go_to(scope, PROBLEM if is_problems else None)
        self.navigation.go(VisitedList(scope, "", is_problems, self.navigation.view.sort))

    @on(FleetTable.Visible)
    def _watch(self) -> None:
        """Tell the reading watch which devices to keep fresh: visible, announced and marked ones."""
        seen = self.table.seen
        self.fleet.watch.look_at(
            (*seen, *(each for each in self.host.device_news.devices if each not in seen)), self.table.marks.rows
        )

    @on(FleetTable.Moved)
    def _moved(self) -> None:
        self._paint()

    @on(FleetTable.Counted)
    def _counted(self) -> None:
        self._watch()
        self._paint()
        self.offer_hints()
        if self.table.is_filled:
            self.host.first_paint.arrive("rows")

    @on(FleetTable.Opened)
    def _open_device(self, event: FleetTable.Opened) -> None:
        self.host.navigator.open(DeviceRoute(event.device_id))

    # The filter

    @on(FilterBar.Asked)
    def _filter(self, event: FilterBar.Asked) -> None:
        """Show the result of the filter while it is typed."""
        self.navigation.view = replace(self.navigation.view, text=event.text)
        self.navigation.show(None)

    @on(FilterBar.Left)
    def _filter_left(self, event: FilterBar.Left) -> None:
        """Focus the list, and save the filter in the history."""
        if self.bar.text and not event.is_cleared:
            self.host.session.save_filter(self.bar.text)
        self.focus_pane(self.table)

    @on(FilterBar.Typed)
    def _filter_typed(self) -> None:
        self.offer_hints()

    @on(FilterBar.HelpAsked)
    def _filter_help(self) -> None:
        from imptui.tui.screens.help import FilterHelpPage

        self.host.navigator.show(FilterHelpPage())

    def action_filter(self, text: str = "") -> None:
        """Open the filter bar; a filter that was typed behind the command is applied, or shown with its mistake."""
        self.focus_pane(self.table)
        if text and is_valid_filter(text):
            self.navigation.go(replace(self.navigation.view, text=text, cursor=None))
            return
        self.bar.earlier = self.host.session.filters
        self.bar.open(text)

    # The tree

    @work(exclusive=True, group="tree")
    async def _load_tree(self) -> None:
        """Count products and groups, then reviews and saved filters."""
        counts, context = self._counts, self.fleet.context
        counts.tree_read()
        self.tree_known = tree = await self.fleet.look.tree()
        self.product_tree.show(tree, context.username or context.name)
        self.tick()
        self.offer_hints()
        self.host.first_paint.arrive("tree")
        await self.host.startup.begun.wait()  # The rest imports modules that would slow down a start.
        self.bar.make()
        await counts.read_unfinished(self.fleet)
        self._paint()
        self._count_saved()

    @work(exclusive=True, group="saved")
    async def _count_saved(self) -> None:
        self.product_tree.show_saved(await self._counts.read_saved(self.fleet))

    @on(ProductTree.Highlighted)
    def _highlighted(self) -> None:
        """Let the list follow the cursor once it rests, if both are on the screen."""
        self._paint()
        self.offer_hints()
        if self._follow_timer is not None:
            self._follow_timer.stop()
        if self._body.is_list_shown:
            self._follow_timer = self.set_timer(FOLLOW_S, self._follow)

    def _follow(self) -> None:
        view = self._node_view
        if view is not None and view != replace(self.navigation.view, cursor=None):
            self.navigation.go(view, is_step=False)

    @property
    def _node_view(self) -> VisitedList | None:
        """Return the list of the line under the tree's cursor."""
        node = self.product_tree.current
        return VisitedList(node.scope, node.text, node.where is not None, self.navigation.view.sort) if node is not None else None

    @on(ProductTree.Opened)
    def _open_node(self) -> None:
        """Show the devices of a line."""
        view = self._node_view
        if view is not None:
            self.navigation.go(view)
            self.focus_pane(self.table)

    # What commands act on

    def situation(self, key: str | None = None) -> Situation:
        """Add the marked devices or the one under the cursor; in the tree, its line."""
        situation = replace(super().situation(key), query=self.table.listed)
        node = self.product_tree.current
        if self._is_in_tree:
            if node is None:
                return situation
            tally = node.tally if node.group is not None else None  # Other lines count something else.
            return replace(situation, product=node.product, group=node.group, tally=tally, group_count=node.group_count)
        row = self.table.current
        group_id = row.device.group_id if row is not None else self.navigation.view.scope.group_id
        group, product = rows_of_owner(self.tree_known, group_id, self.navigation.view.scope)
        return replace(
            situation,
            devices=self.table.chosen,
            product=product.product if product is not None else None,
            group=group.group if group is not None else None,
            tally=group.tally if group is not None else None,
            group_count=len(product.groups) if product is not None else None,
        )

    @property
    def _is_in_tree(self) -> bool:
        """True if commands act on the line of the tree: the tree has the focus, or the details that were opened from it."""
        if self.focused is not self.detail and self.focused is not None:  # Nothing has the focus while panes change places.
            self._was_in_tree = self.focused is self.product_tree
        return self._was_in_tree

    # What changes from outside

    def fleet_changed(self) -> None:
        """Read what is visible again; the tree a little later."""
        super().fleet_changed()
        self.navigation.refresh()
        if self._tree_timer is None:
            self._tree_timer = self.set_timer(self._counts.tree_due_s, self._tree_due)

    def _tree_due(self) -> None:
        self._tree_timer = None
        self._load_tree()

    # Keys

    def action_open(self) -> None:
        """Open the subject of the details, a device or the devices of a line; tree and list open their own lines."""
        row = self.table.current
        if self.focused is self.detail and self._is_in_tree:
            self._open_node()
        elif self.focused is self.detail and row is not None:
            self.host.navigator.open(DeviceRoute(row.device.id))

    async def action_mark(self) -> None:
        """Mark the device that the details show."""
        await self.table.action_mark()

    def action_problems(self) -> None:
        """List only devices with problems, or all devices."""
        self.navigation.go(replace(self.navigation.view, is_problems=not self.navigation.view.is_problems, cursor=None))

    def action_drop_scope(self) -> None:
        """List all devices."""
        self.show_scope(Scope())
        self.focus_pane(self.table)

    def action_use_scope(self) -> None:
        """List the group of the device under the cursor, or the line of the tree."""
        if self.focused is self.product_tree:
            self._open_node()
            return
        row = self.table.current
        if row is not None:
            scope = Scope(group_id=row.device.group_id) if row.device.group_id else Scope(is_unassigned=True)
            if scope == self.navigation.view.scope:
                self.host.show_message("That is the scope already.")
            else:
                self.show_scope(scope)

    def action_owner(self) -> None:
        """Go from a device to its group in the tree, from a group to its product."""
        if self.focused is self.product_tree:
            if not self.product_tree.cursor:
                self.host.show_message("This is the top of the tree.")
            self.product_tree.action_left()
            return
        self.action_use_scope()
        self.focus_pane(self.product_tree)

    def action_describe(self) -> None:
        """Focus the details; from there, open the device."""
        if self.focused is self.detail:
            self.action_open()
            return
        self._paint(is_detail_coming=True)
        self.focus_pane(self.detail)

    def action_raw(self) -> None:
        """Show the raw document of the object under the cursor."""
        from imptui.tui.screens.text import RawPage

        situation = self.situation()
        row = situation.device
        thing = row.device if row is not None else situation.group or situation.product
        if thing is not None:
            self.host.navigator.show(RawPage(situation.subject, thing))
        else:
            self.host.show_message("This line has no document; products, groups and devices have.")

    def action_sort_by(self, key: str) -> None:
        """Sort by a column; by the same again, in the other direction.

        The cursor stays on its device, except on the first row: there the user wants to see the new first device.
        """
        table, sort = self.table, self.table.next_sort(key)
        if sort is not None:
            self.navigation.view = replace(self.navigation.view, sort=sort)
            self.host.session.save_state(self.host.session.state.with_sort(self.fleet.context.name, sort))
            self.navigation.show(table.current.device.id if table.current is not None and table.cursor else None)

    def action_sort_flip(self) -> None:
        """Sort in the other direction."""
        column = next((each for each in ON_SCREEN if each.sort is self.navigation.view.sort.column), None)
        if column is not None:
            self.action_sort_by(column.key)

    def action_columns(self) -> None:
        """Choose the columns."""
        self._choose_columns()

    @work(group="dialogs")
    async def _choose_columns(self) -> None:
        """Show the menu again until Esc. Each option adds or removes a column, and the list behind follows at once."""
        columns = self.table.columns
        while True:
            key = await self.host.choose(Menu("Columns, besides the name", column_options(columns.keys, columns.chosen)))
            if key is None:
                return
            chosen = toggled(key, columns.keys, columns.chosen)
            self.table.choose_columns(chosen)
            self.host.session.save_state(replace(self.host.session.state, columns=chosen))

    def action_sort_menu(self) -> None:
        """Choose the order from a menu."""
        self._choose_sort()

    @work(group="dialogs")
    async def _choose_sort(self) -> None:
        chosen = await self.host.choose(Menu("Sort by", sort_options(self.navigation.view.sort), opened_by="s"))
        if chosen is not None:
            self.action_sort_by(chosen)

    # History of lists

    def action_history_back(self) -> None:
        """Go back to the list before."""
        self._say(self.navigation.back())

    def action_history_forward(self) -> None:
        """Go forward to the list after this one."""
        self._say(self.navigation.forward())

    def action_last_view(self) -> None:
        """Go to the list that was shown last, and back again."""
        self._say(self.navigation.last())

    def _say(self, why_not: str | None) -> None:
        if why_not is not None:
            self.host.show_message(why_not)

    def action_export(self) -> None:
        """Write the list to a CSV file."""
        self._export()

    @work(group="export", exclusive=True)
    async def _export(self) -> None:
        """Write the list page by page."""
        from imptui.tui.screens.export import export_devices

        path, count = await export_devices(self.fleet, self.navigation.view.query(), self.host)
        self.host.show_message(f"{count:,} devices written to {path}")

    async def action_press(self, key: str) -> None:
        """Run a command; explain ctrl+d once to users of k9s."""
        await super().action_press(key)
        if key == "ctrl+d" and not self.is_typing:
            self.host.session.hint_once("ctrl+d", "ctrl+d is half a page here; delete is D, and asks before it does anything.")

    async def action_back(self) -> None:
        """Clear filter, marks or zoom, else go up: from the list to the tree, and up in it."""
        if self.bar.is_typing or (self.navigation.view.text and self.focused is self.table):
            self.bar.clear()
        elif self.table.unmark():
            pass
        elif self.zoomed:
            self.action_zoom()
        elif self.focused is self.detail:
            self.focus_pane(self.table)
        elif self.focused is self.table:
            self.focus_pane(self.product_tree)
        elif self.product_tree.current is not None and self.product_tree.cursor:
            self.product_tree.action_left()
        else:
            self.host.show_message("This is the top; q or ctrl+q quits.")

    async def action_leave(self) -> None:
        """Go up; from the tree, quit after asking."""
        if self.focused is self.product_tree:
            self._ask_quit()
        else:
            await self.action_back()

    @work(group="dialogs", exclusive=True)
    async def _ask_quit(self) -> None:
        """Quit after the user confirmed."""
        if await self.host.ask(Question("Quit imptui?", (), "Quit", opened_by="q", is_dangerous=False)):
            self.app.exit()
