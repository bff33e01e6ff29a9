"""The grammar of the filter bar: parser and printer.

    query   = either
    either  = every ("or" every)*
    every   = single (["and"] single)*
    single  = ("not" | "!") single | "(" either ")" | term

`imptui.query.terms` parses terms; it is loaded when there is text to parse. Parentheses become nesting and are printed again, so
that printed text parses to the same expression.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from imptui.query.expression import And, Expr, Not, Or, QueryError

if TYPE_CHECKING:
    from imptui.query.terms import Token

LIMIT_DEPTH = 40
"""Limit of nested parentheses and `not`. SQLite, which answers the query, has a limit as well."""


class FilterParser:
    """A recursive-descent parser over the tokens of one text."""

    def __init__(self, text: str, *, lenient: bool) -> None:
        from imptui.query.terms import LIMIT_TERMS, tokens

        self.text = text
        self.lenient = lenient
        self.tokens = tokens(text, lenient=lenient)
        self.at = 0
        self.depth = 0
        if sum(token.kind == "term" for token in self.tokens) > LIMIT_TERMS:
            raise QueryError(f"More than {LIMIT_TERMS} terms.", 0, len(text))

    def peek(self) -> Token | None:
        """Return the next token without consuming it."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def accept(self, *kinds: str) -> Token | None:
        """Consume and return the next token if it is of one of these kinds; else return None."""
        token = self.peek()
        if token is None or token.kind not in kinds:
            return None
        self.at += 1
        return token

    def parse_all(self) -> Expr | None:
        """Parse the whole text; None if there is nothing to compare."""
        if not self.tokens:
            return None
        found = self.parse_or()
        left = self.peek()
        if left is not None:
            raise QueryError("A ')' without its '('.", left.column, left.length)
        return found

    def parse_or(self) -> Expr | None:
        """Parse parts that are joined by `or`."""
        return self.parse_joined(self.parse_and, Or, ("or",))

    def parse_and(self) -> Expr | None:
        """Parse parts that are joined by `and` or stand side by side."""
        return self.parse_joined(self.parse_single, And, ("and",), adjacent=True)

    def parse_joined(
        self,
        part: Callable[[], Expr | None],
        kind: Callable[[tuple[Expr, ...]], Expr],
        words: Sequence[str],
        *,
        adjacent: bool = False,
    ) -> Expr | None:
        """Parse one or more parts and join them; parts that lenient parsing dropped do not count."""
        parts = [part()]
        while self.accept(*words) or (adjacent and self.next_begins()):
            parts.append(part())
        there = tuple(one for one in parts if one is not None)
        if len(there) < 2:
            return there[0] if there else None
        return kind(there)

    def next_begins(self) -> bool:
        """True if the next token can begin a part."""
        token = self.peek()
        return token is not None and token.kind in ("term", "dropped", "not", "(")

    def parse_single(self) -> Expr | None:
        """Parse a term, a parenthesis, or `not` with its part."""
        token = self.accept("term", "dropped", "not", "(")
        if token is None:
            self.refuse_missing()
            return None
        if token.kind in ("term", "dropped"):
            return token.term
        self.depth += 1
        if self.depth > LIMIT_DEPTH:
            raise QueryError(f"More than {LIMIT_DEPTH} levels deep.", token.column, token.length)
        if token.kind == "not":
            part = self.parse_single()
            found: Expr | None = Not(part) if part is not None else None
        else:
            found = self.parse_parenthesis(token)
        self.depth -= 1
        return found

    def parse_parenthesis(self, opened: Token) -> Expr | None:
        """Parse the content of a parenthesis and its end."""
        if self.accept(")"):
            if self.lenient:
                return None
            raise QueryError("Nothing between the parentheses.", opened.column, 2)
        found = self.parse_or()
        if not self.accept(")") and not self.lenient:
            raise QueryError("A '(' without its ')'.", opened.column, opened.length)
        return found

    def refuse_missing(self) -> None:
        """Refuse a missing part; lenient parsing accepts one at the end of the text, where the user may still type it."""
        token = self.peek()
        if token is None and self.lenient:
            return
        if token is not None and token.kind == ")" and self.lenient and self.depth:
            return
        if token is None:
            last = self.tokens[-1]
            raise QueryError("Something is missing after this.", last.column, last.length)
        raise QueryError("Something is missing before this.", token.column, token.length)


def parse(text: str, *, lenient: bool = False) -> Expr | None:
    """Parse the text of the filter bar.

    Args:
        text: The text of the filter bar.
        lenient: True while the user is typing: an open quote or parenthesis is closed, an operator or a field without its other
            half is left out.

    Returns:
        None if the text has nothing to compare.

    Raises:
        QueryError: The text is invalid; the error has the place. Lenient parsing still refuses errors that no more typing can
            correct.
    """
    if not text or text.isspace():
        return None
    try:
        return FilterParser(text, lenient=lenient).parse_all()
    except QueryError as error:
        error.text = text
        raise


def to_text(expr: Expr) -> str:
    """Return text that parses to `expr`."""
    match expr:
        case Not(part):
            return f"not {_inside(part)}"
        case And(parts):
            return " ".join(map(_inside, parts))
        case Or(parts):
            return " or ".join(_inside(part, loose=Or) for part in parts)
        case _:
            from imptui.query.terms import term_to_text

            return term_to_text(expr)


def _inside(expr: Expr, loose: type = And) -> str:
    """Print `expr` as a part of another expression, in parentheses unless it binds tighter."""
    binds_looser = isinstance(expr, Or) or (isinstance(expr, And) and loose is And)
    return f"({to_text(expr)})" if binds_looser else to_text(expr)
