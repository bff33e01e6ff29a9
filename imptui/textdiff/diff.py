"""Differences between two programs: by lines, by words, and as a patch.

This module is the face of the room; screens import from here alone:

- `diff_lines` returns a `Diff`: edits over all lines, and `hunks(context)` for reading.
- `pair_lines` and `changed_words` find the replaced lines that belong together and the
  words that differ in them.
- `unified` writes the patch that `patch -p0` applies.

Everything is plain computation without threads. Call it off the UI loop, and pass `cancelled` so that an abandoned screen stops
it within some milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from imptui.runtime import CollectorPaused
from imptui.textdiff.edits import Diff, EditKind, Hunk, LineEdit
from imptui.textdiff.lines import common_head, common_tail, comparison_keys, number_keys, split_lines
from imptui.textdiff.matching import Cancelled, Run, matched_runs
from imptui.textdiff.patch import unified_lines
from imptui.textdiff.sliding import slide_changes
from imptui.textdiff.words import Span, changed_words, pair_lines

__all__ = [
    "Cancelled",
    "Diff",
    "EditKind",
    "Hunk",
    "LineEdit",
    "Span",
    "changed_words",
    "diff_lines",
    "pair_lines",
    "split_lines",
    "unified",
]


def diff_lines(
    old: str | Sequence[str],
    new: str | Sequence[str],
    *,
    ignore_space: bool = False,
    cancelled: Callable[[], bool] | None = None,
) -> Diff:
    """Compare two texts line by line.

    Args:
        old: A text, split on LF alone, or its lines without their LF.
        new: The same for the other side.
        ignore_space: True to ignore differences in spaces, tabs and carriage returns, wherever in the line (`git diff -w`). This
            includes string literals, where spaces may have meaning. A missing final LF still counts.
        cancelled: Called every few milliseconds of work, from the calling thread.

    Returns:
        Edits over all lines: nearly the fewest changed lines possible, each moved to where a person would have put it. Time and
        memory grow with the texts, never with their product.

    Raises:
        Cancelled: `cancelled()` returned True.
    """
    with CollectorPaused():
        return _diff(old, new, ignore_space=ignore_space, cancelled=cancelled)


def _diff(
    old: str | Sequence[str], new: str | Sequence[str], *, ignore_space: bool, cancelled: Callable[[], bool] | None
) -> Diff:
    old_lines, old_ends = split_lines(old)
    new_lines, new_ends = split_lines(new)
    old_keys = comparison_keys(old_lines, ends_in_newline=old_ends, ignore_space=ignore_space)
    new_keys = comparison_keys(new_lines, ends_in_newline=new_ends, ignore_space=ignore_space)
    changes = _changes(_runs(old_keys, new_keys, cancelled), len(old_lines), len(new_lines))
    settled = slide_changes(changes, old_keys, new_keys, old_lines, new_lines)
    edits = tuple(_edits(settled, len(old_lines), len(new_lines)))
    return Diff(old_lines, new_lines, edits, old_ends, new_ends)


def unified(
    old: str,
    new: str,
    old_name: str,
    new_name: str,
    context: int = 3,
    *,
    headings: bool = False,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[str]:
    r"""Return the difference as a patch, in the format of `diff -u`.

    Args:
        old: The text before.
        new: The text after.
        old_name: Shown after `---`; control characters and quotes are escaped as git does.
        new_name: Shown after `+++`.
        context: Unchanged lines around each change.
        headings: Put the enclosing function after the second `@@`; `patch` ignores it.
        cancelled: As in `diff_lines`.

    Yields:
        Lines of the patch, each with its LF, nothing for equal texts. A side
        without a final LF is followed by `\ No newline at end of file`.
    """
    difference = diff_lines(old, new, cancelled=cancelled)
    return unified_lines(difference, old_name, new_name, context, headings=headings)


def _runs(old: list[str], new: list[str], cancelled: Callable[[], bool] | None) -> Iterator[Run]:
    """Yield runs with equal keys, in order; common head and tail cost almost nothing."""
    head = common_head(old, new)
    tail = common_tail(old, new, min(len(old), len(new)) - head)
    x, y = number_keys(old[head : len(old) - tail], new[head : len(new) - tail])
    yield 0, 0, head
    for i, j, size in matched_runs(x, y, cancelled):
        yield i + head, j + head, size
    yield len(old) - tail, len(new) - tail, tail


def _changes(runs: Iterable[Run], old_count: int, new_count: int) -> list[list[int]]:
    """Return the gaps between matched runs, as `[old_start, old_end, new_start, new_end]`."""
    changes = []
    a = b = 0
    for i, j, size in runs:
        if i > a or j > b:
            changes.append([a, i, b, j])
        a, b = i + size, j + size
    if a < old_count or b < new_count:
        changes.append([a, old_count, b, new_count])
    return changes


def _edits(changes: Iterable[Sequence[int]], old_count: int, new_count: int) -> Iterator[LineEdit]:
    """Yield changes and the equal runs between them, in order."""
    a = b = 0
    for a0, a1, b0, b1 in changes:
        if a0 > a:
            yield LineEdit("equal", a, a0 - a, b, b0 - b)
        kind: EditKind = "replace" if a1 > a0 and b1 > b0 else "delete" if a1 > a0 else "insert"
        yield LineEdit(kind, a0, a1 - a0, b0, b1 - b0)
        a, b = a1, b1
    if a < old_count:
        yield LineEdit("equal", a, old_count - a, b, new_count - b)
