"""The actions on the device list of the fleet screen: filter, order, columns, scope, history, export."""

from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.worker import Worker

from imptui.query.list_columns import ON_SCREEN
from imptui.query.query import Scope
from imptui.tui.commands.questions import Menu
from imptui.tui.screens.fleet_menus import column_options, sort_options, toggled
from imptui.tui.screens.visited_lists import is_valid_filter

if TYPE_CHECKING:
    from imptui.tui.screens.fleet_body import FleetBody
    from imptui.tui.screens.list_navigation import ListNavigation
    from imptui.tui.screens.page import Page


class FleetListActions:
    """Implements `ListActions` and `HistoryActions` for the fleet screen.

    Args:
        page: The fleet screen.
        body: Its panes.
        navigation: The list that is shown, and the way to others.
    """

    def __init__(self, page: "Page", body: "FleetBody", navigation: "ListNavigation") -> None:
        self._page = page
        self._tree, self._bar, self._table = body.tree, body.bar, body.table
        self._navigation = navigation

    # The filter

    def action_filter(self, text: str = "") -> None:
        """Open the filter bar; a filter that was typed behind the command is applied, or shown with its mistake."""
        self._page.focus_pane(self._table)
        if text and is_valid_filter(text):
            self._navigation.go(replace(self._navigation.view, text=text, cursor=None))
            return
        self._bar.earlier = self._page.host.session.filters
        self._bar.open(text)

    def action_problems(self) -> None:
        """List only devices with problems, or all devices."""
        view = self._navigation.view
        self._navigation.go(replace(view, is_problems=not view.is_problems, cursor=None))

    # The scope

    def open_node(self) -> None:
        """Show the devices of the line under the tree's cursor, and focus the list."""
        view = self._navigation.node_view
        if view is not None:
            self._navigation.go(view)
            self._page.focus_pane(self._table)

    def action_drop_scope(self) -> None:
        """List all devices of the account."""
        self._navigation.show_scope(Scope())
        self._page.focus_pane(self._table)

    def action_use_scope(self) -> None:
        """List the group of the device under the cursor, or the line of the tree."""
        if self._page.focused is self._tree:
            self.open_node()
            return
        row = self._table.current
        if row is not None:
            scope = Scope(group_id=row.device.group_id) if row.device.group_id else Scope(is_unassigned=True)
            if scope == self._navigation.view.scope:
                self._page.host.show_message("That is the scope already.")
            else:
                self._navigation.show_scope(scope)

    # Order and columns

    def action_sort_by(self, key: str) -> None:
        """Sort by a column; by the same again, in the other direction.

        The cursor stays on its device, except on the first row: there the user wants to see the new first device.
        """
        table, sort, page = self._table, self._table.next_sort(key), self._page
        if sort is not None:
            self._navigation.view = replace(self._navigation.view, sort=sort)
            page.host.session.save_state(page.host.session.state.with_sort(page.fleet.context.name, sort))
            self._navigation.show(table.current.device.id if table.current is not None and table.cursor else None)

    def action_sort_flip(self) -> None:
        """Sort in the other direction."""
        column = next((each for each in ON_SCREEN if each.sort is self._navigation.view.sort.column), None)
        if column is not None:
            self.action_sort_by(column.key)

    def action_sort_menu(self) -> None:
        """Choose the order from a menu."""
        _: Worker[None] = self._page.run_worker(self._choose_sort, group="dialogs")

    async def _choose_sort(self) -> None:
        chosen = await self._page.host.choose(Menu("Sort by", sort_options(self._navigation.view.sort), opened_by="s"))
        if chosen is not None:
            self.action_sort_by(chosen)

    def action_columns(self) -> None:
        """Choose the columns from a menu."""
        _: Worker[None] = self._page.run_worker(self._choose_columns, group="dialogs")

    async def _choose_columns(self) -> None:
        """Show the menu again until Esc. Each option adds or removes a column, and the list behind follows at once."""
        host, columns = self._page.host, self._table.columns
        while True:
            key = await host.choose(Menu("Columns, besides the name", column_options(columns.keys, columns.chosen)))
            if key is None:
                return
            chosen = toggled(key, columns.keys, columns.chosen)
            self._table.choose_columns(chosen)
            host.session.save_state(replace(host.session.state, columns=chosen))

    # History of lists

    def action_history_back(self) -> None:
        """Go back to the list before."""
        self._report(self._navigation.back())

    def action_history_forward(self) -> None:
        """Go forward to the list after this one."""
        self._report(self._navigation.forward())

    def action_last_view(self) -> None:
        """Go to the list that was shown last, and back again."""
        self._report(self._navigation.last())

    def _report(self, why_not: str | None) -> None:
        if why_not is not None:
            self._page.host.show_message(why_not)

    # Export

    def action_export(self) -> None:
        """Write the list to a CSV file."""
        _: Worker[None] = self._page.run_worker(self._export, group="export", exclusive=True)

    async def _export(self) -> None:
        """Write the list page by page."""
        from imptui.tui.screens.export import export_devices

        host = self._page.host
        path, count = await export_devices(self._page.fleet, self._navigation.view.query(), host)
        host.show_message(f"{count:,} devices written to {path}")
