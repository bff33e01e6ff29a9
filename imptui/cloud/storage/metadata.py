"""Stores single values of the world, such as its seed and its clock offset."""

import sqlite3


class Metadata:
    """Names and texts: the seed, how far the clock runs ahead, and whatever needs no table."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def text(self, name: str) -> str | None:
        """The fact called `name`, None when nobody put it."""
        row = self._connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def number(self, name: str) -> int:
        """The fact called `name` as a whole number, 0 when nobody put it."""
        return int(self.text(name) or 0)

    def put(self, name: str, value: str) -> None:
        """Keep a fact in place of the one of the same name."""
        self._connection.execute("INSERT INTO fact VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (name, value))
