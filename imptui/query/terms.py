"""Parser and printer of one term of the filter bar: words, claims, fields with operators, patterns."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from imptui.domain.errors import Invalid
from imptui.query.expression import (
    ALIASES,
    SPANS,
    TEXTS,
    And,
    Claim,
    Expr,
    FilterField,
    Fuzzy,
    Is,
    Not,
    NumberIs,
    Op,
    QueryError,
    Regex,
    ReleaseIs,
    TextIs,
    Within,
    Word,
)
from imptui.query.numbers import is_release, number, number_to_text, release

LIMIT_TERMS = 100
"""Limit of terms in one query. SQLite, which answers the query, has a limit as well."""

Kind = Literal["term", "dropped", "and", "or", "not", "(", ")"]

_SPACE = re.compile(r"\s+")
_RUN = re.compile(r"[^\s()\"]+")
_COMPARED = re.compile(r"([A-Za-z]+)(?:\s*(!=|<=|>=|=(?!=)|<|>)\s*|([:=~]))")
_LIKE_MAC = re.compile(r"[0-9a-f]{1,2}(?::[0-9a-f]{2})*(?::[0-9a-f]?)?", re.IGNORECASE)
_PLAIN_WORD = re.compile(r"[\w.@+#*/][\w.@+#*/-]*|-[\w.-]*")
_PLAIN_TEXT = re.compile(r"[^\s()\"/][^\s()\"]*")
_RANGE = re.compile(r"(.+?)\.\.(.+)")
_MARKS = {str(mark): mark for mark in Claim}
_FIELDS = {str(field): field for field in FilterField} | ALIASES
_KEYWORDS: dict[str, Kind] = {"and": "and", "or": "or", "not": "not"}


class Token(Struct, frozen=True):
    """One piece of the text and its position."""

    kind: Kind
    column: int
    length: int
    term: Expr | None = None


def tokens(text: str, *, lenient: bool) -> list[Token]:
    """Cut the text into tokens.

    Raises:
        QueryError: A term is invalid. With `lenient`, a term that reaches to the end of the text is still being typed and becomes
            a token of kind `dropped`.
    """
    found: list[Token] = []
    at = 0
    while at < len(text):
        if space := _SPACE.match(text, at):
            at = space.end()
            continue
        try:
            token, end = _next(text, at, lenient)
        except QueryError as error:
            if not lenient or error.column + error.length < len(text) or isinstance(error, UnknownField):
                raise
            token, end = Token("dropped", at, len(text) - at), len(text)
        found.append(token)
        at = end
    return found


class UnknownField(QueryError):
    """The word before an operator is no field; no more typing can correct it."""


def _next(text: str, at: int, lenient: bool) -> tuple[Token, int]:  # noqa: FBT001 - private, and read off by name above
    first = text[at]
    if first == "(":
        return Token("(", at, 1), at + 1
    if first == ")":
        return Token(")", at, 1), at + 1
    if first == "!" and text[at : at + 2] != "!=":
        return Token("not", at, 1), at + 1
    if first == '"':
        word, end = _quoted(text, at, lenient)
        return Token("term", at, end - at, Word(word)), end
    if first == "~":
        return _pattern(text, at, at + 1, FilterField.NAME, lenient)
    if (match := _COMPARED.match(text, at)) and (field := _FIELDS.get(match[1].lower())):
        return _field(text, at, match.end(), field, Op(match[2] or match[3]) if match[3] != "~" else None, lenient)
    return _bare(text, at)


def _bare(text: str, at: int) -> tuple[Token, int]:
    run = _RUN.match(text, at)
    assert run is not None, "neither a blank nor a parenthesis nor a quote stands here"  # noqa: S101
    word, end = run[0], run.end()
    low = word.lower()
    if low in _KEYWORDS:
        return Token(_KEYWORDS[low], at, end - at), end
    if low in _MARKS:
        return Token("term", at, end - at, Is(_MARKS[low])), end
    if word[0] in ":=<>!":
        raise QueryError("Say what is compared, as in rssi<-80.", at, end - at)
    compared = re.match(r"([^:=<>~!]+)(?:!=|[:=<>~])", word)
    if compared and not _LIKE_MAC.fullmatch(word):
        raise UnknownField(_no_field(compared[1]), at, len(compared[1]))
    return Token("term", at, end - at, Word(word)), end


def _no_field(word: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word.lower(), _FIELDS, 1)
    perhaps = f"did you mean {close[0]}? There" if close else "there"
    return f"There is no field {word!r}; {perhaps} are {', '.join(sorted(_FIELDS))}."


def _quoted(text: str, at: int, lenient: bool) -> tuple[str, int]:  # noqa: FBT001
    letters: list[str] = []
    end = at + 1
    while end < len(text) and text[end] != '"':
        if text[end] == "\\" and end + 1 < len(text):
            end += 1
        letters.append(text[end])
        end += 1
    is_open = end >= len(text)
    if is_open and not lenient:
        raise QueryError("The quotation is not closed.", at, len(text) - at)
    if not letters:
        raise QueryError("Nothing between the quotation marks.", at, min(len(text), end + 1) - at)
    return "".join(letters), end if is_open else end + 1


def _value(text: str, at: int, end: int, lenient: bool) -> tuple[str, bool, int]:  # noqa: FBT001
    """Return the value that begins at `end` of the term at `at`: its text, True if it was quoted, its end."""
    if end < len(text) and text[end] == '"':
        value, after = _quoted(text, end, lenient)
        return value, True, after
    run = _RUN.match(text, end)
    if run is None:
        raise QueryError("A value is missing after this.", at, end - at)
    return run[0], False, run.end()


def _pattern(text: str, at: int, end: int, field: FilterField, lenient: bool) -> tuple[Token, int]:  # noqa: FBT001
    if field not in TEXTS - {FilterField.TYPE}:
        raise UnknownField(f"Patterns are for names and the like, not for {field}.", at, end - at)
    if text[end : end + 1] != "/":
        value, _, after = _value(text, at, end, lenient)
        return Token("term", at, after - at, Fuzzy(field, value)), after
    pattern, after = _slashed(text, end, lenient)
    if not pattern:
        raise QueryError("Nothing between the slashes.", at, after - at)
    if may_run_forever(pattern):
        raise QueryError("This could take for ever: a repetition in a repetition, or too many.", at, after - at)
    try:
        return Token("term", at, after - at, Regex(field, pattern)), after
    except Invalid as error:
        raise QueryError(f"Not a regular expression: {error.reason}.", at, after - at) from error


def _slashed(text: str, at: int, lenient: bool) -> tuple[str, int]:  # noqa: FBT001
    letters: list[str] = []
    end = at + 1
    while end < len(text) and text[end] != "/":
        pair = text[end : end + 2] if text[end] == "\\" else text[end]
        letters.append("/" if pair == "\\/" else pair)
        end += len(pair)
    if end >= len(text):
        if lenient:
            return "".join(letters), len(text)
        raise QueryError("The regular expression is not closed.", at, len(text) - at)
    return "".join(letters), end + 1


def may_run_forever(pattern: str) -> bool:
    """True if Python's matcher might run for ever: nested repetitions, or more than four side by side.

    No other thread runs meanwhile, so such patterns are refused.
    """
    skipped = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern, flags=re.DOTALL)
    repeats = list(re.finditer(r"[*+]|\{\d*,\d*\}", skipped))
    open_at: list[int] = []
    for at, letter in enumerate(skipped):
        if letter == "(":
            open_at.append(at)
        elif letter == ")" and open_at:
            start = open_at.pop()
            inside = any(start < repeat.start() < at for repeat in repeats)
            if inside and re.match(r"[*+{]", skipped[at + 1 : at + 2]):
                return True
    return len(repeats) > 4


def _field(text: str, at: int, end: int, field: FilterField, op: Op | None, lenient: bool) -> tuple[Token, int]:  # noqa: FBT001
    if op is None:
        return _pattern(text, at, end, field, lenient)
    value, is_quoted, after = _value(text, at, end, lenient)
    try:
        term = _compared(field, op, value, is_quoted)
    except ValueError as error:
        raise QueryError(str(error), at, after - at) from error
    return Token("term", at, after - at, term), after


def _compared(field: FilterField, op: Op, value: str, is_quoted: bool) -> Expr:  # noqa: FBT001
    """Return the term that compares `field` with `value`.

    Raises:
        ValueError: The comparison makes no sense; the message is for the user.
    """
    if field in TEXTS:
        if op not in (Op.HAS, Op.EQ, Op.NE):
            raise ValueError(f"{field} is text: it takes ':', '=', '!=' and '~', not {op!s:.2}.")
        return TextIs(field, op, value)
    if field is FilterField.STATE:
        return _state(op, value)
    if field is FilterField.RELEASE:
        return _release(op, value, is_quoted)
    if (span := _RANGE.fullmatch(value)) and op in (Op.HAS, Op.EQ):
        low, high = sorted((number(field, span[1]), number(field, span[2])))
        return Within(field, low, high)
    if field in SPANS and op in (Op.HAS, Op.EQ, Op.NE):
        raise ValueError(f"Say {field}<10m or {field}>10m, or a range such as {field}:10m..2h.")
    return NumberIs(field, Op.EQ if op is Op.HAS else op, number(field, value))


def _state(op: Op, value: str) -> Expr:
    if value.lower() not in ("online", "offline") or op not in (Op.HAS, Op.EQ, Op.NE):
        raise ValueError("state is online or offline.")
    claim = Is(Claim(value.lower()))
    return Not(claim) if op is Op.NE else claim


def _release(op: Op, value: str, is_quoted: bool) -> Expr:  # noqa: FBT001
    span = None if is_quoted else _RANGE.fullmatch(value)
    if span and op in (Op.HAS, Op.EQ):
        return And((ReleaseIs(Op.GE, release(span[1])), ReleaseIs(Op.LE, release(span[2]))))
    if op is Op.HAS and (is_quoted or not is_release(value)):
        return TextIs(FilterField.RELEASE, op, value)
    return ReleaseIs(Op.EQ if op is Op.HAS else op, release(value))


def term_to_text(term: Expr) -> str:
    """Return text that parses to `term`, which is any expression but `And`, `Or` and `Not`."""
    match term:
        case Word(text):
            return text if _is_plain(text) else _in_quotes(text)
        case Is(mark):
            return str(mark)
        case TextIs(field, op, text):
            is_number = field is FilterField.RELEASE and (_RANGE.fullmatch(text) or is_release(text))
            return f"{field}{op}{text if _PLAIN_TEXT.fullmatch(text) and not is_number else _in_quotes(text)}"
        case NumberIs(field, op, value):
            return f"{field}{op}{number_to_text(field, value)}"
        case Within(field, low, high):
            return f"{field}:{number_to_text(field, low)}..{number_to_text(field, high)}"
        case ReleaseIs(op, parts):
            return f"swversion{op}{'.'.join(map(str, parts))}"
        case Fuzzy(field, text):
            return f"{field}~{text if _PLAIN_TEXT.fullmatch(text) else _in_quotes(text)}"
        case Regex(field, pattern):
            slashed = re.sub(r"\\.|/", lambda pair: "\\/" if pair[0] == "/" else pair[0], pattern, flags=re.DOTALL)
            return f"{field}~/{slashed}/"
        case _:
            raise TypeError(f"not a term: {term!r}")


def _is_plain(word: str) -> bool:
    is_taken = word.lower() in _MARKS or word.lower() in _KEYWORDS
    return not is_taken and (_PLAIN_WORD.fullmatch(word) is not None or _LIKE_MAC.fullmatch(word) is not None)


def _in_quotes(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
