"""Memory that searches and passes needed for a moment goes back to the system.

The C library keeps what each thread freed, in case that thread wants it again: after some filters over 100,000 devices
that was more than a third of the process. Handing it back takes a few milliseconds in a thread, without the interpreter.
"""

import asyncio
from collections.abc import Callable

EVERY_S = 2.0
"""How often there is a look whether anything was read or written since."""


class MemoryTrim:
    """Gives back what is not used, as long as there is work that leaves something behind.

    Args:
        work: Differs from what it was when something was done meanwhile.
    """

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work

    async def keep_on(self) -> None:
        """Do so for ever; a console in which nothing happens does nothing."""
        before = None
        while True:
            await asyncio.sleep(EVERY_S)
            now = self._work()
            if now != before:
                before = now
                await asyncio.to_thread(give_back)


def give_back() -> bool:
    """Hand unused memory back to the system; blocks for some milliseconds.

    Returns:
        Whether anything was handed back. Always false where the C library has no word for it (others than glibc keep less).
    """
    import ctypes

    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # TypeError: Windows
        return False
    return bool(trim(0))
