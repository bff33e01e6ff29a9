"""Settings of the Python interpreter: garbage collection, thread switches, and memory returned to the system.

The command line, the engine's server and code that makes very many values at once (a pass over the fleet, a diff of two programs)
call it. It imports almost nothing, because it is loaded before the first frame is painted.
"""

import gc
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing `typing` takes longer than importing this whole module
    from types import TracebackType

CONSOLE_THRESHOLDS = (20_000, 20, 50)
"""Garbage collection thresholds of the console. A collection delays keys, and the 4 MB program mostly makes objects that stay."""

SWITCH_S = 0.0003
"""Longest time, in seconds, that a computing thread may hold the interpreter while a key waits. A key takes the interpreter
about ten times, so Python's default of 5 ms is noticeable. Measured: with 1 ms, a held key during a pass over a million
devices is painted after 14 ms; with this value, after 3 ms."""


class CollectorPaused:
    """Context manager that turns the garbage collector off; repeated scans of many new values take half of the time.

    Use it for work that makes very many values and no reference cycles. A nested use leaves the collector off.
    """

    def __enter__(self) -> None:
        self._was_enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, kind: "type[BaseException] | None", error: "BaseException | None", trace: "TracebackType | None") -> None:
        if self._was_enabled:
            gc.enable()


def pause_collector() -> None:
    """Turn the collector off while modules are loaded. Modules are never garbage, and scanning them takes a tenth of a start."""
    gc.disable()


def resume_collector() -> None:
    """Turn the collector on and exclude all existing objects from later collections."""
    gc.freeze()
    gc.enable()


def use_console_collector() -> None:
    """Turn the collector on with the console's thresholds and exclude all existing objects from later collections."""
    gc.set_threshold(*CONSOLE_THRESHOLDS)
    resume_collector()


def freeze_after_collection() -> None:
    """Collect once, then exclude the remaining objects from later collections; a server keeps them until it ends."""
    gc.collect()
    gc.freeze()


def switch_threads_often() -> None:
    """Let waiting threads run after `SWITCH_S` instead of Python's 5 ms."""
    sys.setswitchinterval(SWITCH_S)


def return_freed_memory() -> bool:
    """Return freed heap pages to the operating system (glibc `malloc_trim`); blocks for some milliseconds.

    Returns:
        True if pages were returned. Always False where the C library has no `malloc_trim`; other C libraries keep less.
    """
    import ctypes

    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # Windows raises TypeError
        return False
    return bool(trim(0))
