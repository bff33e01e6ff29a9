"""Ranks of groups for lists sorted by group, and rows for groups and products that were not read yet."""

import sqlite3
from collections.abc import Sequence

from imptui.cache.device_row import name_key


def product_n(writer: sqlite3.Connection, product_id: str) -> int:
    """Return the row number of a product; add a row without name for an unknown one."""
    writer.execute("INSERT OR IGNORE INTO product (id) VALUES (?)", (product_id,))
    return int(writer.execute("SELECT n FROM product WHERE id = ?", (product_id,)).fetchone()[0])


MANY_NEW = 20
"""Number of new groups at once from which they belong to a first pass, whose end ranks them."""

_LATER = "places"


def place_groups(writer: sqlite3.Connection) -> None:
    """Compute anew the ranks of all groups for lists sorted by group, product or type; unassigned devices come last.

    There are six rows for a group. They are written when a group or product comes, goes or is renamed.
    """
    writer.execute("DELETE FROM note WHERE key = ?", (_LATER,))
    rows = writer.execute("SELECT g.n, g.name, p.name, g.type FROM grp g LEFT JOIN product p ON p.n = g.product_n").fetchall()
    keys = {row[0]: tuple((text is None, name_key(text) or "") for text in row[1:]) for row in rows}
    parts = {"group": (0, 1), "product": (1, 0), "type": (2, 0)}
    writer.execute("DELETE FROM place")
    for kind, order in parts.items():
        there = sorted(n for n in keys if not keys[n][order[0]][0])
        absent = sorted(n for n in keys if keys[n][order[0]][0])
        upwards = sorted(there, key=lambda n: tuple(keys[n][part] for part in order))
        for suffix, groups in (("", upwards), ("-", upwards[::-1])):
            writer.executemany(
                "INSERT INTO place (kind, place, group_n) VALUES (?, ?, ?)",
                [(kind + suffix, place, group) for place, group in enumerate([*groups, *absent, 0])],
            )


def append_group_ranks(writer: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Give new groups the last ranks for now.

    A first pass reads ten thousand groups in pages of a hundred; this way they are ranked once and not after each page. The end
    of the pass calls `are_provisional` to learn if ranks are provisional.
    """
    for kind in ("group", "group-", "product", "product-", "type", "type-"):
        writer.executemany("DELETE FROM place WHERE kind = ? AND group_n = ?", [(kind, number) for number in numbers])
        last = writer.execute("SELECT coalesce(max(place), -1) FROM place WHERE kind = ?", (kind,)).fetchone()[0]
        writer.executemany(
            "INSERT INTO place (kind, place, group_n) VALUES (?, ?, ?)",
            [(kind, place, number) for place, number in enumerate(numbers, last + 1)],
        )
    writer.execute("INSERT OR REPLACE INTO note (key, value) VALUES (?, '')", (_LATER,))


def are_provisional(writer: sqlite3.Connection) -> bool:
    """True if some groups have only provisional ranks."""
    return writer.execute("SELECT 1 FROM note WHERE key = ?", (_LATER,)).fetchone() is not None
