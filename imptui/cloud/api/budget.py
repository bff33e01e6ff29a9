"""Request budgets per second and account, per remote address for auth calls, per minute for unassigning production devices.

Source: contract 3.
"""

import math
import threading
import time
from collections.abc import Callable

from msgspec import Struct

WINDOW_S = 1.0
UNBOND_WINDOW_S = 60.0
"""Window of the stricter limit for calls that unassign devices from production groups. Source: contract 3, 9.5."""
_FORGET_ABOVE = 1024


class BudgetCharge(Struct, frozen=True):
    """The rest of a budget after one request."""

    limit: int
    remaining: int
    reset_s: int
    """Whole seconds, at least 1."""
    is_refused: bool

    @property
    def headers(self) -> dict[str, str]:
        """Return the budget headers of an answer."""
        said = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset_s),
        }
        return said | {"Retry-After": str(self.reset_s)} if self.is_refused else said


NO_LIMIT = BudgetCharge(limit=1_000_000, remaining=1_000_000, reset_s=1, is_refused=False)
"""Headers of an engine without a limit: clients expect them on every response, and pace themselves by them,
so they get a budget that nobody can spend. Source: contract 1.5, 3."""


class PayerBudgets:
    """Request counts in windows of time, one budget for each payer.

    Args:
        limit: Requests in a window.
        pulse: Seconds that never go back; real time, whatever the world's clock does.
        window_s: The length of a window in seconds.
    """

    def __init__(self, limit: int, pulse: Callable[[], float] = time.monotonic, *, window_s: float = WINDOW_S) -> None:
        if limit < 1:
            raise ValueError("A budget allows at least one request.")
        self._limit = limit
        self._pulse = pulse
        self._window_s = window_s
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[float, int]] = {}

    def charge(self, payer: str) -> BudgetCharge:
        """Count one request. A refused one costs nothing, so waiting for the reset is always enough."""
        now = self._pulse()
        with self._lock:
            began, spent = self._windows.get(payer, (now, 0))
            if now - began >= self._window_s:
                began, spent = now, 0
            is_refused = spent >= self._limit
            spent += not is_refused
            if payer not in self._windows and len(self._windows) >= _FORGET_ABOVE:
                self._windows = {who: seen for who, seen in self._windows.items() if now - seen[0] < self._window_s}
            self._windows[payer] = (began, spent)
        reset_s = max(1, math.ceil(began + self._window_s - now))
        return BudgetCharge(self._limit, self._limit - spent, reset_s, is_refused)
