"""The device list: any number of rows, of which only the visible ones are held.

The list is drawn line by line (Textual's Line API). Reader threads load rows in blocks. After a move, the list waits one frame
for missing rows before it shows placeholders. A line is painted again only if something on it changed.
"""

import asyncio
from dataclasses import dataclass
from datetime import date

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from imptui.domain.ids import DeviceId
from imptui.domain.rows import DeviceRow
from imptui.fleet.read_model import ReadModel as FleetLook
from imptui.query.query import Query, Sort
from imptui.tui.widgets.devices.changed_cells import SHOWN_S, ChangedCells
from imptui.tui.widgets.devices.columns import DeviceColumns, next_sort
from imptui.tui.widgets.devices.cursor import ListCursor
from imptui.tui.widgets.devices.marks import DeviceMarks
from imptui.tui.widgets.devices.painter import DevicePainter, empty_text
from imptui.tui.widgets.jumps import Jumps, jumps_to
from imptui.tui.widgets.rows import RowWindow
from imptui.tui.widgets.theme_access import look_of

FRAME_S = 0.03
"""The time that a move waits for its rows before placeholders are painted."""

MARKED_TOGETHER = 500
"""The number of rows read at a time while many are marked."""

SIDEWAYS = 10
"""Cells of one step to the side."""


class FleetTable(ScrollView, can_focus=True, inherit_bindings=False):
    """Lists devices, one in each row.

    Attributes:
        rows: The window onto the list.
        marks: The marked devices.
        columns: The columns that are shown.
        seen: The devices on the screen.
        is_filled: True once the first rows of any list were loaded.
    """

    DEFAULT_CSS = """
    FleetTable { height: 1fr; width: 1fr; scrollbar-size: 0 0; background: $text-paper; }
    """

    class Visible(Message):
        """Other rows are on the screen."""

    class Moved(Message):
        """The cursor is on another device, or the device under it changed."""

    class Counted(Message):
        """The list was counted, or the marks changed."""

    @dataclass
    class Opened(Message):
        """The user pressed Enter on a device, or clicked it twice."""

        device_id: DeviceId

    def __init__(self, look: FleetLook, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._look = look
        self.rows = RowWindow(look, Query(), self._arrived)
        self.marks = DeviceMarks()
        self.columns = DeviceColumns()
        self.seen: tuple[DeviceId, ...] = ()
        self.is_filled = False
        self._cursor = ListCursor()
        self._changed = ChangedCells()
        self._painter = DevicePainter(self.columns, self._changed)
        self._painted_on = self._today()

    def _today(self) -> date:
        return self._look.now().astimezone().date()

    # The list

    @property
    def listed(self) -> Query:
        """The query of the list on the screen."""
        return self.rows.query

    @property
    def cursor(self) -> int:
        """The index under the cursor."""
        return self._cursor.at

    @property
    def current(self) -> DeviceRow | None:
        """The device under the cursor."""
        return self.rows.at(self._cursor.at)

    @property
    def page(self) -> int:
        """Rows on the screen."""
        return max(1, self.size.height - 1)

    @property
    def top(self) -> int:
        """Index of the first row on the screen."""
        return round(self.scroll_offset.y)

    @property
    def chosen(self) -> tuple[DeviceRow, ...]:
        """The devices that commands act on: the marked ones, else the one under the cursor."""
        if self.marks.rows:
            return tuple(self.marks.rows.values())
        return (self.current,) if self.current is not None else ()

    async def show(self, query: Query, keep: DeviceId | None = None) -> None:
        """Show another list. The old one stays until the first rows of the new one are loaded; the count follows later.

        Args:
            query: The query of the list.
            keep: A device on which the cursor should be, if the list holds it.
        """
        if query != self.rows.query:
            self._cursor.wish = None
        rows = RowWindow(self._look, query, self._arrived)
        at = 0
        if keep is not None:
            at = await self._look.position(query, keep) or 0
            rows.count = at + 1
        await rows.load(max(0, at - self.page), at + self.page)
        line = self.cursor - self.top if keep is not None else 0
        self.rows, self._cursor.at, self.is_filled = rows, at, True
        self._resize(at - line)
        rows.count, rows.is_counted = await self._look.count(query), True
        if rows is self.rows:
            self._resize(self.top)
            to = self._cursor.granted(rows.count)
            if to is not None:
                await self._go(to)

    def _resize(self, top: int) -> None:
        """Fit columns, length and cursor to the list and the size; an open range ends."""
        self.columns.fit(self.size.width)
        self.virtual_size = Size(self.columns.cells if self.columns.is_wide else self.size.width, self.rows.count + 1)
        self._cursor.clamp(self.rows.count)
        self.marks.anchor = None
        self._scroll(max(0, min(top, self.cursor, self.rows.count - self.page)), force=True)
        self.refresh()
        self._notify_visible()
        self.call_after_refresh(self._place_cursor)
        self.post_message(self.Counted())

    async def catch_up(self) -> None:
        """Read the visible rows again, and repaint the lines that changed; the order does not change."""
        rows = self.rows
        replaced = await rows.again(self.top, self.top + self.page)
        count = await self._look.count(rows.query)
        if rows is not self.rows:
            return
        if replaced is None or count != rows.count:
            here = self.current
            await self.show(rows.query, here.device.id if here else None)
            return
        self._changed.trim()
        for index, old in replaced.items():
            new = rows.at(index)
            if new is not None:
                self.marks.update(new)
                self._changed.note(old, new)
                self._repaint(index)
        if replaced and self._changed:
            self.set_timer(SHOWN_S + 0.1, self._fade)
        if self.cursor in replaced:
            self.post_message(self.Moved())

    def _fade(self) -> None:
        over = self._changed.fade()
        for index, row in self.rows.between(self.top, self.top + self.page):
            if row.device.id in over:
                self._repaint(index)

    def tick(self) -> None:
        """Update the times after midnight."""
        today = self._today()
        if today != self._painted_on:
            self._painted_on = today
            self.refresh()

    # Moving

    async def _go(self, to: int) -> None:
        if not self.rows.count:
            self._cursor.wish = to
            return
        to = max(0, min(to, self.rows.count - 1))
        top = self.top
        if to < top or to >= top + self.page:
            top = to if to < top else to - self.page + 1
        tasks = self.rows.want(top, top + self.page - 1)
        if tasks:
            await asyncio.wait(tasks, timeout=FRAME_S)
        old, self._cursor.at = self.cursor, to
        if top != self.top:
            self._scroll(top)
            self.refresh()
            self._notify_visible()
        elif old != to:
            for index in range(min(old, to), max(old, to) + 1) if self.is_ranging else (old, to):
                self._repaint(index)
        self._place_cursor()
        if old != to:
            self.post_message(self.Moved())

    async def _step(self, by: int) -> None:
        await self._go(self._cursor.target(by))

    def jumps(self) -> Jumps:
        """Return the rows on the screen, for labels."""
        return jumps_to(self, 1, range(self.top, min(self.top + self.page, self.rows.count)), self._go)

    def _scroll(self, top: int, *, force: bool = False) -> None:
        self.scroll_to(y=top, animate=False, immediate=True, force=force)

    async def action_cursor_down(self) -> None:
        """Move one device down."""
        await self._step(1)

    async def action_cursor_up(self) -> None:
        """Move one device up."""
        await self._step(-1)

    async def action_page_down(self) -> None:  # type: ignore[override]  # Textual awaits both kinds
        """Move a screen down."""
        await self._step(self.page)

    async def action_page_up(self) -> None:  # type: ignore[override]  # Textual awaits both kinds
        """Move a screen up."""
        await self._step(-self.page)

    async def action_half_down(self) -> None:
        """Move half a screen down."""
        await self._step(self.page // 2)

    async def action_half_up(self) -> None:
        """Move half a screen up."""
        await self._step(-(self.page // 2))

    async def action_top(self) -> None:
        """Move to the first device."""
        await self._go(0)

    async def action_bottom(self) -> None:
        """Move to the last device."""
        await self._go(self.rows.count - 1)

    def action_right(self) -> None:
        """Scroll wide columns to the right."""
        self._shift(SIDEWAYS)

    def action_left(self) -> None:
        """Scroll wide columns to the left."""
        self._shift(-SIDEWAYS)

    def _shift(self, cells: int) -> None:
        self.scroll_to(x=max(0, round(self.scroll_offset.x) + cells), animate=False, immediate=True, force=True)
        self.refresh()

    def action_open(self) -> None:
        """Open the device under the cursor."""
        if self.current is not None:
            self.post_message(self.Opened(self.current.device.id))

    # Columns

    def action_wide(self) -> None:
        """Show all columns, or as many as fit."""
        self.columns.is_wide = not self.columns.is_wide
        self.scroll_to(x=0, animate=False, immediate=True, force=True)
        self._resize(self.top)

    def choose_columns(self, keys: tuple[str, ...]) -> None:
        """Show these columns, as far as they fit; without keys as many as fit."""
        self.columns.chosen, self.columns.is_wide = keys, False
        self._resize(self.top)

    def next_sort(self, key: str) -> Sort | None:
        """Return the order after sorting by a column; by the same again, the other direction."""
        return next_sort(key, self.rows.query.sort)

    # Marks

    async def action_mark(self) -> None:
        """Mark or unmark the device under the cursor and move to the next; end a range that was begun."""
        if self.is_ranging:
            self._mark_range()
            return
        row = self.current
        if row is None:
            return
        self.marks.toggle(row)
        self._repaint(self.cursor)
        self.post_message(self.Counted())
        await self._go(self.cursor + 1)

    def action_range(self) -> None:
        """Begin a range under the cursor, or end it and mark what is between."""
        if self.is_ranging:
            self._mark_range()
        else:
            self.marks.anchor = self.cursor
            self._repaint(self.cursor)
            self.post_message(self.Counted())

    @property
    def is_ranging(self) -> bool:
        """True if a range was begun and not ended."""
        return self.marks.anchor is not None

    def _mark_range(self) -> None:
        self.run_worker(self._mark_between(*self.marks.end_range(self.cursor)), group="marks", exclusive=True)

    def action_mark_all(self) -> None:
        """Mark every device of the list, up to a limit."""
        self.run_worker(self._mark_between(0, self.rows.count - 1), group="marks", exclusive=True)

    async def _mark_between(self, low: int, high: int) -> None:
        async for window in self._look.windows(self.rows.query, MARKED_TOGETHER, range(low, high + 1)):
            if not self.marks.add(window.rows):
                self.app.notify(self.marks.full_text, markup=False)
                break
        self._marks_changed()

    def _marks_changed(self) -> None:
        self.refresh()
        self.post_message(self.Counted())

    def keep_marks(self, device_ids: set[DeviceId]) -> None:
        """Unmark all devices but these."""
        self.marks.retain(device_ids)
        self._marks_changed()

    def unmark(self) -> bool:
        """Unmark everything and give up a range; return whether there was anything."""
        had = self.marks.clear()
        if had:
            self._marks_changed()
        return had

    # Painting

    def on_unmount(self) -> None:
        """Stop reading rows."""
        self.rows.cancel_loading()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the columns to the new width."""
        if event.size.width:
            self._resize(self.top)

    def on_focus(self) -> None:
        """Paint the cursor brighter, and put the terminal's own one there."""
        self._repaint(self.cursor)
        self._place_cursor()

    def on_blur(self) -> None:
        """Paint the cursor dimmer."""
        self._repaint(self.cursor)

    async def on_click(self, event: events.Click) -> None:
        """Move to the device that was clicked; a second click opens it."""
        index = self.top + event.y - 1
        if event.y and index < self.rows.count:
            await self._go(index)
            if event.chain == 2:
                self.action_open()

    async def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move the cursor down by three with the wheel."""
        event.stop()
        await self._step(3)

    async def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move the cursor up by three with the wheel."""
        event.stop()
        await self._step(-3)

    def _place_cursor(self) -> None:
        if self.has_focus:
            self.app.cursor_position = Offset(self.region.x, self.region.y + 1 + self.cursor - self.top)

    def _repaint(self, index: int) -> None:
        y = index - self.top + 1
        if 1 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def _arrived(self, first: int, last: int) -> None:
        low, high = max(first, self.top), min(last, self.top + self.page - 1)
        if low <= high and self.is_attached:
            self.refresh(Region(0, low - self.top + 1, self.size.width, high - low + 1))
            self._notify_visible()
            if first <= self.cursor <= last:
                self.post_message(self.Moved())

    def _notify_visible(self) -> None:
        seen = tuple(row.device.id for _, row in self.rows.between(self.top, self.top + self.page - 1))
        if seen != self.seen:
            self.seen = seen
            self.post_message(self.Visible())

    def render_line(self, y: int) -> Strip:
        """Paint one line: the headings, a device, a placeholder, or nothing."""
        width, look = self.size.width, look_of(self)
        if y == 0:
            strip = Strip(self._painter.headings(look, self.rows.query.sort))
            return self._cropped(strip, width, look.style("columns"))
        index = self.top + y - 1
        if index >= self.rows.count:
            text = empty_text(self.rows.query) if index == 0 and self.rows.is_counted else ""
            return Strip([Segment(f"  {text}".ljust(width)[:width], look.style("dim" if text else "text"))], width)
        row = self.rows.at(index)
        role = "text" if index != self.cursor else "cursor" if self.has_focus else "cursor-blurred"
        if row is None:
            if not self.rows.has(index):
                self.rows.want(index, index)
            text = " gone" if self.rows.has(index) else f" {look.glyphs.ellipsis}"
            return Strip([Segment(text.ljust(width)[:width], look.style("dim", role))], width)
        is_marked = row.device.id in self.marks.rows or self.marks.covers(index, self.cursor)
        strip = Strip(self._painter.row(look, self._look.now(), row, role, is_marked=is_marked))
        return self._cropped(strip, width, look.style(role))

    def _cropped(self, strip: Strip, width: int, style: Style) -> Strip:
        x = round(self.scroll_offset.x)
        return strip.adjust_cell_length(max(strip.cell_length, x + width), style).crop(x, x + width)
