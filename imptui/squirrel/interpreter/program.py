"""Parsed programs, which can run many times."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

from imptui.squirrel.syntax import tree
from imptui.squirrel.syntax.errors import CompileError, Rejected
from imptui.squirrel.syntax.parser import parse
from imptui.squirrel.syntax.scanner import as_bytes, scan


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """One parsed program. It is immutable; machines and threads may share it."""

    error: CompileError | None
    """The compile error, if there is one. Such a program prints nothing."""
    main: tree.Function | None = field(repr=False)
    line_feeds: tuple[int, ...] = field(repr=False)
    """Offsets of all line feeds, from which the row of a run-time error is computed."""

    @classmethod
    def parse(cls, code: str, *, ei: Mapping[str, str] | None = None) -> Program:
        """Parse `code`; `ei` becomes the enumeration `__EI` in front of it. It never raises.

        Without `ei`, the program looks `__EI` up at run time, in `ProgramEnvironment.ei`. Then one parsed program serves every
        group and deployment.
        """
        constants = {"__EI": {name: as_bytes(value) for name, value in ei.items()}} if ei is not None else {}
        try:
            tokens = scan(code)
            main = parse(tokens, constants)
        except Rejected as refused:
            return cls(refused.error, None, ())
        feeds = tuple(found.start() for found in re.finditer("\n", tokens.source))
        return cls(None, main, feeds)

    def row(self, offset: int) -> int:
        """Return the row of an offset, from 1."""
        return 1 + bisect_left(self.line_feeds, offset)
