"""One log from two sources: pages of history and a live stream, neither of which says where the other one is.

Both tell the same lines with the same times (contract 15), and neither gives a line a number. So a line is known by its
time, kind and text, and equal lines by how often each source told them: what one source told twice is two lines, what both
told once is one. Only equal lines of one millisecond, of which some came before the stream began, may be told too seldom.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from imptui.domain.log import LogEntry

KNOWN_LINES = 1000
"""So many lines of a device are remembered for joining; older ones are not expected from either source."""

Key = tuple[datetime, str, str]


class MergedLog(Struct, frozen=True):
    """What a page of history brought."""

    entries: tuple[LogEntry, ...]
    """What was not known, oldest first."""
    has_gap: bool
    """Whether nothing of a full page was known although something was before: lines in between may be missing."""


class LogMerger:
    """The lines of one device, each told once.

    Args:
        known: How many lines are remembered.
    """

    def __init__(self, known: int = KNOWN_LINES) -> None:
        self._known = known
        self._told: dict[Key, int] = {}
        self._live: dict[Key, int] = {}
        self._floor: datetime | None = None
        """Lines of this time and before, and before any known line of their page, are older than what was told."""

    def live(self, entry: LogEntry) -> bool:
        """Whether a line of the stream is a new one."""
        key = _key(entry)
        self._live[key] = self._live.get(key, 0) + 1
        return self._tell(key, self._live[key])

    def page(self, entries: Sequence[LogEntry], limit: int) -> MergedLog:
        """Take a page of the newest lines.

        Args:
            entries: Oldest first, at most `limit`.
            limit: How many lines a page has when there are enough.
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
