"""The Pygments lexer for Squirrel."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import (
    Comment,
    Error,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
    _TokenType,
)

from imptui.squirrel.lexer import SquirrelLexer

_SHORT = {
    Keyword: "K",
    Keyword.Declaration: "Kd",
    Keyword.Constant: "Kc",
    Operator.Word: "Ow",
    Operator: "O",
    Punctuation: "P",
    Name: "N",
    Name.Attribute: "Na",
    Name.Builtin: "Nb",
    Name.Builtin.Pseudo: "Nbp",
    Name.Class: "Nc",
    Name.Function: "Nf",
    Name.Constant: "No",
    Number.Integer: "Mi",
    Number.Hex: "Mh",
    Number.Oct: "Mo",
    Number.Float: "Mf",
    String.Double: "S",
    String.Escape: "Se",
    String.Char: "Sc",
    String.Other: "Sv",
    String.Interpol: "Si",
    Comment.Single: "C1",
    Comment.Multiline: "Cm",
    Comment.Preproc: "Cp",
    Error: "Err",
}
_PIECEMEAL = (String.Double, String.Other)


def _cases() -> list[tuple[str, str, str]]:
    path = Path(__file__).parents[2] / "data" / "squirrel" / "tokens.txt"
    lines = [line for line in path.read_text().split("\n") if line[:5] in ("name ", "text ", "want ")]
    rows = [line[5:] for line in lines]
    return list(zip(rows[0::3], rows[1::3], rows[2::3], strict=True))


def _short(text: str) -> str:
    """Tokens in the notation of tokens.txt; the pieces of one plain stretch of a string are joined."""
    found: list[tuple[_TokenType, str]] = []
    for _, token, value in SquirrelLexer().get_tokens_unprocessed(text):
        if token in _PIECEMEAL and found and found[-1][0] is token:
            found[-1] = (token, found[-1][1] + value)
        elif token is not Whitespace:
            found.append((token, value))
    return " ".join(f"{_SHORT[token]}:{value}" for token, value in ((t, v.replace(" ", "␣")) for t, v in found))


@pytest.mark.parametrize(("name", "text", "want"), _cases(), ids=[case[0] for case in _cases()])
def test_tokens(name: str, text: str, want: str) -> None:
    """The lexer sees the tokens that Electric Imp's compiler sees, and the Builder's directives."""
    assert _short(text.replace("⏎", "\n")).replace("\n", "⏎") == want


@pytest.mark.parametrize("alias", ["squirrel", "nut"])
def test_found_by_name(alias: str) -> None:
    """Pygments finds the lexer by its names."""
    assert get_lexer_by_name(alias).name == "Squirrel"


def test_found_by_file() -> None:
    """Pygments finds the lexer for a `.nut` file."""
    assert get_lexer_for_filename("device.nut").name == "Squirrel"


def test_require_is_telling() -> None:
    """A `#require` with a version at the head of a file identifies Squirrel."""
    assert SquirrelLexer.analyse_text('#require "Rocky.agent.lib.nut:3.0.1"\n') > 0.8


def test_python_is_not_squirrel() -> None:
    """The lexer does not claim another language."""
    assert SquirrelLexer.analyse_text("import os\nprint(os.name)\n") == 0


_PIECES = [
    *"\"'@{}/*#\n\\()[].:<>-=!0819aö \t\r\x00\x0c\u2028",
    "\\x41",
    "/*",
    "*/",
    "//",
    '@"',
    "@{",
    "@include",
    "@ ",
    "class",
    "function",
    "::",
    "1.e5",
    '#require "a:1"',
]


@pytest.mark.parametrize("seed", range(300))
def test_keeps_every_byte(seed: int) -> None:
    """The tokens of any text, joined, are the text."""
    chance = random.Random(seed)
    text = "".join(chance.choice(_PIECES) for _ in range(60))
    assert "".join(value for _, _, value in SquirrelLexer().get_tokens_unprocessed(text)) == text


_TRAPS = {
    "open string of escapes": '"' + "\\x41" * 20_000,
    "open verbatim string": '@"' + '""' * 40_000,
    "open comments": "/*" * 40_000,
    "nearly closed comment": "/*" + "*" * 80_000,
    "interpolations without end": "@{" * 40_000,
    "interpolations with quotes": "@{\"'" * 20_000,
    "interpolations in a string": '"' + "@{'{" * 20_000,
    "quotes": "'" * 80_000,
    "backslashes in a string": '"' + "\\" * 80_000,
    "spaces": " " * 80_000 + "\x0c",
    "dots": ". " * 40_000,
    "names without end": "function " * 9_000,
    "digits": "1.e" * 27_000,
    "directive signs": " @" * 40_000,
}


@pytest.mark.parametrize("trap", _TRAPS.values(), ids=_TRAPS)
def test_hostile_text_takes_linear_time(trap: str) -> None:
    """No text makes the lexer hang: exponential or quadratic time would take minutes here."""
    start = time.process_time()
    assert sum(len(value) for _, _, value in SquirrelLexer().get_tokens_unprocessed(trap)) == len(trap)
    assert time.process_time() - start < 10


_PROGRAM = """#require "Rocky.agent.lib.nut:3.0.1"
class Led extends Pin </ doc = "x" /> {
    static LEVELS = [0, 0x1F, 017, 1.5e3, 'a'];  /* how
    bright */
    function on(level = 1, ...) { server.log("level\\t\\x41" + level); return @(v) v <=> level; }
}
@if DEBUG
local t = { "a": @"b ""c""
d", e = @{NAME} };
@endif
"""


@pytest.mark.parametrize("seed", range(100))
def test_damaged_programs(seed: int) -> None:
    """A program with pieces removed, doubled or moved is read to its end in linear time."""
    chance = random.Random(seed)
    text = _PROGRAM * 20
    for _ in range(30):
        start, size, target = chance.randrange(len(text)), chance.randrange(1, 40), chance.randrange(len(text))
        piece = text[start : start + size]
        text = chance.choice([text[:start] + text[start + size :], text[:target] + piece + text[target:]])
    begin = time.process_time()
    assert "".join(value for _, _, value in SquirrelLexer().get_tokens_unprocessed(text)) == text
    assert time.process_time() - begin < 5


def test_sound_program_has_no_errors() -> None:
    """A program that compiles has no error tokens."""
    assert Error not in {token for _, token, _ in SquirrelLexer().get_tokens_unprocessed(_PROGRAM)}
