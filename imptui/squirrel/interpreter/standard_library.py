"""Global functions and the math table, which every Squirrel program has."""

from __future__ import annotations

import math
import re
import struct
import time
from collections.abc import Callable

from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.values import Array, Blob, Native, SquirrelTable, Thrown, Value, is_true, type_name
from imptui.squirrel.syntax.numbers import wrap

Function = Callable[[list[Value]], Value]
_SPEC = re.compile(r"%([-+ #0]*)([0-9]*)(?:\.([0-9]+))?([a-zA-Z%])")
_WIDEST = 512


def table_of(functions: dict[str, Function]) -> dict[Value, Value]:
    """Return natives that ignore `this`, by name."""
    return {name: Native(name, _without_this(function)) for name, function in functions.items()}


def _without_this(function: Function) -> Callable[[Value, list[Value]], Value]:
    return lambda _this, arguments: function(arguments)


def install(core: InterpreterCore) -> None:
    """Add the global functions to the root table."""
    core.root.slots.update(table_of(_language(core) | _strings(core)))
    core.root.slots["math"] = SquirrelTable(table_of(_math(core)) | {"PI": math.pi, "RAND_MAX": 0x7FFFFFFF})
    core.root.slots["PI"] = math.pi
    core.root.slots["RAND_MAX"] = 0x7FFFFFFF


def _language(core: InterpreterCore) -> dict[str, Function]:
    def array(arguments: list[Value]) -> Array:
        size = int(arguments[0])
        core.allocate(32 + 8 * max(0, size))
        return Array([arguments[1] if len(arguments) > 1 else None] * size)

    def check(arguments: list[Value]) -> None:
        if not is_true(arguments[0]):
            raise Thrown("assertion failed")

    def blob(arguments: list[Value]) -> Blob:
        size = int(arguments[0]) if arguments else 0
        core.allocate(32 + max(0, size))
        return Blob(bytearray(size))

    def callee(_arguments: list[Value]) -> Value:
        raise Thrown("callee() is not supported")

    return {
        "array": array,
        "assert": check,
        "error": lambda arguments: core.log("error", core.text(arguments[0])),
        "blob": blob,
        "callee": callee,
        "type": lambda arguments: type_name(arguments[0]),
        "print": lambda arguments: core.log("log", core.text(arguments[0])),
        "getroottable": lambda _: core.root,
        "collectgarbage": lambda _: 0,
        "time": lambda _: wrap(int(core.environment.started_at_s + core.at_s)),
        "clock": lambda _: core.at_s,
        "date": lambda arguments: _date(core, arguments),
        "castf2i": lambda arguments: _cast(arguments[0], "f", "i"),
        "casti2f": lambda arguments: _cast(arguments[0], "i", "f"),
        "swap2": lambda arguments: int.from_bytes((arguments[0] & 0xFFFF).to_bytes(2, "little"), "big"),
        "swap4": lambda arguments: wrap(int.from_bytes((arguments[0] & 0xFFFFFFFF).to_bytes(4, "little"), "big")),
    }


def _cast(number: Value, given: str, wanted: str) -> Value:
    return struct.unpack(wanted, struct.pack(given, number))[0]


def _date(core: InterpreterCore, arguments: list[Value]) -> SquirrelTable:
    now_s = core.environment.started_at_s + core.at_s if not arguments else float(arguments[0])
    whole = math.floor(now_s)
    broken = time.gmtime(whole)
    return SquirrelTable(
        {
            "year": broken.tm_year,
            "month": broken.tm_mon - 1,
            "day": broken.tm_mday,
            "hour": broken.tm_hour,
            "min": broken.tm_min,
            "sec": broken.tm_sec,
            "wday": (broken.tm_wday + 1) % 7,
            "yday": broken.tm_yday - 1,
            "time": wrap(whole),
            "usec": int((now_s - whole) * 1_000_000),
        }
    )


def _strings(core: InterpreterCore) -> dict[str, Function]:
    blanks = " \t\n\r\v\f"

    def split(arguments: list[Value]) -> Array:
        text, separators = arguments
        core.allocate(48 * len(text))
        pieces = re.split("[" + re.escape(separators) + "]", text) if separators else [text]
        return Array([piece for piece in pieces if piece])

    return {
        "format": lambda arguments: format_text(core, arguments[0], arguments[1:]),
        "split": split,
        "strip": lambda arguments: arguments[0].strip(blanks),
        "lstrip": lambda arguments: arguments[0].lstrip(blanks),
        "rstrip": lambda arguments: arguments[0].rstrip(blanks),
    }


def format_text(core: InterpreterCore, pattern: str, values: list[Value]) -> str:
    """Implement `format()`: C's conversions, one value each; a value of the wrong type is an error."""
    rest = iter(values)

    def convert(found: re.Match[str]) -> str:
        flags, width, precision, letter = found.groups()
        if letter == "%":
            return "%"
        if len(width) > 3 or len(precision or "") > 3 or int(width or 0) > _WIDEST:
            raise Thrown("width format too long" if len(width) > 3 else "precision format too long")
        value = next(rest, _MISSING)
        if value is _MISSING:
            raise Thrown("not enough paramters for the given format string")
        spec = f"%{flags}{width}" + (f".{precision}" if precision else "")
        return _one(spec, letter, value)

    text = _SPEC.sub(convert, pattern)
    core.allocate(len(text) + 16)
    return text


_MISSING = object()


def _one(spec: str, letter: str, value: Value) -> str:
    if letter == "s":
        if not isinstance(value, str):
            raise Thrown("string expected for the specified format")
        return (spec + "s") % value
    if letter in "dicouxX":
        if type(value) not in (int, float):
            raise Thrown("integer expected for the specified format")
        number = int(value)
        if letter == "c":
            return (spec + "s") % chr(number & 0xFF)
        unsigned = letter in "ouxX"
        return (spec + ("d" if letter == "u" else letter)) % (number & 0xFFFFFFFF if unsigned else number)
    if letter in "feEgG":
        if type(value) not in (int, float):
            raise Thrown("float expected for the specified format")
        return (spec + letter) % float(value)
    raise Thrown("invalid format")


def _math(core: InterpreterCore) -> dict[str, Function]:
    def random(_arguments: list[Value]) -> int:
        core.seed = (core.seed * 1103515245 + 12345) & 0x7FFFFFFF
        return core.seed

    def seed(arguments: list[Value]) -> None:
        core.seed = int(arguments[0]) & 0x7FFFFFFF

    def of_one(function: Callable[[float], float]) -> Function:
        def run(arguments: list[Value]) -> float:
            try:
                return float(function(float(arguments[0])))
            except ValueError:
                return math.nan
            except OverflowError:
                return math.inf

        return run

    names = ["sqrt", "log", "log10", "exp", "sin", "cos", "tan", "asin", "acos", "atan", "fabs"]
    functions: dict[str, Function] = {name: of_one(getattr(math, name)) for name in names}
    return functions | {
        "floor": of_one(math.floor),
        "ceil": of_one(math.ceil),
        "abs": lambda arguments: abs(int(arguments[0])),
        "pow": lambda arguments: of_one(lambda base: math.pow(base, float(arguments[1])))(arguments),
        "atan2": lambda arguments: math.atan2(float(arguments[0]), float(arguments[1])),
        "rand": random,
        "srand": seed,
    }
