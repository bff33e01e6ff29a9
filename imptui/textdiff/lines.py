"""Splits texts into lines, and numbers lines for comparison."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import count

_PIECE = 1 << 18
"""Number of characters that are split in one call."""

_SPACE = re.compile(r"[ \t\r\f\v]+")


def split_lines(text: str | Sequence[str]) -> tuple[Sequence[str], bool]:
    """Return the lines of a text without their LF, and True if the last line had its LF.

    Only LF ends a line. An empty text has no lines and lacks no LF. A sequence counts as split lines that all had their LF.
    """
    if not isinstance(text, str):
        return text, True
    lines = _split(text)
    ends_in_newline = not lines[-1]
    if ends_in_newline:
        lines.pop()
    return lines, ends_in_newline


def _split(text: str) -> list[str]:
    """Split a text at LFs in pieces; splitting megabytes at once would block every other thread for tens of milliseconds."""
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


def comparison_keys(lines: Sequence[str], *, ends_in_newline: bool, ignore_space: bool) -> list[str]:
    """Return the key by which each line is compared.

    No line contains an LF, so an LF at the end of the last key marks a line without its own LF; that key equals no other.
    """
    keys = [_SPACE.sub("", line) for line in lines] if ignore_space else list(lines)
    if keys and not ends_in_newline:
        keys[-1] += "\n"
    return keys


def number_keys(old: list[str], new: list[str]) -> tuple[list[int], list[int]]:
    """Replace equal keys by equal small numbers."""
    number: defaultdict[str, int] = defaultdict(count().__next__)
    return list(map(number.__getitem__, old)), list(map(number.__getitem__, new))


def common_head(x: Sequence[object], y: Sequence[object]) -> int:
    """Count the items that are equal from the start on. It compares whole slices, which is fast on long heads."""
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
    """Count the items that are equal from the end on, at most `most`."""
    if most <= 0:
        return 0
    return common_head(x[len(x) - most :][::-1], y[len(y) - most :][::-1])
