"""Batch sizes of a walk over the devices: when to write the pages that were read, and when to sort lists again.

Large batches cost less; small batches show devices sooner. The walk writes the first page at once, then about as much as
all earlier batches, up to `BATCH_DEVICES`; if pages come slowly, it writes every `WRITE_EVERY`. A later walk finds few
differences and gathers them over many pages, for at most as long.
"""

from datetime import datetime, timedelta

BATCH_DEVICES = 2000
"""The number of devices written in one transaction once a walk is under way."""

WRITE_EVERY = timedelta(seconds=1)
"""The longest time that devices wait to be written."""

SORTED_EVERY = timedelta(seconds=5)
"""The longest time that a growing list waits to be sorted again."""

GROWN_BY = 1.25
"""The growth factor at which a list is sorted again at once."""


class FirstWalkBatches:
    """Decides when a first walk writes a batch."""

    def __init__(self, now: datetime) -> None:
        self._written = 0
        self._written_at = now

    def is_due(self, waiting: int, now: datetime) -> bool:
        """Return True if this number of waiting devices is written now; they count as written then."""
        if waiting < min(BATCH_DEVICES, self._written) and now - self._written_at < WRITE_EVERY:
            return False
        self._written += waiting
        self._written_at = now
        return True


class ChangeBatches:
    """Decides when a later walk writes the few devices that differ."""

    def __init__(self, now: datetime) -> None:
        self._written_at = now

    def are_due(self, waiting: int, now: datetime, *, is_growing: bool) -> bool:
        """Return True if this number of waiting devices is written now; they count as written then.

        Args:
            waiting: The number of waiting devices.
            now: The present time.
            is_growing: True if most devices read last are new, so that they are written as they come.
        """
        if not is_growing and waiting < BATCH_DEVICES and now - self._written_at < WRITE_EVERY:
            return False
        self._written_at = now
        return True


class SortSchedule:
    """Decides when a growing list is sorted again."""

    def __init__(self, now: datetime) -> None:
        self._sorted = 0
        self._sorted_at = now

    def is_due(self, count: int, now: datetime) -> bool:
        """Return True if a list with `count` devices is sorted now; it counts as sorted then."""
        if count < self._sorted * GROWN_BY and now - self._sorted_at < SORTED_EVERY:
            return False
        self._sorted, self._sorted_at = count, now
        return True
