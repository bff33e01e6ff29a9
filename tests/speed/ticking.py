"""Run imptui with a ticker of 2 ms in its loop: `python tests/speed/ticking.py RECORD WORD...`.

RECORD gets a line for each time the ticker came late by more than 10 ms: when (monotonic seconds), and by how much (ms).
What the thread of the loop waited for a processor, while other programs had them all, is the machine's and not counted.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TextIO

EVERY_S = 0.002
WORTH_NOTING_S = 0.010


class TickingLoop(asyncio.SelectorEventLoop):
    """An event loop that notes how late it is."""

    record: TextIO
    schedule: int | None = None

    def run_forever(self) -> None:
        """Tick for as long as it runs."""
        with suppress(OSError):
            self.schedule = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
        self._next_tick()
        super().run_forever()

    def _next_tick(self) -> None:
        self.call_later(EVERY_S, self._tick, monotonic() + EVERY_S, self._waited_s())

    def _tick(self, due: float, waited_s: float) -> None:
        now = monotonic()
        late_s = now - due - (self._waited_s() - waited_s)
        if late_s > WORTH_NOTING_S:
            self.record.write(f"{now} {late_s * 1000}\n")
            self.record.flush()
        self._next_tick()

    def _waited_s(self) -> float:
        """How long this thread was ready to run and did not, ever; 0 where the system does not say."""
        return int(os.pread(self.schedule, 100, 0).split()[1]) / 1e9 if self.schedule is not None else 0.0


class Policy(asyncio.DefaultEventLoopPolicy):
    """Every loop ticks."""

    _loop_factory = TickingLoop


def main() -> None:
    """Imptui as ever, with a ticker."""
    TickingLoop.record = Path(sys.argv[1]).open("a", encoding="ascii")  # noqa: SIM115 - open until the end of the process
    asyncio.set_event_loop_policy(Policy())
    from imptui.cli import main as imptui

    sys.argv[:] = ["imptui", *sys.argv[2:]]
    imptui()


if __name__ == "__main__":
    main()
