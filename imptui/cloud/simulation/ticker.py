"""Advances a world in a background thread while an application runs."""

import logging
import threading

from imptui.cloud.simulation import life
from imptui.cloud.storage.errors import WorldUnreadable
from imptui.cloud.storage.world import World

_log = logging.getLogger(__name__)

PERIOD_S = 1.0


class Ticker:
    """Processes what is due in a world about every second, in a thread, until it is stopped.

    A world that is far behind catches up bit by bit, so that others get their turn and stopping never takes long.
    """

    def __init__(self, world: World, period_s: float = PERIOD_S) -> None:
        self._world = world
        self._period_s = period_s
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="the world's clock", daemon=True)

    def start(self) -> None:
        """Start the thread; only once."""
        self._thread.start()

    def stop(self) -> None:
        """End, waiting for the step that is under way."""
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        pause_s = 0.0
        while not self._ending.wait(pause_s):
            pause_s = self._period_s
            self._world.backpressure.give_way()
            try:
                if not life.advance(self._world).is_complete:
                    pause_s = 0.01
            except WorldUnreadable as fault:
                self._world.faults.report(fault)
            except Exception:  # noqa: BLE001 - the outermost loop of this thread: the world must go on
                _log.exception("The world's clock stumbled.")
