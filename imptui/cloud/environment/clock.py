"""Clocks of a world: the computer's time plus an offset, or a manual time for tests."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Clock(Protocol):
    """The time of a world, which may run ahead of ours."""

    @property
    def offset(self) -> timedelta:
        """Sum of all advances; a world stores it across restarts."""
        ...

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        ...

    def advance(self, by: timedelta) -> None:
        """Move ahead; never back."""
        ...


class SystemClock:
    """The computer's clock, moved ahead by an offset. When the computer's is set back, this one goes on as before.

    Args:
        offset: How far ahead.
        wall: The time of day, which somebody may set.
        pulse: Seconds that never go back.
    """

    def __init__(
        self,
        offset: timedelta = timedelta(0),
        *,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        pulse: Callable[[], float] = time.monotonic,
    ) -> None:
        self._offset = offset
        self._wall = wall
        self._pulse = pulse
        self._latest = (wall(), pulse())

    @property
    def offset(self) -> timedelta:
        """Offset to the computer's clock."""
        return self._offset

    def now(self) -> datetime:
        """The computer's time plus the offset."""
        wall, beat = self._wall(), self._pulse()
        seen_at, seen_beat = self._latest
        at = max(wall, seen_at + timedelta(seconds=beat - seen_beat))
        self._latest = (at, beat)
        return at + self._offset

    def advance(self, by: timedelta) -> None:
        """Add to the offset.

        Raises:
            ValueError: `by` is negative.
        """
        self._offset += _forward(by)


class ManualClock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = datetime(2023, 3, 14, 9, 26, 53, tzinfo=UTC)) -> None:
        if at.tzinfo is None:
            raise ValueError("A world's time is aware.")
        self._at = at
        self._offset = timedelta(0)

    @property
    def offset(self) -> timedelta:
        """Sum of all advances."""
        return self._offset

    def now(self) -> datetime:
        """The time to which it was moved."""
        return self._at

    def advance(self, by: timedelta) -> None:
        """Move the clock forward.

        Raises:
            ValueError: `by` is negative.
        """
        self._at += _forward(by)
        self._offset += by


def _forward(by: timedelta) -> timedelta:
    if by < timedelta(0):
        raise ValueError("A world's time only goes forward.")
    return by


def to_ms(at: datetime) -> int:
    """Whole milliseconds since 1970, the resolution of the service and of the stored world. Source: contract 4.4."""
    return (at - _EPOCH) // _MILLISECOND


def from_ms(ms: int) -> datetime:
    """The moment that `to_ms` wrote."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def from_ms_or_none(ms: int | None) -> datetime | None:
    """The moment that `to_ms` wrote, None for never."""
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)


def to_ms_or_none(at: datetime | None) -> int | None:
    """Whole milliseconds since 1970, None for never."""
    return None if at is None else (at - _EPOCH) // _MILLISECOND
