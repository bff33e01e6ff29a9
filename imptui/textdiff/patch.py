"""Patches in the unified format, as `patch` reads it."""

from __future__ import annotations

from collections.abc import Iterator

from imptui.textdiff.edits import Diff, Hunk

_NO_NEWLINE = "\n\\ No newline at end of file\n"
_LONGEST_HEADING = 80


def unified_lines(difference: Diff, old_name: str, new_name: str, context: int = 3, *, headings: bool = False) -> Iterator[str]:
    """Yield the patch of a difference, line by line, each with its LF. It is empty if nothing differs.

    A difference that ignored spaces has the old side's context, so that the patch applies to the old text.
    """
    if difference.is_same:
        return
    yield f"--- {_name(old_name)}\n"
    yield f"+++ {_name(new_name)}\n"
    for hunk in difference.hunks(context):
        yield _header(hunk, headings=headings)
        yield from _body(difference, hunk)


def _header(hunk: Hunk, *, headings: bool) -> str:
    heading = " " + hunk.heading[:_LONGEST_HEADING].rstrip() if headings and hunk.heading else ""
    old, new = _range(hunk.old_start, hunk.old_count), _range(hunk.new_start, hunk.new_count)
    return f"@@ -{old} +{new} @@{heading}\n"


def _range(start: int, count: int) -> str:
    """Return one-based start and count. An empty range names the line before it; a count of 1 is left out."""
    if count == 1:
        return str(start + 1)
    return f"{start + 1 if count else start},{count}"


def _body(difference: Diff, hunk: Hunk) -> Iterator[str]:
    old, new = difference.old_lines, difference.new_lines
    old_open = -1 if difference.old_ends_in_newline else len(old) - 1
    new_open = -1 if difference.new_ends_in_newline else len(new) - 1
    for edit in hunk.edits:
        sign = " " if edit.kind == "equal" else "-"
        for number in range(edit.old_start, edit.old_end):
            yield sign + old[number] + (_NO_NEWLINE if number == old_open else "\n")
        if edit.kind == "equal":
            continue
        for number in range(edit.new_start, edit.new_end):
            yield "+" + new[number] + (_NO_NEWLINE if number == new_open else "\n")


def _name(name: str) -> str:
    """Return a file name that cannot break its line; a name with spaces gets the tab that ends it."""
    if any(sign < " " or sign in '"\\\x7f' for sign in name):
        return '"' + "".join(map(_escaped, name)) + '"'
    return name + "\t" if " " in name else name


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return "\\" + sign
    return f"\\{ord(sign):03o}" if sign < " " or sign == "\x7f" else sign
