"""A widget that shows foreign text: rows of any number and length, with cursor, search, wrapping and sideways scrolling."""

import asyncio
from functools import partial

from textual import events, work
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from imptui.tui import messages
from imptui.tui.widgets.jumps import Jump, Jumps
from imptui.tui.widgets.text.painter import LinePainter, ScreenLine, TextPainter
from imptui.tui.widgets.text.search import Hit, TextSearch
from imptui.tui.widgets.text.selection import RowSelection
from imptui.tui.widgets.text.source import RowSource
from imptui.tui.widgets.text.viewport import SIDEWAYS, Viewport
from imptui.tui.widgets.text.wrapping import Wrapping
from imptui.tui.widgets.theme_access import look_of


class TextPane(Widget, can_focus=True):
    """Shows the rows of a source; keys move a cursor over them.

    Attributes:
        source: The rows.
        cursor: The row under the cursor.
        selection: The range of rows that was begun.
        wrapping: Divides long rows into lines.
        viewport: The rows on the screen.
        search: The searched text, and its matches.
        painter: Paints the lines; a subclass may use its own.
    """

    DEFAULT_CSS = """
    TextPane { height: 1fr; width: 1fr; background: $text-paper; }
    """

    class Updated(Message):
        """The cursor, the selection, the search or the rows changed."""

    def __init__(self, source: RowSource, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.source = source
        self.cursor = 0
        self.selection = RowSelection()
        self.wrapping = Wrapping(source, lambda: self.size.width, self._tab)
        self.viewport = Viewport(source, self.wrapping, lambda: self.size)
        self.search = TextSearch(source)
        self.painter: LinePainter = TextPainter(source, self.wrapping, self.viewport, self.search)

    def _tab(self) -> str:
        return ">" if look_of(self).glyphs.is_ascii else "→"

    # Painting

    @property
    def row_count(self) -> int:
        """The number of rows."""
        return self.source.row_count

    def renew(self) -> None:
        """Lay out and paint everything again, after rows changed."""
        self.viewport.invalidate()
        self.cursor = max(0, min(self.cursor, self.row_count - 1))
        if self.viewport.top[0] >= self.row_count:
            self.viewport.top = (self.cursor, 0)
        self.refresh()

    def repaint_row(self, row: int) -> None:
        """Paint one row again."""
        for y, (each, _) in enumerate(self.viewport.shown):
            if each == row:
                self.refresh(Region(0, y, self.size.width, 1))

    def on_resize(self) -> None:
        """Lay out the rows for the new size."""
        self.viewport.invalidate()
        self._reveal()

    def on_focus(self) -> None:
        """Paint the cursor brighter."""
        self.repaint_row(self.cursor)
        self.call_after_refresh(self._point)

    def on_blur(self) -> None:
        """Paint the cursor dimmer."""
        self.repaint_row(self.cursor)

    def render_line(self, y: int) -> Strip:
        """Paint one line of the screen."""
        look, cells, shown = look_of(self), self.size.width, self.viewport.shown
        if y >= len(shown):
            text = f" {self.source.empty_text}" if y == 0 and not self.row_count else ""
            return Strip(look.line([(text, "dim")], cells), cells)
        row, part = shown[y]
        is_selected = self.selection.covers(row, self.cursor, self.row_count)
        line = ScreenLine(row, part, row == self.cursor, is_selected, self.has_focus)
        return Strip(self.painter.paint(look, line, cells), cells).adjust_cell_length(cells, look.style("text"))

    def _point(self) -> None:
        # The terminal's own cursor follows, for screen readers and magnifiers.
        if self.has_focus and self.is_mounted:
            y = self.viewport.line_of(self.cursor)
            if y is not None:
                self.app.cursor_position = self.content_region.offset + Offset(0, y)

    # Selecting

    @property
    def chosen(self) -> range:
        """The selected rows; without a range the one under the cursor."""
        return self.selection.rows(self.cursor, self.row_count)

    def choose_from(self, row: int | None) -> None:
        """Begin a range at a row; None ends it."""
        self.selection.anchor = row
        self.refresh()
        self.post_message(self.Updated())

    def action_range(self) -> None:
        """Begin a range under the cursor, or end it."""
        self.choose_from(self.cursor if self.selection.anchor is None and self.row_count else None)

    # Moving

    def go(self, row: int, *, column: int | None = None, middle: bool = False) -> None:
        """Move the cursor to a row.

        Args:
            row: The row; an index outside the text is clamped.
            column: A character that must be visible.
            middle: If the row is not on the screen, scroll it to the middle.
        """
        row = max(0, min(row, self.row_count - 1))
        if self.selection.anchor is not None:
            self.refresh()
        was, self.cursor = self.cursor, row
        self.search.at = (row, column or 0)
        if column is not None and self.viewport.reveal_column(row, column):
            self.refresh()
        if middle and row < self.row_count and self.viewport.line_of(row) is None:
            self.viewport.center((row, 0))
            self.refresh()
        elif not self._reveal():
            self.repaint_row(was)
            self.repaint_row(row)
        self._point()
        self.post_message(self.Updated())

    def _reveal(self) -> bool:
        if not self.viewport.reveal(self.cursor):
            return False
        self.refresh()
        return True

    def scroll_lines(self, lines: int) -> None:
        """Scroll up or down; the cursor stays on the screen."""
        if not self.row_count:
            return
        self.viewport.scroll(lines)
        shown = self.viewport.shown
        if shown:
            self.cursor = max(shown[0][0], min(self.cursor, shown[-1][0]))
        self.refresh()
        self._point()
        self.post_message(self.Updated())

    def action_cursor_down(self) -> None:
        """Move one row down; in a wrapped row that is longer than the screen, one line."""
        shown = self.viewport.shown
        if shown and shown[-1][0] == self.cursor and shown[-1][1] < self.wrapping.parts_of(self.cursor) - 1:
            self.scroll_lines(1)
        else:
            self.go(self.cursor + 1)

    def action_cursor_up(self) -> None:
        """Move one row up; in a wrapped row that begins above the screen, one line."""
        row, part = self.viewport.top
        if row == self.cursor and part > 0:
            self.scroll_lines(-1)
        else:
            self.go(self.cursor - 1)

    def action_page_down(self) -> None:
        """Move a screen down."""
        self._page(self.viewport.page)

    def action_page_up(self) -> None:
        """Move a screen up."""
        self._page(-self.viewport.page)

    def action_half_down(self) -> None:
        """Move half a screen down."""
        self._page(max(1, self.viewport.page // 2))

    def action_half_up(self) -> None:
        """Move half a screen up."""
        self._page(-max(1, self.viewport.page // 2))

    def _page(self, lines: int) -> None:
        if not self.row_count:
            return
        here = (self.cursor, 0)
        target = self.viewport.down(here, lines) if lines > 0 else self.viewport.up(here, -lines)
        self.scroll_lines(lines)
        self.go(target[0])

    def action_top(self) -> None:
        """Move to the first row."""
        self.go(0)

    def action_bottom(self) -> None:
        """Move to the last row."""
        self.go(self.row_count - 1)

    def action_left(self) -> None:
        """Scroll to the left."""
        self._shift(-SIDEWAYS)

    def action_right(self) -> None:
        """Scroll to the right, no further than the longest row on the screen."""
        self._shift(SIDEWAYS)

    def _shift(self, cells: int) -> None:
        if not self.wrapping.is_on and self.viewport.shift(cells):
            self.refresh()
            self.post_message(self.Updated())

    def action_wrap(self) -> None:
        """Wrap long rows, or cut them at the edge."""
        self.wrapping.is_on = not self.wrapping.is_on
        self.viewport.x = 0
        self.viewport.move_top((self.viewport.top[0], 0))
        self._reveal()
        self.refresh()
        self.post_message(self.Updated())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down with the wheel."""
        event.stop()
        self.scroll_lines(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up with the wheel."""
        event.stop()
        self.scroll_lines(-3)

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row that was clicked."""
        shown = self.viewport.shown
        if 0 <= event.y < len(shown):
            self.go(shown[event.y][0])

    def jumps(self) -> Jumps:
        """Return the rows that begin on the screen, for labels."""
        return [Jump(self, y, partial(self.go, row)) for y, (row, part) in enumerate(self.viewport.shown) if part == 0]

    # Searching

    def find(self, needle: str) -> None:
        """Search a text; lower case matches both cases. An empty text ends the search."""
        number = self.search.begin(needle)
        self.refresh()
        if needle:
            self._find_in_thread(number)
        self.post_message(self.Updated())

    @work(exclusive=True, group="search")
    async def _find_in_thread(self, number: int) -> None:
        hits = await asyncio.to_thread(self.search.find, number)
        if self.search.finish(number, hits):
            self._go_hit(self.search.nearest())
            self.post_message(self.Updated())

    def find_again(self) -> None:
        """Repeat the search after rows changed."""
        if self.search.needle:
            self.find(self.search.needle)

    def action_search_next(self) -> None:
        """Move to the next match, round the end."""
        if not self._go_hit(self.search.next()):
            self.post_message(messages.ShowMessage(self.search.why_no_hit))

    def action_search_previous(self) -> None:
        """Move to the match before, round the beginning."""
        if not self._go_hit(self.search.previous()):
            self.post_message(messages.ShowMessage(self.search.why_no_hit))

    def _go_hit(self, hit: Hit | None) -> bool:
        if hit is None:
            return False
        row, column = hit
        self.go(row, column=column, middle=True)
        return True
