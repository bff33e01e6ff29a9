"""Which lines of a page of a log were not there before."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from imptui.model.log import LogEntry

Key = tuple[datetime, str, str]


@dataclass(frozen=True, slots=True)
class News:
    """What came since the page before."""

    entries: tuple[LogEntry, ...]
    """Oldest first."""
    has_gap: bool
    """Whether nothing of the page before is on this one, so that lines in between may be missing."""


def news(before: Sequence[LogEntry], now: Sequence[LogEntry], limit: int) -> News:
    """Compare two pages of the newest lines. Equal lines of one moment count as often as they are there.

    Args:
        before: The page before, oldest first.
        now: The newest lines, oldest first, at most `limit`.
        limit: How many lines a page has when there are enough.
    """
    if not before:
        return News(tuple(now), False)
    known = Counter(_key(each) for each in before)
    oldest = before[0].at
    found: list[LogEntry] = []
    for each in now:
        key = _key(each)
        if known[key] > 0:
            known[key] -= 1
        elif each.at >= oldest:
            found.append(each)
    return News(tuple(found), len(found) == len(now) >= limit)


def _key(entry: LogEntry) -> Key:
    return entry.at, entry.kind, entry.text
