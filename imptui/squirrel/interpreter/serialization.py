"""Serialization: messages to the other side, JSON, and back."""

from __future__ import annotations

import json
import math

from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.environment import Plain
from imptui.squirrel.interpreter.text_conversion import float_text, from_python_text, to_python_text
from imptui.squirrel.interpreter.values import Array, Blob, Instance, SquirrelTable, Thrown, Value, type_name

_DEEPEST = 32


def to_plain(core: InterpreterCore, value: Value, depth: int = 0) -> Plain:
    """Return a copy that can be sent. Functions, classes and instances cannot.

    Raises:
        Thrown: A part of it cannot be sent, or it contains itself.
    """
    core.spend()
    if depth > _DEEPEST:
        raise Thrown("nested too deep")
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        core.allocate(len(value))
        return to_python_text(value)
    if isinstance(value, Blob):
        return bytes(value.content)
    if isinstance(value, Array):
        return [to_plain(core, item, depth + 1) for item in value.items]
    if isinstance(value, SquirrelTable):
        return {_plain_key(core, key): to_plain(core, item, depth + 1) for key, item in value.slots.items()}
    raise Thrown(f"cannot serialise a {type_name(value)}")


def _plain_key(core: InterpreterCore, key: Value) -> Plain:
    return to_python_text(key) if isinstance(key, str) else core.text(key) if isinstance(key, float) else key


def size_bytes(plain: Plain) -> int:
    """Return the serialized size of a copy: a byte for its type, and its content."""
    if isinstance(plain, str):
        return 3 + len(plain.encode("utf-8", "surrogatepass"))
    if isinstance(plain, bytes):
        return 3 + len(plain)
    if isinstance(plain, list):
        return 3 + sum(map(size_bytes, plain))
    if isinstance(plain, dict):
        return 3 + sum(size_bytes(key) + size_bytes(item) for key, item in plain.items())
    return 1 if plain is None or isinstance(plain, bool) else 5


def from_plain(plain: Plain) -> Value:
    """Return the Squirrel value of a received copy."""
    if isinstance(plain, str):
        return from_python_text(plain)
    if isinstance(plain, bytes):
        return Blob(bytearray(plain))
    if isinstance(plain, list):
        return Array([from_plain(item) for item in plain])
    if isinstance(plain, dict):
        return SquirrelTable({from_plain(key): from_plain(item) for key, item in plain.items()})
    return plain


def json_encode(core: InterpreterCore, value: Value, depth: int = 0) -> str:
    """Implement `http.jsonencode`: no spaces, slots in order."""
    core.spend()
    if depth > _DEEPEST:
        raise Thrown("cannot encode: nested too deep")
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return float_text(value) if math.isfinite(value) else "null"
    if isinstance(value, Array):
        return "[" + ",".join(json_encode(core, item, depth + 1) for item in value.items) + "]"
    if isinstance(value, SquirrelTable | Instance):
        method = core.metamethod(value, "_serialize")
        if method is not None:
            return json_encode(core, core.call(method, value, []), depth + 1)
        pairs = (f"{_quoted(core, key)}:{json_encode(core, item, depth + 1)}" for key, item in value.slots.items())
        return "{" + ",".join(pairs) + "}"
    return _quoted(core, value)


def _quoted(core: InterpreterCore, value: Value) -> str:
    text = core.text(value)
    core.allocate(len(text) + 2)
    return from_python_text(json.dumps(to_python_text(text), ensure_ascii=False))


def json_decode(core: InterpreterCore, text: str) -> Value:
    """Implement `http.jsondecode`; for text that is no JSON it throws an error that the code can catch."""
    core.allocate(8 * len(text))
    try:
        return from_plain(_wrapped(json.loads(to_python_text(text))))
    except (ValueError, RecursionError):
        raise Thrown("Error parsing JSON") from None


def _wrapped(plain: Plain) -> Plain:
    """Turn integers too large for the imp into floats."""
    if isinstance(plain, list):
        return [_wrapped(item) for item in plain]
    if isinstance(plain, dict):
        return {key: _wrapped(item) for key, item in plain.items()}
    if type(plain) is int and not -0x80000000 <= plain <= 0x7FFFFFFF:
        return float(plain) if abs(plain) < 10**300 else math.inf
    return plain
