"""What a person settled on while working: kept in `habits.json`, unlike the settings, which are only read.

It is a person's, not the service's, so it is no part of the cache: a cache may be thrown away. A file that cannot be
read is no trouble worth a sentence; then everything is as on the first day.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import asdict, replace

from imptui.config.locations import write_private
from imptui.query.query import Sort, SortColumn

NOTHING: Mapping[str, str] = MappingProxyType({})


class Habits(Struct, frozen=True):
    """How the lists were left, and which hints need not be given again."""

    orders: Mapping[str, str] = NOTHING
    """By context, the column that its devices are sorted by; `-` in front: the other way round."""
    columns: tuple[str, ...] = ()
    """Columns of the device list, by key; empty: as many as fit."""
    told: tuple[str, ...] = ()
    """Hints that are given once in a lifetime."""

    def order_in(self, context: str) -> Sort:
        """In which order the devices of a context were left; by name where none is known, or one of another version."""
        text = self.orders.get(context, "")
        try:
            return Sort(SortColumn(text.removeprefix("-")), text.startswith("-"))
        except ValueError:
            return Sort()

    def ordered(self, context: str, order: Sort) -> "Habits":
        """The same, with the devices of a context in another order."""
        return replace(self, orders={**self.orders, context: "-" * order.descending + order.column.value})

    def having_told(self, hint: str) -> "Habits":
        """The same, with a hint given."""
        return replace(self, told=tuple(sorted({*self.told, hint})))


def read_habits(path: Path) -> Habits:
    """The habits in a file; none where there is no such file, or where it makes no sense."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        orders, columns, told = found["orders"], found["columns"], found["told"]
        texts = [*orders, *orders.values(), *columns, *told]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Habits()
    if not all(isinstance(each, str) for each in texts):
        return Habits()
    return Habits(orders, tuple(columns), tuple(told))


def write_habits(path: Path, habits: Habits) -> None:
    """Keep the habits.

    Raises:
        OSError: The file cannot be written.
    """
    write_private(path, json.dumps({**asdict(habits), "orders": dict(habits.orders)}, indent=1) + "\n")
