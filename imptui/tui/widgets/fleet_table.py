"""The device list: any number of rows, of which only those on the screen exist.

Drawn line by line (Textual's Line API). Rows come in blocks from reader threads; a move waits a frame for rows that are
not here and shows placeholders only after that. A line is repainted when something on it changed, and no other.
"""

import asyncio
from dataclasses import dataclass
from time import monotonic

from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from imptui.domain.ids import DeviceId
from imptui.domain.rows import DeviceRow
from imptui.fleet.read_model import ReadModel as FleetLook
from imptui.query.grammar import to_text
from imptui.query.list_columns import ON_SCREEN, ListColumn
from imptui.query.query import Query, Sort
from imptui.tui.present.device import cell_of, changes, layout
from imptui.tui.widgets.jumps import Jumps, jumps_to
from imptui.tui.widgets.rows import RowWindow
from imptui.tui.widgets.theme_access import look_of

FRAME_S = 0.03
"""How long a move may wait for its rows before placeholders are painted."""

SHOWN_S = 4.0
"""How long a changed cell is marked as changed."""

REMEMBERED = 2_000
"""Devices whose line as it was marked last is remembered, so that slow drifts are marked too."""

MARK_LIMIT = 10_000
"""How many devices can be marked at once; more than that is a job for a group."""

MARKED_TOGETHER = 500
"""Rows read at a time while many are marked."""

MARGIN = 2
"""Cells left of the columns: the mark and a blank."""


class FleetTable(ScrollView, can_focus=True, inherit_bindings=False):
    """Devices, one a line."""

    DEFAULT_CSS = """
    FleetTable { height: 1fr; width: 1fr; scrollbar-size: 0 0; background: $text-paper; }
    """

    class Visible(Message):
        """Other rows are on the screen."""

    class Moved(Message):
        """The cursor is on another device, or the device under it changed."""

    class Counted(Message):
        """How long the list is became known, or the marks changed."""

    @dataclass
    class Opened(Message):
        """Enter, or a double click."""

        device_id: DeviceId

    def __init__(self, look: FleetLook, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._look = look
        self.rows = RowWindow(look, Query(), self._arrived)
        self.cursor = 0
        self.marks: dict[DeviceId, DeviceRow] = {}
        self._range_from: int | None = None
        self.is_wide = False
        self.chosen_columns: tuple[str, ...] = ()
        """Which columns a person wants, by key; empty: as many as fit."""
        self._columns: tuple[tuple[ListColumn, int], ...] = ()
        self._flash: dict[DeviceId, tuple[dict[str, int], float]] = {}
        self._marked: dict[DeviceId, DeviceRow] = {}
        self._painted_on = self._look.now().astimezone().date()
        self.seen: tuple[DeviceId, ...] = ()
        """The devices on the screen."""
        self._wish: int | None = None
        """Where a key wanted to go before there was a row; negative: counted from the end."""
        self.is_filled = False
        """Whether the first rows of some list are, or were, here."""

    # What is shown

    @property
    def listed(self) -> Query:
        """Which list is on the screen."""
        return self.rows.query

    @property
    def current(self) -> DeviceRow | None:
        """The device under the cursor."""
        return self.rows.at(self.cursor)

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
        """What commands act on: the marked devices, else the one under the cursor."""
        if self.marks:
            return tuple(self.marks.values())
        return (self.current,) if self.current is not None else ()

    async def show(self, query: Query, keep: DeviceId | None = None) -> None:
        """Show another list; the old one stays until the first rows of the new one are here, the count comes later.

        Args:
            query: Which list.
            keep: A device on which the cursor should be, where it is in the list.
        """
        if query != self.rows.query:
            self._wish = None
        rows = RowWindow(self._look, query, self._arrived)
        at = 0
        if keep is not None:
            at = await self._look.position(query, keep) or 0
            rows.count = at + 1
        first = max(0, at - self.page)
        await rows.load(first, at + self.page)
        line = self.cursor - self.top if keep is not None else 0
        self.rows, self.cursor, self.is_filled = rows, at, True
        self._resize(at - line)
        rows.count, rows.is_counted = await self._look.count(query), True
        if rows is self.rows:
            self._resize(self.top)
            await self._grant()

    async def _grant(self) -> None:
        """Obey the keys that were typed before there was a row."""
        wish, count = self._wish, self.rows.count
        if wish is not None and count:
            self._wish = None
            await self._go(wish if wish >= 0 else count + wish)

    def _resize(self, top: int) -> None:
        self._columns = layout(max(1, self.size.width - MARGIN), is_wide=self.is_wide, chosen=self.chosen_columns)
        inner = MARGIN + sum(cells + 1 for _, cells in self._columns)
        self.virtual_size = Size(inner if self.is_wide else self.size.width, self.rows.count + 1)
        self.cursor = max(0, min(self.cursor, self.rows.count - 1))
        self._range_from = None
        self._scroll(max(0, min(top, self.cursor, self.rows.count - self.page)), force=True)
        self.refresh()
        self._tell()
        self.call_after_refresh(self._place_cursor)
        self.post_message(self.Counted())

    async def catch_up(self) -> None:
        """Read what is visible again, and repaint the lines that changed; the order stays."""
        rows = self.rows
        first, last = self.top, self.top + self.page
        replaced = await rows.again(first, last)
        count = await self._look.count(rows.query)
        if rows is not self.rows:
            return
        if replaced is None or count != rows.count:
            here = self.current
            await self.show(rows.query, here.device.id if here else None)
            return
        until = monotonic() + SHOWN_S
        if len(self._marked) > REMEMBERED:
            self._marked.clear()
        for index, old in replaced.items():
            new = rows.at(index)
            if new is None:
                continue
            if new.device.id in self.marks:
                self.marks[new.device.id] = new
            found = changes(self._marked.setdefault(new.device.id, old), new)
            if found:
                self._flash[new.device.id] = (found, until)
                self._marked[new.device.id] = new
            self._repaint(index)
        if replaced and self._flash:
            self.set_timer(SHOWN_S + 0.1, self._fade)
        if self.cursor in replaced:
            self.post_message(self.Moved())

    def _fade(self) -> None:
        now = monotonic()
        over = {device_id for device_id, (_, until) in self._flash.items() if until <= now}
        for device_id in over:
            del self._flash[device_id]
        for index, row in self.rows.between(self.top, self.top + self.page):
            if row.device.id in over:
                self._repaint(index)

    def tick(self) -> None:
        """A second went by: at midnight times of yesterday read differently."""
        today = self._look.now().astimezone().date()
        if today != self._painted_on:
            self._painted_on = today
            self.refresh()

    # Moving

    async def _go(self, to: int) -> None:
        if not self.rows.count:
            self._wish = to
            return
        to = max(0, min(to, self.rows.count - 1))
        top = self.top
        if to < top or to >= top + self.page:
            top = to if to < top else to - self.page + 1
        if self.rows.missing(top, top + self.page - 1):
            tasks = self.rows.want(top, top + self.page - 1)
            if tasks:
                await asyncio.wait(tasks, timeout=FRAME_S)
        old, self.cursor = self.cursor, to
        if top != self.top:
            self._scroll(top)
            self.refresh()
            self._tell()
        elif old != to:
            for index in range(min(old, to), max(old, to) + 1) if self._range_from is not None else (old, to):
                self._repaint(index)
        self._place_cursor()
        if old != to:
            self.post_message(self.Moved())

    async def _step(self, by: int) -> None:
        wish = self.cursor if self._wish is None else self._wish
        await self._go(max(0, wish + by) if wish >= 0 else min(-1, wish + by))

    def jumps(self) -> Jumps:
        """The rows on the screen."""
        return jumps_to(self, 1, range(self.top, min(self.top + self.page, self.rows.count)), self._go)

    def _scroll(self, top: int, *, force: bool = False) -> None:
        self.scroll_to(y=top, animate=False, immediate=True, force=force)

    async def action_cursor_down(self) -> None:
        """One device down."""
        await self._step(1)

    async def action_cursor_up(self) -> None:
        """One device up."""
        await self._step(-1)

    async def action_page_down(self) -> None:  # type: ignore[override]  # Textual awaits both kinds
        """A screen down."""
        await self._step(self.page)

    async def action_page_up(self) -> None:  # type: ignore[override]  # Textual awaits both kinds
        """A screen up."""
        await self._step(-self.page)

    async def action_half_down(self) -> None:
        """Half a screen down."""
        await self._step(self.page // 2)

    async def action_half_up(self) -> None:
        """Half a screen up."""
        await self._step(-(self.page // 2))

    async def action_top(self) -> None:
        """The first device."""
        await self._go(0)

    async def action_bottom(self) -> None:
        """The last device."""
        await self._go(self.rows.count - 1)

    def action_scroll_sideways(self, cells: int = 10) -> None:
        """Wide columns to the left or right."""
        self.scroll_to(x=max(0, round(self.scroll_offset.x) + cells), animate=False, immediate=True, force=True)
        self.refresh()

    def action_right(self) -> None:
        """Columns further right."""
        self.action_scroll_sideways(10)

    def action_left(self) -> None:
        """Columns further left."""
        self.action_scroll_sideways(-10)

    def action_open(self) -> None:
        """Open the device under the cursor."""
        if self.current is not None:
            self.post_message(self.Opened(self.current.device.id))

    def action_wide(self) -> None:
        """More columns, or as many as fit."""
        self.is_wide = not self.is_wide
        self.scroll_to(x=0, animate=False, immediate=True, force=True)
        self._resize(self.top)

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """The columns on the screen, by key."""
        return tuple(column.key for column, _ in self._columns)

    def choose_columns(self, keys: tuple[str, ...]) -> None:
        """These columns, as far as they fit; none: as many as fit."""
        self.chosen_columns, self.is_wide = keys, False
        self._resize(self.top)

    # Marks

    async def action_mark(self) -> None:
        """Mark or unmark the device under the cursor and go on to the next; end a range where one was begun."""
        if self._range_from is not None:
            self._mark_range()
            return
        row = self.current
        if row is None:
            return
        if self.marks.pop(row.device.id, None) is None:
            self.marks[row.device.id] = row
        self._repaint(self.cursor)
        self.post_message(self.Counted())
        await self._go(self.cursor + 1)

    def action_range(self) -> None:
        """Begin a range here, or end it and mark what is between."""
        if self._range_from is None:
            self._range_from = self.cursor
            self._repaint(self.cursor)
            self.post_message(self.Counted())
        else:
            self._mark_range()

    @property
    def is_ranging(self) -> bool:
        """Whether a range was begun and not ended."""
        return self._range_from is not None

    def _mark_range(self) -> None:
        begin, self._range_from = self._range_from or 0, None
        low, high = sorted((begin, self.cursor))
        self.run_worker(self._mark_between(low, high), group="marks", exclusive=True)

    def action_mark_all(self) -> None:
        """Mark every device of the list, up to a limit."""
        self.run_worker(self._mark_between(0, self.rows.count - 1), group="marks", exclusive=True)

    async def _mark_between(self, low: int, high: int) -> None:
        left = MARK_LIMIT
        async for window in self._look.windows(self.rows.query, MARKED_TOGETHER, range(low, high + 1)):
            new = [row for row in window.rows if row is not None and row.device.id not in self.marks]
            left = MARK_LIMIT - len(self.marks) - len(new)
            self.marks |= {row.device.id: row for row in new[: MARK_LIMIT - len(self.marks)]}
            if left < 0:
                break
        if left < 0:
            words = f"{MARK_LIMIT:,} are marked, and no more can be: act on these and go on, or on a whole group in the tree."
            self.app.notify(words, markup=False)
        self.refresh()
        self.post_message(self.Counted())

    def keep_marks(self, device_ids: set[DeviceId]) -> None:
        """Forget the marks of all others."""
        self.marks = {device_id: row for device_id, row in self.marks.items() if device_id in device_ids}
        self.refresh()
        self.post_message(self.Counted())

    def unmark(self) -> bool:
        """Forget all marks and a begun range; whether there was anything to forget."""
        had = bool(self.marks) or self._range_from is not None
        self.marks.clear()
        self._range_from = None
        if had:
            self.refresh()
            self.post_message(self.Counted())
        return had

    # Painting

    def on_unmount(self) -> None:
        """Nobody looks any longer."""
        self.rows.let_go()

    def on_resize(self, event: events.Resize) -> None:
        """Columns follow the width."""
        if event.size.width:
            self._resize(self.top)

    def on_focus(self) -> None:
        """The cursor is painted differently, and the terminal's own one belongs here."""
        self._repaint(self.cursor)
        self._place_cursor()

    def on_blur(self) -> None:
        """The cursor is painted as one that does not listen."""
        self._repaint(self.cursor)

    async def on_click(self, event: events.Click) -> None:
        """A click chooses, a second one opens."""
        index = self.top + event.y - 1
        if event.y and index < self.rows.count:
            await self._go(index)
            if event.chain == 2:
                self.action_open()

    async def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the cursor by three."""
        event.stop()
        await self._step(3)

    async def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves the cursor by three."""
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
            self._tell()
            if first <= self.cursor <= last:
                self.post_message(self.Moved())

    def _tell(self) -> None:
        seen = tuple(row.device.id for _, row in self.rows.between(self.top, self.top + self.page - 1))
        if seen != self.seen:
            self.seen = seen
            self.post_message(self.Visible())

    def render_line(self, y: int) -> Strip:
        """One line: the headings, a device, a placeholder, or nothing."""
        width, look = self.size.width, look_of(self)
        if y == 0:
            strip = Strip([*self._headings()])
            return self._cropped(strip, width, look.style("columns"))
        index = self.top + y - 1
        if index >= self.rows.count:
            text = self._why_empty() if index == 0 else ""
            return Strip([Segment(f"  {text}".ljust(width)[:width], look.style("dim" if text else "text"))], width)
        row = self.rows.at(index)
        is_cursor = index == self.cursor
        role = ("cursor" if self.has_focus else "cursor-blurred") if is_cursor else "text"
        if row is None:
            if not self.rows.has(index):
                self.rows.want(index, index)
            text = " gone" if self.rows.has(index) else f" {look.glyphs.ellipsis}"
            return Strip([Segment(text.ljust(width)[:width], look.style("dim", role))], width)
        return self._cropped(Strip(self._cells(index, row, role)), width, look.style(role))

    def _why_empty(self) -> str:
        """What an empty list says: nothing before it was counted."""
        if not self.rows.is_counted:
            return ""
        where = self.rows.query.where
        if where is None:
            return "No device is here."
        asked = to_text(where)
        has_readings = any(field in asked for field in ("rssi", "memory", "weak", "free"))
        return "No device matches." + (" Readings are known only of devices that were looked at." if has_readings else "")

    def _cropped(self, strip: Strip, width: int, style: object) -> Strip:
        x = round(self.scroll_offset.x)
        return strip.adjust_cell_length(max(strip.cell_length, x + width), style).crop(x, x + width)  # type: ignore[arg-type]  # always a Style

    def _headings(self) -> list[Segment]:
        look, sort = look_of(self), self.rows.query.sort
        style = look.style("columns")
        segments = [Segment(" " * MARGIN, style)]
        for column, cells in self._columns:
            title = column.title
            if column.sort is sort.column:
                title = (look.glyphs.descending if sort.descending else look.glyphs.ascending) + title
            segments.append(Segment(look.fit(title, cells, right=column.is_right) + " ", style))
        return segments

    def _cells(self, index: int, row: DeviceRow, role: str) -> list[Segment]:
        look, now = look_of(self), self._look.now()
        glyphs = look.glyphs
        is_marked = row.device.id in self.marks or self._is_in_range(index)
        flash = self._flash.get(row.device.id, ({}, 0.0))[0]
        plain = look.style("text" if role == "text" else role)
        segments = [Segment((glyphs.mark if is_marked else " ") + " ", look.style("marked", role) if is_marked else plain)]
        for column, cells in self._columns:
            cell = cell_of(column, row, glyphs, now)
            text = look.fit(cell.text, cells, right=column.is_right)
            own = cell.role if role == "text" else ""
            if column.key in flash:
                sign = {1: glyphs.rising, -1: glyphs.falling}.get(flash[column.key], glyphs.changed)
                text = sign + text[1:] if text.startswith(" ") else text
                own = "changed" if role == "text" else ""
            elif is_marked and column.key == "name" and role == "text":
                own = "marked"
            segments.append(Segment(text, look.style(own, role)))
            segments.append(Segment(" ", plain))
        return segments

    def _is_in_range(self, index: int) -> bool:
        if self._range_from is None:
            return False
        low, high = sorted((self._range_from, self.cursor))
        return low <= index <= high

    def next_sort(self, key: str) -> Sort | None:
        """What sorting by the column `key` means now: the other direction when it is sorted by it already."""
        for column in ON_SCREEN:
            if column.key == key and column.sort is not None:
                same = self.rows.query.sort.column is column.sort
                return Sort(column.sort, not self.rows.query.sort.descending if same else False)
        return None
