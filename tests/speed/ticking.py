"""Run imptui with a ticker of 2 ms in its loop: `python tests/speed/ticking.py RECORD WORD...`.

RECORD gets a line for each time the ticker came late by more than 10 ms: when (monotonic seconds), and by how much (ms).
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from time import monotonic
from typing import TextIO

EVERY_S = 0.002
WORTH_NOTING_S = 0.010


class TickingLoop(asyncio.SelectorEventLoop):
    """An event loop that notes how late it is."""

    record: TextIO

    def run_forever(self) -> None:
        """Tick for as long as it runs."""
        self.call_later(EVERY_S, self._tick, monotonic() + EVERY_S)
        super().run_forever()

    def _tick(self, due: float) -> None:
        now = monotonic()
        if now - due > WORTH_NOTING_S:
            self.record.write(f"{now} {(now - due) * 1000}\n")
            self.record.flush()
        self.call_later(EVERY_S, self._tick, monotonic() + EVERY_S)


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
