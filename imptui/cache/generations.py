"""Generations: a number that grows with every transaction that changes something.

A search stores the generation that it read, and compares it later to learn if its result still holds. The table has one row per
kind of entry, with the newest generation of that kind. (Older versions wrote one row per generation; `next_generation` removes
them.)
"""

import sqlite3

from imptui.cache.connections import Connections


def next_generation(writer: sqlite3.Connection, kind: str) -> int:
    """Take the next generation, within the transaction that changed something.

    Args:
        writer: In a transaction.
        kind: `device`, `reading`, `group`, `product`, `deployment` or `account`.
    """
    taken = writer.execute("INSERT INTO generation (kind) VALUES (?)", (kind,)).lastrowid
    assert taken is not None, "an INSERT has a row"  # noqa: S101 - sqlite3 types it as optional
    writer.execute("DELETE FROM generation WHERE kind = ? AND n < ?", (kind, taken))
    return taken


def generation_in(reader: sqlite3.Connection) -> int:
    """Return the newest generation that a connection sees; 0 if nothing changed yet."""
    return int(reader.execute("SELECT coalesce(max(n), 0) FROM generation").fetchone()[0])


def tree_generation_in(reader: sqlite3.Connection) -> int:
    """Return the newest generation in which a product or a group changed; 0 if there is none."""
    sql = "SELECT coalesce(max(n), 0) FROM generation WHERE kind IN ('product', 'group')"
    return int(reader.execute(sql).fetchone()[0])


def generation_of(connections: Connections) -> int:
    """Return the newest generation of the file."""
    with connections.read_connection() as reader:
        return generation_in(reader)
