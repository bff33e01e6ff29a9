"""Number, string and character literals: their end, their value, and their errors.

Source: the language's own lexical grammar, version 3.0.4, 32-bit integers.
"""

from __future__ import annotations

import re

from imptui.squirrel.syntax.token_patterns import FLOAT, INTEGER, TEXT

_VERBATIM = re.compile(r'[^"]*(?:""[^"]*)*')
_PIECE = re.compile(r"""[^"'\\\n]+""")
_HEX = re.compile(r"[0-9A-Fa-f]{1,4}")
_ESCAPES = {"t": "\t", "a": "\a", "b": "\b", "n": "\n", "r": "\r", "v": "\v", "f": "\f", "0": "\0"}
_ESCAPES |= {"\\": "\\", '"': '"', "'": "'"}


class MalformedToken(Exception):
    """A literal is malformed, and the scanner stops."""

    def __init__(self, offset: int, message: str) -> None:
        self.offset = offset
        self.message = message


def number_kind(source: str, end: int, spelling: str) -> str:
    """Return `INTEGER` or `FLOAT` for a number that ends here."""
    following = source[end : end + 1]
    if len(spelling) > 1 and spelling[0] == "0" and spelling[1] in "xX":
        if len(spelling) > 10:
            raise MalformedToken(end, "too many digits for an Hex number")
        return INTEGER
    if len(spelling) > 1 and spelling[0] == "0" and spelling[1] in "01234567":
        if following.isdigit() and following.isascii():
            raise MalformedToken(end, "invalid octal number")
        return INTEGER
    if following and following in "eE":
        digit_at = end + 2 if source[end + 1 : end + 2] in ("+", "-") else end + 1
        raise MalformedToken(digit_at, "exponent expected")
    return FLOAT if _is_float(spelling) else INTEGER


def _is_float(spelling: str) -> bool:
    return "." in spelling or "e" in spelling or "E" in spelling


def read_unusual_token(source: str, at: int) -> tuple[str, str, int]:
    """Read a token that `TOKEN` does not match: a string with escapes, a character, `@`, or an invalid byte."""
    first = source[at]
    if first == "@":
        if source.startswith('@"', at):
            return _verbatim(source, at + 2)
        return "@", "@", at + 1
    if first in "\"'":
        return _quoted(source, at + 1, first)
    if first < " " or first == "\x7f":
        raise MalformedToken(at, "unexpected character(control)")
    return first, first, at + 1


def _verbatim(source: str, at: int) -> tuple[str, str, int]:
    if at >= len(source):
        raise MalformedToken(at, "error parsing the string")
    body = _VERBATIM.match(source, at)
    end = body.end() if body else at
    if end >= len(source):
        raise MalformedToken(len(source), "unfinished string")
    return TEXT, source[at:end].replace('""', '"'), end + 1


def _quoted(source: str, at: int, quote: str) -> tuple[str, str, int]:
    """Read a string or a character constant, after its opening quote."""
    size, pieces = len(source), []
    if at >= size:
        raise MalformedToken(at, "error parsing the string")
    while True:
        if at >= size:
            raise MalformedToken(size, "unfinished string")
        here = source[at]
        if here == quote:
            break
        if here == "\n":
            raise MalformedToken(at, "newline in a constant")
        if here == "\\":
            piece, at = _escape(source, at + 1)
        else:
            plain = _PIECE.match(source, at)
            piece = plain[0] if plain else here
            at += len(piece)
        pieces.append(piece)
    text, at = "".join(pieces), at + 1
    if quote == '"':
        return TEXT, text, at
    if len(text) != 1:
        raise MalformedToken(at, "constant too long" if text else "empty constant")
    code = ord(text)
    return INTEGER, str(code if code < 128 else code - 256), at


def _escape(source: str, at: int) -> tuple[str, int]:
    here = source[at : at + 1]
    if here == "x":
        digits = _HEX.match(source, at + 1)
        if digits is None:
            raise MalformedToken(at + 1, "hexadecimal number expected")
        return chr(int(digits[0], 16) & 0xFF), digits.end()
    if here not in _ESCAPES:
        raise MalformedToken(at, "unrecognised escaper char")
    return _ESCAPES[here], at + 1
