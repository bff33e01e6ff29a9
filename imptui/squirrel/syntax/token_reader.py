"""Reader of tokens: look-ahead, expectations and nesting depth."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from imptui.squirrel.syntax.errors import Abandoned, CompileError, Rejected
from imptui.squirrel.syntax.scanner import TokenList
from imptui.squirrel.syntax.stack import on_fresh_stack
from imptui.squirrel.syntax.token_patterns import BAD, END, FLOAT, INTEGER, NAME, TEXT

_T = TypeVar("_T")

MAX_DEPTH = 4000
"""Limit of nested expressions and statements. The reference compiler has no limit and crashes somewhere above ten thousand."""
TOO_DEEP = "internal compiler error: nesting too deep"
_SEGMENT = 48
"""Levels that are parsed on one stack. Each takes about ten Python frames at worst, of a thousand."""

_EXPECTED = {NAME: "IDENTIFIER", TEXT: "STRING_LITERAL", INTEGER: "INTEGER", FLOAT: "FLOAT"}
_CHECKED_EVERY = 512


class TokenReader:
    """Reads tokens like the compiler: one look-ahead, and a flag for a line feed before it."""

    def __init__(self, tokens: TokenList, cancelled: Callable[[], bool] | None) -> None:
        self.tokens = tokens
        self.kinds = tokens.kinds
        self.index = -1
        self.kind = ""
        self.depth = 0
        self._cancelled = cancelled
        self._checks = 0

    @property
    def value(self) -> str:
        """Return the spelling or content of the look-ahead."""
        return self.tokens.values[self.index]

    @property
    def at(self) -> int:
        """Return the offset just after the look-ahead."""
        return self.tokens.ends[self.index]

    def advance(self) -> None:
        """Consume the look-ahead; if the next token is an error of the scanner, raise it."""
        self.index += 1
        self.kind = self.kinds[self.index]
        if self.kind == BAD:
            raise Rejected(self.tokens.error_at(self.index, self.value))

    def fail(self, message: str) -> NoReturn:
        """Refuse the program at the look-ahead."""
        raise Rejected(self.error(message))

    def error(self, message: str) -> CompileError:
        """Return the error for refusing the program at the look-ahead."""
        return self.tokens.error_at(self.index, message)

    def accept(self, kind: str) -> bool:
        """Consume the look-ahead if it is of this kind."""
        if self.kind != kind:
            return False
        self.advance()
        return True

    def expect(self, kind: str) -> str:
        """Consume a look-ahead that must be of this kind; return its value. `constructor` counts as a name here."""
        if self.kind != kind and not (kind == NAME and self.kind == "constructor"):
            self.fail(f"expected '{_EXPECTED.get(kind, kind)}'")
        value = self.value
        self.advance()
        return value

    def at_statement_end(self) -> bool:
        """Return True if a statement may end before the look-ahead."""
        return self.tokens.after_newline[self.index] or self.kind in (END, "}", ";")

    def separator(self) -> None:
        """Consume a `;`, or require that the statement ends here."""
        if not self.accept(";") and not self.at_statement_end():
            self.fail("end of statement expected (; or lf)")

    def separator_after_statement(self) -> None:
        """Require a separator, unless the statement just parsed ended in `}` or `;` on this line."""
        before = "\n" if self.tokens.after_newline[self.index] else self.kinds[self.index - 1]
        if before not in ("}", ";"):
            self.separator()

    def check_cancelled(self) -> None:
        """Stop if the caller no longer needs the result; called once per statement."""
        self._checks += 1
        if self._cancelled is not None and not self._checks % _CHECKED_EVERY and self._cancelled():
            raise Abandoned

    def deeper(self, parse: Callable[[], _T]) -> _T:
        """Parse one level deeper, on a fresh stack now and then.

        Python limits the stack of each thread separately, so deep programs are parsed in short-lived threads one inside the
        other. Only one of them runs at a time.
        """
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(TOO_DEEP)
        try:
            return parse() if self.depth % _SEGMENT else on_fresh_stack(parse)
        finally:
            self.depth -= 1
