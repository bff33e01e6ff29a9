"""Scanner: from source to tokens, as the reference compiler reads it.

The compiler reads bytes: columns count bytes, and `'é'` has two of them. Here each byte is one character (Latin-1) of a Python
string, so offsets are byte offsets.

The compiler looks one token ahead and reports the position of its reading head, so a token stores its *end*. Rows and columns are
computed only for an error. An error of the scanner becomes a token, and counts when the parser reaches it.

Source: the language's own lexical grammar, version 3.0.4, 32-bit integers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from imptui.squirrel.syntax.errors import Abandoned, CompileError
from imptui.squirrel.syntax.literals import MalformedToken, number_kind, read_unusual_token
from imptui.squirrel.syntax.token_patterns import BAD, END, NAME, RESERVED, TEXT, TOKEN

_EVERY = 4096


@dataclass(slots=True)
class TokenList:
    """The tokens of one program, in parallel lists; the last one is `END` or `BAD`."""

    source: str
    """The source with one character per byte, cut at the first NUL."""
    kinds: list[str]
    values: list[str]
    """Spelling of the token; for `TEXT` its content, for `BAD` the message."""
    ends: list[int]
    """Offset just after the token; for `BAD` the position of the error."""
    after_newline: list[bool]
    """True if a line feed (as white space) is before the token."""

    def error_at(self, index: int, message: str) -> CompileError:
        """Return the error that the compiler reports if `index` is its look-ahead token."""
        return self.error(self.ends[index], message)

    def error(self, offset: int, message: str) -> CompileError:
        """Return the error that the compiler reports with its reading head at `offset`."""
        row = 1 + self.source.count("\n", 0, offset)
        return CompileError(row, offset - max(0, _last_line_start(self.source, offset)), message)


def as_bytes(code: str) -> str:
    """Return `code` with one character per byte of its UTF-8, lone surrogates included."""
    return code.encode("utf-8", "surrogatepass").decode("latin-1")


def scan(code: str, cancelled: Callable[[], bool] | None = None) -> TokenList:
    """Return the tokens of a program, up to its end or the first scanner error.

    Raises:
        Abandoned: `cancelled` returned True.
    """
    source = as_bytes(code)
    nul = source.find("\0")
    tokens = TokenList(source if nul < 0 else source[:nul], [], [], [], [])
    try:
        _scan(tokens, cancelled)
    except MalformedToken as bad:
        _append(tokens, BAD, bad.message, bad.offset, after_newline=False)
    else:
        _append(tokens, END, "", len(tokens.source), after_newline="\n" in tokens.source[_trailing(tokens) :])
    return tokens


def _trailing(tokens: TokenList) -> int:
    return tokens.ends[-1] if tokens.ends else 0


def _append(tokens: TokenList, kind: str, value: str, end: int, *, after_newline: bool) -> None:
    tokens.kinds.append(kind)
    tokens.values.append(value)
    tokens.ends.append(end)
    tokens.after_newline.append(after_newline)


def _scan(tokens: TokenList, cancelled: Callable[[], bool] | None) -> None:
    source, match = tokens.source, TOKEN.match
    kinds, values, ends = tokens.kinds.append, tokens.values.append, tokens.ends.append
    after_newline = tokens.after_newline.append
    at, size, newline, rounds = 0, len(source), False, 0
    while at < size:
        rounds += 1
        if cancelled is not None and not rounds % _EVERY and cancelled():
            raise Abandoned
        found = match(source, at)
        if found is None:
            kind, value, at = read_unusual_token(source, at)
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
                kind = number_kind(source, at, value)
        kinds(kind)
        values(value)
        ends(at)
        after_newline(newline)
        newline = False


def _refuse_op(source: str, start: int, op: str) -> None:
    if op == "/" and source.startswith("/*", start):
        raise MalformedToken(len(source), 'missing "*/" in comment')
    if op == "." and source.startswith("..", start):
        raise MalformedToken(start + 2, "invalid token '..'")


def _last_line_start(source: str, offset: int) -> int:
    """Return the offset of the last line feed before `offset` that is white space; -1 if there is none.

    Line feeds inside comments and strings do not start a line for the column.
    """
    at, last = 0, -1
    while at < offset:
        found = TOKEN.match(source, at)
        if found is None:
            try:
                _, _, at = read_unusual_token(source, at)
            except MalformedToken:
                break
            continue
        if found.lastgroup == "blank":
            feed = source.rfind("\n", at, min(found.end(), offset))
            last = feed if feed >= 0 else last
        elif found.lastgroup == "op" and source.startswith("/*", at):
            break
        at = found.end()
    return last
