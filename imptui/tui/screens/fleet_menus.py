"""The menus of the device list: which columns, and in which order."""

from collections.abc import Sequence

from imptui.query.query import Sort
from imptui.tui.commands.questions import Option
from imptui.tui.present.device import HEADINGS

SORT_LETTERS = (
    ("name", "n"), ("state", "s"), ("rssi", "r"), ("memory", "m"), ("group", "g"), ("id", "i"), ("imp", "t"),
    ("release", "v"), ("changed", "c"), ("mac", "a"), ("ip", "p"), ("product", "d"), ("enrolled", "b"),
)  # fmt: skip
"""Letters of the menu of orders, by column."""

COLUMN_LETTERS = (*SORT_LETTERS, ("pending", "u"), ("agent", "e"))
"""Letters of the menu of columns."""

COLUMN_WORDS = {"pending": "P: has not restarted since the deployment"}
"""Columns whose title says too little in a menu."""

ALL_COLUMNS = "*"
"""The option that drops the choice of columns."""


def column_options(shown: Sequence[str], chosen: Sequence[str]) -> tuple[Option, ...]:
    """Return the options of the menu of columns."""
    letters = dict(COLUMN_LETTERS)
    lines = [
        Option(
            each.key,
            COLUMN_WORDS.get(each.key, each.title),
            "shown" if each.key in shown else "no room" if each.key in chosen else "",
            hotkey=letters.get(each.key),
        )
        for each in HEADINGS
        if each.key != "name"
    ]
    return (*lines, Option(ALL_COLUMNS, "As many as fit", "" if chosen else "now", hotkey="z"))


def toggled(key: str, shown: Sequence[str], chosen: Sequence[str]) -> tuple[str, ...]:
    """Return the chosen columns after an option was taken: a column goes, or comes first, so that it surely has room."""
    if key == ALL_COLUMNS:
        return ()
    before = chosen or shown
    after = tuple(each for each in before if each != key)
    return after if key in before else (key, *after)


def sort_options(sort: Sort) -> tuple[Option, ...]:
    """Return the options of the menu of orders."""
    letters = dict(SORT_LETTERS)
    return tuple(
        Option(each.key, each.title, "now" if each.sort is sort.column else "", hotkey=letters.get(each.key))
        for each in HEADINGS
        if each.sort is not None
    )
