"""Settings of the Python interpreter: garbage collection, thread switches, and memory returned to the system.

Only the command line, the engine's server and code that makes very many values at once (a pass over the fleet, a diff of
two programs) call it. It imports next to nothing, since the first frame is painted after it is loaded.
"""

import gc
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # the module of this name takes longer to import than all of this
    from types import TracebackType

CONSOLE_THRESHOLDS = (20_000, 20, 50)
"""Allocations before a collection in the console: a collection delays keys, and 4 MB of program make much that stays."""

SWITCH_S = 0.0003
"""How long a thread that computes may keep the interpreter from the keys. A key takes the interpreter about ten times, so
Python's own 5 ms are noticeable; with 1 ms, a held key during a pass over a million devices was painted after 14 ms, not 3."""


class CollectorPaused:
    """Context in which the garbage collector is off: scanning many new values again and again takes half of the time.

    Use it for work that makes very many values and no reference cycles. A nested use leaves the collector off.
    """

    def __enter__(self) -> None:
        self._was_enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, kind: "type[BaseException] | None", error: "BaseException | None", trace: "TracebackType | None") -> None:
        if self._was_enabled:
            gc.enable()


def pause_collector() -> None:
    """Turn the collector off while modules are loaded: they are no garbage, and scanning them takes a tenth of a start."""
    gc.disable()


def resume_collector() -> None:
    """Turn the collector on; what exists by now stays, and is never scanned again."""
    gc.freeze()
    gc.enable()


def use_console_collector() -> None:
    """Turn the collector on with the console's thresholds; what exists by now is never scanned again."""
    gc.set_threshold(*CONSOLE_THRESHOLDS)
    resume_collector()


def freeze_after_collection() -> None:
    """Collect once, then never scan again what is left: a server's own objects stay until it ends."""
    gc.collect()
    gc.freeze()


def switch_threads_often() -> None:
    """Let waiting threads run after `SWITCH_S` instead of Python's 5 ms."""
    sys.setswitchinterval(SWITCH_S)


def return_freed_memory() -> bool:
    """Return freed heap pages to the operating system (glibc `malloc_trim`); blocks for some milliseconds.

    Returns:
        True if pages were returned. Always False where the C library has no such function (others than glibc keep less).
    """
    import ctypes

    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # TypeError: Windows
        return False
    return bool(trim(0))
