"""The table of device groups, and the tallies of their devices."""

import sqlite3
from collections.abc import Collection, Iterable

from imptui.cache.connections import Connections
from imptui.cache.generations import next_generation
from imptui.cache.ingest.group_rank import MANY_NEW, append_group_ranks, are_provisional, place_groups, product_n
from imptui.cache.search.conditions import PENDING
from imptui.cache.tables.group_row import GROUP_COLUMNS, SELECT_GROUPS, SELECT_TALLIES, group_of, in_order, numbered, row_of
from imptui.cache.tables.tree import CachedTree
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import GroupId, ProductId
from imptui.domain.rows import Tally, Tree
from imptui.query.text_folding import fold


class GroupTable:
    """The device groups that the cache knows."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._tree = CachedTree(connections)

    def tree(self) -> Tree:
        """Return the content of the tree pane; see `CachedTree`."""
        return self._tree.read()

    def all(self, product_id: ProductId | None = None) -> list[DeviceGroup]:
        """Return the groups of a product, or all: by type, then by name."""
        with self._connections.read_connection() as reader:
            rows = (
                reader.execute(SELECT_GROUPS)
                if product_id is None
                else reader.execute(f"{SELECT_GROUPS} AND p.id = ?", (product_id,))
            )
            return sorted((group_of(numbered(row)[1]) for row in rows), key=in_order)

    def one(self, group_id: GroupId) -> DeviceGroup | None:
        """Return one group; None if it is unknown."""
        with self._connections.read_connection() as reader:
            row = reader.execute(f"{SELECT_GROUPS} AND g.id = ?", (group_id,)).fetchone()
        return None if row is None else group_of(numbered(row)[1])

    def tally(self, group_id: GroupId) -> Tally:
        """Return the tally of a group's devices."""
        with self._connections.read_connection() as reader:
            row = reader.execute(f"{SELECT_TALLIES} JOIN grp g ON g.n = t.group_n WHERE g.id = ?", (group_id,)).fetchone()
        return Tally() if row is None else Tally(*row[1:])

    def store(self, groups: Iterable[DeviceGroup]) -> list[GroupId]:
        """Insert and update groups in one transaction; return the ids of those that changed."""
        changed = []
        new: list[int] = []
        is_moved = False
        with self._connections.writing() as writer:
            for group in groups:
                row = row_of(group)
                found = writer.execute(f"{SELECT_GROUPS} AND g.id = ?", (group.id,)).fetchone()
                known = None if found is None else numbered(found)[1]
                if known == row:
                    continue
                changed.append(group.id)
                is_moved |= known is not None and known.rank_key != row.rank_key
                setting = ", ".join(f"{column} = ?" for column in GROUP_COLUMNS)
                writer.execute("INSERT OR IGNORE INTO grp (id) VALUES (?)", (group.id,))
                writer.execute(
                    f"UPDATE grp SET {setting}, folded = ?, product_n = ? WHERE id = ?",
                    (*row.own, fold(row.name), product_n(writer, group.product_id), group.id),
                )
                save_deployed_at(writer, group.id)
                if known is None:
                    new += writer.execute("SELECT n FROM grp WHERE id = ?", (group.id,)).fetchone()
            if len(new) >= MANY_NEW and not is_moved:
                append_group_ranks(writer, new)
            elif new or is_moved:
                place_groups(writer)
            if changed:
                next_generation(writer, "group")
        return changed

    def forget_absent(self, seen: Collection[GroupId]) -> list[GroupId]:
        """Delete groups that a *complete* reading of all groups did not contain, and rank those that it added."""
        with self._connections.read_connection() as reader:
            known = [GroupId(row[0]) for row in reader.execute("SELECT id FROM grp WHERE name IS NOT NULL")]
        kept = frozenset(seen)
        return self.forget([group_id for group_id in known if group_id not in kept])

    def forget(self, ids: Iterable[GroupId]) -> list[GroupId]:
        """Delete these groups. Rows of devices that still name one refer to a row without name."""
        gone = []
        with self._connections.writing() as writer:
            for group_id in ids:
                sql = "UPDATE grp SET name = NULL, folded = NULL WHERE id = ? AND name IS NOT NULL"
                if writer.execute(sql, (group_id,)).rowcount:
                    gone.append(group_id)
            if gone or are_provisional(writer):
                place_groups(writer)
                next_generation(writer, "group")
        return gone


def save_deployed_at(writer: sqlite3.Connection, group_id: str) -> None:
    """Save the creation time of a group's current deployment; if it changed, recount the group's pending devices.

    This is the only place that counts a tally by scanning devices; it happens once for every deployment.
    """
    row = writer.execute(
        "SELECT g.n, g.deployed_at, d.created_at FROM grp g LEFT JOIN deployment d ON d.id = g.current_deployment_id"
        " WHERE g.id = ?",
        (group_id,),
    ).fetchone()
    if row is None:
        return
    number, known_us, deployed_us = row
    if known_us == deployed_us:
        return
    writer.execute("UPDATE grp SET deployed_at = ? WHERE n = ?", (deployed_us, number))
    pending = PENDING.format(deployed="?")
    writer.execute(
        "UPDATE tally SET pending ="
        f" (SELECT coalesce(sum(coalesce({pending}, 0)), 0) FROM device d WHERE d.group_n = tally.group_n) WHERE group_n = ?",
        (deployed_us, deployed_us, number),
    )
