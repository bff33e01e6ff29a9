"""What time it is in a world while somebody sets the computer's clock."""

from datetime import UTC, datetime, timedelta

import pytest

from imptui.cloud.environment.clock import SystemClock

NOON = datetime(2023, 3, 14, 12, tzinfo=UTC)


class Computer:
    """A computer whose time of day can be set."""

    def __init__(self) -> None:
        self.set_by = timedelta(0)
        self.beat_s = 0.0

    def wall(self) -> datetime:
        """What its clock shows."""
        return NOON + timedelta(seconds=self.beat_s) + self.set_by

    def pulse(self) -> float:
        """How long it runs."""
        return self.beat_s


@pytest.fixture
def computer() -> Computer:
    """One that was started at noon."""
    return Computer()


def test_a_clock_that_is_set_back_takes_no_time_away(computer: Computer) -> None:
    """When the computer's clock goes back an hour, a world's time runs on, as fast as before."""
    clock = SystemClock(wall=computer.wall, pulse=computer.pulse)
    computer.beat_s = 10
    assert clock.now() == NOON + timedelta(seconds=10)
    computer.set_by = -timedelta(hours=1)
    assert clock.now() == NOON + timedelta(seconds=10)
    computer.beat_s = 15
    assert clock.now() == NOON + timedelta(seconds=15)


def test_a_clock_that_is_put_right_is_followed(computer: Computer) -> None:
    """A computer that learns the time only after its start takes its worlds along."""
    clock = SystemClock(wall=computer.wall, pulse=computer.pulse)
    computer.set_by = timedelta(days=400)
    assert clock.now() == NOON + timedelta(days=400)


def test_a_world_stays_ahead_of_the_computer(computer: Computer) -> None:
    """What a world was moved ahead stays on top of the computer's time."""
    clock = SystemClock(timedelta(hours=2), wall=computer.wall, pulse=computer.pulse)
    clock.advance(timedelta(hours=1))
    computer.beat_s = 5
    assert clock.now() == NOON + timedelta(hours=3, seconds=5)
