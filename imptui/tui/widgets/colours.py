"""The colours of a program, as roles, without ever holding up the screen.

Usual lines are coloured when they are asked for. Long ones are left plain first and coloured some milliseconds at a time;
which lines begin in a comment or a string is found out from the top down in a thread.
"""

import asyncio
from collections.abc import Sequence
from time import perf_counter

from imptui.squirrel.highlight import Highlighter

LONG = 1000
"""A line with more characters is coloured later."""

SLICE_S = 0.008
"""How long colouring may take at once."""

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
"""What is not here looks like text."""

Stretches = tuple[tuple[int, int, str], ...]


class Colours:
    """Of the lines of one program."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self._highlighter = Highlighter(lines)
        self._long: dict[int, Stretches] = {}
        self._wanted: dict[int, None] = {}
        self._is_over = False

    def of(self, number: int) -> Stretches:
        """The coloured stretches of a line; none yet where it is long."""
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
        """Whether long lines wait for their colours."""
        return bool(self._wanted)

    def catch_up(self) -> list[int]:
        """Colour the lines that wait, for some milliseconds; which ones look different now."""
        done: list[int] = []
        end = perf_counter() + SLICE_S
        while self._wanted and perf_counter() < end:
            number, _ = self._wanted.popitem()
            self._long[number] = self._now(number)
            done.append(number)
        return done

    async def settle(self) -> None:
        """Make all lines exact; until then some are guesses."""
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
        """Nobody looks any longer."""
        self._is_over = True
