"""The menus of columns and orders of the device list."""

from collections.abc import Sequence

from imptui.query.list_columns import ON_SCREEN
from imptui.query.query import Sort
from imptui.tui.commands.questions import Option

ALL_COLUMNS = "*"
"""The option that resets the columns."""


def column_options(shown: Sequence[str], chosen: Sequence[str]) -> tuple[Option, ...]:
    """Return the options of the menu of columns."""
    lines = [
        Option(
            each.key,
            each.words or each.title,
            "shown" if each.key in shown else "no room" if each.key in chosen else "",
            hotkey=each.letter,
        )
        for each in ON_SCREEN
        if each.key != "name"
    ]
    return (*lines, Option(ALL_COLUMNS, "As many as fit", "" if chosen else "now", hotkey="z"))


def toggled(key: str, shown: Sequence[str], chosen: Sequence[str]) -> tuple[str, ...]:
    """Return the chosen columns after an option was used: a column is removed, or added at the front, where it has room."""
    if key == ALL_COLUMNS:
        return ()
    before = chosen or shown
    after = tuple(each for each in before if each != key)
    return after if key in before else (key, *after)


def sort_options(sort: Sort) -> tuple[Option, ...]:
    """Return the options of the menu of orders."""
    return tuple(
        Option(each.key, each.title, "now" if each.sort is sort.column else "", hotkey=each.letter)
        for each in ON_SCREEN
        if each.sort is not None
    )
