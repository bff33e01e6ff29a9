"""Outline of a program: the lines where functions, classes and enums start."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from imptui.squirrel.highlight import NORMAL, source_lines, state_after

SymbolKind = Literal["function", "class", "enum"]

_SYMBOL = re.compile(
    r"[ \t]*(?:(?P<kind>(?:(?:static|local)[ \t]+)?function|class|enum)[ \t]+(?P<name>[A-Za-z_][\w.]*(?:::\w+)*)"
    r"|(?P<constructor>constructor)[ \t]*\("
    r"|(?:static[ \t]+|local[ \t]+)?(?:::)?(?P<slot>[A-Za-z_][\w.]*)[ \t]*(?:<-|=)[ \t]*(?P<value>function|class)\b)",
    re.ASCII,
)


class Symbol(Struct, frozen=True):
    """A named function, class or enum that a reader can jump to."""

    name: str
    """The name as written, such as `Rocky::onRequest` or `this.done`."""

    kind: SymbolKind
    """The kind; methods and constructors are functions."""

    line: int
    """Line number, counted from zero."""


def outline(text: str | Sequence[str]) -> list[Symbol]:
    """Return functions, classes and enums that begin on a line of their own, in order.

    Text in comments and verbatim strings is ignored. The time is linear: some tens of milliseconds per megabyte.
    """
    symbols: list[Symbol] = []
    state = NORMAL
    for number, line in enumerate(source_lines(text)):
        if state == NORMAL and (found := _SYMBOL.match(line)):
            symbols.append(_symbol(found, number))
        state = state_after(line, state)
    return symbols


def _symbol(found: re.Match[str], number: int) -> Symbol:
    if found["constructor"]:
        return Symbol("constructor", "function", number)
    word = found["value"] or found["kind"].split()[-1]
    kind: SymbolKind = "class" if word == "class" else "enum" if word == "enum" else "function"
    return Symbol(found["name"] or found["slot"], kind, number)
