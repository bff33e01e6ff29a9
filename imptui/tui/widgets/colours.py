"""The colours of a program, as roles, computed without blocking the screen.

Short lines are coloured on access. Long lines are plain at first and coloured later, for some milliseconds at a time. A thread
reads from the top which lines begin inside a comment or a string.
"""

import asyncio
from collections.abc import Sequence
from time import perf_counter

from imptui.squirrel.highlight import Highlighter

LONG = 1000
"""A line with more characters is coloured later."""

SLICE_S = 0.008
"""The longest time of one round of colouring."""

_STEP_LINES = 2000

ROLES = {
    "keyword": "code-keyword",
    "constant": "code-keyword",
    "directive": "code-keyword",
    "builtin": "code-name",
    "function": "code-name",
    "class": "code-name",
    "string": "code-string",
    "escape": "code-string",
    "number": "code-number",
    "comment": "code-comment",
    "error": "problem",
}
"""Roles by kind of token; other kinds look like text."""

Stretches = tuple[tuple[int, int, str], ...]


class Colours:
    """The colours of the lines of one program."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self._highlighter = Highlighter(lines)
        self._long: dict[int, Stretches] = {}
        self._wanted: dict[int, None] = {}
        self._is_over = False

    def of(self, number: int) -> Stretches:
        """Return the coloured ranges of a line; none yet for a long line."""
        if len(self.lines[number]) <= LONG:
            return self._now(number)
        if number not in self._long:
            self._wanted[number] = None
            return ()
        return self._long[number]

    def _now(self, number: int) -> Stretches:
        return tuple((first, end, ROLES[kind]) for kind, first, end in self._highlighter.tokens(number) if kind in ROLES)

    @property
    def is_behind(self) -> bool:
        """True if long lines wait for their colours."""
        return bool(self._wanted)

    def catch_up(self) -> list[int]:
        """Colour waiting lines for some milliseconds; return the numbers of the lines that changed."""
        done: list[int] = []
        end = perf_counter() + SLICE_S
        while self._wanted and perf_counter() < end:
            number, _ = self._wanted.popitem()
            self._long[number] = self._now(number)
            done.append(number)
        return done

    async def settle(self) -> None:
        """Compute exact colours for all lines; before, some are guesses."""
        exact = await asyncio.to_thread(self._exact)
        if exact is not None:
            self._highlighter = exact
            self._long.clear()

    def _exact(self) -> Highlighter | None:
        found = Highlighter(self.lines)
        while not found.done:
            if self._is_over:
                return None
            found.advance(_STEP_LINES)
        return found

    def end(self) -> None:
        """Cancel the computation."""
        self._is_over = True
