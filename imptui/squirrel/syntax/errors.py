"""Errors of reading Squirrel source.

Exception
├── Rejected      the compiler refuses; carries one `CompileError`
└── Abandoned     the caller no longer wants the answer
"""

from __future__ import annotations

from msgspec import Struct


class CompileError(Struct, frozen=True):
    """The first thing the compiler refuses; it never reports a second.

    The place is that of the compiler's reading head when it gave up, just after
    the look-ahead token, so it may be one token later than a person would point.
    """

    row: int
    """1-based. Line feeds inside comments and verbatim strings count too."""

    column: int
    """1-based, in bytes of UTF-8, a tab is one. Row 1 counts one less for the
    same place than other rows; a control byte as first byte gives 0. Kept as the
    reference compiler reports it."""

    message: str
    """The reference compiler's own words."""


class Rejected(Exception):
    """The compiler refuses the source."""

    def __init__(self, error: CompileError) -> None:
        super().__init__(f"{error.row}:{error.column} {error.message}")
        self.error = error


class Abandoned(Exception):
    """The caller cancelled before there was a verdict."""
