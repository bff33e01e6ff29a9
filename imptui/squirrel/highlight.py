"""Highlighting of a program, a few lines at a time, for programs of any size.

In Squirrel, only block comments and verbatim strings continue over the end of a line. So the lexer runs on single visible lines,
with one stored byte per line: the construct that is open at its start. `advance` computes these bytes from the top down, in the
background. Until it reaches a line, the state is guessed from the lines above.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pygments.token import Comment, Error, Keyword, Name, Number, Operator, Punctuation, String, Token, Whitespace

from imptui.squirrel.lexer import DIRECTIVE, INTERPOLATION, SquirrelLexer

Kind = Literal[
    "keyword",
    "builtin",
    "string",
    "escape",
    "number",
    "comment",
    "operator",
    "name",
    "function",
    "class",
    "constant",
    "directive",
    "error",
]
"""The kind of a part of a line, for its colour."""

Run = tuple[Kind, int, int]
"""Kind, first and end column, in code points. Parts without a run are blanks or unstyled."""

NORMAL, IN_COMMENT, IN_VERBATIM = 0, 1, 2
"""The construct that is open at the start of a line."""

_LONGEST_STYLED = 8192
"""Number of code points of a line that are coloured. The rest of a longer line is plain, or continues the last comment or
string."""

_LOOK_BACK = 300
"""Number of lines above that a guess is made from."""

_CACHED_LINES = 2048
"""Number of lines whose runs are cached."""

_KINDS: dict[object, Kind | None] = {
    Comment.Preproc: "directive",
    Comment: "comment",
    Error: "error",
    Keyword.Constant: "constant",
    Keyword: "keyword",
    Name.Builtin.Pseudo: "keyword",
    Name.Builtin: "builtin",
    Name.Class: "class",
    Name.Constant: "constant",
    Name.Function: "function",
    Name: "name",
    Number: "number",
    Operator.Word: "keyword",
    Operator: "operator",
    Punctuation: "operator",
    String.Escape: "escape",
    String.Interpol: "directive",
    String: "string",
    Whitespace: None,
    Token: None,
}

_DIRECTIVE = re.compile(DIRECTIVE)
_OPENER = re.compile(
    rf"</|(?P<line>//|\#)|(?P<comment>/\*)|(?P<verbatim>@\")|\"(?:{INTERPOLATION}|[^\"\\]|\\.)*\"?"
    rf"|'[^'\\]*(?:\\.[^'\\]*)*\\?'?|{INTERPOLATION}"
)
_VERBATIM_END = re.compile(rf"\"(?!\")|{INTERPOLATION}|\"\"")


def source_lines(text: str | Sequence[str]) -> Sequence[str]:
    """Return the lines of a program without their LF; a sequence is taken as lines already split."""
    if not isinstance(text, str):
        return text
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


def state_after(line: str, state: int) -> int:
    """Return the construct that is open at the end of a line that starts with `state` open.

    The result agrees with the lexer. The time is linear in the line, and almost none for a line that has neither `/*` nor `@"`.
    """
    if state == NORMAL and "/*" not in line and '@"' not in line:
        return NORMAL
    place = 0
    if state == NORMAL and _DIRECTIVE.match(line):
        return NORMAL
    while True:
        if state != NORMAL:
            place = _end_of_open(line, place, state)
            if place < 0:
                return state
            state = NORMAL
        opener = _next_opener(line, place)
        if opener is None:
            return NORMAL
        state = IN_COMMENT if opener.lastgroup == "comment" else IN_VERBATIM
        place = opener.end()


def _next_opener(line: str, place: int) -> re.Match[str] | None:
    """Return the next place where a block comment or a verbatim string begins."""
    for found in _OPENER.finditer(line, place):
        if found.lastgroup == "line":
            return None
        if found.lastgroup:
            return found
    return None


def _end_of_open(line: str, place: int, state: int) -> int:
    """Return the column after the end of the open comment or string; -1 if it does not end in this line."""
    if state == IN_COMMENT:
        found = line.find("*/", place)
        return found + 2 if found >= 0 else -1
    ends = (piece.end() for piece in _VERBATIM_END.finditer(line, place) if piece.group() == '"')
    return next(ends, -1)


class Highlighter:
    """The colours of one program, computed for the requested lines only.

    Two threads must not use it at the same time, except that any thread may read `lines`.
    """

    def __init__(self, text: str | Sequence[str]) -> None:
        self.lines: Sequence[str] = source_lines(text)
        """The lines of the program without their LF."""
        self._states = bytearray(1)
        self._guessed: dict[int, int] = {}
        self._runs: dict[int, tuple[Run, ...]] = {}
        self._lexer = SquirrelLexer()

    @property
    def done(self) -> bool:
        """Return True if the colours of all lines are exact."""
        return len(self._states) >= len(self.lines)

    def tokens(self, line_number: int) -> tuple[Run, ...]:
        """Return the coloured parts of a line, in order, not overlapping.

        They are exact as far as `advance` has come. Otherwise they may be based on a guess; if it is wrong, a later `advance`
        reports the line as changed. It takes some tenths of a millisecond for a usual line.

        Raises:
            IndexError: The program has no such line.
        """
        if line_number not in self._runs:
            if len(self._runs) >= _CACHED_LINES:
                self._runs.clear()
            state = self._state(line_number)
            self._runs[line_number] = runs_of(self.lines[line_number], state, self._lexer)
        return self._runs[line_number]

    def advance(self, budget_lines: int = 5000) -> range:
        """Make the next lines exact; call it in the background until `done`.

        Args:
            budget_lines: Number of lines; some thousand take a few milliseconds.

        Returns:
            The range of lines, requested before, whose colours changed: from the first to the last such line, mostly empty.
        """
        states = self._states
        start = len(states)
        end = min(len(self.lines), start + budget_lines)
        state = states[-1]
        for line in self.lines[start - 1 : end - 1]:
            state = state_after(line, state)
            states.append(state)
        wrong = [number for number, guess in self._guessed.items() if number < end and states[number] != guess]
        self._guessed = {number: guess for number, guess in self._guessed.items() if number >= end}
        for number in wrong:
            self._runs.pop(number, None)
        return range(min(wrong), max(wrong) + 1) if wrong else range(0)

    def _state(self, line_number: int) -> int:
        """Return the construct that is open at the start of a line, as far as it is known."""
        if line_number < len(self._states):
            return self._states[line_number]
        if line_number not in self._guessed:
            self._guess(line_number)
        return self._guessed[line_number]

    def _guess(self, line_number: int) -> None:
        """Guess the state of a line, and of the lines between it and the start of the guess."""
        known = len(self._states) - 1
        start = max(known, line_number - _LOOK_BACK, 0)
        if start == known:
            state = self._states[known]
        elif line_number - 1 in self._guessed:  # when scrolling down, the guess continues from the line above
            start, state = line_number - 1, self._guessed[line_number - 1]
        else:
            state = _likely_state(self.lines[start:line_number])
        for line in self.lines[start:line_number]:
            state = state_after(line, state)
        self._guessed[line_number] = state


def _likely_state(lines: Sequence[str]) -> int:
    """Return `IN_COMMENT` if the lines seem to start in a comment, because an end comes before any beginning; else `NORMAL`."""
    for line in lines:
        opened, closed = line.find("/*"), line.find("*/")
        if closed >= 0 and (opened < 0 or closed < opened):
            return IN_COMMENT
        if opened >= 0:
            return NORMAL
    return NORMAL


def runs_of(line: str, state: int, lexer: SquirrelLexer) -> tuple[Run, ...]:
    """Return the coloured parts of a line that starts with `state` open."""
    shown = line[:_LONGEST_STYLED]
    start = 0
    runs: list[Run] = []
    if state != NORMAL:
        start = _end_of_open(shown, 0, state)
        if start < 0:
            return (("comment" if state == IN_COMMENT else "string", 0, len(line)),) if line else ()
        runs.append(("comment" if state == IN_COMMENT else "string", 0, start))
        # The added blank keeps the lexer from taking the rest for the start of a line.
        shown = " " + shown[start:]
        start -= 1
    for place, token, text in lexer.get_tokens_unprocessed(shown):
        kind = _kind(token)
        if kind is None:
            continue
        if kind == "error" and text.startswith("/*"):
            kind = "comment"
        _add(runs, kind, start + place, start + place + len(text))
    if len(line) > _LONGEST_STYLED and runs and runs[-1][0] in ("comment", "string", "error", "directive"):
        kind, first, _ = runs[-1]
        runs[-1] = (kind, first, len(line))
    return tuple(runs)


def _kind(token: object) -> Kind | None:
    """Return the kind of a token type, or of its nearest ancestor that has one."""
    kind = _KINDS.get(token, "name")
    if token not in _KINDS:
        parent = getattr(token, "parent", None)
        kind = _kind(parent) if parent is not None else None
        _KINDS[token] = kind
    return kind


def _add(runs: list[Run], kind: Kind, start: int, end: int) -> None:
    """Append a run, or extend the last one if it is of the same kind and touches."""
    if runs and runs[-1][0] == kind and runs[-1][2] == start:
        runs[-1] = (kind, runs[-1][1], end)
    else:
        runs.append((kind, start, end))
