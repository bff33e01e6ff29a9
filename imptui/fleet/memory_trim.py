"""Returns freed memory to the system after searches and passes.

The C library keeps what each thread freed, in case that thread wants it again: after some filters over 100,000 devices
that was more than a third of the process. Returning it takes a few milliseconds in a thread, without the interpreter.
"""

import asyncio
from collections.abc import Callable

from imptui.runtime import return_freed_memory

EVERY_S = 2.0
"""Seconds between two checks whether anything was read or written."""


class MemoryTrim:
    """Returns freed memory while there is work that leaves some behind.

    Args:
        work: Returns another value after each piece of work.
    """

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work

    async def keep_on(self) -> None:
        """Check for ever; an idle console does nothing."""
        before = None
        while True:
            await asyncio.sleep(EVERY_S)
            now = self._work()
            if now != before:
                before = now
                await asyncio.to_thread(return_freed_memory)
