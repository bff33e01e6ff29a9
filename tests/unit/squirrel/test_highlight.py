"""Highlighting of a program, a few lines at a time."""

from __future__ import annotations

import random
import time

import pytest
from pygments.token import Comment, Error, String

from imptui.squirrel.highlight import Highlighter, state_after
from imptui.squirrel.lexer import SquirrelLexer

_PROGRAM = 'class Led {\n  /* how\n  bright */ level = 0x0F;\n}\nlocal t = @"one\ntwo";\nserver.log("a\\n");'


def _exact(text: str) -> Highlighter:
    highlighter = Highlighter(text)
    while not highlighter.done:
        highlighter.advance()
    return highlighter


def _kinds(highlighter: Highlighter, line: int) -> list[tuple[str, str]]:
    return [(kind, highlighter.lines[line][a:b]) for kind, a, b in highlighter.tokens(line)]


def test_kinds_of_a_class_line() -> None:
    """Keyword and name of a class line have different colours."""
    assert _kinds(Highlighter(_PROGRAM), 0) == [("keyword", "class"), ("class", "Led"), ("operator", "{")]


def test_comment_goes_on() -> None:
    """A line inside a block comment is a comment up to the comment's end."""
    assert _kinds(_exact(_PROGRAM), 2)[:2] == [("comment", "  bright */"), ("name", "level")]


def test_verbatim_string_goes_on() -> None:
    """A verbatim string continues over the end of its line."""
    assert _kinds(_exact(_PROGRAM), 5) == [("string", 'two"'), ("operator", ";")]


def test_escapes_and_builtins() -> None:
    """Names of the imp API and escapes in strings are marked."""
    assert _kinds(_exact(_PROGRAM), 6)[0] == ("builtin", "server")
    assert ("escape", "\\n") in _kinds(_exact(_PROGRAM), 6)


def test_far_line_at_once() -> None:
    """A line far down has colours before the lines above were read."""
    highlighter = Highlighter("local a = 1;\n" * 50_000)
    assert highlighter.tokens(49_999)[0] == ("keyword", 0, 5)
    assert not highlighter.done


def test_comment_far_above_is_corrected() -> None:
    """A comment that begins far above is first guessed wrong, and later reported as changed."""
    highlighter = Highlighter("/*\n" + "local a = 1;\n" * 5_000 + "*/")
    assert highlighter.tokens(4_000)[0][0] == "keyword"
    changed = highlighter.advance(10_000)
    assert 4_000 in changed
    assert highlighter.tokens(4_000) == (("comment", 0, 12),)


def test_right_guess_is_not_reported() -> None:
    """Lines that a guess coloured correctly are not reported as changed."""
    highlighter = Highlighter("local a = 1;\n" * 5_000)
    highlighter.tokens(4_000)
    assert not highlighter.advance(10_000)


def test_end_of_comment_below_is_a_hint() -> None:
    """Lines above the end of a comment without a beginning are guessed to be in that comment."""
    highlighter = Highlighter("/*\n" + "text\n" * 400 + "*/\nlocal a;\n" + "b;\n" * 20)
    assert highlighter.tokens(402)[0] == ("keyword", 0, 5)


def test_empty_program() -> None:
    """An empty program is done at once."""
    assert Highlighter("").done


def test_no_such_line() -> None:
    """A request for a line that does not exist raises an error."""
    with pytest.raises(IndexError):
        Highlighter("a").tokens(1)


def test_very_long_line() -> None:
    """A line of 70 KB has colours at its start and costs no more than a short page."""
    start = time.process_time()
    runs = Highlighter('local s = "' + "\\x41" * 17_000 + '";').tokens(0)
    assert runs[0] == ("keyword", 0, 5)
    assert time.process_time() - start < 2


_PIECES = [
    '"',
    "'",
    '@"',
    '""',
    "@{",
    "}",
    "/*",
    "*/",
    "//",
    "#",
    "\n",
    "\n",
    "\\",
    "\\x41",
    "a",
    "ö",
    "@if x",
    "@ ",
    "</",
]


@pytest.mark.parametrize("seed", range(300))
def test_open_lines_agree_with_the_lexer(seed: int) -> None:
    """The state at the start of each line agrees with the lexer's reading of the whole text."""
    chance = random.Random(seed)
    text = "".join(chance.choice(_PIECES) for _ in range(40))
    wanted = [0]
    for _, token, value in SquirrelLexer().get_tokens_unprocessed(text):
        is_comment = token is Comment.Multiline or (token is Error and value.startswith("/*"))
        wanted += [1 if is_comment else 2 if token is String.Other else 0] * value.count("\n")
    state, found = 0, [0]
    for line in text.split("\n")[:-1]:
        state = state_after(line, state)
        found.append(state)
    assert found == wanted
