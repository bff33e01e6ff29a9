"""Source to tokens, as the reference compiler reads it.

Source is bytes to the compiler: columns count bytes and `'é'` is two of them. Here each
byte is one character (Latin-1) of a Python string, so offsets are byte offsets.

The compiler looks one token ahead and reports where its reading head stands, so a token
keeps its *end*. Rows and columns are worked out only when there is an error to report.
An error of the scanner itself is a token too: it counts when the parser comes to it.

Source: the language's own lexical grammar, version 3.0.4, 32-bit integers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from imptui.squirrel.errors import Abandoned, CompileError

RESERVED = frozenset(
    [
        "base",
        "break",
        "case",
        "catch",
        "class",
        "clone",
        "constructor",
        "const",
        "continue",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "extends",
        "false",
        "for",
        "foreach",
        "function",
        "if",
        "in",
        "instanceof",
        "local",
        "null",
        "resume",
        "return",
        "static",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "while",
        "yield",
    ]
)
"""The 35 words that are never names (`constructor` is one where a name is expected)."""

END, NAME, TEXT, INTEGER, FLOAT, BAD = "<end>", "<name>", "<text>", "<integer>", "<float>", "<bad>"
"""Kinds of token besides reserved words and operators, whose kind is their spelling."""

_OPERATORS = [
    ">>>",
    "<=>",
    "...",
    "<-",
    "<<",
    "<=",
    "</",
    ">>",
    ">=",
    "==",
    "!=",
    "&&",
    "||",
    "::",
    "++",
    "--",
    "+=",
    "-=",
    "*=",
    "/=",
    "%=",
    "/>",
    "+",
    "-",
    "*",
    "/",
    "%",
    "<",
    ">",
    "=",
    "!",
    "&",
    "|",
    "^",
    "~",
    "?",
    ":",
    ";",
    ",",
    ".",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
]

_TOKEN = re.compile(
    r"""
      (?P<word>  [A-Za-z_][A-Za-z0-9_]* )
    | (?P<blank> [ \t\r\n]+ | //[^\n]* | \#[^\n]* )
    | (?P<block> /\*[^*]*(?:\*(?!/)[^*]*)*\*/ )
    | (?P<plain> "[^"\\\n]*" )
    | (?P<number> [0-9](?:(?<=0)(?:[xX][0-9A-Fa-f]*|[0-7]+)|(?:[0-9.]|[eE][+-]?[0-9])*) )
    | (?P<op>    """
    + "|".join(re.escape(op) for op in _OPERATORS)
    + r""" )
    """,
    re.VERBOSE,
)
_VERBATIM = re.compile(r'[^"]*(?:""[^"]*)*')
_PIECE = re.compile(r"""[^"'\\\n]+""")
_HEX = re.compile(r"[0-9A-Fa-f]{1,4}")
_ESCAPES = {"t": "\t", "a": "\a", "b": "\b", "n": "\n", "r": "\r", "v": "\v", "f": "\f", "0": "\0"}
_ESCAPES |= {"\\": "\\", '"': '"', "'": "'"}
_EVERY = 4096


@dataclass(slots=True)
class Tokens:
    """One program as tokens, in parallel lists, the last one `END` or `BAD`."""

    source: str
    """One character per byte, cut at the first NUL."""
    kinds: list[str]
    values: list[str]
    """Spelling; for `TEXT` the contents, for `BAD` the message."""
    ends: list[int]
    """Offset just after the token; for `BAD` where the compiler was looking."""
    after_newline: list[bool]
    """Whether a line feed (as white space) stands before the token."""

    def error_at(self, index: int, message: str) -> CompileError:
        """The error the compiler reports when `index` is its look-ahead token."""
        return self.error(self.ends[index], message)

    def error(self, offset: int, message: str) -> CompileError:
        """The error reported with the reading head at `offset`."""
        row = 1 + self.source.count("\n", 0, offset)
        return CompileError(row, offset - max(0, _last_line_start(self.source, offset)), message)


class _Bad(Exception):
    def __init__(self, offset: int, message: str) -> None:
        self.offset = offset
        self.message = message


def as_bytes(code: str) -> str:
    """`code` with one character per byte of its UTF-8, lone surrogates included."""
    return code.encode("utf-8", "surrogatepass").decode("latin-1")


def scan(code: str, cancelled: Callable[[], bool] | None = None) -> Tokens:
    """All tokens of a program, up to its end or the first thing that is none.

    Raises:
        Abandoned: `cancelled` said yes.
    """
    source = as_bytes(code)
    nul = source.find("\0")
    tokens = Tokens(source if nul < 0 else source[:nul], [], [], [], [])
    try:
        _scan(tokens, cancelled)
    except _Bad as bad:
        _append(tokens, BAD, bad.message, bad.offset, after_newline=False)
    else:
        _append(tokens, END, "", len(tokens.source), after_newline="\n" in tokens.source[_trailing(tokens) :])
    return tokens


def _trailing(tokens: Tokens) -> int:
    return tokens.ends[-1] if tokens.ends else 0


def _append(tokens: Tokens, kind: str, value: str, end: int, *, after_newline: bool) -> None:
    tokens.kinds.append(kind)
    tokens.values.append(value)
    tokens.ends.append(end)
    tokens.after_newline.append(after_newline)


def _scan(tokens: Tokens, cancelled: Callable[[], bool] | None) -> None:
    source, match = tokens.source, _TOKEN.match
    kinds, values, ends = tokens.kinds.append, tokens.values.append, tokens.ends.append
    after_newline = tokens.after_newline.append
    at, size, newline, rounds = 0, len(source), False, 0
    while at < size:
        rounds += 1
        if cancelled is not None and not rounds % _EVERY and cancelled():
            raise Abandoned
        found = match(source, at)
        if found is None:
            kind, value, at = _unusual(source, at)
        else:
            group, value, start, at = found.lastgroup, found[0], at, found.end()
            if group == "blank":
                newline = newline or "\n" in value
                continue
            if group == "block":
                continue
            if group == "word":
                kind = value if value in RESERVED else NAME
            elif group == "op":
                kind = value
                _refuse_op(source, start, value)
            elif group == "plain":
                kind, value = TEXT, value[1:-1]
            else:
                kind = _number(source, at, value)
        kinds(kind)
        values(value)
        ends(at)
        after_newline(newline)
        newline = False


def _refuse_op(source: str, start: int, op: str) -> None:
    if op == "/" and source.startswith("/*", start):
        raise _Bad(len(source), 'missing "*/" in comment')
    if op == "." and source.startswith("..", start):
        raise _Bad(start + 2, "invalid token '..'")


def _number(source: str, end: int, spelling: str) -> str:
    following = source[end : end + 1]
    if len(spelling) > 1 and spelling[0] == "0" and spelling[1] in "xX":
        if len(spelling) > 10:
            raise _Bad(end, "too many digits for an Hex number")
        return INTEGER
    if len(spelling) > 1 and spelling[0] == "0" and spelling[1] in "01234567":
        if following.isdigit() and following.isascii():
            raise _Bad(end, "invalid octal number")
        return INTEGER
    if following and following in "eE":
        digit_at = end + 2 if source[end + 1 : end + 2] in ("+", "-") else end + 1
        raise _Bad(digit_at, "exponent expected")
    return FLOAT if _is_float(spelling) else INTEGER


def _is_float(spelling: str) -> bool:
    return "." in spelling or "e" in spelling or "E" in spelling


def _unusual(source: str, at: int) -> tuple[str, str, int]:
    """What the one big pattern leaves: strings with escapes, characters, `@`, and bytes that are no token."""
    first = source[at]
    if first == "@":
        if source.startswith('@"', at):
            return _verbatim(source, at + 2)
        return "@", "@", at + 1
    if first in "\"'":
        return _quoted(source, at + 1, first)
    if first < " " or first == "\x7f":
        raise _Bad(at, "unexpected character(control)")
    return first, first, at + 1


def _verbatim(source: str, at: int) -> tuple[str, str, int]:
    if at >= len(source):
        raise _Bad(at, "error parsing the string")
    body = _VERBATIM.match(source, at)
    end = body.end() if body else at
    if end >= len(source):
        raise _Bad(len(source), "unfinished string")
    return TEXT, source[at:end].replace('""', '"'), end + 1


def _quoted(source: str, at: int, quote: str) -> tuple[str, str, int]:
    """A string or a character constant, from just after its opening quote."""
    size, pieces = len(source), []
    if at >= size:
        raise _Bad(at, "error parsing the string")
    while True:
        if at >= size:
            raise _Bad(size, "unfinished string")
        here = source[at]
        if here == quote:
            break
        if here == "\n":
            raise _Bad(at, "newline in a constant")
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
        raise _Bad(at, "constant too long" if text else "empty constant")
    code = ord(text)
    return INTEGER, str(code if code < 128 else code - 256), at


def _escape(source: str, at: int) -> tuple[str, int]:
    here = source[at : at + 1]
    if here == "x":
        digits = _HEX.match(source, at + 1)
        if digits is None:
            raise _Bad(at + 1, "hexadecimal number expected")
        return chr(int(digits[0], 16) & 0xFF), digits.end()
    if here not in _ESCAPES:
        raise _Bad(at, "unrecognised escaper char")
    return _ESCAPES[here], at + 1


def _last_line_start(source: str, offset: int) -> int:
    """Offset of the last line feed before `offset` that is white space; -1 when there is none.

    Line feeds inside comments and strings do not start a line for the column.
    """
    at, last = 0, -1
    while at < offset:
        found = _TOKEN.match(source, at)
        if found is None:
            try:
                _, _, at = _unusual(source, at)
            except _Bad:
                break
            continue
        if found.lastgroup == "blank":
            feed = source.rfind("\n", at, min(found.end(), offset))
            last = feed if feed >= 0 else last
        elif found.lastgroup == "op" and source.startswith("/*", at):
            break
        at = found.end()
    return last
