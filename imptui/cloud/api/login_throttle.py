"""Delays attempts to log in after failed ones, by user name and by remote address; it never locks anybody out.

The delay comes before the password is compared, so that a client that does not wait for the answer gains nothing. It
is the same for known and unknown names, and for the right password: an answer that comes early would tell.
"""

import threading
import time
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

FREE_FAILURES_OF_NAME = 3
FREE_FAILURES_OF_ADDRESS = 10
"""More people than one may log in from an address."""

FIRST_GAP_S = 0.5
"""Gap between two attempts after the free failures; it doubles with each further failure."""

LONGEST_GAP_S = 5.0
LONGEST_DELAY_S = 10.0
"""Longest delay of an attempt, also of one that waits behind many others."""

FORGET_AFTER_S = 900.0
_KEPT = 10_000


class _Failures(Struct, frozen=True):
    count: int
    last_at: float
    next_slot: float
    """When the next attempt may be looked at."""


class LoginThrottle:
    """Counts failed attempts and spaces the next ones; thread-safe.

    Args:
        pulse: Seconds that never go back; real time, whatever the world's clock does.
    """

    def __init__(self, pulse: Callable[[], float] = time.monotonic) -> None:
        self._pulse = pulse
        self._lock = threading.Lock()
        self._by_key: dict[tuple[str, str], _Failures] = {}

    def delay_s(self, name: str | None, address: str) -> float:
        """Take a place for one attempt and return how long it has to wait, in seconds."""
        now = self._pulse()
        with self._lock:
            return max(self._slot(key, free, now) for key, free in _keys(name, address))

    def failed(self, name: str | None, address: str) -> None:
        """Count a failed attempt."""
        now = self._pulse()
        with self._lock:
            for key, _ in _keys(name, address):
                known = self._known(key, now)
                count = 1 if known is None else known.count + 1
                self._by_key.pop(key, None)  # the dictionary is in the order of the last failures
                self._by_key[key] = _Failures(count, now, now if known is None else known.next_slot)
            while len(self._by_key) > _KEPT:
                del self._by_key[next(iter(self._by_key))]

    def succeeded(self, name: str | None) -> None:
        """Forget the failures of a name. Those of the address stay: an account there must not pay for guesses."""
        if name is not None:
            with self._lock:
                self._by_key.pop(("name", name.casefold()), None)

    def _slot(self, key: tuple[str, str], free: int, now: float) -> float:
        known = self._known(key, now)
        if known is None or known.count < free:
            return 0.0
        gap_s = min(LONGEST_GAP_S, FIRST_GAP_S * (1 << min(known.count - free, 10)))
        at = max(now, known.last_at + gap_s, known.next_slot)
        at = min(at, now + LONGEST_DELAY_S)
        self._by_key[key] = replace(known, next_slot=at + gap_s)
        return at - now

    def _known(self, key: tuple[str, str], now: float) -> _Failures | None:
        known = self._by_key.get(key)
        return None if known is None or now - known.last_at >= FORGET_AFTER_S else known


def _keys(name: str | None, address: str) -> list[tuple[tuple[str, str], int]]:
    keys = [(("address", address), FREE_FAILURES_OF_ADDRESS)]
    if name is not None:
        keys.append((("name", name.casefold()), FREE_FAILURES_OF_NAME))
    return keys
