"""The filters that the user applied before, newest first, in `filters.json`.

They are kept apart from the session state: a change of the session state invalidates the cached first frame, and a filter
does not. An unreadable file counts as an empty history, without a message.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from imptui.config.locations import write_private

MAX_FILTERS = 50
"""The number of filters that the history holds."""


def load_filters(path: Path) -> tuple[str, ...]:
    """Load the history; it is empty if the file is missing or invalid."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    return tuple(found[:MAX_FILTERS]) if isinstance(found, list) and all(isinstance(each, str) for each in found) else ()


def save_filters(path: Path, filters: Sequence[str]) -> None:
    """Save the history.

    Raises:
        OSError: The file cannot be written.
    """
    write_private(path, json.dumps(list(filters), indent=1) + "\n")


def with_filter(filters: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the history with a filter at its head, without duplicates."""
    return (text, *(each for each in filters if each != text))[:MAX_FILTERS]
