"""Device groups, and the tree of products, groups and how their devices do."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from types import MappingProxyType

from imptui.cache.connections import Connections
from imptui.cache.generations import next_generation
from imptui.cache.place import place_groups, product_n
from imptui.cache.product import SELECT as SELECT_PRODUCTS
from imptui.cache.product import product_of
from imptui.cache.row import Row, group_type_of
from imptui.cache.times import at_us, from_us, to_us, us
from imptui.cache.where import PENDING, bindable
from imptui.model.folding import fold, natural
from imptui.model.group import NO_VARS, DeviceGroup, GroupType
from imptui.model.ids import AccountId, DeploymentId, GroupId, ProductId
from imptui.model.line import GroupLine, ProductLine, Tally, Tree

COLUMNS = (
    "id", "type", "name", "description", "owner_id", "creator_id", "created_at", "updated_at", "load_code_after_blessing",
    "production_target_id", "dut_target_id", "current_deployment_id", "min_supported_deployment_id", "region", "env_vars",
)  # fmt: skip
SELECT = (
    f"SELECT {', '.join(f'g.{column}' for column in COLUMNS)}, p.id, g.n FROM grp g"
    " LEFT JOIN product p ON p.n = g.product_n WHERE g.name IS NOT NULL"
)
"""A row without name was only heard of: a device names it, but it was not read yet."""

_TYPE_ORDER = {group_type: place for place, group_type in enumerate(GroupType)}


def group_of(row: Row) -> DeviceGroup:
    """The group in a row of `SELECT`."""
    return DeviceGroup(
        id=GroupId(row[0]),
        type=group_type_of(row[1]) or "",
        name=row[2],
        description=row[3],
        product_id=ProductId(row[15] or ""),
        owner_id=AccountId(row[4]),
        creator_id=None if row[5] is None else AccountId(row[5]),
        created_at=at_us(row[6]),
        updated_at=from_us(row[7]),
        load_code_after_blessing=None if row[8] is None else bool(row[8]),
        production_target_id=None if row[9] is None else GroupId(row[9]),
        dut_target_id=None if row[10] is None else GroupId(row[10]),
        current_deployment_id=None if row[11] is None else DeploymentId(row[11]),
        min_supported_deployment_id=None if row[12] is None else DeploymentId(row[12]),
        region=row[13],
        env_vars=MappingProxyType(json.loads(row[14])) if row[14] else NO_VARS,
    )


def row_of(group: DeviceGroup) -> Row:
    """The values of `COLUMNS`."""
    return (
        group.id,
        str(group.type),
        bindable(group.name),
        None if group.description is None else bindable(group.description),
        group.owner_id,
        group.creator_id,
        us(group.created_at),
        to_us(group.updated_at),
        None if group.load_code_after_blessing is None else int(group.load_code_after_blessing),
        group.production_target_id,
        group.dut_target_id,
        group.current_deployment_id,
        group.min_supported_deployment_id,
        group.region,
        json.dumps(dict(group.env_vars)) if group.env_vars else None,
    )


def in_order(group: DeviceGroup) -> tuple[int, str, str, str]:
    """Sorts groups of one product by type, then by name."""
    place = _TYPE_ORDER.get(group.type, len(_TYPE_ORDER)) if isinstance(group.type, GroupType) else len(_TYPE_ORDER)
    return place, str(group.type), natural(group.name), group.id


class Groups:
    """The device groups that the cache knows."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def tree(self) -> Tree:
        """Everything left of the list; reads the tallies and counts nothing, so it costs the same for any fleet."""
        with self._connections.reading() as reader:
            products = [product_of(row) for row in reader.execute(SELECT_PRODUCTS)]
            groups = [(group_of(row), int(row[16])) for row in reader.execute(SELECT)]
            tallies = {row[0]: Tally(*row[1:]) for row in reader.execute(f"{_TALLY}")}
        lines: dict[ProductId, list[GroupLine]] = {product.id: [] for product in products}
        for group, number in sorted(groups, key=lambda pair: in_order(pair[0])):
            lines.setdefault(group.product_id, []).append(GroupLine(group, tallies.get(number, Tally())))
        products.sort(key=lambda product: (natural(product.name), product.id))
        return Tree(
            tuple(
                ProductLine(product, _sum(line.tally for line in lines[product.id]), tuple(lines[product.id]))
                for product in products
            ),
            tallies.get(0, Tally()),
            _sum(tallies.values()),
        )

    def all(self, product_id: ProductId | None = None) -> list[DeviceGroup]:
        """The groups of a product, or all: by type, then by name."""
        with self._connections.reading() as reader:
            rows = reader.execute(SELECT) if product_id is None else reader.execute(f"{SELECT} AND p.id = ?", (product_id,))
            return sorted((group_of(row) for row in rows), key=in_order)

    def one(self, group_id: GroupId) -> DeviceGroup | None:
        """One group."""
        with self._connections.reading() as reader:
            row = reader.execute(f"{SELECT} AND g.id = ?", (group_id,)).fetchone()
        return None if row is None else group_of(row)

    def tally(self, group_id: GroupId) -> Tally:
        """How the devices of a group do."""
        with self._connections.reading() as reader:
            row = reader.execute(f"{_TALLY} JOIN grp g ON g.n = t.group_n WHERE g.id = ?", (group_id,)).fetchone()
        return Tally() if row is None else Tally(*row[1:])

    def store(self, groups: Iterable[DeviceGroup]) -> list[GroupId]:
        """Insert and update in one transaction; ids of what really changed."""
        changed = []
        with self._connections.writing() as writer:
            for group in groups:
                row = row_of(group)
                known = writer.execute(f"{SELECT} AND g.id = ?", (group.id,)).fetchone()
                if known is not None and known[:16] == (*row, group.product_id):
                    continue
                changed.append(group.id)
                setting = ", ".join(f"{column} = ?" for column in COLUMNS)
                writer.execute("INSERT OR IGNORE INTO grp (id) VALUES (?)", (group.id,))
                writer.execute(
                    f"UPDATE grp SET {setting}, folded = ?, product_n = ? WHERE id = ?",
                    (*row, fold(row[2]), product_n(writer, group.product_id), group.id),
                )
                note_deployed(writer, group.id)
            if changed:
                place_groups(writer)
                next_generation(writer, "group", None)  # names and deployments show in the lines of devices
        return changed

    def forget_absent(self, seen: Collection[GroupId]) -> list[GroupId]:
        """Forget what a *complete* reading of all groups did not show."""
        with self._connections.reading() as reader:
            known = [GroupId(row[0]) for row in reader.execute("SELECT id FROM grp WHERE name IS NOT NULL")]
        kept = frozenset(seen)
        return self.forget([group_id for group_id in known if group_id not in kept])

    def forget(self, ids: Iterable[GroupId]) -> list[GroupId]:
        """Forget these groups; devices that still name one keep a number without name."""
        gone = []
        with self._connections.writing() as writer:
            for group_id in ids:
                sql = "UPDATE grp SET name = NULL, folded = NULL WHERE id = ? AND name IS NOT NULL"
                if writer.execute(sql, (group_id,)).rowcount:
                    gone.append(group_id)
            if gone:
                place_groups(writer)
                next_generation(writer, "group", None)  # names and deployments show in the lines of devices
        return gone


_TALLY = "SELECT t.group_n, t.devices, t.online, t.pending, t.problems FROM tally t"


def _sum(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally())


def note_deployed(writer: sqlite3.Connection, group_id: str) -> bool:
    """Look up when a group's current deployment was made; if that is news, count its pending devices again.

    Only here is a group counted by looking at its devices: once for every deployment.

    Returns:
        Whether it was news: what its devices are said to run changed with it.
    """
    row = writer.execute(
        "SELECT g.n, g.deployed_at, d.created_at FROM grp g LEFT JOIN deployment d ON d.id = g.current_deployment_id"
        " WHERE g.id = ?",
        (group_id,),
    ).fetchone()
    if row is None or row[1] == row[2]:
        return False
    writer.execute("UPDATE grp SET deployed_at = ? WHERE n = ?", (row[2], row[0]))
    pending = PENDING.format(deployed="?")
    writer.execute(
        "UPDATE tally SET pending ="
        f" (SELECT coalesce(sum(coalesce({pending}, 0)), 0) FROM device d WHERE d.group_n = tally.group_n) WHERE group_n = ?",
        (row[2], row[2], row[0]),
    )
    return True
