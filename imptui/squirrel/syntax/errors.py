"""Errors while Squirrel source is read.

Exception
├── Rejected      the compiler refuses; carries one `CompileError`
└── Abandoned     the caller no longer needs the result
"""

from __future__ import annotations

from msgspec import Struct


class CompileError(Struct, frozen=True):
    """The first error of the compiler; it never reports a second one.

    The position is that of the compiler's reading head when it stopped, just after the look-ahead token. So it may be one token
    later than a person would point.
    """

    row: int
    """Row, from 1. Line feeds inside comments and verbatim strings count, too."""

    column: int
    """Column, from 1, in bytes of UTF-8; a tab counts one. In row 1 it is one less than in other rows, and a control byte as
    first byte gives 0, as in the reference compiler."""

    message: str
    """The message of the reference compiler, verbatim."""


class Rejected(Exception):
    """The compiler refuses the source."""

    def __init__(self, error: CompileError) -> None:
        super().__init__(f"{error.row}:{error.column} {error.message}")
        self.error = error


class Abandoned(Exception):
    """The caller cancelled the check before there was a verdict."""
