"""Derived data that follows every device row: the tallies of the groups and the trigram index."""

import sqlite3

TRIGRAMS = (
    "CREATE VIRTUAL TABLE device_tri USING"
    " fts5(search, content='device', content_rowid='n', tokenize='trigram', detail='none', columnsize=0)"
)
"""The definition as `sqlite_master` stores it, so that an index of another definition is recognized."""

_HASH_BYTES = 16 * 1024 * 1024
"""Memory in which SQLite collects trigrams before it writes them: sixteen times the default, half the time."""


class Tallies:
    """Collects differences of group tallies and adds them at the end of a transaction."""

    def __init__(self) -> None:
        self._changes: dict[int, list[int]] = {}

    def count(self, group_n: int, *, online: bool, pending: bool | None, problem: bool, times: int = 1) -> None:
        """Count `times` devices with these properties in a group; negative `times` subtracts."""
        change = self._changes.setdefault(group_n, [0, 0, 0, 0])
        change[0] += times
        change[1] += times * online
        change[2] += times * bool(pending)
        change[3] += times * problem

    def add_to(self, writer: sqlite3.Connection) -> None:
        """Write the collected differences to the table."""
        writer.executemany(
            "INSERT INTO tally (group_n, devices, online, pending, problems) VALUES (?, ?, ?, ?, ?) ON CONFLICT (group_n)"
            " DO UPDATE SET devices = devices + excluded.devices, online = online + excluded.online,"
            " pending = pending + excluded.pending, problems = problems + excluded.problems",
            [(group, *change) for group, change in self._changes.items() if any(change)],
        )


class Trigrams:
    """Updates the trigram index for changed rows, as far as the index is built."""

    def __init__(self, writer: sqlite3.Connection) -> None:
        self._writer = writer
        self._upto = trigrams_upto(writer)
        self._gone: list[tuple[int, str]] = []
        self._new: list[tuple[int, str]] = []

    def holds(self, number: int) -> bool:
        """True if a row with this number belongs to the built part of the index."""
        return self._upto is None or number <= self._upto

    def replace(self, number: int, old: str | None, new: str | None) -> None:
        """Record that the text of a row changed from `old` to `new`; None for no row."""
        if old == new:
            return
        has = self.holds(number)
        if old is not None and has:
            self._gone.append((number, old))
        if new is not None and has:
            self._new.append((number, new))

    def write(self) -> None:
        """Write the recorded changes; the index accepts them before or after the rows themselves."""
        self._gone.sort()  # a row after a greater one makes the index write out its buffer
        self._new.sort()
        if self._gone:  # there may be no index yet, and even an empty statement would need it
            self._writer.executemany("INSERT INTO device_tri (device_tri, rowid, search) VALUES ('delete', ?, ?)", self._gone)
        if self._new:
            self._writer.executemany("INSERT INTO device_tri (rowid, search) VALUES (?, ?)", self._new)


def begin_trigrams(writer: sqlite3.Connection) -> None:
    """Create an empty trigram index that covers no row yet."""
    writer.execute("DROP TABLE IF EXISTS device_tri")
    writer.execute(TRIGRAMS)
    writer.execute("INSERT INTO device_tri (device_tri, rank) VALUES ('hashsize', ?)", (_HASH_BYTES,))
    _save_trigram_state(writer, "0")


def trigrams_upto(reader: sqlite3.Connection) -> int | None:
    """Return the last row number that the trigram index covers; None if it covers all rows."""
    row = reader.execute("SELECT value FROM note WHERE key = 'trigrams'").fetchone()
    state = "0" if row is None else str(row[0])
    return None if state == "done" else int(state)


def grow_trigrams(writer: sqlite3.Connection, first: int, last: int) -> None:
    """Add the rows after `first` up to `last` to the trigram index; `first` is the last covered row."""
    # the rows come in order, because the index would be written out for every row out of order
    writer.execute(
        "INSERT INTO device_tri (rowid, search) SELECT n, search FROM device NOT INDEXED WHERE n > ? AND n <= ? ORDER BY n",
        (first, last),
    )
    _save_trigram_state(writer, str(last))


def end_trigrams(writer: sqlite3.Connection) -> None:
    """Mark the trigram index as complete; every new row is added at once from now on."""
    _save_trigram_state(writer, "done")


def _save_trigram_state(writer: sqlite3.Connection, state: str) -> None:
    writer.execute("INSERT OR REPLACE INTO note (key, value) VALUES ('trigrams', ?)", (state,))
