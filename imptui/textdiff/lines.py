"""Splits texts into lines and numbers equal lines for comparing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import count

_PIECE = 1 << 18
"""Characters that are split at once."""

_SPACE = re.compile(r"[ \t\r\f\v]+")


def split_lines(text: str | Sequence[str]) -> tuple[Sequence[str], bool]:
    """The lines of a text without their LF, and whether the last one had it.

    LF alone ends a line. An empty text has no lines and lacks nothing. A sequence
    is taken as lines already split, all ended.
    """
    if not isinstance(text, str):
        return text, True
    lines = _split(text)
    ends_in_newline = not lines[-1]
    if ends_in_newline:
        lines.pop()
    return lines, ends_in_newline


def _split(text: str) -> list[str]:
    """All between LFs, in pieces: splitting megabytes at once would hold up every other thread for tens of milliseconds."""
    lines: list[str] = []
    at = 0
    while len(text) - at > _PIECE:
        end = text.rfind("\n", at, at + _PIECE)
        if end < 0:
            end = text.find("\n", at + _PIECE)
        if end < 0:
            break
        lines += text[at:end].split("\n")
        at = end + 1
    lines += text[at:].split("\n")
    return lines


def compared(lines: Sequence[str], *, ends_in_newline: bool, ignore_space: bool) -> list[str]:
    """Return the key by which each line is compared.

    No line holds an LF, so one at the end of the last key marks a line that lacks
    its own, and it equals no other.
    """
    keys = [_SPACE.sub("", line) for line in lines] if ignore_space else list(lines)
    if keys and not ends_in_newline:
        keys[-1] += "\n"
    return keys


def numbered(old: list[str], new: list[str]) -> tuple[list[int], list[int]]:
    """Small numbers that are equal where the keys are."""
    number: defaultdict[str, int] = defaultdict(count().__next__)
    return list(map(number.__getitem__, old)), list(map(number.__getitem__, new))


def common_head(x: Sequence[object], y: Sequence[object]) -> int:
    """Return how many items are equal from the start. Compares whole slices, which is fast on long heads."""
    low, high, step = 0, min(len(x), len(y)), 64
    while low < high and x[low : min(low + step, high)] == y[low : min(low + step, high)]:
        low, step = low + step, step * 2
    low = min(low, high)
    while step > 1:  # the first difference is less than `step` items away
        step //= 2
        if x[low : min(low + step, high)] == y[low : min(low + step, high)]:
            low = min(low + step, high)
    return low


def common_tail(x: Sequence[object], y: Sequence[object], most: int) -> int:
    """Return how many items are equal from the end, at most `most`."""
    if most <= 0:
        return 0
    return common_head(x[len(x) - most :][::-1], y[len(y) - most :][::-1])
