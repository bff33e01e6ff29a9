"""What is kept in step with every device that is written: the tallies of the groups and the trigram index."""

import sqlite3

TRIGRAMS = (
    "CREATE VIRTUAL TABLE device_tri USING"
    " fts5(search, content='device', content_rowid='n', tokenize='trigram', detail='none', columnsize=0)"
)
"""As `sqlite_master` holds it, so that another definition is seen to be one."""

_HASH_BYTES = 16 * 1024 * 1024
"""How much of the trigram index is gathered in memory before it is written: sixteen times the usual, half the time."""


class Tallies:
    """Differences to the tallies of groups, gathered and then added."""

    def __init__(self) -> None:
        self._changes: dict[int, list[int]] = {}

    def count(self, group_n: int, *, online: bool, pending: bool | None, problem: bool, times: int = 1) -> None:
        """So many devices more, or fewer."""
        change = self._changes.setdefault(group_n, [0, 0, 0, 0])
        change[0] += times
        change[1] += times * online
        change[2] += times * bool(pending)
        change[3] += times * problem

    def add_to(self, writer: sqlite3.Connection) -> None:
        """Write them down."""
        writer.executemany(
            "INSERT INTO tally (group_n, devices, online, pending, problems) VALUES (?, ?, ?, ?, ?) ON CONFLICT (group_n)"
            " DO UPDATE SET devices = devices + excluded.devices, online = online + excluded.online,"
            " pending = pending + excluded.pending, problems = problems + excluded.problems",
            [(group, *change) for group, change in self._changes.items() if any(change)],
        )


class Trigrams:
    """Keeps the trigram index in step, as far as it is built."""

    def __init__(self, writer: sqlite3.Connection) -> None:
        self._writer = writer
        self._upto = trigrams_upto(writer)
        self._gone: list[tuple[int, str]] = []
        self._new: list[tuple[int, str]] = []

    def holds(self, number: int) -> bool:
        """Whether a row with this number belongs in the index as far as it is built."""
        return self._upto is None or number <= self._upto

    def replace(self, number: int, old: str | None, new: str | None) -> None:
        """A row's text was `old` and is `new`; None for no row."""
        if old == new:
            return
        has = self.holds(number)
        if old is not None and has:
            self._gone.append((number, old))
        if new is not None and has:
            self._new.append((number, new))

    def write(self) -> None:
        """Write it down; before the rows themselves are changed or after, the index does not mind."""
        self._gone.sort()  # a row behind a greater one makes the index write out what it has gathered
        self._new.sort()
        if self._gone:  # there may be no index yet, and even nothing to write would name it
            self._writer.executemany("INSERT INTO device_tri (device_tri, rowid, search) VALUES ('delete', ?, ?)", self._gone)
        if self._new:
            self._writer.executemany("INSERT INTO device_tri (rowid, search) VALUES (?, ?)", self._new)


def begin_trigrams(writer: sqlite3.Connection) -> None:
    """An empty trigram index that holds row 0 and before."""
    writer.execute("DROP TABLE IF EXISTS device_tri")
    writer.execute(TRIGRAMS)
    writer.execute("INSERT INTO device_tri (device_tri, rank) VALUES ('hashsize', ?)", (_HASH_BYTES,))
    _note_trigrams(writer, "0")


def trigrams_upto(reader: sqlite3.Connection) -> int | None:
    """Up to which row the trigram index holds them; None: all of them."""
    row = reader.execute("SELECT value FROM note WHERE key = 'trigrams'").fetchone()
    state = "0" if row is None else str(row[0])
    return None if state == "done" else int(state)


def grow_trigrams(writer: sqlite3.Connection, first: int, last: int) -> None:
    """Take the rows after `first` up to `last` into the trigram index, the next ones in turn."""
    # in the order of the rows: out of it, the index would be written out for every single one
    writer.execute(
        "INSERT INTO device_tri (rowid, search) SELECT n, search FROM device NOT INDEXED WHERE n > ? AND n <= ? ORDER BY n",
        (first, last),
    )
    _note_trigrams(writer, str(last))


def end_trigrams(writer: sqlite3.Connection) -> None:
    """The trigram index holds every row; from now on every new one at once."""
    _note_trigrams(writer, "done")


def _note_trigrams(writer: sqlite3.Connection, state: str) -> None:
    writer.execute("INSERT OR REPLACE INTO note (key, value) VALUES ('trigrams', ?)", (state,))
