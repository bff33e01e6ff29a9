"""The hardware of an imp as start-up code uses it: idle pins and buses.

Nothing is connected. Pins read plausible levels that depend only on the seed; buses acknowledge writes and return no data.
"""

from __future__ import annotations

import re
import zlib

from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.standard_library import Function, table_of
from imptui.squirrel.interpreter.values import Blob, SquirrelTable, Value

_PART = re.compile(r"(pin|i2c|spi|uart)[0-9A-Z]*\Z")
_ANALOG_IN = 4


def hardware(core: InterpreterCore) -> SquirrelTable:
    """Return the table `hardware`, which creates pins and buses at first use."""
    functions: dict[str, Function] = {
        "getdeviceid": lambda _: core.environment.device_id,
        "getimpeeid": lambda _: core.environment.device_id,
        "millis": lambda _: int(core.at_s * 1000) & 0x7FFFFFFF,
        "micros": lambda _: int(core.at_s * 1_000_000) & 0x7FFFFFFF,
        "voltage": lambda _: 3.29,
        "vbat": lambda _: 3.29,
        "lightlevel": lambda _: 20_000 + _noise(core, "light", 4000),
        "wakereason": lambda _: core.environment.wake_reason,
        "configure": lambda _: None,
    }

    def missing(name: Value) -> Value:
        found = _PART.match(name) if isinstance(name, str) else None
        return _part(core, found[1], str(name)) if found else None

    return SquirrelTable(table_of(functions), missing=missing)


def _noise(core: InterpreterCore, name: str, span: int) -> int:
    return zlib.crc32(f"{core.environment.seed}:{name}".encode()) % span


def _part(core: InterpreterCore, kind: str, name: str) -> SquirrelTable:
    functions = {"pin": _pin, "i2c": _i2c, "spi": _spi, "uart": _uart}[kind](core, name)
    return SquirrelTable(table_of(functions | {"disable": lambda _: None}))


def _pin(core: InterpreterCore, name: str) -> dict[str, Function]:
    level = {"mode": 0, "value": 0}

    def configure(arguments: list[Value]) -> None:
        level["mode"] = arguments[0]
        if len(arguments) > 1 and type(arguments[1]) in (int, float):
            level["value"] = arguments[1]

    def write(arguments: list[Value]) -> int:
        level["value"] = arguments[0]
        return 0

    def read(_arguments: list[Value]) -> Value:
        return 30_000 + _noise(core, name, 5000) if level["mode"] == _ANALOG_IN else int(level["value"])

    return {
        "configure": configure,
        "write": write,
        "read": read,
        "setdutycycle": lambda _: None,
        "getdirection": lambda _: 0,
    }


def _blank(core: InterpreterCore, size: Value) -> str:
    count = max(0, int(size))
    core.allocate(count)
    return "\0" * count


def _i2c(core: InterpreterCore, _name: str) -> dict[str, Function]:
    return {
        "configure": lambda _: None,
        "write": lambda _: 0,
        "read": lambda arguments: _blank(core, arguments[2]),
        "readerror": lambda _: 0,
    }


def _spi(core: InterpreterCore, _name: str) -> dict[str, Function]:
    def exchange(arguments: list[Value]) -> Value:
        sent = arguments[0]
        blank = _blank(core, len(sent.content if isinstance(sent, Blob) else sent))
        return Blob(bytearray(len(blank))) if isinstance(sent, Blob) else blank

    return {
        "configure": lambda arguments: arguments[1] if len(arguments) > 1 else 0,
        "write": lambda _: 0,
        "writeread": exchange,
        "readstring": lambda arguments: _blank(core, arguments[0]),
        "readblob": lambda arguments: Blob(bytearray(_blank(core, arguments[0]).encode("latin-1"))),
        "chipselect": lambda _: None,
    }


def _uart(_core: InterpreterCore, _name: str) -> dict[str, Function]:
    return {
        "configure": lambda arguments: arguments[0],
        "write": lambda _: 0,
        "read": lambda _: -1,
        "readstring": lambda _: "",
        "readblob": lambda _: Blob(bytearray()),
        "flush": lambda _: None,
        "settxactive": lambda _: None,
        "setrxfifosize": lambda _: None,
        "settxfifosize": lambda _: None,
    }
