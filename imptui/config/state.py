"""The session state, in `habits.json`: what the program remembers of its use. Unlike the settings, the program writes it.

It belongs to the user and not to the service, so it is no part of the cache, which may be deleted. An unreadable file counts
as no state, without a message.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from imptui.config.locations import write_private
from imptui.query.query import Sort, SortColumn

NO_SORTS: Mapping[str, str] = MappingProxyType({})


class SessionState(Struct, frozen=True):
    """The state of the device list when the user left it, and the hints that were shown."""

    sorts: Mapping[str, str] = NO_SORTS
    """The column that the device list is sorted by, per context; a leading `-` means descending."""
    columns: tuple[str, ...] = ()
    """Keys of the columns of the device list; empty: as many as fit."""
    hints_shown: tuple[str, ...] = ()
    """Hints that were shown and are not shown again."""

    def sort_in(self, context: str) -> Sort:
        """Return the sort order of a context; by name if none is known, or if this version does not know the column."""
        text = self.sorts.get(context, "")
        try:
            return Sort(SortColumn(text.removeprefix("-")), text.startswith("-"))
        except ValueError:
            return Sort()

    def with_sort(self, context: str, sort: Sort) -> "SessionState":
        """Return a copy with another sort order for a context."""
        return replace(self, sorts={**self.sorts, context: "-" * sort.descending + sort.column.value})

    def with_hint_shown(self, hint: str) -> "SessionState":
        """Return a copy in which a hint was shown."""
        return replace(self, hints_shown=tuple(sorted({*self.hints_shown, hint})))


def load_state(path: Path) -> SessionState:
    """Load the session state; it is the initial one if the file is missing or invalid."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        sorts, columns, hints = found["orders"], found["columns"], found["told"]
        texts = [*sorts, *sorts.values(), *columns, *hints]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return SessionState()
    if not all(isinstance(each, str) for each in texts):
        return SessionState()
    return SessionState(sorts, tuple(columns), tuple(hints))


def save_state(path: Path, state: SessionState) -> None:
    """Save the session state.

    Raises:
        OSError: The file cannot be written.
    """
    stored = {"orders": dict(state.sorts), "columns": state.columns, "told": state.hints_shown}  # the keys are frozen
    write_private(path, json.dumps(stored, indent=1) + "\n")
