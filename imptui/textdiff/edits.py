"""The parts of a difference: one edit, a group of edits with context, the whole.

Lines are numbered from zero and split on LF alone: a carriage return, a form feed or U+2028 is part of its line, as it is for
Squirrel's own compiler and for `patch`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from msgspec import Struct

EditKind = Literal["equal", "replace", "delete", "insert"]
"""The kind of a change from the old lines to the new ones."""

_STARTS_BLOCK = re.compile(
    r"\s*(?:static\s+)?(?:(?:local\s+)?function\b|class\b|constructor\b|enum\b"
    r"|[A-Za-z_][\w.]*\s*(?:<-|=)\s*(?:function|class)\b)"
)


class LineEdit(NamedTuple):
    """A run of old lines and the run of new lines that replaces it.

    It is a tuple, because a large difference has tens of thousands and a frozen dataclass takes several times as long to make.
    """

    kind: EditKind
    old_start: int
    old_count: int
    new_start: int
    new_count: int

    @property
    def old_end(self) -> int:
        """Return the number of the first old line after this edit."""
        return self.old_start + self.old_count

    @property
    def new_end(self) -> int:
        """Return the number of the first new line after this edit."""
        return self.new_start + self.new_count


class Hunk(Struct, frozen=True):
    """Changes that lie close together, with the unchanged lines around them."""

    edits: tuple[LineEdit, ...]
    """Edits in order, without gaps; equal edits are context."""

    heading: str
    """The nearest old line above that starts a function, class or enum, stripped. Empty if there is none."""

    @property
    def old_start(self) -> int:
        """Return the number of the first old line of the hunk."""
        return self.edits[0].old_start

    @property
    def new_start(self) -> int:
        """Return the number of the first new line of the hunk."""
        return self.edits[0].new_start

    @property
    def old_count(self) -> int:
        """Return the number of old lines in the hunk, context included."""
        return self.edits[-1].old_end - self.old_start

    @property
    def new_count(self) -> int:
        """Return the number of new lines in the hunk, context included."""
        return self.edits[-1].new_end - self.new_start


class Diff(Struct, frozen=True):
    """The edits that turn one text into another, line by line."""

    old_lines: Sequence[str]
    """The old lines without their LF."""

    new_lines: Sequence[str]
    """The new lines without their LF."""

    edits: tuple[LineEdit, ...]
    """Edits in order, from the first line of both sides to the last, equal runs included. Two equal edits never touch, nor do
    two changes."""

    old_ends_in_newline: bool = True
    """True if the last old line has its LF. True for an empty text."""

    new_ends_in_newline: bool = True
    """True if the last new line has its LF. True for an empty text."""

    @property
    def changes(self) -> tuple[LineEdit, ...]:
        """Return the edits that are not equal."""
        return tuple(edit for edit in self.edits if edit.kind != "equal")

    @property
    def added(self) -> int:
        """Return the number of lines that only the new text has."""
        return sum(edit.new_count for edit in self.edits if edit.kind != "equal")

    @property
    def removed(self) -> int:
        """Return the number of lines that only the old text has."""
        return sum(edit.old_count for edit in self.edits if edit.kind != "equal")

    @property
    def is_same(self) -> bool:
        """Return True if no line differs (under `ignore_space`: other than in its spaces)."""
        return all(edit.kind == "equal" for edit in self.edits)

    def hunks(self, context: int = 3) -> Iterator[Hunk]:
        """Yield changes in groups, each with up to `context` unchanged lines around it.

        Changes with at most twice `context` lines between them share a hunk. The cost is linear in the number of edits, and lazy:
        the first hunk alone costs little.
        """
        heading, seen = "", 0
        for group in _groups(self.edits, max(0, context)):
            start = group[0].old_start
            found = self.function_context(start, stop=seen)
            heading, seen = found or heading, start
            yield Hunk(group, heading)

    def function_context(self, old_line: int, *, stop: int = 0) -> str:
        """Return the nearest line above `old_line` that starts a function, class or enum.

        Args:
            old_line: The search begins above this line and goes upwards.
            stop: The last line to search; it bounds the cost.

        Returns:
            The line, stripped of outer spaces, or an empty text.
        """
        lines = self.old_lines
        for number in range(min(old_line, len(lines)) - 1, stop - 1, -1):
            if _STARTS_BLOCK.match(lines[number]):
                return lines[number].strip()
        return ""


def _groups(edits: Sequence[LineEdit], context: int) -> Iterator[tuple[LineEdit, ...]]:
    """Split edits into groups where more than twice `context` lines are equal, and shorten the equal edits there."""
    group: list[LineEdit] = []
    for edit in edits:
        if edit.kind != "equal":
            group.append(edit)
            continue
        if any(one.kind != "equal" for one in group[:2]):
            if edit.old_count <= 2 * context:
                group.append(edit)
                continue
            yield (*group, _part(edit, 0, context)) if context else tuple(group)
        keep = min(context, edit.old_count)
        group = [_part(edit, edit.old_count - keep, keep)] if keep else []
    if any(one.kind != "equal" for one in group[:2]):
        if group[-1].kind == "equal":
            group[-1] = _part(group[-1], 0, min(context, group[-1].old_count))
        yield tuple(group)


def _part(edit: LineEdit, skip: int, count: int) -> LineEdit:
    """Return `count` lines of an equal edit, after leaving out the first `skip`."""
    return LineEdit("equal", edit.old_start + skip, count, edit.new_start + skip, count)
