"""The columns of the device list."""

from collections.abc import Sequence

from imptui.query.list_columns import ON_SCREEN, ListColumn
from imptui.query.query import Sort
from imptui.tui.present.device import layout

MARGIN = 2
"""Cells left of the columns: the mark and a blank."""


class DeviceColumns:
    """Chooses columns for a width, and gives the width of each.

    Attributes:
        chosen: The columns that the user chose, by key; empty: as many as fit.
        is_wide: True if columns may extend beyond the screen.
        shown: The columns and their widths.
    """

    def __init__(self) -> None:
        self.chosen: tuple[str, ...] = ()
        self.is_wide = False
        self.shown: Sequence[tuple[ListColumn, int]] = ()

    def fit(self, cells: int) -> None:
        """Choose the columns for a width."""
        self.shown = layout(max(1, cells - MARGIN), is_wide=self.is_wide, chosen=self.chosen)

    @property
    def keys(self) -> tuple[str, ...]:
        """The shown columns, by key."""
        return tuple(column.key for column, _ in self.shown)

    @property
    def cells(self) -> int:
        """The width of the margin and all shown columns."""
        return MARGIN + sum(cells + 1 for _, cells in self.shown)


def next_sort(key: str, sort: Sort) -> Sort | None:
    """Return the order after sorting by a column; by the same again, the other direction. None: the column cannot be sorted."""
    for column in ON_SCREEN:
        if column.key == key and column.sort is not None:
            return Sort(column.sort, not sort.descending if sort.column is column.sort else False)
    return None
