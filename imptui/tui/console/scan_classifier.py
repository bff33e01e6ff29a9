"""Distinguish bar-code scans from typed keys.

A bar-code reader is a keyboard that types a code and then Enter or Tab, faster than fingers. A scan is at least 6 printable
characters with gaps of at most 30 ms, then Enter or Tab; not one repeated key, and not beginning with `:` or `/`. All other
input is keys. The router asks only while no field has the focus.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from imptui.tui.console.input_events import KeyPressed

GAP_S = 0.03
"""The longest pause between two characters of a scan, and between two keys of one burst."""

BROKEN_S = 0.4
"""The time to wait for the rest of a code on a slow connection, once its beginning can be nothing else."""

STALL_S = 0.15
"""The longest stall of a busy machine that is subtracted from a pause."""

LEAST = 6
"""The fewest characters of a scan."""

ENDS = frozenset({"enter", "tab"})
NEVER_FIRST = frozenset({":", "/"})

_ONLY_AN_ID = re.compile(r"[0-9A-Fa-f:-]{6,}")


class Keys(Struct, frozen=True):
    """The first `count` entries are keys."""

    count: int


class Scan(Struct, frozen=True):
    """The first `count` entries are a scan, including its terminator."""

    count: int
    text: str


class Broken(Struct, frozen=True):
    """The first `count` entries are the beginning of an id whose end never came; they are not keys."""

    count: int
    text: str


class Undecided(Struct, frozen=True):
    """More keys may follow until this time."""

    until: float


def classify(keys: Sequence[KeyPressed], now: float) -> Keys | Scan | Broken | Undecided:
    """Classify the keys at the head of the queue.

    Args:
        keys: At least one key, in the order they were read.
        now: The time, by `time.monotonic`.
    """
    if not keys[0].letter or keys[0].letter in NEVER_FIRST:
        return Keys(1)
    text, count, end = "", 0, None
    for each in keys:
        if count and each.at - keys[count - 1].at > _patience(text, keys[count - 1]):
            end = each
            break
        if not each.letter:
            end = each
            break
        text += each.letter
        count += 1
    last = keys[count - 1]
    if end is None:
        until = last.at + _patience(text, last)
        if now < until:
            return Undecided(until)
        return Broken(count, text) if _is_an_id(text) else Keys(count)
    if end.key in ENDS and end.at - last.at <= _patience(text, last) and count >= LEAST and len(set(text)) > 1:
        return Scan(count + 1, text)
    return Broken(count, text) if _is_an_id(text) else Keys(count)


def _patience(text: str, last: KeyPressed) -> float:
    """Return how long the next key may take; a stall of the machine between two keys does not count as a pause."""
    return BROKEN_S if _is_an_id(text) else GAP_S + min(last.late_s, STALL_S)


def _is_an_id(text: str) -> bool:
    """Return whether the text was not typed by hand: several different characters of an id, each just after the one before."""
    return _ONLY_AN_ID.fullmatch(text) is not None and len(set(text)) > 2
