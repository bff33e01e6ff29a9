"""How a walk over the devices takes turns between reading, writing and showing.

What is written together costs less; what is written sooner is seen sooner. The first page is written at once, then about as
much as was written before, up to `TOGETHER`; where pages come slowly, whatever came is written every `SHOWN_EVERY`. A later
walk finds little that differs: that is gathered over many pages, for as long.
"""

from datetime import datetime, timedelta

TOGETHER = 2000
"""Devices that are written in one transaction once a walk is under way."""

SHOWN_EVERY = timedelta(seconds=1)
"""So long, at most, what was read waits to be written."""

SORTED_EVERY = timedelta(seconds=5)
"""So long, at most, a growing list waits to be sorted again."""

GROWN_BY = 1.25
"""A list that grew by so much is sorted again at once."""


class Batching:
    """When what was read is written."""

    def __init__(self, now: datetime) -> None:
        self._written = 0
        self._written_at = now

    def is_due(self, waiting: int, now: datetime) -> bool:
        """Whether so many devices that wait are written now; they count as written then."""
        if waiting < min(TOGETHER, self._written) and now - self._written_at < SHOWN_EVERY:
            return False
        self._written += waiting
        self._written_at = now
        return True


class News:
    """When what differs, among much that does not, is written."""

    def __init__(self, now: datetime) -> None:
        self._written_at = now

    def are_due(self, waiting: int, now: datetime, *, is_growing: bool) -> bool:
        """Whether so many devices that wait are written now; they count as written then.

        Args:
            waiting: So many.
            now: The time.
            is_growing: Whether most of what was read last is new, and whatever came is written as it comes.
        """
        if not is_growing and waiting < TOGETHER and now - self._written_at < SHOWN_EVERY:
            return False
        self._written_at = now
        return True


class Growth:
    """When a list that grows is sorted again."""

    def __init__(self, now: datetime) -> None:
        self._sorted = 0
        self._sorted_at = now

    def is_due(self, count: int, now: datetime) -> bool:
        """Whether a list with `count` devices is sorted now; it counts as sorted then."""
        if count < self._sorted * GROWN_BY and now - self._sorted_at < SORTED_EVERY:
            return False
        self._sorted, self._sorted_at = count, now
        return True
