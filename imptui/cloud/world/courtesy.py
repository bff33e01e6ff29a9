"""Who is being served, so that work that nobody waits for lets them pass.

All threads of a process share one interpreter: what works in the background makes a request slower even where they
touch nothing in common. So it works in pieces of some milliseconds, and gives way before each while somebody is being
served; but not for ever, so that it comes forward however many ask.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

AT_MOST_S = 0.02
"""How long one piece waits: under requests without a pause, background work still gets some part of the time."""


class _Guest:
    """Somebody who is being served; a guest who gives way is not waited for any more."""

    def __init__(self, courtesy: "Courtesy") -> None:
        self.courtesy = courtesy
        self.is_waited_for = True


_guest: ContextVar[_Guest | None] = ContextVar("guest", default=None)


class Courtesy:
    """Counts who is being served; from any thread and any loop."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._waited_for = 0

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Somebody waits for what happens in this block, in this context and in threads that got a copy of it."""
        guest = _Guest(self)
        with self._condition:
            self._waited_for += 1
        token = _guest.set(guest)
        try:
            yield
        finally:
            _guest.reset(token)
            self._withdraw(guest)

    def give_way(self, at_most_s: float = AT_MOST_S) -> None:
        """Wait until nobody is being served, or the time is over.

        A request may do so as well, between the pieces of a great work; from then on others need not wait for it.
        """
        guest = _guest.get()
        if guest is not None and guest.courtesy is self:
            self._withdraw(guest)
        with self._condition:
            self._condition.wait_for(lambda: not self._waited_for, at_most_s)

    def _withdraw(self, guest: _Guest) -> None:
        with self._condition:
            if not guest.is_waited_for:
                return
            guest.is_waited_for = False
            self._waited_for -= 1
            if not self._waited_for:
                self._condition.notify_all()
