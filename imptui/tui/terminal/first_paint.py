"""The time of the first frame: when all of its parts are there, or after a limit."""

import asyncio
from collections.abc import Callable


class FirstPaint:
    """Holds painting back until the first screen is complete, so that no half screen is sent.

    The life has three steps: held, then releasing (`release` was called; keys that were typed early are obeyed first),
    then painted. No step is ever taken back.

    Args:
        run_early_keys: Called once when painting is released, before anything is painted. It calls `paint` when the
            early keys are obeyed.
        paint: Paints the whole screen.
        is_headless: Tells whether there is no terminal; then nothing is held back.
    """

    def __init__(self, run_early_keys: Callable[[], None], paint: Callable[[], None], *, is_headless: Callable[[], bool]) -> None:
        self._run_early_keys = run_early_keys
        self._paint = paint
        self._is_headless = is_headless
        self._missing: set[str] = set()
        self._is_released = False
        self.painted = asyncio.Event()
        """Set once the first frame was painted."""

    @property
    def is_held(self) -> bool:
        """True while painting is held back."""
        return not self.painted.is_set() and not self._is_headless()

    @property
    def accepts_keys(self) -> bool:
        """True from the release on: keys run commands."""
        return self._is_released

    def expect(self, *parts: str) -> None:
        """Name the parts that the first frame waits for."""
        self._missing.update(parts)

    def arrive(self, part: str) -> None:
        """Record that one part is ready; the last one releases painting."""
        if part in self._missing:
            self._missing.remove(part)
            if not self._missing:
                self.release()

    def release(self) -> None:
        """Stop waiting for missing parts. A second call does nothing."""
        if not self._is_released:
            self._is_released = True
            self._run_early_keys()

    def paint(self) -> None:
        """Paint the first frame; later calls do nothing."""
        if not self.painted.is_set():
            self.painted.set()
            self._paint()
