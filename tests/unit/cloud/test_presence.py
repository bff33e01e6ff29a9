"""When devices come and go."""

from datetime import UTC, datetime, timedelta

from imptui.cloud.environment.presence import SHORTEST, exhausted_at, next_change
from imptui.cloud.environment.telemetry import Trait, seed_of

START = datetime(2023, 3, 14, 12, 0, tzinfo=UTC)


def changes_in_a_week(seed: int) -> int:
    at, is_online, count = START, True, 0
    while (at := next_change(seed, at, is_online=is_online)) < START + timedelta(days=7):
        is_online = not is_online
        count += 1
    return count


def test_a_change_comes_after_the_last_one() -> None:
    """Nothing comes back sooner than five seconds after it went."""
    for number in range(300):
        seed = seed_of(f"50000c2a69{number:06x}", Trait.FLAPPING)
        assert next_change(seed, START, is_online=False) >= START + SHORTEST - timedelta(milliseconds=1)


def test_the_same_device_goes_at_the_same_time() -> None:
    """The next change depends on the device and its last change alone."""
    seed = seed_of("50000c2a69000001")
    assert next_change(seed, START, is_online=True) == next_change(seed, START, is_online=True)


def test_flapping_devices_go_often_and_others_rarely() -> None:
    """A flapping device changes hundreds of times a week, an ordinary one a few times."""
    ordinary = [changes_in_a_week(seed_of(f"50000c2a69{number:06x}")) for number in range(100)]
    flapping = [changes_in_a_week(seed_of(f"50000c2a69{number:06x}", Trait.FLAPPING)) for number in range(10)]
    assert sum(ordinary) / len(ordinary) < 5
    assert min(flapping) > 200


def test_only_leaking_programs_run_out_of_memory() -> None:
    """A sound program lasts for ever; a leaking one some hours."""
    assert exhausted_at(seed_of("50000c2a69000001"), START) is None
    end = exhausted_at(seed_of("50000c2a69000001", Trait.LEAKING), START)
    assert end is not None
    assert timedelta(hours=2) < end - START < timedelta(hours=4)
