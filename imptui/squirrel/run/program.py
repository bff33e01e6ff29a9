"""Source parsed once, to be run many times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imptui.squirrel.errors import CompileError


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """One parsed program. Immutable; may be shared by machines and threads."""

    error: CompileError | None
    """Set when it does not compile; such a program prints nothing."""

    @classmethod
    def parse(cls, code: str, *, ei: Mapping[str, str] | None = None) -> Program:
        """Parse `code`; `ei` becomes the enumeration `__EI` in front of it. Never raises.

        With `ei` given here, that of `Facts` is not used for this program.
        """
        raise NotImplementedError
