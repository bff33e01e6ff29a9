"""Where groups stand when devices are sorted by them, and rows for what was only heard of."""

import sqlite3
from collections.abc import Sequence

from imptui.cache.device_row import name_key


def product_n(writer: sqlite3.Connection, product_id: str) -> int:
    """The number of a product; one that was only heard of gets a row without name."""
    writer.execute("INSERT OR IGNORE INTO product (id) VALUES (?)", (product_id,))
    return int(writer.execute("SELECT n FROM product WHERE id = ?", (product_id,)).fetchone()[0])


MANY_NEW = 20
"""So many groups that are new at once come from a first pass; they wait for its end to be put in order."""

_LATER = "places"


def place_groups(writer: sqlite3.Connection) -> None:
    """Write down anew where every group stands when devices are sorted by group, product or type; nobody's come last.

    Six rows a group, written when a group or product appears, goes or gets another name.
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


def append_groups(writer: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Give groups the last places for the time being: ten thousand that come by the hundred are put in order once, not each time.

    Whoever ends the pass asks whether any `are_waiting`.
    """
    for kind in ("group", "group-", "product", "product-", "type", "type-"):
        writer.executemany("DELETE FROM place WHERE kind = ? AND group_n = ?", [(kind, number) for number in numbers])
        last = writer.execute("SELECT coalesce(max(place), -1) FROM place WHERE kind = ?", (kind,)).fetchone()[0]
        writer.executemany(
            "INSERT INTO place (kind, place, group_n) VALUES (?, ?, ?)",
            [(kind, place, number) for place, number in enumerate(numbers, last + 1)],
        )
    writer.execute("INSERT OR REPLACE INTO note (key, value) VALUES (?, '')", (_LATER,))


def are_waiting(writer: sqlite3.Connection) -> bool:
    """Whether groups have their places for the time being only."""
    return writer.execute("SELECT 1 FROM note WHERE key = ?", (_LATER,)).fetchone() is not None
