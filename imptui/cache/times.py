"""Times in columns: whole microseconds since 1970, UTC, which compare and index as numbers and come back exactly."""

from datetime import UTC, datetime, timedelta

_DAY = 86_400 * 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000


def to_us(at: datetime | None) -> int | None:
    """A time as a column holds it."""
    return None if at is None else us(at)


def us(at: datetime) -> int:
    """A time that is there, as a column holds it."""
    since = at - _EPOCH
    return since.days * _DAY + since.seconds * SECOND + since.microseconds  # four times as quick as dividing by a timedelta


def from_us(value: int | None) -> datetime | None:
    """The time in a column."""
    return None if value is None else _EPOCH + timedelta(microseconds=value)


def at_us(value: int) -> datetime:
    """The time in a column that is never empty."""
    return _EPOCH + timedelta(microseconds=value)
