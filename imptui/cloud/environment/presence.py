"""Times at which devices connect and disconnect, computed from the seed and the last change alone.

So a day replayed in one step and in a thousand gives the same changes at the same milliseconds, and a device between
two changes costs nothing.

Most devices stay connected for days and miss some minutes; one absence in twelve is a power cut or a moved router and
takes a day or two. A flapping device goes several times an hour.
"""

import math
from datetime import datetime, timedelta

from imptui.cloud.environment.clock import from_ms, to_ms
from imptui.cloud.environment.telemetry import Trait, fraction, leak_lifetime, traits_of

STEADY_ONLINE = timedelta(days=9)
STEADY_OFFLINE = timedelta(minutes=25)
LONG_OFFLINE = timedelta(days=1.5)
FLAPPING_ONLINE = timedelta(minutes=40)
FLAPPING_OFFLINE = timedelta(minutes=3)
LIVELY, STILL = "lively", ""
"""Stored presence of a device: it connects and disconnects by itself, or only on demand."""

SHORTEST = timedelta(seconds=5)
"""Nothing comes back, or goes, faster than this."""


def next_change(seed: int, at: datetime, *, is_online: bool) -> datetime:
    """Return when a device next connects or disconnects.

    Args:
        seed: The device's.
        at: The last change.
        is_online: What it is since then.

    Returns:
        A time after `at`, in whole milliseconds.
    """
    salt = to_ms(at)
    mean = _mean(seed, salt, is_online=is_online)
    # The waiting times of independent accidents; the logarithm of 1 - u never sees 0.
    wait = mean * -math.log(1.0 - fraction(seed, salt))
    return rounded(at + max(wait, SHORTEST))


def _mean(seed: int, salt: int, *, is_online: bool) -> timedelta:
    if Trait.FLAPPING in traits_of(seed):
        return FLAPPING_ONLINE if is_online else FLAPPING_OFFLINE
    if is_online:
        return STEADY_ONLINE
    return LONG_OFFLINE if fraction(seed, salt ^ 0x10E6) < 1 / 12 else STEADY_OFFLINE


def next_due(seed: int, presence: str, at: datetime, booted_at: datetime | None, *, is_online: bool) -> datetime | None:
    """Return when a device next connects, disconnects or runs out of memory by itself.

    A device whose program leaks keeps its connection, so that its log shows the leak.

    Args:
        seed: The device's.
        presence: `LIVELY` or `STILL`.
        at: When its presence last changed, or it was last seen.
        booted_at: When its program last started; None: none runs.
        is_online: What it is since `at`.

    Returns:
        None: nothing will.
    """
    if is_online and booted_at is not None and (end := exhausted_at(seed, booted_at)) is not None:
        return max(end, at + SHORTEST)
    return next_change(seed, at, is_online=is_online) if presence == LIVELY else None


def exhausted_at(seed: int, booted_at: datetime) -> datetime | None:
    """Return when a program started at a time runs out of memory; None if the device's program does not leak."""
    return rounded(booted_at + leak_lifetime(seed)) if Trait.LEAKING in traits_of(seed) else None


def rounded(at: datetime) -> datetime:
    """The same time in whole milliseconds, the resolution of the service. Source: contract 4.4."""
    return from_ms(to_ms(at))
