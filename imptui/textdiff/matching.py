"""Matching: finds the items of one sequence that another one still has, in order.

There are three steps, each for the rest of the one before:

1. Items that occur once on either side are anchors (patience). The longest
   chain of them that keeps its order is matched; each gap between is searched
   again, where more items have become unique.
2. A gap without anchors goes to rapidfuzz for the true minimum, without the items
   that the other side lacks, which cannot match.
3. A gap too large for that is cut at long stretches that occur once, and the rest
   is compared through a window that moves along both sides. Its memory is that
   of one window, its time grows with the length, and its result is close to
   the minimum, because lines seldom match far from where they were.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import compress, repeat
from operator import lt
from typing import TypeVar

Item = TypeVar("Item", int, str)

Run = tuple[int, int, int]
"""Index in old, index in new, number of equal items."""

Gap = tuple[int, int, int, int, int]
"""Start and end in old, start and end in new, number of divisions so far."""

Anchors = tuple[list[int], list[int]]
"""Indexes in old and the matching indexes in new, both ascending."""

_MOST_CELLS = 1 << 24
"""Largest comparison in one call of rapidfuzz: a cell is one bit of memory, and the call holds the GIL."""

_WINDOW_CELLS = 1 << 22
"""Size of the window that moves along larger ones. A smaller window is faster, but finds fewer distant matches."""

_SMALL = 256
"""Gaps shorter than this are first checked for any common item."""

_DEEPEST = 48
"""Divisions before the search for anchors ends: random mixtures need few, adversarial texts any number."""

_LEAST_ORDER = 8
"""Anchors are used if at least one in this many keeps its order; in a reversed text hardly any does."""

_STRETCH = 32
"""Length of a run that divides a large gap. Shorter runs match by chance and mislead the window."""

_MOST_STRETCHES = 1 << 14
"""Largest number of indexed stretches; longer texts are sampled at regular distances."""


class Cancelled(Exception):
    """The caller no longer needs the result."""


def matched_runs(old: Sequence[int], new: Sequence[int], cancelled: Callable[[], bool] | None = None) -> list[Run]:
    """Return the equal runs, in order, adjacent ones joined.

    Raises:
        Cancelled: `cancelled()` returned True.
    """
    found: list[Run] = []
    gaps: list[Gap] = [(0, len(old), 0, len(new), 0)]
    while gaps:
        if cancelled is not None and cancelled():
            raise Cancelled
        gap = _trimmed(old, new, gaps.pop(), found)
        a0, a1, b0, b1, depth = gap
        if a0 == a1 or b0 == b1 or (a1 - a0 < _SMALL and set(old[a0:a1]).isdisjoint(new[b0:b1])):
            continue
        anchors = _anchors(old, new, gap) if depth < _DEEPEST else ([], [])
        if anchors[0]:
            gaps += _between(old, new, anchors, gap, found)
        else:
            found += _without_anchors(old, new, gap, cancelled)
    found.sort()
    return _joined(found)


def _trimmed(old: Sequence[int], new: Sequence[int], gap: Gap, found: list[Run]) -> Gap:
    """Return the gap without its common head and tail, which are appended to `found`."""
    a0, a1, b0, b1, depth = gap
    a, b = a0, b0
    while a < a1 and b < b1 and old[a] == new[b]:
        a, b = a + 1, b + 1
    if a > a0:
        found.append((a0, b0, a - a0))
    end = a1
    while a < a1 and b < b1 and old[a1 - 1] == new[b1 - 1]:
        a1, b1 = a1 - 1, b1 - 1
    if a1 < end:
        found.append((a1, b1, end - a1))
    return a, a1, b, b1, depth


def _anchors(old: Sequence[int], new: Sequence[int], gap: Gap) -> Anchors:
    """Return the longest chain, in order on both sides, of items that are unique on both."""
    a0, a1, b0, b1, _ = gap
    here, there = _once(old, a0, a1), _once(new, b0, b1)
    found = list(map(there.get, here))
    in_old = [place for place, other in zip(here.values(), found, strict=True) if other is not None]
    in_new = [other for other in found if other is not None]
    chain = _longest_chain(in_old, in_new)
    return chain if len(chain[0]) * _LEAST_ORDER >= len(in_old) else ([], [])


def _once(items: Sequence[Item], start: int, end: int) -> dict[Item, int]:
    """Return items that occur once in a slice, in order, with their indexes."""
    part = items[start:end]
    place = dict(zip(part, range(start, end), strict=True))
    if len(place) == len(part):
        return place
    return {item: place[item] for item, times in Counter(part).items() if times == 1}


def _longest_chain(in_old: list[int], in_new: list[int]) -> Anchors:
    """Return the longest chain of anchors in old order whose new indexes ascend (patience sorting)."""
    if all(map(lt, in_new, in_new[1:])):
        return in_old, in_new
    tops: list[int] = []
    top_number: list[int] = []
    below: list[int] = []
    for number, place in enumerate(in_new):
        if not tops or place > tops[-1]:
            below.append(top_number[-1] if tops else -1)
            tops.append(place)
            top_number.append(number)
            continue
        pile = bisect_left(tops, place)
        below.append(top_number[pile - 1] if pile else -1)
        tops[pile] = place
        top_number[pile] = number
    chain, number = [], top_number[-1]
    while number >= 0:
        chain.append(number)
        number = below[number]
    chain.reverse()
    return [in_old[number] for number in chain], [in_new[number] for number in chain]


def _between(
    old: Sequence[int],
    new: Sequence[int],
    anchors: Anchors,
    gap: Gap,
    found: list[Run],
) -> list[Gap]:
    """Return the gaps before, between and after anchors; append anchors and equal neighbours to `found`."""
    a, a1, b, b1, depth = gap
    gaps = []
    for i, j in zip(*anchors, strict=True):
        if i < a or j < b:
            continue  # the anchor is inside a run that grew over it
        if i > a or j > b:
            gaps.append((a, i, b, j, depth + 1))
        a, b = i + 1, j + 1
        while a < a1 and b < b1 and old[a] == new[b]:
            a, b = a + 1, b + 1
        found.append((i, j, a - i))
    if a < a1 or b < b1:
        gaps.append((a, a1, b, b1, depth + 1))
    return gaps


def _without_anchors(old: Sequence[int], new: Sequence[int], gap: Gap, cancelled: Callable[[], bool] | None) -> list[Run]:
    """Compare a gap by brute force, without the items that cannot match."""
    a0, a1, b0, b1, _ = gap
    common = set(old[a0:a1])
    common.intersection_update(new[b0:b1])
    if not common:
        return []
    here, x = _in_common(old, a0, a1, common)
    there, y = _in_common(new, b0, b1, common)
    runs = _shortest(x, y) if len(x) * len(y) <= _MOST_CELLS else _by_parts(x, y, cancelled)
    if isinstance(here, range) and isinstance(there, range):
        return [(a0 + i, b0 + j, size) for i, j, size in runs]
    return [one for i, j, size in runs for one in zip(here[i : i + size], there[j : j + size], repeat(1))]


def _in_common(items: Sequence[int], start: int, end: int, common: set[int]) -> tuple[Sequence[int], Sequence[int]]:
    """Return the indexes of a slice whose items are in `common`, and those items; a range if all are."""
    part = items[start:end]
    is_in = list(map(common.__contains__, part))
    if all(is_in):
        return range(start, end), part
    return list(compress(range(start, end), is_in)), list(compress(part, is_in))


def _shortest(x: Sequence[int], y: Sequence[int]) -> list[Run]:
    """Return the longest common subsequence, exactly. Memory: a bit per pair of items."""
    if len(x) == 1:
        return [(0, y.index(x[0]), 1)] if x[0] in y else []
    if len(y) == 1:
        return [(x.index(y[0]), 0, 1)] if y[0] in x else []
    from rapidfuzz.distance import Indel  # imported here, because only programs with tangled changes need it

    blocks = Indel.opcodes(x, y).as_matching_blocks()
    return [(block.a, block.b, block.size) for block in blocks if block.size]


def _by_parts(x: Sequence[int], y: Sequence[int], cancelled: Callable[[], bool] | None) -> list[Run]:
    """Compare a gap too large for `_shortest`: divide it at runs that occur once, then use a window."""
    found: list[Run] = []
    anchors = _longest_chain(*_stretches(x, y))
    for gap in _between(x, y, anchors, (0, len(x), 0, len(y), 0), found):
        a0, a1, b0, b1, _ = _trimmed(x, y, gap, found)
        parts = _windowed(x[a0:a1], y[b0:b1], cancelled)
        found += [(a0 + i, b0 + j, size) for i, j, size in parts]
    return found


def _stretches(x: Sequence[int], y: Sequence[int]) -> Anchors:
    """Return the starts of long stretches that occur once on both sides, in old order."""
    items = dict.fromkeys(x)
    if len(items) > sys.maxunicode:
        return [], []
    # In a text, a run is a slice, which is cheap to cut and to compare.
    sign = dict(zip(items, map(chr, range(len(items))), strict=True))
    p, q = "".join(map(sign.__getitem__, x)), "".join(map(sign.__getitem__, y))
    places = range(0, len(p) - _STRETCH + 1, 1 + len(p) // _MOST_STRETCHES)
    once = _once([p[place : place + _STRETCH] for place in places], 0, len(places))
    in_p = list(map(once.get, [q[place : place + _STRETCH] for place in range(len(q) - _STRETCH + 1)]))
    there = _once([number for number in in_p if number is not None], 0, len(in_p) - in_p.count(None))
    in_q = [place for place, number in enumerate(in_p) if number is not None]
    both = sorted((places[number], in_q[at]) for number, at in there.items())
    return [place for place, _ in both], [place for _, place in both]


def _windowed(x: Sequence[int], y: Sequence[int], cancelled: Callable[[], bool] | None) -> list[Run]:
    """Compare through a window, use the first half of its result, and continue from there."""
    found: list[Run] = []
    a = b = 0
    while a < len(x) and b < len(y):
        if cancelled is not None and cancelled():
            raise Cancelled
        width, height = _window(len(x) - a, len(y) - b)
        runs = _shortest(x[a : a + width], y[b : b + height])
        if width == len(x) - a and height == len(y) - b:
            return found + [(a + i, b + j, size) for i, j, size in runs]
        kept, (right, down) = _first_half(runs, width, height)
        found += [(a + i, b + j, size) for i, j, size in kept]
        a, b = a + right, b + down
    return found


def _window(width: int, height: int) -> tuple[int, int]:
    """Return a window with the proportions of the rest, so that its diagonal points at the end."""
    if width * height <= _WINDOW_CELLS:
        return width, height
    shrink = (_WINDOW_CELLS / (width * height)) ** 0.5
    return max(1, int(width * shrink)), max(1, int(height * shrink))


def _first_half(runs: list[Run], width: int, height: int) -> tuple[list[Run], tuple[int, int]]:
    """Return the runs before the window's middle, and the place to continue, which is never the start."""
    half = (width + height) // 2
    kept: list[Run] = []
    for i, j, size in runs:
        if i + j >= half:
            return kept, (i, j)
        length = min(size, (half - i - j + 1) // 2)
        kept.append((i, j, length))
        if i + j + 2 * length >= half:
            return kept, (i + length, j + length)
    return kept, (width, height)


def _joined(runs: list[Run]) -> list[Run]:
    """Join sorted runs that touch."""
    joined: list[Run] = []
    a = b = start_a = start_b = 0
    for i, j, size in runs:
        if i == a and j == b:
            a, b = a + size, b + size
            continue
        if a > start_a:
            joined.append((start_a, start_b, a - start_a))
        start_a, start_b, a, b = i, j, i + size, j + size
    if a > start_a:
        joined.append((start_a, start_b, a - start_a))
    return joined
