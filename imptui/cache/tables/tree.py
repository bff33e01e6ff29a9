"""The tree of products and groups with their tallies, reused from one reading to the next.

There may be ten thousand groups, and the tree is read every second while devices connect and disconnect. So products and groups
are read again only after one of them changed, and only changed tallies give new rows. All other rows are the same objects as
before, so that the pane recognizes unchanged ones by identity.
"""

import sqlite3
import threading
from collections.abc import Sequence

from msgspec.structs import replace

from imptui.cache.connections import Connections
from imptui.cache.device_row import Row
from imptui.cache.generations import tree_generation_in
from imptui.cache.tables.group_row import SELECT_GROUPS, SELECT_TALLIES, group_of, in_order, numbered
from imptui.cache.tables.product import SELECT_PRODUCTS, StoredProduct, product_of
from imptui.domain.group import DeviceGroup
from imptui.domain.rows import GroupRow, ProductRow, Tally, Tree
from imptui.query.text_folding import natural_key

NO_TALLY = (0, 0, 0, 0, 0)
"""The tally of a group that never had a device."""


class CachedTree:
    """The last read tree. It is thread-safe; threads read it one after the other."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._lock = threading.Lock()
        self._tree: Tree | None = None
        self._generation = 0
        """Newest generation of products and groups when they were read."""
        self._tallies: dict[int, Row] = {}
        """Tallies by the row number of the group."""
        self._places: dict[int, tuple[int, int]] = {}
        """Index of the product, and of the group in it, by the row number of the group."""

    def read(self) -> Tree:
        """Return the present tree; the same object if nothing changed.

        It scans no devices, so it costs the same for any fleet.
        """
        with self._lock, self._connections.read_connection() as reader:
            rows = reader.execute(SELECT_TALLIES).fetchall()
            newest, tree = tree_generation_in(reader), self._tree
            if tree is None or newest != self._generation or len(rows) < len(self._tallies):
                tree = self._built(reader, rows)
                self._generation = newest
            else:
                tree = self._recounted_tree(tree, rows)
            self._tree = tree
            return tree

    def _built(self, reader: sqlite3.Connection, rows: Sequence[Row]) -> Tree:
        """Read products and groups and build the whole tree."""
        found = (product_of(StoredProduct._make(row)) for row in reader.execute(SELECT_PRODUCTS))
        products = sorted(found, key=lambda product: (natural_key(product.name), product.id))
        numbered_rows = map(numbered, reader.execute(SELECT_GROUPS))
        groups = sorted(((group_of(row), number) for number, row in numbered_rows), key=lambda pair: in_order(pair[0]))
        self._tallies = {row[0]: row for row in rows}
        members: dict[str, list[tuple[DeviceGroup, int]]] = {each.id: [] for each in products}
        for group, number in groups:
            if group.product_id in members:
                members[group.product_id].append((group, number))
        product_rows = []
        self._places = {}
        for place, product in enumerate(products):
            group_rows = []
            for each, (group, number) in enumerate(members[product.id]):
                self._places[number] = place, each
                group_rows.append(GroupRow(group, Tally(*self._tallies.get(number, NO_TALLY)[1:])))
            product_rows.append(ProductRow.of(product, group_rows))
        total = Tally(*(sum(row[part] for row in rows) for part in range(1, 5)))
        return Tree.of(product_rows, Tally(*self._tallies.get(0, NO_TALLY)[1:]), total)

    def _recounted_tree(self, tree: Tree, rows: Sequence[Row]) -> Tree:
        """Return a tree with new rows for changed tallies and the same rows otherwise."""
        known = self._tallies
        changed = [row for row in rows if known.get(row[0]) != row]
        if not changed:
            return tree
        more, unassigned = Tally(), tree.unassigned
        by_product: dict[int, list[tuple[int, Tally, Tally]]] = {}
        for row in changed:
            now, by = Tally(*row[1:]), Tally(*row[1:]) - Tally(*known.get(row[0], NO_TALLY)[1:])
            known[row[0]] = row
            more += by
            if row[0] == 0:
                unassigned = now
            elif row[0] in self._places:
                product, place = self._places[row[0]]
                by_product.setdefault(product, []).append((place, now, by))
        products = list(tree.products)
        for number, others in by_product.items():
            products[number] = _recounted_product(products[number], others)
        return Tree(tuple(products), unassigned, tree.total + more, tree.places)


def _recounted_product(row: ProductRow, others: Sequence[tuple[int, Tally, Tally]]) -> ProductRow:
    """Return a product row with new tallies for some groups: index, new tally, and difference to the old one."""
    groups, types, tally = list(row.groups), list(row.types), row.tally
    for place, now, by in others:
        groups[place] = GroupRow(groups[place].group, now)
        at = next(index for index, each in enumerate(types) if each.first <= place < each.first + each.count)
        types[at] = replace(types[at], tally=types[at].tally + by)
        tally += by
    return ProductRow(row.product, tally, tuple(groups), tuple(types))
