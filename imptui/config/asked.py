"""The filters that were asked for before, newest first: kept in `filters.json`.

They are no part of the habits, for a change of those makes another first screen. A file that cannot be read is no trouble
worth a sentence.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from imptui.config.locations import write_private

KEPT = 50


def read_asked(path: Path) -> tuple[str, ...]:
    """The filters in a file; none where there is no such file, or where it makes no sense."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    return tuple(found[:KEPT]) if isinstance(found, list) and all(isinstance(each, str) for each in found) else ()


def write_asked(path: Path, asked: Sequence[str]) -> None:
    """Keep filters.

    Raises:
        OSError: The file cannot be written.
    """
    write_private(path, json.dumps(list(asked), indent=1) + "\n")


def having_asked(asked: Sequence[str], text: str) -> tuple[str, ...]:
    """The filters with another one, which is there once."""
    return (text, *(each for each in asked if each != text))[:KEPT]
