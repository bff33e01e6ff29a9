"""Lines on the screen that can get a label, and the action of each."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from itertools import product
from typing import TypeAlias

from msgspec import Struct
from textual.widget import Widget

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
"""Letters for labels, the easiest to type first."""


class Jump(Struct, frozen=True):
    """A line of a widget with the action that goes there."""

    pane: Widget
    line: int
    """The line, counted from the first line of the widget."""
    go: Callable[[], Awaitable[None] | None]


Jumps: TypeAlias = list[Jump]


def jumps_to(pane: Widget, first_line: int, rows: Iterable[int], go: Callable[[int], Awaitable[None] | None]) -> Jumps:
    """Return a jump for each of the rows, which are on consecutive lines from `first_line` on."""
    return [Jump(pane, line, partial(go, row)) for line, row in enumerate(rows, first_line)]


def labels(count: int) -> list[str]:
    """Return labels, none of which begins another one: single letters, or pairs if these do not suffice."""
    if count <= len(LETTERS):
        return list(LETTERS[:count])
    return ["".join(pair) for pair in product(LETTERS, repeat=2)][:count]
