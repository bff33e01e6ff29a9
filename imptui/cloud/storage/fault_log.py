"""Logs a fault of a world's file once, however many requests meet it."""

import logging
import threading

from imptui.cloud.storage.errors import WorldUnreadable

_log = logging.getLogger(__name__)


class FaultLog:
    """The faults that have been logged since the last change that succeeded; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._logged: set[str] = set()

    def report(self, error: WorldUnreadable) -> None:
        """Log a fault, unless it was logged since the last success."""
        sentence = str(error)
        with self._lock:
            if sentence in self._logged:
                return
            self._logged.add(sentence)
        _log.error("%s", sentence)

    def clear(self) -> None:
        """Log the same faults again when they come back: a change has succeeded."""
        if self._logged:
            with self._lock:
                self._logged.clear()
