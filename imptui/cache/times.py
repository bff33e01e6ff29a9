"""Times in columns: whole microseconds since 1970, UTC, which compare and index as numbers and come back exactly."""

from datetime import datetime

from imptui.domain.device_record import at_us, to_us, us

__all__ = ["SECOND", "at_us", "from_us", "to_us", "us"]

SECOND = 1_000_000


def from_us(value: int | None) -> datetime | None:
    """The time in a column."""
    return None if value is None else at_us(value)
