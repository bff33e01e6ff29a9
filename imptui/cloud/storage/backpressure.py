"""Lets background work yield to requests that are being served.

All threads of a process share one interpreter, so background work delays requests even if they share no data. It
therefore works in pieces of some milliseconds and yields after each. While requests are being served it rests for longer
than it worked, so that most requests run alone; it still advances under any load.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

RESTS = 2.0
"""Length of a rest as a multiple of the work before it."""

SHORTEST_S = 0.004
"""The shortest rest in seconds."""

QUIET_S = 0.003
"""Time after the last answer when background work resumes; a client with several requests sends the next one sooner."""

_LOOK_EVERY_S = 0.001


class _ServedRequest:
    """A request that is being served; after it yields, background work no longer waits for it."""

    def __init__(self, courtesy: "Backpressure") -> None:
        self.courtesy = courtesy
        self.is_waited_for = True


_guest: ContextVar[_ServedRequest | None] = ContextVar("guest", default=None)


class Backpressure:
    """Counts requests that are being served; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waited_for = 0
        self._left_at = 0.0
        self._own = threading.local()

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Mark this block as a request that is being served, in this context and its copies in other threads."""
        guest = _ServedRequest(self)
        with self._lock:
            self._waited_for += 1
        token = _guest.set(guest)
        try:
            yield
        finally:
            _guest.reset(token)
            self._withdraw(guest)

    def give_way(self) -> None:
        """Rest after a piece of work while requests are being served; return at once if there are none.

        A request may do so as well, between the pieces of a great work; from then on others need not wait for it.
        """
        guest = _guest.get()
        if guest is not None and guest.courtesy is self:
            self._withdraw(guest)
        until = time.monotonic() + max(SHORTEST_S, RESTS * self._worked_s())
        while (now := time.monotonic()) < until and (self._waited_for or now - self._left_at < QUIET_S):
            time.sleep(_LOOK_EVERY_S)

    def _worked_s(self) -> float:
        """Return the CPU time of this thread since the last call."""
        now = time.thread_time()
        worked_s = now - getattr(self._own, "since", now)
        self._own.since = now
        return worked_s

    def _withdraw(self, guest: _ServedRequest) -> None:
        with self._lock:
            if guest.is_waited_for:
                guest.is_waited_for = False
                self._waited_for -= 1
                self._left_at = time.monotonic()
