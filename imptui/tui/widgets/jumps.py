"""Places on the screen that a label can be put on, and what going there means."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from itertools import product
from typing import TypeAlias

from msgspec import Struct
from textual.widget import Widget

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
"""Labels, those under the fingers first."""


class Jump(Struct, frozen=True):
    """A line of a widget."""

    pane: Widget
    line: int
    """Counted from the first line of the widget."""
    go: Callable[[], Awaitable[None] | None]


Jumps: TypeAlias = list[Jump]


def jumps_to(pane: Widget, first_line: int, rows: Iterable[int], go: Callable[[int], Awaitable[None] | None]) -> Jumps:
    """One for each of the rows that stand one below the other from `first_line` on."""
    return [Jump(pane, line, partial(go, row)) for line, row in enumerate(rows, first_line)]


def labels(count: int) -> list[str]:
    """So many labels, none of which begins another one: single letters while they suffice, else pairs."""
    if count <= len(LETTERS):
        return list(LETTERS[:count])
    return ["".join(pair) for pair in product(LETTERS, repeat=2)][:count]
