"""Merges pages of history and a live stream, which have no common position, to one log.

Both report the same entries with the same times (contract 15), and neither numbers them. So an entry is identified by its
time, kind and text, and equal entries by their count in each source: twice in one source makes two entries, once in both
makes one. Only equal entries of one millisecond, some of them from before the stream began, may be shown too seldom.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from imptui.domain.log import LogEntry

KNOWN_LINES = 1000
"""The number of entries of a device that are remembered; neither source is expected to repeat older ones."""

Key = tuple[datetime, str, str]


class MergedLog(Struct, frozen=True):
    """The result of merging a page of history."""

    entries: tuple[LogEntry, ...]
    """The new entries, oldest first."""
    has_gap: bool
    """True if a full page has no known entry although earlier ones are known: entries in between may be missing."""


class LogMerger:
    """Merges the entries of one device, so that each appears once.

    Args:
        known: The number of entries to remember.
    """

    def __init__(self, known: int = KNOWN_LINES) -> None:
        self._known = known
        self._told: dict[Key, int] = {}
        self._live: dict[Key, int] = {}
        self._floor: datetime | None = None
        """Lines of this time and before, and before any known line of their page, are older than what was told."""

    def live(self, entry: LogEntry) -> bool:
        """Record an entry of the stream; return True if it is new."""
        key = _key(entry)
        self._live[key] = self._live.get(key, 0) + 1
        return self._tell(key, self._live[key])

    def page(self, entries: Sequence[LogEntry], limit: int) -> MergedLog:
        """Merge a page of the newest entries.

        Args:
            entries: Oldest first, at most `limit`.
            limit: The number of entries in a full page.
        """
        is_first = not self._told
        if is_first and len(entries) >= limit:
            self._floor = entries[0].at
        seen: Counter[Key] = Counter()
        found: list[LogEntry] = []
        is_behind_known = is_first
        for each in entries:
            key = _key(each)
            seen[key] += 1
            if self._told.get(key, 0) >= seen[key]:
                is_behind_known = True
            elif (is_behind_known or self._floor is None or each.at > self._floor) and self._tell(key, seen[key]):
                found.append(each)
        return MergedLog(tuple(found), not is_first and len(found) == len(entries) >= limit)

    def _tell(self, key: Key, times: int) -> bool:
        if times <= self._told.get(key, 0):
            return False
        self._told[key] = times
        while len(self._told) > self._known:
            oldest = next(iter(self._told))
            del self._told[oldest]
            self._live.pop(oldest, None)
            self._floor = oldest[0] if self._floor is None else max(self._floor, oldest[0])
        return True


def _key(entry: LogEntry) -> Key:
    return entry.at, entry.kind, entry.text
