"""RSSI and free memory of a device as pure functions of a seed and the time.

Nothing is stored and nothing runs: a device nobody looks at costs nothing, and two people who look at the same moment
see the same numbers. Every device has a number, its *seed*; the lowest eight bits are its *traits* (weak radio,
flapping connection, leaking program), the others choose its level, period and phase. The seed of a device that was
given none is made from its id.

The radio: a level where the device hangs, a daily drift of a few decibels (doors, people, neighbours), a slow wander
over minutes, and noise that changes every two to nine seconds.

The memory: what the imp's Squirrel heap leaves free after start, falling as garbage gathers and jumping back when it is
collected. A leaking program loses some of it for good, until nothing is left and the device restarts.
"""

import math
from datetime import datetime, timedelta
from enum import IntFlag

_MASK = 0xFFFF_FFFF_FFFF_FFFF

FREE_AT_START_BYTES = {
    "imp001": 82_000,
    "imp002": 82_000,
    "imp003": 118_000,
    "imp004m": 86_000,
    "imp005": 176_000,
    "imp006": 340_000,
    "impC001": 204_000,
}
"""Free Squirrel memory of a modest program right after its start, by imp type.

The proportions follow the published heap sizes of the modules; the sizes of single programs vary around them.
"""

_OTHER_IMP_BYTES = 82_000
STRONGEST_DBM, WEAKEST_DBM = -30, -96
"""Highest and lowest RSSI that is reported; a weaker device has no connection."""

LEAK_LIFETIME_S = 3 * 3600
"""Approximate time until a leaking program runs out of memory; each device differs by up to a fifth."""


class Trait(IntFlag):
    """Traits of a device: the lowest eight bits of its seed."""

    NONE = 0
    WEAK = 1
    """Hangs where the radio hardly reaches: -88 to -94 dBm."""
    FLAPPING = 2
    """Loses its connection several times a day instead of several times a month."""
    LEAKING = 4
    """Runs out of memory some hours after each start."""
    STRONG = 8
    """Lies on a bench beside the access point."""


def mix(number: int) -> int:
    """A well-scrambled 64-bit number, the same for the same argument (the finisher of SplitMix64)."""
    number = (number + 0x9E37_79B9_7F4A_7C15) & _MASK
    number = ((number ^ (number >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
    return number ^ (number >> 31)


def fraction(seed: int, salt: int) -> float:
    """A number from 0 up to 1 (not reached), decided by both arguments."""
    return (mix(seed ^ mix(salt)) >> 11) / 9_007_199_254_740_992.0


def seed_of(device_id: str, traits: Trait = Trait.NONE) -> int:
    """The seed of a device from its id, 63 bits, so that SQLite can hold it."""
    number = int(device_id, 16) if _is_hexadecimal(device_id) else sum(map(ord, device_id))
    return (mix(number) & 0x7FFF_FFFF_FFFF_FF00) | int(traits)


def _is_hexadecimal(text: str) -> bool:
    return bool(text) and all(digit in "0123456789abcdef" for digit in text)


def traits_of(seed: int) -> Trait:
    """Return the traits of the device with this seed."""
    return Trait(seed & 0x0F)


def rssi_dbm(seed: int, at: datetime, *, is_online: bool = True) -> int | None:
    """Received power in dBm as the device reports it at a time; None while it is offline.

    Changes every two to nine seconds, mostly by a decibel or two.
    """
    if not is_online:
        return None
    seconds = at.timestamp()
    level = _level_dbm(seed)
    drift = 2.5 * math.sin(2 * math.pi * (seconds / 86_400 + fraction(seed, 2)))
    wander = 3.0 * (_smooth(seed, 3, seconds / 240) - 0.5)
    noise = 4.0 * (fraction(seed, 4_000_000_007 + int(seconds / _period_s(seed))) - 0.5)
    if Trait.WEAK in traits_of(seed):
        drift, wander = drift * 0.4, wander * 0.4
        return round(min(max(level + drift + wander + noise, -94.0), -88.0))
    return round(min(max(level + drift + wander + noise, WEAKEST_DBM), STRONGEST_DBM))


def _level_dbm(seed: int) -> float:
    traits = traits_of(seed)
    if Trait.WEAK in traits:
        return -91.0
    if Trait.STRONG in traits:
        return -38.0 - 12.0 * fraction(seed, 1)
    # Two draws make the middle likelier than the ends, as in a street of houses.
    return -46.0 - 34.0 * (fraction(seed, 1) + fraction(seed, 11)) / 2


def _period_s(seed: int) -> float:
    """Return the interval at which the device's readings change: two to nine seconds."""
    return 2.0 + 7.0 * fraction(seed, 5)


def _smooth(seed: int, salt: int, position: float) -> float:
    """Noise between 0 and 1 without jumps: a new value at each whole position, eased between them."""
    whole = math.floor(position)
    part = position - whole
    eased = part * part * (3 - 2 * part)
    before, after = fraction(seed, salt * 1_000_003 + whole), fraction(seed, salt * 1_000_003 + whole + 1)
    return before + (after - before) * eased


def free_memory_bytes(
    seed: int, imp_type: str | None, at: datetime, booted_at: datetime | None, *, is_online: bool = True
) -> int | None:
    """Free Squirrel memory as the device reports it at a time; None while it is offline.

    Args:
        seed: The device's.
        imp_type: Decides the size of its heap; an unknown one counts as small.
        at: When it is asked.
        booted_at: When its program last started; only a leaking device needs it.
        is_online: An offline device reports nothing.
    """
    if not is_online:
        return None
    top = _free_at_start_bytes(seed, imp_type)
    step_s = _period_s(seed)
    cycle_s = 40.0 + 90.0 * fraction(seed, 6)
    ticks = math.floor(at.timestamp() / step_s)
    gathered = (ticks * step_s / cycle_s + fraction(seed, 7)) % 1.0
    garbage = top * (0.06 + 0.08 * fraction(seed, 8)) * gathered
    jitter = 48 * math.floor(12 * fraction(seed, 9_000_000_011 + ticks))
    free = top - garbage - jitter
    if Trait.LEAKING in traits_of(seed) and booted_at is not None:
        spent = (ticks * step_s - booted_at.timestamp()) / leak_lifetime(seed).total_seconds()
        free *= max(0.0, 1.0 - min(max(spent, 0.0), 1.0))
    return max(0, int(free) & ~0x7)


def _free_at_start_bytes(seed: int, imp_type: str | None) -> float:
    size = FREE_AT_START_BYTES.get(imp_type or "", _OTHER_IMP_BYTES)
    return size * (0.82 + 0.18 * fraction(seed, 10))


def leak_lifetime(seed: int) -> timedelta:
    """Return the time from the start of a leaking program until it runs out of memory."""
    return timedelta(seconds=LEAK_LIFETIME_S * (0.9 + 0.2 * fraction(seed, 12)))
