"""The methods of blobs, which are bytes with a cursor."""

from __future__ import annotations

import struct
from collections.abc import Callable

from imptui.squirrel.interpreter.core import InterpreterCore
from imptui.squirrel.interpreter.values import Blob, Thrown, Value

Method = Callable[[Value, list[Value]], Value]
_FORMATS = {"c": 1, "b": 1, "s": 2, "w": 2, "i": 4, "n": 4, "f": 4, "d": 8}


def blob_methods(core: InterpreterCore) -> dict[str, Method]:
    """Return the methods of blobs, by name; numbers and text are in little-endian order."""
    codes = {"c": "<b", "b": "<B", "s": "<h", "w": "<H", "i": "<i", "n": "<i", "f": "<f", "d": "<d"}

    def letter(value: Value) -> str:
        return value if isinstance(value, str) else chr(value)

    def put(this: Blob, piece: bytes) -> None:
        core.allocate(len(piece))
        this.content[this.at : this.at + len(piece)] = piece
        this.at += len(piece)

    def write_number(this: Blob, arguments: list[Value]) -> None:
        kind = letter(arguments[1])
        if kind in "fd":
            put(this, struct.pack(codes[kind], float(arguments[0])))
        else:
            put(this, (int(arguments[0]) & (256 ** _FORMATS[kind] - 1)).to_bytes(_FORMATS[kind], "little"))

    def read_number(this: Blob, arguments: list[Value]) -> Value:
        kind = letter(arguments[0])
        piece = bytes(this.content[this.at : this.at + _FORMATS[kind]])
        if len(piece) < _FORMATS[kind]:
            raise Thrown("io error")
        this.at += len(piece)
        return struct.unpack(codes[kind], piece)[0]

    def take(this: Blob, arguments: list[Value]) -> bytes:
        size = int(arguments[0]) if arguments else len(this.content) - this.at
        piece = bytes(this.content[this.at : this.at + max(0, size)])
        core.allocate(len(piece))
        this.at += len(piece)
        return piece

    def seek(this: Blob, arguments: list[Value]) -> int:
        origin = letter(arguments[1]) if len(arguments) > 1 else "b"
        start = {"b": 0, "c": this.at, "e": len(this.content)}[origin]
        this.at = min(max(0, start + int(arguments[0])), len(this.content))
        return 0

    def resize(this: Blob, arguments: list[Value]) -> None:
        size = int(arguments[0])
        core.allocate(max(0, size - len(this.content)))
        this.content[:] = this.content[:size].ljust(size, b"\0")

    return {
        "len": lambda this, _: len(this.content),
        "tostring": lambda this, _: this.content.decode("latin-1"),
        "writen": write_number,
        "readn": read_number,
        "writestring": lambda this, arguments: put(this, arguments[0].encode("latin-1")),
        "writeblob": lambda this, arguments: put(this, bytes(arguments[0].content)),
        "readblob": lambda this, arguments: Blob(bytearray(take(this, arguments))),
        "readstring": lambda this, arguments: take(this, arguments).decode("latin-1"),
        "seek": seek,
        "tell": lambda this, _: this.at,
        "eos": lambda this, _: 1 if this.at >= len(this.content) else None,
        "resize": resize,
        "flush": lambda _this, _: None,
        "swap2": lambda _this, _: None,
        "swap4": lambda _this, _: None,
    }
