"""What is kept in step with every device that is written: the tallies of the groups and the trigram index."""

import sqlite3


class Tallies:
    """Differences to the tallies of groups, gathered and then added."""

    def __init__(self) -> None:
        self._changes: dict[int, list[int]] = {}

    def count(self, group_n: int, *, online: bool, pending: bool | None, problem: bool, sign: int = 1) -> None:
        """One device more, or with `sign` -1 less."""
        change = self._changes.setdefault(group_n, [0, 0, 0, 0])
        change[0] += sign
        change[1] += sign * online
        change[2] += sign * bool(pending)
        change[3] += sign * problem

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
        row = writer.execute("SELECT value FROM note WHERE key = 'trigrams'").fetchone()
        state = None if row is None else row[0]
        self._writer = writer
        self._is_done = state == "done"
        self._upto = 0 if state in (None, "done") else int(state)
        self._gone: list[tuple[int, str]] = []
        self._new: list[tuple[int, str]] = []

    def replace(self, number: int, old: str | None, new: str | None) -> None:
        """A row's text was `old` and is `new`; None for no row."""
        if old == new:
            return
        has = self._is_done or number <= self._upto
        if old is not None and has:
            self._gone.append((number, old))
        if new is not None and has:
            self._new.append((number, new))

    def write(self) -> None:
        """Write it down; before the rows themselves are changed or after, the index does not mind."""
        if self._gone:  # there may be no index yet, and even nothing to write would name it
            self._writer.executemany("INSERT INTO device_tri (device_tri, rowid, search) VALUES ('delete', ?, ?)", self._gone)
        if self._new:
            self._writer.executemany("INSERT INTO device_tri (rowid, search) VALUES (?, ?)", self._new)
