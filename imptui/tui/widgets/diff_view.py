"""A view of the difference of two pairs of programs, in one column or two, with changed words marked.

Signs repeat what colours show: `-` and `+` in front of lines, and changed words bold or underlined in every theme.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic

from textual import work
from textual.timer import Timer
from textual.worker import WorkerCancelled

from imptui.domain.deployment import Programs
from imptui.textdiff.diff import Cancelled
from imptui.tui.present.safe import safe
from imptui.tui.widgets.code_text import PROGRAMS
from imptui.tui.widgets.diff.comparison import Comparison
from imptui.tui.widgets.diff.diff_text import DiffText
from imptui.tui.widgets.diff.side_painter import SidePainter
from imptui.tui.widgets.diff_rows import NONE, Row, rows_of
from imptui.tui.widgets.text.painter import TextPainter
from imptui.tui.widgets.text_pane import TextPane

SPLIT_FROM = 140
"""The width in cells from which two columns are shown, unless the user chose otherwise."""

CONTEXTS = (0, 1, 3, 6, 12, 25, 50, 100, None)
"""Steps of unchanged lines around changes; None: all."""

BRACKET_S = 1.0
"""A `c` within this time after a bracket belongs to the bracket."""


class DiffView(TextPane):
    """Compares the agent or the device programs of two sides.

    Attributes:
        comparison: Both programs, compared.
        diff: The rows, and the program that is shown.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        comparison = Comparison()
        diff = DiffText(comparison, self._colour_soon)
        super().__init__(diff, id=id)
        self.comparison, self.diff = comparison, diff
        self.painter = SidePainter(diff, TextPainter(diff, self.wrapping, self.viewport, self.search))
        self._is_split: bool | None = None
        self._context_step = CONTEXTS.index(3)
        self._timer: Timer | None = None
        self._bracket_at = 0.0

    # Comparing

    def put(self, old: Programs, new: Programs) -> None:
        """Compare these programs, and cancel an earlier comparison."""
        self.comparison.old, self.comparison.new, self.diff.trouble = old, new, None
        self._compare()

    def fail(self, why: str) -> None:
        """Show why there is nothing to compare; the text is safe."""
        self.diff.trouble, self.comparison.is_running = why, False
        self.renew()
        self.post_message(self.Updated())

    def _compare(self) -> None:
        number = self.comparison.begin()
        self.diff.forget()
        self.renew()
        self.post_message(self.Updated())
        self._compare_in_thread(number)

    def on_unmount(self) -> None:
        """Cancel comparing and colouring in threads."""
        self.comparison.end()
        self.diff.forget()

    @work(exclusive=True, group="compare")
    async def _compare_in_thread(self, number: int) -> None:
        comparison, first = self.comparison, self.diff.program
        try:
            for program in (first, _other(first)):
                if await comparison.compare(program, number) is None:
                    return
                if program == self.diff.program:
                    with suppress(WorkerCancelled):  # A newer layout runs; the other program is compared all the same.
                        await self._lay_out_in_thread(None).wait()
        except Cancelled:
            return
        comparison.is_running = False
        self._show_what_differs()
        self.renew()
        self.post_message(self.Updated())
        for colours in comparison.colours():
            await colours.settle()
        self.refresh()

    def _show_what_differs(self) -> None:
        shown, other = self.diff.program, _other(self.diff.program)
        files = self.comparison.files
        if not self.row_count and not files[shown].diff.changes and files[other].diff.changes:
            self.show_program(other)

    # Layout

    def _lay_out(self) -> None:
        """Compute the rows in a thread; the cursor stays on its line."""
        self._lay_out_in_thread(self.diff.row_at(self.cursor))

    @work(exclusive=True, group="rows")
    async def _lay_out_in_thread(self, keep: Row | None) -> None:
        file, number = self.diff.file, self.comparison.number
        if file is None:
            self.renew()
            return
        rows = await asyncio.to_thread(rows_of, file.diff, CONTEXTS[self._context_step], is_split=self.wants_split)
        at = await asyncio.to_thread(rows.place_of, keep) if keep is not None and keep.kind != "hunk" else None
        if number != self.comparison.number or self.diff.file is not file:
            return
        self.diff.set_rows(file, rows)
        self.renew()
        if at is not None:
            self.go(at, middle=True)
        self.find_again()
        self.post_message(self.Updated())

    @property
    def wants_split(self) -> bool:
        """True if the width or the user asks for two columns."""
        return self.size.width >= SPLIT_FROM if self._is_split is None else self._is_split

    @property
    def is_split(self) -> bool:
        """True if there are two columns."""
        rows = self.diff.rows
        return rows.is_split if rows is not None else self.wants_split

    def on_resize(self) -> None:
        """Switch between one and two columns if the width requires it."""
        if self.diff.rows is not None and self.is_split != self.wants_split:
            self._lay_out()

    def _colour_soon(self) -> None:
        if self._timer is None:
            self._timer = self.set_timer(0.02, self._colour)

    def _colour(self) -> None:
        self._timer = None
        file = self.diff.file
        if file is None:
            return
        if file.old.catch_up() or file.new.catch_up():
            self.refresh()
        if file.old.is_behind or file.new.is_behind:
            self._timer = self.set_timer(0.01, self._colour)

    # Keys

    def action_other_file(self) -> None:
        """Show the other program."""
        self.show_program(_other(self.diff.program))

    def show_program(self, program: str) -> None:
        """Show the agent or the device program from its beginning."""
        self.diff.program = program
        self.diff.forget()
        self.cursor, self.viewport.top, self.viewport.x = 0, (0, 0), 0
        self.renew()
        self._lay_out_in_thread(None)

    def action_flip_layout(self) -> None:
        """Show one column or two."""
        self._is_split = not self.wants_split
        self.viewport.x = 0
        self._lay_out()

    def action_more_context(self) -> None:
        """Show more unchanged lines."""
        self._step_context(1)

    def action_less_context(self) -> None:
        """Show fewer unchanged lines."""
        self._step_context(-1)

    def _step_context(self, by: int) -> None:
        self._context_step = max(0, min(self._context_step + by, len(CONTEXTS) - 1))
        self._lay_out()

    def action_ignore_space(self) -> None:
        """Compare again, with or without white space."""
        self.comparison.is_space_ignored = not self.comparison.is_space_ignored
        self._compare()

    def action_next_change(self) -> None:
        """Move to the next change, round the end."""
        self._bracket_at = monotonic()
        changes = self._changes
        if changes:
            self.go(next((each for each in changes if each > self.cursor), changes[0]), middle=True)

    def action_previous_change(self) -> None:
        """Move to the change before, round the beginning."""
        self._bracket_at = monotonic()
        changes = self._changes
        if changes:
            self.go(next((each for each in reversed(changes) if each < self.cursor), changes[-1]), middle=True)

    @property
    def _changes(self) -> Sequence[int]:
        rows = self.diff.rows
        return rows.changes if rows is not None else ()

    @property
    def is_in_bracket(self) -> bool:
        """True just after a bracket was typed, so that `c` belongs to it."""
        return monotonic() - self._bracket_at < BRACKET_S

    def action_search_next(self) -> None:
        """Move to the next match; without a search to the next change."""
        if self.search.needle:
            super().action_search_next()
        else:
            self.action_next_change()
            self._bracket_at = 0.0

    def action_search_previous(self) -> None:
        """Move to the match before; without a search to the change before."""
        if self.search.needle:
            super().action_search_previous()
        else:
            self.action_previous_change()
            self._bracket_at = 0.0

    def action_line(self, number: int) -> None:
        """Move to a line of the new program by its number, from 1, or to the nearest one shown."""
        rows = self.diff.rows.rows if self.diff.rows is not None else ()
        lines = [(index, row.new) for index, row in enumerate(rows) if row.kind != "hunk" and row.new != NONE]
        if lines:
            self.go(min(lines, key=lambda each: abs(each[1] - number + 1))[0], middle=True)

    # Title and status

    def patch(self) -> str:
        """Return the difference of the shown program in the format of `patch`."""
        return self.comparison.patch(self.diff.program, CONTEXTS[self._context_step])

    def count_text(self) -> str:
        """Return added and removed lines of both programs: `agent +12 -3, device same`; safe."""
        found = []
        for program in PROGRAMS:
            counts = self.comparison.counts(program)
            words = "comparing..." if counts is None else "same" if counts == (0, 0) else f"+{counts[0]:,} -{counts[1]:,}"
            found.append(f"[{program} {words}]" if program == self.diff.program else f" {program} {words} ")
        return " ".join(found)

    def status_texts(self) -> list[str]:
        """Return the change under the cursor and the layout; safe."""
        context, changes = CONTEXTS[self._context_step], self._changes
        at = sum(each <= self.cursor for each in changes)
        return [
            f"change {at:,} of {len(changes):,}" if changes else "",
            "side by side" if self.is_split else "one column",
            "all lines" if context is None else f"context {context}",
            "white space ignored" if self.comparison.is_space_ignored else "",
            "wrapped" if self.wrapping.is_on else "",
            safe(f"column {self.viewport.x + 1}") if self.viewport.x else "",
        ]


def _other(program: str) -> str:
    return PROGRAMS[1 - PROGRAMS.index(program)]
