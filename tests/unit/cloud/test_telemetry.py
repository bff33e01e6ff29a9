"""Radio and memory of a device as functions of its seed and the time."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from imptui.cloud.environment.telemetry import (
    FREE_AT_START_BYTES,
    Trait,
    free_memory_bytes,
    leak_lifetime,
    rssi_dbm,
    seed_of,
    traits_of,
)

NOON = datetime(2023, 3, 14, 12, 0, tzinfo=UTC)
SEEDS = [seed_of(f"50000c2a69{number:06x}") for number in range(400)]


def over(minutes: int, step_s: int = 10) -> list[datetime]:
    return [NOON + timedelta(seconds=second) for second in range(0, minutes * 60, step_s)]


def test_a_seed_fits_the_database_and_tells_its_traits() -> None:
    """A seed keeps the device's traits and fits into a signed 64-bit column."""
    seed = seed_of("50000c2a69ffffff", Trait.WEAK | Trait.FLAPPING)
    assert traits_of(seed) == Trait.WEAK | Trait.FLAPPING
    assert 0 <= seed < 2**63


def test_two_readers_see_the_same_numbers() -> None:
    """Two people who look at one device at the same moment read the same values."""
    assert rssi_dbm(SEEDS[0], NOON) == rssi_dbm(SEEDS[0], NOON)
    assert free_memory_bytes(SEEDS[0], "imp005", NOON, None) == free_memory_bytes(SEEDS[0], "imp005", NOON, None)


def test_ordinary_radios_are_usable() -> None:
    """An ordinary device hears its access point at between -30 and -87 dBm."""
    readings = [rssi_dbm(seed, at) for seed in SEEDS for at in over(60, 600)]
    assert all(value is not None and -87 <= value <= -30 for value in readings)


def test_weak_radios_stay_at_the_edge() -> None:
    """A device with a weak radio reports -88 to -94 dBm at any hour."""
    seeds = [seed_of(f"50000c2a69{number:06x}", Trait.WEAK) for number in range(50)]
    readings = {rssi_dbm(seed, at) for seed in seeds for at in over(1440, 3600)}
    assert readings <= set(range(-94, -87))
    assert len(readings) > 3


def test_a_screen_of_devices_visibly_moves() -> None:
    """Of fifty devices watched for ten seconds, at least forty change what they report."""
    changed = sum(
        len(
            {
                (rssi_dbm(seed, at), free_memory_bytes(seed, "imp003", at, None))
                for at in (NOON + timedelta(seconds=second) for second in range(11))
            }
        )
        > 1
        for seed in SEEDS[:50]
    )
    assert changed >= 40


def test_values_hold_for_some_seconds() -> None:
    """A device does not report a new value more often than every two seconds."""
    ticks = [rssi_dbm(SEEDS[1], NOON + timedelta(milliseconds=100 * tick)) for tick in range(600)]
    changes = sum(before != after for before, after in itertools.pairwise(ticks))
    assert 3 <= changes <= 40


def test_offline_devices_report_nothing() -> None:
    """An offline device reports neither signal nor memory."""
    assert rssi_dbm(SEEDS[0], NOON, is_online=False) is None
    assert free_memory_bytes(SEEDS[0], "imp005", NOON, None, is_online=False) is None


@pytest.mark.parametrize("imp_type", sorted(FREE_AT_START_BYTES))
def test_memory_fits_the_imp(imp_type: str) -> None:
    """A healthy program leaves between half and all of what its imp type has free."""
    for seed in SEEDS[:40]:
        free = free_memory_bytes(seed, imp_type, NOON, NOON - timedelta(days=30))
        assert free is not None
        assert 0.5 * FREE_AT_START_BYTES[imp_type] < free <= FREE_AT_START_BYTES[imp_type]


def test_garbage_is_collected_again_and_again() -> None:
    """Free memory falls and jumps back: over ten minutes it rises at least three times."""
    values = [free_memory_bytes(SEEDS[2], "imp005", at, None) or 0 for at in over(10, 2)]
    jumps = sum(after > before + 4000 for before, after in itertools.pairwise(values))
    assert jumps >= 3


def test_a_leak_eats_the_memory_until_nothing_is_left() -> None:
    """A leaking device has about half its memory after half its life and none at the end."""
    seed = seed_of("50000c2a69000001", Trait.LEAKING)
    life = leak_lifetime(seed)
    at_start, half_way, at_end = (free_memory_bytes(seed, "imp005", NOON + part * life, NOON) for part in (0, 0.5, 1))
    assert at_start is not None
    assert half_way is not None
    assert 0.3 * at_start < half_way < 0.7 * at_start
    assert at_end is not None
    assert at_end < 2000
