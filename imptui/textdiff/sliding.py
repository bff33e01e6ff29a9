"""Slides changes to where a person would have put them.

A block that was added between equal lines can often slide: `}` `+}` and `+}` `}` mean the same. Changes slide together if that
joins them, otherwise to the place whose two borders look most like borders of the program: after a blank line, before the least
indented line, not in front of a lone closing bracket.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Change = list[int]
"""Start and end in old, start and end in new."""

_FARTHEST = 100
"""Largest distance, in lines, that a change slides; it bounds the time for endlessly repetitive text."""

_BLANKS_SKIPPED = 8
_CLOSING = ("}", ")", "]")


def slide_changes(
    changes: Iterable[Change],
    old_keys: Sequence[str],
    new_keys: Sequence[str],
    old_lines: Sequence[str],
    new_lines: Sequence[str],
) -> list[Change]:
    """Return the same changes, each where it reads best; changes that touch are joined.

    Args:
        changes: Changes in order that do not touch.
        old_keys: Keys by which old lines are compared.
        new_keys: Keys by which new lines are compared.
        old_lines: The old lines as displayed.
        new_lines: The new lines as displayed.
    """
    pending = [list(change) for change in changes]
    settled: list[Change] = []
    for number, change in enumerate(pending):
        below = pending[number + 1][0] if number + 1 < len(pending) else len(old_lines)
        settled.append(change)
        room_up = _join_upwards(settled, old_keys, new_keys)
        current = settled[-1]
        if current[0] == current[1]:
            keys, lines, first, last = new_keys, new_lines, current[2], current[3]
        elif current[2] == current[3]:
            keys, lines, first, last = old_keys, old_lines, current[0], current[1]
        else:
            continue
        room_down = below - current[1]
        down = _slides_down(keys, first, last, room_down)
        if number + 1 < len(pending) and down == room_down:
            _shift(current, down)  # it touches the next change now, which will join it
            continue
        up = _slides_up(keys, first, last, room_up)
        if up or down:
            _shift(current, _best_shift(lines, first, last, up, down))
    return settled


def _join_upwards(settled: list[Change], old_keys: Sequence[str], new_keys: Sequence[str]) -> int:
    """Join the last change with those before it that it touches or can slide to.

    Returns:
        Number of equal lines left between it and the change before.
    """
    while True:
        current = settled[-1]
        if len(settled) == 1:
            return current[0]
        before = settled[-2]
        room = current[0] - before[1]
        if room:
            if current[0] == current[1]:
                up = _slides_up(new_keys, current[2], current[3], room)
            elif current[2] == current[3]:
                up = _slides_up(old_keys, current[0], current[1], room)
            else:
                return room
            if up < room:
                return room
            _shift(current, -room)
        settled.pop()
        settled[-1] = [before[0], current[1], before[2], current[3]]


def _slides_up(keys: Sequence[str], first: int, last: int, room: int) -> int:
    """Return the distance that a block can slide up within the equal lines above it."""
    up, most = 0, min(room, _FARTHEST)
    while up < most and keys[first - up - 1] == keys[last - up - 1]:
        up += 1
    return up


def _slides_down(keys: Sequence[str], first: int, last: int, room: int) -> int:
    """Return the distance that a block can slide down within the equal lines below it."""
    down, most = 0, min(room, _FARTHEST)
    while down < most and keys[first + down] == keys[last + down]:
        down += 1
    return down


def _shift(change: Change, by: int) -> None:
    change[:] = [place + by for place in change]


def _best_shift(lines: Sequence[str], first: int, last: int, up: int, down: int) -> int:
    """Return the shift with the best two borders; of equally good ones, the lowest in the text."""
    return min(
        range(down, -up - 1, -1),
        key=lambda by: _roughness(lines, first + by) + _roughness(lines, last + by),
    )


def _roughness(lines: Sequence[str], place: int) -> int:
    """Rate a border before this line; 0 is the best, higher cuts the program in worse places."""
    if place >= len(lines):
        return 0
    after_blank = place == 0 or not lines[place - 1].strip()
    line, skipped = lines[place].strip(), 0
    while not line and skipped < _BLANKS_SKIPPED and place + skipped + 1 < len(lines):
        skipped += 1
        line = lines[place + skipped].strip()
    rough = 4 * _indent(lines[place + skipped])
    if skipped:
        rough += 3
    elif not after_blank:
        rough += 6
    if line.startswith(_CLOSING):
        rough += 12
    return rough


def _indent(line: str) -> int:
    """Return the columns before the first visible character, a tab counting as four; bounded."""
    start = line[:80]
    blank = start[: len(start) - len(start.lstrip())]
    return len(blank) + 3 * blank.count("\t")
