"""Where groups stand when devices are sorted by them, and rows for what was only heard of."""

import sqlite3

from imptui.cache.row import name_key


def product_n(writer: sqlite3.Connection, product_id: str) -> int:
    """The number of a product; one that was only heard of gets a row without name."""
    writer.execute("INSERT OR IGNORE INTO product (id) VALUES (?)", (product_id,))
    return int(writer.execute("SELECT n FROM product WHERE id = ?", (product_id,)).fetchone()[0])


def place_groups(writer: sqlite3.Connection) -> None:
    """Write down anew where every group stands when devices are sorted by group, product or type; nobody's come last.

    A few thousand rows, written when a group or product appears, goes or gets another name.
    """
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
