"""Stores single values of the world, such as its seed and its clock offset."""

import sqlite3


class Metadata:
    """Repository of named texts: the seed, the clock's offset, and whatever needs no table."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def text(self, name: str) -> str | None:
        """Return the value called `name`, None if it is not stored."""
        row = self._connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def number(self, name: str) -> int:
        """Return the value called `name` as an integer, 0 if it is not stored."""
        return int(self.text(name) or 0)

    def put(self, name: str, value: str) -> None:
        """Store a value under a name."""
        self._connection.execute("INSERT INTO fact VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (name, value))
