"""The lines of the product tree, computed on access: a tree may have ten thousand lines, a screen shows fifty."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from imptui.domain.group import DeviceGroup
from imptui.domain.product import Product
from imptui.domain.rows import ProductRow, Tally, Tree
from imptui.query.expression import Claim, Expr, Is
from imptui.query.query import SavedFilter, Scope
from imptui.tui.present.glyphs import Glyphs
from imptui.tui.present.group import type_word

Saved = Sequence[tuple[SavedFilter, int | None]]
"""Saved filters, each with the number of devices it finds; None: its filter is not valid any more."""


class OutlineRow(NamedTuple):
    """One line of the product tree."""

    key: str
    """The identity of the line; the same after the tree is read again."""
    depth: int
    icon: str
    label: str
    """The text of the line; may be foreign."""
    tally: Tally
    scope: Scope
    where: Expr | None = None
    text: str = ""
    """The text of a saved filter."""
    product: Product | None = None
    group: DeviceGroup | None = None
    group_count: int | None = None
    """The number of groups of `product`."""
    is_parent: bool = False


def product_key(product_id: str) -> str:
    """Return the key of a product's line."""
    return f"p:{product_id}"


def type_key(product_id: str, group_type: str) -> str:
    """Return the key of the line of one group type of a product."""
    return f"t:{product_id}:{group_type}"


class Outline:
    """The lines of a tree in which some branches are collapsed.

    Args:
        tree: Products and groups.
        account: The text of the first line; empty: not known yet, and there are no lines.
        saved: Saved filters, which are lines, too.
        shut: The keys of the collapsed branches.
        glyphs: The signs of the lines.
        before: The previous outline; its line positions are reused if nothing moved.
    """

    def __init__(
        self,
        tree: Tree,
        account: str,
        saved: Saved,
        shut: frozenset[str],
        glyphs: Glyphs,
        before: "Outline | None" = None,
    ) -> None:
        self.tree = tree
        self._account = account
        self._saved = saved
        self._shut = shut
        self._glyphs = glyphs
        is_same_shape = (
            before is not None
            and before.tree.places is tree.places
            and len(before.tree.products) == len(tree.products)
            and len(before._saved) == len(saved)
            and bool(before._account) == bool(account)
            and before._shut == shut
        )
        first = 3 + len(saved) if account else 0
        self._starts: list[int] = (
            before._starts
            if before is not None and is_same_shape
            else list(accumulate((self._height(each) for each in tree.products), initial=first))
        )
        """The line of each product, and at the end the number of lines."""

    def __len__(self) -> int:
        return self._starts[-1]

    def __getitem__(self, index: int) -> OutlineRow:
        """Return one line.

        Raises:
            IndexError: There is no such line.
        """
        if not 0 <= index < len(self):
            raise IndexError(index)
        if index < self._starts[0]:
            return self._above(index)
        number = bisect_right(self._starts, index, hi=len(self._starts) - 1) - 1
        return self._within(self.tree.products[number], index - self._starts[number])

    def __iter__(self) -> Iterator[OutlineRow]:
        return (self[index] for index in range(len(self)))

    def _height(self, line: ProductRow) -> int:
        if not self._shut:
            return 1 + len(line.types) + len(line.groups)
        if product_key(line.product.id) in self._shut:
            return 1
        return 1 + sum(1 + (0 if self._is_shut(line, each.type) else each.count) for each in line.types)

    def _is_shut(self, line: ProductRow, group_type: str) -> bool:
        return bool(self._shut) and type_key(line.product.id, group_type) in self._shut

    def _above(self, index: int) -> OutlineRow:
        glyphs, tree = self._glyphs, self.tree
        if index == 0:
            return OutlineRow("a", 0, glyphs.account, self._account, tree.total, Scope())
        if index == 1:
            return OutlineRow("x", 0, glyphs.problem, "Problems", Tally(tree.total.problems, 0), Scope(), Is(Claim.PROBLEM))
        if index == 2:
            return OutlineRow("u", 0, glyphs.unassigned, "Unassigned", tree.unassigned, Scope(is_unassigned=True))
        saved, found = self._saved[index - 3]
        return OutlineRow(f"q:{saved.name}", 0, glyphs.saved, saved.name, Tally(found or 0), Scope(), text=saved.text)

    def _within(self, line: ProductRow, below: int) -> OutlineRow:
        """Return the line at an offset below the first line of a product."""
        product, count = line.product, len(line.groups)
        if below == 0:
            scope, key = Scope(product_id=product.id), product_key(product.id)
            return OutlineRow(key, 0, self._glyphs.product, product.name, line.tally, scope, None, "", product, None, count, True)
        below -= 1
        for each in line.types:
            icon = self._glyphs.type_icon(each.type)
            if below == 0:
                scope = Scope(product_id=product.id, group_type=each.type)
                key, word = type_key(product.id, each.type), type_word(each.type)
                return OutlineRow(key, 1, icon, word, each.tally, scope, None, "", product, None, count, True)
            members = 0 if self._is_shut(line, each.type) else each.count
            if below <= members:
                group, tally = line.groups[each.first + below - 1].group, line.groups[each.first + below - 1].tally
                scope = Scope(group_id=group.id)
                return OutlineRow(f"g:{group.id}", 2, icon, group.name, tally, scope, None, "", product, group, count)
            below -= 1 + members
        raise IndexError(below)

    def line_of(self, node: OutlineRow) -> int | None:
        """Return where a line of another outline of this account is; for a hidden line, the branch that hides it."""
        if node.text or node.key.startswith("q:"):
            names = [saved.name for saved, _ in self._saved]
            return 3 + names.index(node.label) if node.label in names else None
        return self.place(node.scope, is_problems=node.where is not None)

    def place(self, scope: Scope, *, is_problems: bool = False) -> int | None:
        """Return the line of a scope; for a group in a collapsed branch, that branch; None: there is none."""
        tree = self.tree
        if scope.is_unassigned or is_problems:
            return 2 if scope.is_unassigned else 1
        if scope.group_id is not None:
            found = tree.places.groups.get(scope.group_id)
            if found is None:
                return None
            line = tree.products[found[0]]
            return self._starts[found[0]] + self._below(line, line.groups[found[1]].group.type, found[1])
        if scope.product_id is None:
            return 0
        number = tree.places.products.get(scope.product_id)
        if number is None:
            return None
        line = tree.products[number]
        if scope.group_type is None:
            return self._starts[number]
        if all(each.type != scope.group_type for each in line.types):
            return None
        return self._starts[number] + self._below(line, scope.group_type, None)

    def _below(self, line: ProductRow, group_type: str, place: int | None) -> int:
        """Return the offset of a type, or of one of its groups, below the line of its product."""
        if self._shut and product_key(line.product.id) in self._shut:
            return 0
        below = 1
        for each in line.types:
            is_shut = self._is_shut(line, each.type)
            if each.type == group_type:
                return below if place is None or is_shut else below + 1 + place - each.first
            below += 1 + (0 if is_shut else each.count)
        return 0

    def parent(self, index: int) -> int | None:
        """Return the parent of a line; None: it has none."""
        node = self[index]
        if node.depth == 0 or node.product is None:
            return None
        scope = Scope(product_id=node.product.id, group_type=node.group.type if node.group is not None else None)
        return self.place(scope)
