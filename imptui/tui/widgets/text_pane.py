"""Foreign text to read: any number of rows of any length, with a cursor, searched, wrapped or scrolled sideways.

There is no canvas that is scrolled over: the pane knows which row (and which part of a wrapped row) is on top, and walks
down from there as far as the screen goes. So nothing costs more for a larger text, and the length of a wrapped text
never has to be known.
"""

import asyncio
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import partial
from itertools import count

from rich.segment import Segment
from textual import events, work
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from imptui.tui import messages
from imptui.tui.present.columns import Mark, breaks, column_of, fitting, painted, part_from
from imptui.tui.present.look import Look, Piece
from imptui.tui.present.safe import width
from imptui.tui.widgets.jumps import Jump, Jumps
from imptui.tui.widgets.theme_access import look_of

HIT_LIMIT = 100_000
"""So many matches are counted; more are `100,000+`."""

WRAP_LIMIT = 200_000
"""A line with more characters is not wrapped."""

SIDEWAYS = 20
"""Cells of one step to the side."""

Hit = tuple[int, int]
"""Row and character at which a match begins."""

Stretch = tuple[int, int, str]
"""First and end character, and a role."""


class TextPane(Widget, can_focus=True):
    """Rows of foreign text. Subclasses say what a row is, and what stands left of it."""

    DEFAULT_CSS = """
    TextPane { height: 1fr; width: 1fr; background: $text-paper; }
    """

    class Told(Message):
        """The cursor moved, a search ended, or something else changed that a title line tells."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.cursor = 0
        self.top = (0, 0)
        self.x = 0
        self.is_wrapped = False
        self.range_from: int | None = None
        """Where choosing rows began; None: nobody chooses."""
        self.needle = ""
        self.pattern: re.Pattern[str] | None = None
        self.hits: list[Hit] = []
        self.is_searching = False
        self._at: Hit = (0, 0)
        self._searches = count(1)
        self._search = 0
        self._screen: list[tuple[int, int]] | None = None
        self._room = (0, 0)

    # What subclasses say

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def text_of(self, row: int) -> str:
        """The foreign text of a row."""
        raise NotImplementedError

    def texts_of(self, row: int) -> tuple[str, ...]:
        """What is searched in a row."""
        return (self.text_of(row),)

    def role_of(self, row: int) -> str:  # noqa: ARG002 - the shape for subclasses
        """What the whole of a row is painted in."""
        return "text"

    def stretches_of(self, row: int) -> Sequence[Stretch]:  # noqa: ARG002 - the shape for subclasses
        """The parts of a row that look different, in order."""
        return ()

    @property
    def margin_cells(self) -> int:
        """How wide the part left of the text is."""
        return 0

    def margin_of(self, row: int, part: int) -> list[Piece]:  # noqa: ARG002 - the shape for subclasses
        """What stands left of the text; safe."""
        return []

    @property
    def is_empty_because(self) -> str:
        """What is said when there are no rows."""
        return "Nothing here."

    # What is on the screen

    @property
    def page(self) -> int:
        """Lines on the screen."""
        return max(1, self.size.height)

    @property
    def text_cells(self) -> int:
        """Cells for the text of a row."""
        return max(1, self.size.width - self.margin_cells)

    @property
    def tab(self) -> str:
        """The sign of a tab."""
        return ">" if look_of(self).glyphs.is_ascii else "→"

    def parts_of(self, row: int) -> int:
        """How many lines of the screen a row takes."""
        return len(self.breaks_of(self.text_of(row), self.text_cells)) if self.is_wrapped else 1

    def breaks_of(self, text: str, cells: int) -> Sequence[int]:
        """Where a wrapped text goes on."""
        return (0,) if len(text) > WRAP_LIMIT else breaks(text, cells, self.tab)

    def on_screen(self) -> list[tuple[int, int]]:
        """Row and part of each line of the screen."""
        room = (self.page, self.size.width)
        if self._screen is None or self._room != room:
            self._room = room
            found: list[tuple[int, int]] = []
            row, part = self.top
            parts = self.parts_of(row) if row < self.row_count else 0
            while row < self.row_count and len(found) < self.page:
                if part < parts:
                    found.append((row, part))
                    part += 1
                else:
                    row, part = row + 1, 0
                    parts = self.parts_of(row) if row < self.row_count else 0
            self._screen = found
        return self._screen

    def renew(self) -> None:
        """What is shown changed: lay it out and paint it again."""
        self._screen = None
        self.cursor = max(0, min(self.cursor, self.row_count - 1))
        if self.top[0] >= self.row_count:
            self.top = (self.cursor, 0)
        self.refresh()

    def repaint_row(self, row: int) -> None:
        """One row looks different now."""
        for y, (each, _) in enumerate(self.on_screen()):
            if each == row:
                self.refresh(Region(0, y, self.size.width, 1))

    def on_resize(self) -> None:
        """There is more or less room."""
        self._screen = None
        self.reveal()

    def on_focus(self) -> None:
        """The cursor is brighter."""
        self.repaint_row(self.cursor)
        self.call_after_refresh(self._point)

    def on_blur(self) -> None:
        """The cursor is dimmer."""
        self.repaint_row(self.cursor)

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        look, cells, screen = look_of(self), self.size.width, self.on_screen()
        if y >= len(screen):
            text = f" {self.is_empty_because}" if y == 0 and not self.row_count else ""
            return Strip(look.line([(text, "dim")], cells), cells)
        row, part = screen[y]
        return Strip(self.paint(look, row, part, cells), cells).adjust_cell_length(cells, look.style("text"))

    def paint(self, look: Look, row: int, part: int, cells: int) -> list[Segment]:
        """Gutter and text of one line."""
        gutter = min(self.margin_cells, cells)
        role = self.role_of(row)
        left = look.line(self.margin_of(row, part), gutter, "cursor" if row == self.cursor and self.has_focus else role)
        return left + self.paint_text(look, row, self.text_of(row), part, cells - gutter, role, self.stretches_of(row))

    def paint_text(
        self, look: Look, row: int, text: str, part: int, cells: int, role: str, stretches: Sequence[Stretch]
    ) -> list[Segment]:
        """The visible part of a text, with stretches, matches and the cursor."""
        if cells <= 0:
            return []
        if self.is_wrapped:
            starts = self.breaks_of(text, cells)
            if part >= len(starts):
                return [Segment(" " * cells, look.style(role))]
            seen = fitting(text, starts[part], cells, self.tab)
        else:
            seen = part_from(text, self.x, cells, self.tab)
        is_here = row == self.cursor
        base = look.style(role) + look.styles["cursor-blurred"] if is_here else look.style(role)
        if row in self.chosen and self.range_from is not None:
            base += look.styles["marked"]
        marks: list[Mark] = []
        if not (is_here and look.is_ansi):
            marks += [(first, end, look.styles[own]) for first, end, own in stretches if end > seen.start and first < seen.end]
        if self.pattern is not None:
            before = max(0, seen.start - len(self.needle))
            near = text[before : seen.end + len(self.needle)]
            marks += [
                (before + each.start(), before + each.end(), look.styles["match"])
                for each in self.pattern.finditer(near)
                if each.end() > each.start()
            ]
        return painted(seen, text, marks, cells, base, look.styles["dim"])

    # Choosing

    @property
    def chosen(self) -> range:
        """The rows from where choosing began to the cursor; the one under the cursor where it did not begin."""
        first = self.cursor if self.range_from is None else min(self.range_from, self.row_count - 1)
        return range(min(first, self.cursor), min(max(first, self.cursor) + 1, self.row_count))

    def choose_from(self, row: int | None) -> None:
        """Begin to choose rows there, or choose none any longer."""
        self.range_from = row
        self.refresh()
        self.post_message(self.Told())

    def action_range(self) -> None:
        """Begin to choose rows, or stop it."""
        self.choose_from(self.cursor if self.range_from is None and self.row_count else None)

    @property
    def range_words(self) -> str:
        """What is chosen; empty when nobody chooses."""
        if self.range_from is None:
            return ""
        count = len(self.chosen)
        return f"{count:,} line{'s' * (count != 1)} chosen"

    # Moving

    def go(self, row: int, *, column: int | None = None, middle: bool = False) -> None:
        """The cursor to a row.

        Args:
            row: Which one; the nearest where there is none.
            column: A character that must be seen too.
            middle: Show what surrounds the row, when it is not on the screen.
        """
        row = max(0, min(row, self.row_count - 1))
        if self.range_from is not None:
            self.refresh()
        was, self.cursor = self.cursor, row
        self._at = (row, column or 0)
        if column is not None:
            self._show_column(row, column)
        seen = {each for each, _ in self.on_screen()}
        if middle and row not in seen and row < self.row_count:
            self.top = self._up((row, 0), self.page // 2)
            self._screen = None
            self.refresh()
        elif not self.reveal():
            self.repaint_row(was)
            self.repaint_row(row)
        self._point()
        self.post_message(self.Told())

    def _show_column(self, row: int, column: int) -> None:
        text = self.text_of(row)
        if self.is_wrapped:
            part = bisect_right(self.breaks_of(text, self.text_cells), column) - 1
            if (row, part) not in self.on_screen():
                self.top, self._screen = self._up((row, part), self.page // 2), None
                self.refresh()
            return
        cell = column_of(text, column, self.tab)
        if not self.x <= cell < self.x + self.text_cells - 4:
            self.x = max(0, cell - self.text_cells // 3)
            self.refresh()

    def reveal(self) -> bool:
        """Scroll as little as shows the cursor; whether that was needed."""
        if not self.row_count or not self.size.height:
            return False
        parts = self.parts_of(self.cursor)
        first, last = (self.cursor, 0), (self.cursor, parts - 1)
        screen = self.on_screen()
        if screen and first >= screen[0] and (last <= screen[-1] or (first == screen[0] and parts > self.page)):
            return False
        if not screen or first < screen[0] or parts >= self.page:
            self.top = first
        else:
            self.top = self._up(last, self.page - 1)
        self._screen = None
        self.refresh()
        return True

    def _up(self, position: tuple[int, int], lines: int) -> tuple[int, int]:
        row, part = position
        while lines > part and row > 0:
            lines -= part + 1
            row -= 1
            part = self.parts_of(row) - 1
        return row, max(0, part - lines)

    def _down(self, position: tuple[int, int], lines: int) -> tuple[int, int]:
        row, part = position
        left = self.parts_of(row) - 1 - part
        while lines > left and row < self.row_count - 1:
            lines -= left + 1
            row, part = row + 1, 0
            left = self.parts_of(row) - 1
        return row, part + min(lines, left)

    def scroll_lines(self, lines: int) -> None:
        """Everything up or down; the cursor stays on the screen."""
        if not self.row_count:
            return
        self.top = self._down(self.top, lines) if lines > 0 else self._up(self.top, -lines)
        last = (self.row_count - 1, self.parts_of(self.row_count - 1) - 1)
        self.top = min(self.top, self._up(last, self.page - 1))
        self._screen = None
        screen = self.on_screen()
        if screen:
            self.cursor = max(screen[0][0], min(self.cursor, screen[-1][0]))
        self.refresh()
        self._point()
        self.post_message(self.Told())

    def _point(self) -> None:
        # The terminal's own cursor goes along, for screen readers and magnifiers.
        if self.has_focus and self.is_mounted:
            y = next((y for y, (row, _) in enumerate(self.on_screen()) if row == self.cursor), None)
            if y is not None:
                self.app.cursor_position = self.content_region.offset + Offset(0, y)

    def action_cursor_down(self) -> None:
        """One row down; in a wrapped row that is longer than the screen, one line."""
        screen = self.on_screen()
        if screen and screen[-1][0] == self.cursor and screen[-1][1] < self.parts_of(self.cursor) - 1:
            self.scroll_lines(1)
        else:
            self.go(self.cursor + 1)

    def action_cursor_up(self) -> None:
        """One row up."""
        if self.top[0] == self.cursor and self.top[1] > 0:
            self.scroll_lines(-1)
        else:
            self.go(self.cursor - 1)

    def action_page_down(self) -> None:
        """A screen down."""
        self._page(self.page)

    def action_page_up(self) -> None:
        """A screen up."""
        self._page(-self.page)

    def action_half_down(self) -> None:
        """Half a screen down."""
        self._page(max(1, self.page // 2))

    def action_half_up(self) -> None:
        """Half a screen up."""
        self._page(-max(1, self.page // 2))

    def _page(self, lines: int) -> None:
        if not self.row_count:
            return
        here = (self.cursor, 0)
        target = self._down(here, lines) if lines > 0 else self._up(here, -lines)
        self.scroll_lines(lines)
        self.go(target[0])

    def action_top(self) -> None:
        """The first row."""
        self.go(0)

    def action_bottom(self) -> None:
        """The last row."""
        self.go(self.row_count - 1)

    def action_left(self) -> None:
        """Scroll to the left."""
        self._sideways(-SIDEWAYS)

    def action_right(self) -> None:
        """Scroll to the right, no further than the longest line on the screen."""
        self._sideways(SIDEWAYS)

    def _sideways(self, cells: int) -> None:
        if self.is_wrapped:
            return
        longest = max((len(text) for row, _ in self.on_screen() for text in self.texts_of(row)), default=0)
        to = max(0, min(self.x + cells, max(self.x, longest * 8)) if cells > 0 else self.x + cells)
        if cells > 0 and not any(
            part_from(text, to, 1, self.tab).shown for row, _ in self.on_screen() for text in self.texts_of(row)
        ):
            return
        if to != self.x:
            self.x = to
            self.refresh()
            self.post_message(self.Told())

    def action_wrap(self) -> None:
        """Long lines on, or cut at the edge."""
        self.is_wrapped, self.x, self.top = not self.is_wrapped, 0, (self.top[0], 0)
        self._screen = None
        self.reveal()
        self.refresh()
        self.post_message(self.Told())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel."""
        event.stop()
        self.scroll_lines(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel."""
        event.stop()
        self.scroll_lines(-3)

    def jumps(self) -> Jumps:
        """The rows that begin on the screen."""
        return [Jump(self, y, partial(self.go, row)) for y, (row, part) in enumerate(self.on_screen()) if part == 0]

    def on_click(self, event: events.Click) -> None:
        """The cursor to where it was clicked."""
        screen = self.on_screen()
        if 0 <= event.y < len(screen):
            self.go(screen[event.y][0])

    # Searching

    def search(self, needle: str) -> None:
        """Look for a text; lower case finds both cases. Empty: no search any longer."""
        self.needle = needle
        self.pattern = re.compile(re.escape(needle), 0 if needle != needle.lower() else re.IGNORECASE) if needle else None
        self._search = next(self._searches)
        self.hits = []
        self.is_searching = bool(needle)
        self.refresh()
        if self.pattern is not None:
            self._look_for(self.pattern, self._search)
        self.post_message(self.Told())

    @work(exclusive=True, group="search")
    async def _look_for(self, pattern: re.Pattern[str], number: int) -> None:
        hits = await asyncio.to_thread(self._find, pattern, number)
        if number != self._search:
            return
        self.hits, self.is_searching = hits, False
        if hits:
            self._go_hit(bisect_left(hits, self._at) % len(hits))
        self.post_message(self.Told())

    def _find(self, pattern: re.Pattern[str], number: int) -> list[Hit]:
        found: list[Hit] = []
        for row in range(self.row_count):
            if row % 256 == 0 and number != self._search:
                break
            try:
                texts = self.texts_of(row)
            except IndexError:  # the text changed meanwhile; it is searched again then
                break
            for text in texts:
                found += [(row, each.start()) for each in pattern.finditer(text)]
            if len(found) >= HIT_LIMIT:
                break
        return found[:HIT_LIMIT]

    def search_again(self) -> None:
        """The text changed: look for the same in it, and leave the cursor alone."""
        if self.needle:
            self.search(self.needle)

    def action_search_next(self) -> None:
        """The next match, round the end."""
        if self.hits:
            self._go_hit(bisect_right(self.hits, self._at) % len(self.hits))
        else:
            self._say_no_hits()

    def action_search_previous(self) -> None:
        """The match before, round the beginning."""
        if self.hits:
            self._go_hit((bisect_left(self.hits, self._at) - 1) % len(self.hits))
        else:
            self._say_no_hits()

    def _say_no_hits(self) -> None:
        self.post_message(
            messages.Say(f"'{self.needle}' is not here." if self.needle else "Nothing is searched; / begins a search.")
        )

    def _go_hit(self, index: int) -> None:
        row, column = self.hits[index]
        self.go(row, column=column, middle=True)

    @property
    def search_words(self) -> str:
        """How the search stands; empty when there is none. Holds foreign text."""
        if not self.needle:
            return ""
        if self.is_searching:
            return f"'{self.needle}' searching"
        if not self.hits:
            return f"'{self.needle}' not found"
        number = f"{len(self.hits):,}" + ("+" if len(self.hits) == HIT_LIMIT else "")
        return f"'{self.needle}' {bisect_right(self.hits, self._at):,} of {number}"


def number_cells(rows: int) -> int:
    """How wide line numbers are, with a blank on each side."""
    return width(str(max(1, rows))) + 2
