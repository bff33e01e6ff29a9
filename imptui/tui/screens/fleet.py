"""The fleet: products and groups on the left, devices on the right, what is under the cursor beside them."""

from dataclasses import replace
from typing import ClassVar

from textual import work

from imptui.query.query import Scope
from imptui.tui.commands.questions import Menu, Option, Question
from imptui.tui.commands.routes import DeviceRoute
from imptui.tui.present.device import HEADINGS
from imptui.tui.screens.fleet_panes import FleetPanes
from imptui.tui.screens.visited_lists import VisitedList, makes_sense

SORT_LETTERS = (
    ("name", "n"), ("state", "s"), ("rssi", "r"), ("memory", "m"), ("group", "g"), ("id", "i"), ("imp", "t"),
    ("release", "v"), ("changed", "c"), ("mac", "a"), ("ip", "p"), ("product", "d"), ("enrolled", "b"),
)  # fmt: skip
"""Letters of the menu of orders, by column."""


COLUMN_LETTERS = (*SORT_LETTERS, ("pending", "u"), ("agent", "e"))
"""Letters of the menu of columns."""

COLUMN_WORDS = {"pending": "P: has not restarted since the deployment"}
"""Columns whose title says too little in a menu."""

ALL_COLUMNS = "*"
"""The line of that menu which drops the choice."""


def column_options(shown: tuple[str, ...], chosen: tuple[str, ...]) -> tuple[Option, ...]:
    """The lines of the menu of columns."""
    letters = dict(COLUMN_LETTERS)
    lines = [
        Option(
            each.key,
            COLUMN_WORDS.get(each.key, each.title),
            "shown" if each.key in shown else "no room" if each.key in chosen else "",
            hotkey=letters.get(each.key),
        )
        for each in HEADINGS
        if each.key != "name"
    ]
    return (*lines, Option(ALL_COLUMNS, "As many as fit", "" if chosen else "now", hotkey="z"))


class FleetPage(FleetPanes):
    """Home: what keys do here."""

    page_name: ClassVar[str] = "fleet"

    def action_filter(self, text: str = "") -> None:
        """Type a filter; one that was typed behind a command is asked at once, or shown with what is wrong in it."""
        self.give_keys(self.table)
        if text and makes_sense(text):
            self.go(replace(self.view, text=text, cursor=None))
            return
        self.bar.earlier = self.host.session.filters
        self.bar.open(text)

    def action_open(self) -> None:
        """From the details to the device screen, or to the devices of a line; tree and list open their own lines."""
        row = self.table.current
        if self.focused is self.detail and self.is_in_tree:
            self.opened_node()
        elif self.focused is self.detail and row is not None:
            self.host.navigator.open(DeviceRoute(row.device.id))

    async def action_mark(self) -> None:
        """In the details: the device that they are about."""
        await self.table.action_mark()

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
            scope = Scope(group_id=row.device.group_id) if row.device.group_id else Scope(is_unassigned=True)
            if scope == self.view.scope:
                self.host.say("That is the scope already.")
            else:
                self.show_scope(scope)

    def action_owner(self) -> None:
        """From a device to its group in the tree, from a group to its product."""
        if self.focused is self.product_tree:
            if not self.product_tree.cursor:
                self.host.say("This is the top of the tree.")
            self.product_tree.action_left()
            return
        self.action_use_scope()
        self.give_keys(self.product_tree)

    def action_describe(self) -> None:
        """The detail pane; from there all about the device."""
        if self.focused is self.detail:
            self.action_open()
            return
        self._tell_detail(is_forced=True)
        self.give_keys(self.detail)

    def action_raw(self) -> None:
        """The raw document of what is under the cursor."""
        from imptui.tui.screens.text import RawPage

        situation = self.situation()
        row = situation.device
        thing = row.device if row is not None else situation.group or situation.product
        if thing is not None:
            self.host.navigator.show(RawPage(situation.subject, thing))
        else:
            self.host.say("This line has no document; products, groups and devices have.")

    def action_sort_by(self, key: str) -> None:
        """By a column; by the same again, the other way round.

        The cursor stays on its device, except at the top: from there one wants to see who comes first now.
        """
        table, sort = self.table, self.table.next_sort(key)
        if sort is not None:
            self.view = replace(self.view, sort=sort)
            self.host.session.save_habits(self.host.session.habits.ordered(self.fleet.context.name, sort))
            self.show_list(table.current.device.id if table.current is not None and table.cursor else None)

    def action_sort_flip(self) -> None:
        """The other way round."""
        heading = next((each for each in HEADINGS if each.sort is self.view.sort.column), None)
        if heading is not None:
            self.action_sort_by(heading.key)

    def action_columns(self) -> None:
        """Choose the columns."""
        self.choose_columns()

    @work(group="dialogs")
    async def choose_columns(self) -> None:
        """A menu that opens again until Esc: each line takes a column in or out, and the list shows it behind."""
        table = self.table
        while True:
            options = column_options(table.shown_columns, table.chosen_columns)
            key = await self.host.choose(Menu("Columns, besides the name", options))
            if key is None:
                return
            there = table.chosen_columns or table.shown_columns
            chosen = () if key == ALL_COLUMNS else tuple(each for each in there if each != key)
            if key != ALL_COLUMNS and key not in there:
                chosen = (key, *chosen)  # what is wanted last is surely shown
            table.choose_columns(chosen)
            self.host.session.save_habits(replace(self.host.session.habits, columns=chosen))

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

    # There and back

    def action_history_back(self) -> None:
        """The list before this one."""
        self._arrive(self.travels.back(self.here))

    def action_history_forward(self) -> None:
        """The list after this one."""
        self._arrive(self.travels.forward(self.here))

    def action_last_view(self) -> None:
        """The list before this one, and back again."""
        self._arrive(self.travels.last)

    def _arrive(self, view: VisitedList | None) -> None:
        if view is None:
            self.host.say("There is nothing further in this direction.")
            return
        if replace(view, cursor=None) == replace(self.view, cursor=None):
            self.host.say("The list before was the same.")
            return
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

    async def action_press(self, key: str) -> None:
        """A key; who comes from k9s is told once what ctrl+d is here."""
        await super().action_press(key)
        if key == "ctrl+d" and not self.is_typing:
            self.host.session.hint_once("ctrl+d", "ctrl+d is half a page here; delete is D, and asks before it does anything.")

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
        else:
            self.host.say("This is the top; q or ctrl+q quits.")

    async def action_leave(self) -> None:
        """Up; from the tree, out after asking."""
        if self.focused is self.product_tree:
            self.leave()
        else:
            await self.action_back()

    @work(group="dialogs", exclusive=True)
    async def leave(self) -> None:
        """Quit, really?"""
        if await self.host.ask(Question("Quit imptui?", (), "Quit", opened_by="q", is_dangerous=False)):
            self.app.exit()
