"""Recovery of journal, drafts and saved filters from a damaged cache.

The next pass reads the fleet again; the journal, the drafts and the saved filters exist nowhere else. They are read from the
damaged file row by row, as far as SQLite can read it, and written into a new file. The damaged file is kept, and a warning
says which rows could not be read.
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
    """The numbers of rows that were recovered from a damaged file."""

    entries: int = 0
    drafts: int = 0
    queries: int = 0
    is_whole: bool = False
    """True if SQLite could read the tables to their ends."""

    def __str__(self) -> str:
        rest = "" if self.is_whole else ", the rest of them could not be read and is in the old file alone"
        return (
            f"{self.entries} entries of the journal, {self.drafts} drafts and {self.queries} saved filters were taken over{rest}"
        )


def mark_damaged(path: Path) -> None:
    """Make the next start put this file aside; SQLite does not see damage inside a file when it opens it."""
    _marker(path).touch(mode=0o600)


def is_marked(path: Path) -> bool:
    """Return True if an earlier read or write found the file damaged."""
    return _marker(path).exists()


def unmark(path: Path) -> None:
    """Remove the mark of a file that was put aside."""
    _marker(path).unlink(missing_ok=True)


def _marker(path: Path) -> Path:
    return path.with_name(f"{path.name}.damaged")


def rescue(damaged: Path, writer: sqlite3.Connection) -> RecoveredRows:
    """Copy journal, drafts and saved filters from a damaged file, as far as SQLite can read it."""
    counts: dict[str, int] = {}
    is_whole = True
    for table, columns in _COLUMNS.items():
        rows, is_all = _readable(damaged, f"SELECT {columns} FROM {table} ORDER BY rowid")
        marks = ", ".join("?" * (columns.count(",") + 1))
        writer.executemany(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", rows)
        counts[table] = len(rows)
        is_whole = is_whole and is_all
    return RecoveredRows(counts["journal"], counts["draft"], counts["saved_query"], is_whole)


def read_only_uri(path: Path) -> str:
    """Return the URI under which SQLite opens a file to read it; `%`, `?` and `#` in the path are escaped."""
    return f"{path.absolute().as_uri()}?mode=ro"


def _readable(damaged: Path, sql: str) -> tuple[list[tuple[object, ...]], bool]:
    """Read rows from the front up to the damage, then from the back up to the damage."""
    found: dict[object, tuple[object, ...]] = {}
    is_whole = True
    for direction in ("ASC", "DESC"):
        try:
            with closing(sqlite3.connect(read_only_uri(damaged), uri=True)) as reader:
                for row in reader.execute(f"{sql} {direction}"):
                    found[row[0]] = row
        except sqlite3.DatabaseError:
            is_whole = False
            continue
        if is_whole:
            break
    return list(found.values()), is_whole
