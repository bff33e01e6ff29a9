"""The rows of a difference in one column or two."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from msgspec import Struct

from imptui.textdiff.diff import Diff, Hunk, LineEdit, Span, changed_words, pair_lines

RowKind = Literal["hunk", "equal", "removed", "added", "pair", "note"]

NONE = -1

PAIRED = 2000
"""A replaced block with more lines is paired by position."""

WORDS_LIMIT = 6000
"""If two lines have more characters together, everything between their first and last difference is marked."""


class Row(NamedTuple):
    """One row. In two columns a changed row is a `pair`; in one column it is a `removed` and an `added` row."""

    kind: RowKind
    old: int
    """Old line; `NONE`: there is none. For a hunk heading: the number of the hunk."""
    new: int
    """New line; `NONE`: there is none. For a hunk heading: the number of unchanged lines folded above it."""


class DiffRows(Struct, frozen=True):
    """All rows of a difference in one layout."""

    diff: Diff
    hunks: Sequence[Hunk]
    rows: Sequence[Row]
    changes: Sequence[int]
    """The rows at which a change begins."""
    is_split: bool
    """True if there are two columns."""
    edits: Sequence[LineEdit]
    """The change that begins at each of these rows."""

    def change_at(self, row: int) -> int | None:
        """The number of the change that a row belongs to; None: to none."""
        number = bisect_right(self.changes, row) - 1
        if number < 0:
            return None
        edit = self.edits[number]
        kind, old, new = self.rows[row]
        is_in = kind != "hunk" and (edit.old_start <= old < edit.old_end or edit.new_start <= new < edit.new_end)
        return number if is_in else None

    def place_of(self, row: Row) -> int | None:
        """Return where the line of a row of another layout is in this one, or the first line after it."""
        key = row.new if row.new != NONE else row.old
        for index, each in enumerate(self.rows):
            if each.kind != "hunk" and (each.new if row.new != NONE else each.old) >= key:
                return index
        return None


def rows_of(diff: Diff, context: int | None, *, is_split: bool) -> DiffRows:
    """Return the rows of a difference.

    Args:
        diff: The difference.
        context: Unchanged lines around changes; None: all of them.
        is_split: Two columns instead of one.
    """
    hunks = list(diff.hunks(context if context is not None else len(diff.old_lines) + len(diff.new_lines)))
    rows: list[Row] = []
    changes: list[int] = []
    edits: list[LineEdit] = []
    seen = 0
    for number, hunk in enumerate(hunks):
        rows.append(Row("hunk", number, hunk.old_start - seen))
        seen = hunk.old_start + hunk.old_count
        for edit in hunk.edits:
            if edit.kind != "equal":
                changes.append(len(rows))
                edits.append(edit)
            rows.extend(_split(diff, edit) if is_split else _unified(edit))
    if rows and seen < len(diff.old_lines):
        rows.append(Row("hunk", NONE, len(diff.old_lines) - seen))
    if rows and diff.old_ends_in_newline != diff.new_ends_in_newline:
        rows.append(Row("note", 0 if diff.old_ends_in_newline else 1, NONE))
    return DiffRows(diff, hunks, rows, changes, is_split, edits)


def _unified(edit: LineEdit) -> Iterator[Row]:
    if edit.kind == "equal":
        yield from (Row("equal", edit.old_start + step, edit.new_start + step) for step in range(edit.old_count))
        return
    yield from (Row("removed", line, NONE) for line in range(edit.old_start, edit.old_end))
    yield from (Row("added", NONE, line) for line in range(edit.new_start, edit.new_end))


def _split(diff: Diff, edit: LineEdit) -> Iterator[Row]:
    if edit.kind == "equal":
        yield from _unified(edit)
        return
    for old, new in partners(diff, edit):
        yield Row("pair", old, new)


def partners(diff: Diff, edit: LineEdit) -> list[tuple[int, int]]:
    """Return the pairs of lines of a change that are shown side by side; `NONE` if a line has no partner."""
    if edit.old_count > PAIRED or edit.new_count > PAIRED:
        most = max(edit.old_count, edit.new_count)
        return [
            (edit.old_start + step if step < edit.old_count else NONE, edit.new_start + step if step < edit.new_count else NONE)
            for step in range(most)
        ]
    old, new = diff.old_lines[edit.old_start : edit.old_end], diff.new_lines[edit.new_start : edit.new_end]
    return [
        (NONE if a is None else edit.old_start + a, NONE if b is None else edit.new_start + b) for a, b in pair_lines(old, new)
    ]


def words_of(old: str, new: str) -> tuple[Sequence[Span], Sequence[Span]]:
    """Return the parts of two lines that differ; fast for lines of any length."""
    if len(old) + len(new) <= WORDS_LIMIT:
        return changed_words(old, new)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    return ((head, len(old) - tail),), ((head, len(new) - tail),)


def _common(one: str, other: str) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
