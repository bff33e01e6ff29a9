"""What keeps a world's life going while an application runs: one background thread."""

import logging
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)

PERIOD_S = 1.0


class Ticking:
    """Calls a function about every second, in its own thread, until it is stopped.

    Args:
        tick: What to call. An error in it is logged, and the next second tries again.
    """

    def __init__(self, tick: Callable[[], None], period_s: float = PERIOD_S) -> None:
        self._tick = tick
        self._period_s = period_s
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="the world's clock", daemon=True)

    def start(self) -> None:
        """Begin; only once."""
        self._thread.start()

    def stop(self) -> None:
        """End, waiting for the call that is under way."""
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ending.wait(self._period_s):
            try:
                self._tick()
            except Exception:  # noqa: BLE001 - the outermost loop of this thread: the world must go on
                _log.exception("The world's clock stumbled.")
