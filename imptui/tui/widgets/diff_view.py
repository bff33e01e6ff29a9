"""What differs between two pairs of programs: one below the other or side by side, changed words marked.

Signs say what colours say: `-` and `+` in front of lines, and changed words are bold or underlined in every theme.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic

from rich.segment import Segment
from textual import work
from textual.timer import Timer
from textual.worker import WorkerCancelled

from imptui.domain.deployment import Programs
from imptui.textdiff.diff import Cancelled, Diff, Span, diff_lines, unified
from imptui.tui.present.look import Look, Piece
from imptui.tui.present.safe import safe
from imptui.tui.widgets.code_view import PROGRAMS
from imptui.tui.widgets.colours import Colours
from imptui.tui.widgets.diff_rows import NONE, DiffRows, Row, partners, rows_of, words_of
from imptui.tui.widgets.text_pane import Stretch, TextPane, number_cells

SPLIT_FROM = 140
"""Cells from which two columns are shown unless asked otherwise."""

CONTEXTS = (0, 1, 3, 6, 12, 25, 50, 100, None)
"""Steps of unchanged lines around changes; None: all."""

BRACKET_S = 1.0
"""A `c` that comes so soon after a bracket belongs to it."""


@dataclass
class _File:
    """One of the two programs, compared."""

    diff: Diff
    old: Colours
    new: Colours
    rows: DiffRows | None = None


class DiffView(TextPane):
    """Agent and device programs of two sides, compared, one at a time."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.program = "agent"
        self.old: Programs | None = None
        self.new: Programs | None = None
        self.is_split: bool | None = None
        self.context_step = CONTEXTS.index(3)
        self.is_space_ignored = False
        self.is_comparing = False
        self.trouble: str | None = None
        self.files: dict[str, _File] = {}
        self._round = 0
        self._timer: Timer | None = None
        self._bracket_at = 0.0
        self._words = lru_cache(maxsize=512)(self._words_of)
        self._partners: dict[int, dict[int, int]] = {}
        """By change: of an old line its new one, of `~new` the old one."""

    # What is compared

    def put(self, old: Programs, new: Programs) -> None:
        """Compare these. What was compared before is given up."""
        self.old, self.new, self.trouble = old, new, None
        self._compare()

    def fail(self, why: str) -> None:
        """Say why there is nothing to compare; safe already."""
        self.trouble, self.is_comparing = why, False
        self.renew()
        self.post_message(self.Told())

    def _compare(self) -> None:
        self._round += 1
        self._forget()
        self.is_comparing = True
        self.renew()
        self.post_message(self.Told())
        self._compute(self._round)

    def _forget(self) -> None:
        for file in self.files.values():
            file.old.end()
            file.new.end()
        self.files = {}
        self._words.cache_clear()
        self._partners.clear()

    def on_unmount(self) -> None:
        """Threads need not go on."""
        self._round += 1
        self._forget()

    @work(exclusive=True, group="compare")
    async def _compute(self, number: int) -> None:
        old, new = self.old, self.new
        if old is None or new is None:
            return

        def compared(program: str) -> Diff:
            return diff_lines(
                old.of(program), new.of(program), ignore_space=self.is_space_ignored, cancelled=lambda: number != self._round
            )

        try:
            for program in (self.program, *[each for each in PROGRAMS if each != self.program]):
                found = await asyncio.to_thread(compared, program)
                self.files[program] = _File(found, Colours(found.old_lines), Colours(found.new_lines))
                if program == self.program:
                    with suppress(WorkerCancelled):  # a newer layout goes on; the other program is compared all the same
                        await self._lay_out_in_thread(None).wait()
        except Cancelled:
            return
        self.is_comparing = False
        if not self.row_count and not self.files[self.program].diff.changes:
            other = PROGRAMS[1 - PROGRAMS.index(self.program)]
            if self.files[other].diff.changes:
                self.show_program(other)
        self.renew()
        self.post_message(self.Told())
        for file in tuple(self.files.values()):
            await file.old.settle()
            await file.new.settle()
        self.refresh()

    def _lay_out_rows(self) -> None:
        """The rows again, in a thread, with the cursor on the line where it is."""
        self._lay_out_in_thread(self.row_at(self.cursor))

    @work(exclusive=True, group="rows")
    async def _lay_out_in_thread(self, keep: Row | None) -> None:
        file = self.files.get(self.program)
        if file is None:
            self.renew()
            return
        context, is_split, number = CONTEXTS[self.context_step], self.wants_split, self._round
        rows = await asyncio.to_thread(rows_of, file.diff, context, is_split=is_split)
        at = await asyncio.to_thread(rows.place_of, keep) if keep is not None and keep.kind != "hunk" else None
        if number != self._round or self.files.get(self.program) is not file:
            return
        file.rows = rows
        self._partners.clear()
        self.renew()
        if at is not None:
            self.go(at, middle=True)
        self.search_again()
        self.post_message(self.Told())

    @property
    def wants_split(self) -> bool:
        """Whether there shall be two columns."""
        return self.size.width >= SPLIT_FROM if self.is_split is None else self.is_split

    @property
    def splits(self) -> bool:
        """Whether there are two columns."""
        return self.current.is_split if self.current is not None else self.wants_split

    def on_resize(self) -> None:
        """There may be room for two columns now, or not any longer."""
        file = self.files.get(self.program)
        if file is not None and file.rows is not None and self.splits != self.wants_split:
            self._lay_out_rows()
        super().on_resize()

    @property
    def current(self) -> DiffRows | None:
        """The rows of the program that is shown."""
        file = self.files.get(self.program)
        return file.rows if file is not None else None

    def row_at(self, row: int) -> Row | None:
        """One row."""
        return self.current.rows[row] if self.current is not None and row < len(self.current.rows) else None

    def counts(self, program: str) -> tuple[int, int] | None:
        """Added and removed lines of a program; None while they are not known."""
        file = self.files.get(program)
        return (file.diff.added, file.diff.removed) if file is not None else None

    def patch(self) -> str:
        """The difference of the program that is shown, as `patch` reads it."""
        if self.old is None or self.new is None:
            return ""
        name = f"{self.program}.nut"
        context = CONTEXTS[self.context_step]
        lines = unified(
            self.old.of(self.program),
            self.new.of(self.program),
            f"a/{name}",
            f"b/{name}",
            1_000_000 if context is None else context,
        )
        return "".join(lines)

    # Rows as text

    @property
    def is_empty_because(self) -> str:
        """Comparing, no difference, or trouble."""
        if self.trouble is not None:
            return self.trouble
        if self.program not in self.files:
            return "comparing..." if self.is_comparing else "Reading."
        space = " other than in white space" if self.is_space_ignored else ""
        return f"The {self.program} program does not differ{space}."

    @property
    def row_count(self) -> int:
        """Rows of the layout."""
        return len(self.current.rows) if self.current is not None else 0

    def text_of(self, row: int) -> str:
        """The line; of a pair the new one."""
        return self.texts_of(row)[-1]

    def texts_of(self, row: int) -> tuple[str, ...]:
        """The line, or both lines of a pair."""
        file, rows = self.files[self.program], self.current
        if rows is None:
            return ("",)
        at = rows.rows[row]
        if at.kind == "hunk":
            return (self._heading(rows, at),)
        if at.kind == "note":
            side = "old" if at.old else "new"
            return (f"\\ the {side} program has no line end after its last line",)
        found = []
        if at.old != NONE and (at.kind != "equal" or self.splits):
            found.append(file.diff.old_lines[at.old])
        if at.new != NONE:
            found.append(file.diff.new_lines[at.new])
        return tuple(found)

    @staticmethod
    def _heading(rows: DiffRows, at: Row) -> str:
        folded = f"{at.new:,} unchanged lines" if at.new != 1 else "1 unchanged line"
        if at.old == NONE:
            return f" {folded} to the end"
        hunk = rows.hunks[at.old]
        place = f"@@ -{hunk.old_start + 1},{hunk.old_count} +{hunk.new_start + 1},{hunk.new_count} @@"
        return "  ".join(each for each in (place, f"({folded})" if at.new else "", hunk.heading[:80]) if each)

    def role_of(self, row: int) -> str:
        """Added, removed, a heading, or neither."""
        at = self.row_at(row)
        return {"hunk": "hunk", "note": "dim", "removed": "removed", "added": "added"}.get(at.kind if at else "", "text")

    def _words_of(self, old: int, new: int) -> tuple[Sequence[Span], Sequence[Span]]:
        diff = self.files[self.program].diff
        return words_of(diff.old_lines[old], diff.new_lines[new])

    def _partner(self, row: int, at: Row) -> tuple[int, int]:
        """Old and new line of a changed row, also where they are one below the other."""
        if at.kind == "pair":
            return at.old, at.new
        number = self.current.change_at(row) if self.current is not None else None
        if number is None or self.current is None:
            return at.old, at.new
        if number not in self._partners:
            if len(self._partners) > 64:
                self._partners.clear()
            pairs = [(a, b) for a, b in partners(self.current.diff, self.current.edits[number]) if NONE not in (a, b)]
            self._partners[number] = dict(pairs) | {~b: a for a, b in pairs}
        key = at.old if at.kind == "removed" else ~at.new
        other = self._partners[number].get(key, NONE)
        return (at.old, other) if at.kind == "removed" else (other, at.new)

    def _stretches(self, row: int, at: Row, *, is_old: bool) -> list[Stretch]:
        file = self.files[self.program]
        line, colours = (at.old, file.old) if is_old else (at.new, file.new)
        found: list[Stretch] = list(colours.of(line))
        if colours.is_behind and self._timer is None:
            self._timer = self.set_timer(0.02, self._catch_up)
        if at.kind == "equal":
            return found
        old, new = self._partner(row, at)
        if NONE not in (old, new):
            spans = self._words(old, new)[0 if is_old else 1]
            role = "removed-word" if is_old else "added-word"
            found += [(first, end, role) for first, end in spans]
        return found

    def _catch_up(self) -> None:
        self._timer = None
        file = self.files.get(self.program)
        if file is None:
            return
        if file.old.catch_up() or file.new.catch_up():
            self.refresh()
        if file.old.is_behind or file.new.is_behind:
            self._timer = self.set_timer(0.01, self._catch_up)

    # Painting

    @property
    def _numbers(self) -> int:
        file = self.files.get(self.program)
        return number_cells(max(len(file.diff.old_lines), len(file.diff.new_lines)) if file is not None else 1)

    @property
    def margin_cells(self) -> int:
        """Two line numbers and a sign; in two columns each side has its own."""
        return 0 if self.splits else 2 * self._numbers + 2

    @property
    def side_cells(self) -> int:
        """Cells for the text of one of two columns."""
        return max(1, (self.size.width - 1) // 2 - self._numbers - 2)

    def parts_of(self, row: int) -> int:
        """As many as the longer side takes."""
        if not self.is_wrapped:
            return 1
        at = self.row_at(row)
        cells = self.side_cells if self.splits and at is not None and at.kind in ("pair", "equal") else self.text_cells
        return max((len(self.breaks_of(text, cells)) for text in self.texts_of(row)), default=1)

    def margin_of(self, row: int, part: int) -> list[Piece]:
        """Old number, new number, sign."""
        at, cells = self.row_at(row), self._numbers
        if at is None or part or at.kind in ("hunk", "note"):
            return []
        old = f"{at.old + 1:>{cells - 1}} " if at.old != NONE else " " * cells
        new = f"{at.new + 1:>{cells - 1}} " if at.new != NONE else " " * cells
        sign = {"removed": "- ", "added": "+ "}.get(at.kind, "  ")
        return [(old + new, "line-number" if at.kind == "equal" else ""), (sign, "")]

    def stretches_of(self, row: int) -> Sequence[Stretch]:
        """Colours and changed words of a row of one column."""
        at = self.row_at(row)
        if at is None or at.kind in ("hunk", "note"):
            return ()
        return self._stretches(row, at, is_old=at.new == NONE)

    def paint(self, look: Look, row: int, part: int, cells: int) -> list[Segment]:
        """One column, or two."""
        at = self.row_at(row)
        if at is None or not self.splits or at.kind not in ("pair", "equal"):
            return super().paint(look, row, part, cells)
        file, left = self.files[self.program], (cells - 1) // 2
        found = self._side(look, row, at, part, left, file.diff.old_lines, is_old=True)
        found.append(Segment(look.glyphs.upright, look.style("dim")))
        return found + self._side(look, row, at, part, cells - left - 1, file.diff.new_lines, is_old=False)

    def _side(self, look: Look, row: int, at: Row, part: int, cells: int, lines: Sequence[str], *, is_old: bool) -> list[Segment]:
        line = at.old if is_old else at.new
        if line == NONE:
            return [
                Segment(
                    " " * cells, look.style("dim") + look.styles["cursor-blurred"] if row == self.cursor else look.style("dim")
                )
            ]
        role = "text" if at.kind == "equal" else "removed" if is_old else "added"
        number = f"{line + 1:>{self._numbers - 1}} " if part == 0 else " " * self._numbers
        sign = "  " if at.kind == "equal" or part else "- " if is_old else "+ "
        gutter = min(cells, self._numbers + 2)
        pieces: list[Piece] = [(number, "line-number" if role == "text" else ""), (sign, "")]
        stretches = self._stretches(row, at, is_old=is_old)
        head = look.line(pieces, gutter, "cursor" if row == self.cursor and self.has_focus else role)
        return head + self.paint_text(look, row, lines[line], part, cells - gutter, role, stretches)

    # What keys do

    def action_other_file(self) -> None:
        """The other program."""
        self.show_program(PROGRAMS[1 - PROGRAMS.index(self.program)])

    def show_program(self, program: str) -> None:
        """The agent or the device program."""
        self.program = program
        self.cursor, self.top, self.x = 0, (0, 0), 0
        self._words.cache_clear()
        self._partners.clear()
        self.renew()
        self._lay_out_in_thread(None)

    def action_flip_layout(self) -> None:
        """One column or two."""
        self.is_split = not self.wants_split
        self.x = 0
        self._lay_out_rows()

    def action_more_context(self) -> None:
        """More unchanged lines."""
        self._step_context(1)

    def action_less_context(self) -> None:
        """Fewer unchanged lines."""
        self._step_context(-1)

    def _step_context(self, by: int) -> None:
        self.context_step = max(0, min(self.context_step + by, len(CONTEXTS) - 1))
        self._lay_out_rows()

    def action_ignore_space(self) -> None:
        """Compare again, with or without white space."""
        self.is_space_ignored = not self.is_space_ignored
        self._compare()

    def action_next_change(self) -> None:
        """The next change, round the end."""
        self._bracket_at = monotonic()
        changes = self.current.changes if self.current is not None else ()
        if changes:
            self.go(next((each for each in changes if each > self.cursor), changes[0]), middle=True)

    def action_previous_change(self) -> None:
        """The change before, round the beginning."""
        self._bracket_at = monotonic()
        changes = self.current.changes if self.current is not None else ()
        if changes:
            self.go(next((each for each in reversed(changes) if each < self.cursor), changes[-1]), middle=True)

    @property
    def is_in_bracket(self) -> bool:
        """Whether a bracket was typed just now, so that `c` belongs to it."""
        return monotonic() - self._bracket_at < BRACKET_S

    def action_search_next(self) -> None:
        """The next match; without a search the next change."""
        if self.needle:
            super().action_search_next()
        else:
            self.action_next_change()
            self._bracket_at = 0.0

    def action_search_previous(self) -> None:
        """The match before; without a search the change before."""
        if self.needle:
            super().action_search_previous()
        else:
            self.action_previous_change()
            self._bracket_at = 0.0

    def action_line(self, number: int) -> None:
        """To a line of the new program by its number, from 1, or to the nearest one shown."""
        rows = self.current.rows if self.current is not None else ()
        lines = [(index, row.new) for index, row in enumerate(rows) if row.kind != "hunk" and row.new != NONE]
        if lines:
            self.go(min(lines, key=lambda each: abs(each[1] - number + 1))[0], middle=True)

    # Words for a title

    def count_words(self) -> str:
        """`agent +12 -3, device same`; safe."""
        found = []
        for program in PROGRAMS:
            counts = self.counts(program)
            words = "comparing..." if counts is None else "same" if counts == (0, 0) else f"+{counts[0]:,} -{counts[1]:,}"
            found.append(f"[{program} {words}]" if program == self.program else f" {program} {words} ")
        return " ".join(found)

    def way_words(self) -> list[str]:
        """How it is shown; safe."""
        context = CONTEXTS[self.context_step]
        rows = self.current
        changes = rows.changes if rows is not None else ()
        at = sum(each <= self.cursor for each in changes)
        return [
            f"change {at:,} of {len(changes):,}" if changes else "",
            "side by side" if self.splits else "one column",
            "all lines" if context is None else f"context {context}",
            "white space ignored" if self.is_space_ignored else "",
            "wrapped" if self.is_wrapped else "",
            safe(f"column {self.x + 1}") if self.x else "",
        ]
