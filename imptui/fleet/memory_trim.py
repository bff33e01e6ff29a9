"""Returns freed memory to the system after searches and passes.

The C library keeps the memory that each thread freed for reuse by that thread: after some filters over 100,000 devices, that
was more than a third of the process. Returning it takes a few milliseconds in a thread, without the interpreter lock.
"""

import asyncio
from collections.abc import Callable

from imptui.runtime import return_freed_memory

EVERY_S = 2.0
"""Seconds between two checks whether anything was read or written."""


class MemoryTrim:
    """Returns freed memory to the system after each piece of work.

    Args:
        work: Returns another value after each piece of work.
    """

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work

    async def run_forever(self) -> None:
        """Check without end; an idle console does nothing."""
        before = None
        while True:
            await asyncio.sleep(EVERY_S)
            now = self._work()
            if now != before:
                before = now
                await asyncio.to_thread(return_freed_memory)
