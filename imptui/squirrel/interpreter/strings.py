"""The methods of strings."""

from __future__ import annotations

import re
from collections.abc import Callable

from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.values import Thrown, Value
from imptui.squirrel.syntax.numbers import wrap

Method = Callable[[Value, list[Value]], Value]
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_INTEGER = re.compile(r"\s*[+-]?[0-9a-zA-Z]+")


def slice_of(this: Value, arguments: list[Value]) -> slice:
    """Return the part of a string or an array that the arguments of `slice` select."""
    start = int(arguments[0]) if arguments else 0
    end = int(arguments[1]) if len(arguments) > 1 and arguments[1] is not None else len(this)
    start += len(this) if start < 0 else 0
    end += len(this) if end < 0 else 0
    if end < start or start < 0 or end > len(this):
        raise Thrown("slice out of range" if start <= end else "wrong indexes")
    return slice(start, end)


def string_methods(core: InterpreterCore) -> dict[str, Method]:
    """Return the methods of strings, by name."""

    def find(this: str, arguments: list[Value]) -> Value:
        at = this.find(arguments[0], *(int(start) for start in arguments[1:]))
        return None if at < 0 else at

    def to_integer(this: str, arguments: list[Value]) -> int:
        base = int(arguments[0]) if arguments else 10
        found = _INTEGER.match(this)
        if found is None:
            raise Thrown("cannot convert the string")
        return wrap(_digits(found[0].strip(), base))

    def to_float(this: str, _: list[Value]) -> float:
        found = _NUMBER.match(this)
        if found is None:
            raise Thrown("cannot convert the string")
        return float(found[0])

    def cut(this: str, arguments: list[Value]) -> str:
        core.allocate(len(this))
        return this[slice_of(this, arguments)]

    return {
        "len": lambda this, _: len(this),
        "find": find,
        "slice": cut,
        "tolower": lambda this, _: this.encode("latin-1").lower().decode("latin-1"),
        "toupper": lambda this, _: this.encode("latin-1").upper().decode("latin-1"),
        "tointeger": to_integer,
        "tofloat": to_float,
    }


def _digits(text: str, base: int) -> int:
    """Parse an integer like C's strtol: the leading digits count, the rest is ignored."""
    sign, rest = (-1 if text[0] == "-" else 1), text.lstrip("+-")
    if base == 16 and rest[:2].lower() == "0x":
        rest = rest[2:]
    total, read = 0, 0
    for letter in rest[:64]:
        if not letter.isalnum() or not letter.isascii() or int(letter, 36) >= base:
            break
        total, read = total * base + int(letter, 36), read + 1
    if not read:
        raise Thrown("cannot convert the string")
    return sign * total
