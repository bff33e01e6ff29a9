"""The table `nv` of a device, which survives everything but a power cut.

Source: the imp API, where `nv` survives deep sleep and restarts, and takes up to 4 KB. A table that does not fit, or that cannot
be serialized, is lost as a whole. It is not known how an imp reports this, so nothing is printed.
"""

from __future__ import annotations

from imptui.squirrel.interpreter.budget import ProgramStopped
from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.environment import Plain
from imptui.squirrel.interpreter.serialization import from_plain, size_bytes, to_plain
from imptui.squirrel.interpreter.values import SquirrelTable, Thrown

NV_LIMIT_BYTES = 4096

_STEPS = 2 * NV_LIMIT_BYTES
"""Steps for serializing `nv`, more than any table that fits can take. Even a program with no budget left gets them."""


def nv_table(core: InterpreterCore) -> SquirrelTable:
    """Return the table as the last start left it."""
    kept = from_plain(core.environment.memory.nv)
    return kept if isinstance(kept, SquirrelTable) else SquirrelTable()


def saved_nv(core: InterpreterCore) -> Plain:
    """Return the content of `nv` for the next start; None if it is empty. Call it when the program is over or paused."""
    kept = core.root.slots.get("nv")
    if not isinstance(kept, SquirrelTable) or not kept.slots:
        return None
    try:
        with core.separate_budget(_STEPS, 4 * NV_LIMIT_BYTES):
            plain = to_plain(core, kept)
    except (Thrown, ProgramStopped):
        return None
    return plain if size_bytes(plain) <= NV_LIMIT_BYTES else None
