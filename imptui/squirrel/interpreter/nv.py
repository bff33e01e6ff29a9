"""The table `nv` of a device, which survives everything but a power cut.

Source: the imp API, where `nv` is kept over deep sleep and restarts, and takes up to 4 KB. What does not fit, or cannot
be written down, is lost as a whole; how an imp says so is not known here, so nothing is said.
"""

from __future__ import annotations

from imptui.squirrel.interpreter.budget import ProgramStopped
from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.environment import Plain
from imptui.squirrel.interpreter.serialization import from_plain, size_bytes, to_plain
from imptui.squirrel.interpreter.values import SquirrelTable, Thrown

NV_LIMIT_BYTES = 4096

_STEPS = 2 * NV_LIMIT_BYTES
"""More than a table that fits can take to write down; given even to a program that has spent everything."""


def nv_table(core: InterpreterCore) -> SquirrelTable:
    """Return the table `nv` as the previous start left it."""
    kept = from_plain(core.facts.memory.nv)
    return kept if isinstance(kept, SquirrelTable) else SquirrelTable()


def nv_left_behind(core: InterpreterCore) -> Plain:
    """Return the data for the next start; None for nothing. The program must have ended or be idle."""
    kept = core.root.slots.get("nv")
    if not isinstance(kept, SquirrelTable) or not kept.slots:
        return None
    try:
        with core.lent(_STEPS, 4 * NV_LIMIT_BYTES):
            plain = to_plain(core, kept)
    except (Thrown, ProgramStopped):
        return None
    return plain if size_bytes(plain) <= NV_LIMIT_BYTES else None
