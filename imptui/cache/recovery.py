"""A cache that is damaged: how that is noted, and what is saved from it.

The fleet comes back with the next pass; the journal and the drafts are nowhere else. They are read out of the damaged file
row by row, as far as it can be read, and written into the new one; what could not be read stays in the old file, which is
kept, and the person is told.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from msgspec import Struct

_COLUMNS = {
    "journal": "n, at, who, context, verb, subject, before, after, answer, is_refused",
    "draft": "key, body, saved_at",
    "saved_query": "name, text",
}


class RecoveredRows(Struct, frozen=True):
    """What came out of a damaged file."""

    entries: int = 0
    drafts: int = 0
    queries: int = 0
    is_whole: bool = False
    """True if every table could be read to its end."""

    def __str__(self) -> str:
        rest = "" if self.is_whole else ", the rest of them could not be read and is in the old file alone"
        return (
            f"{self.entries} entries of the journal, {self.drafts} drafts and {self.queries} saved filters were taken over{rest}"
        )


def mark_damaged(path: Path) -> None:
    """Have the next start put this file aside; damage inside is not seen when it is opened."""
    _marker(path).touch(mode=0o600)


def is_marked(path: Path) -> bool:
    """Whether somebody found it damaged."""
    return _marker(path).exists()


def unmark(path: Path) -> None:
    """It was put aside."""
    _marker(path).unlink(missing_ok=True)


def _marker(path: Path) -> Path:
    return path.with_name(f"{path.name}.damaged")


def rescue(damaged: Path, writer: sqlite3.Connection) -> RecoveredRows:
    """Take journal and drafts over from a damaged file, as far as it can be read."""
    counts: dict[str, int] = {}
    is_whole = True
    for table, columns in _COLUMNS.items():
        rows, is_all = _readable(damaged, f"SELECT {columns} FROM {table} ORDER BY rowid")
        marks = ", ".join("?" * (columns.count(",") + 1))
        writer.executemany(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", rows)
        counts[table] = len(rows)
        is_whole = is_whole and is_all
    return RecoveredRows(counts["journal"], counts["draft"], counts["saved_query"], is_whole)


def _readable(damaged: Path, sql: str) -> tuple[list[tuple[object, ...]], bool]:
    """The rows up to the first that cannot be read, from the front and, past the damage, from the back."""
    found: dict[object, tuple[object, ...]] = {}
    is_whole = True
    for direction in ("ASC", "DESC"):
        try:
            with closing(sqlite3.connect(f"file:{damaged}?mode=ro", uri=True)) as reader:
                for row in reader.execute(f"{sql} {direction}"):
                    found[row[0]] = row
        except sqlite3.DatabaseError:
            is_whole = False
            continue
        if is_whole:
            break
    return list(found.values()), is_whole
