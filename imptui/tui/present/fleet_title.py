"""The title above the device list: its scope and filter."""

from imptui.domain.rows import Tree
from imptui.query.query import Scope
from imptui.tui.present.group import type_word


def scope_words(scope: Scope, tree: Tree | None, crumb: str) -> str:
    """Return the path of a scope, product, type and group, with `crumb` between them. Holds foreign text."""
    if scope.is_unassigned:
        return "Unassigned"
    found = tree.group(scope.group_id) if tree is not None else None
    if found is not None:
        line, each = found
        return crumb.join((line.product.name, type_word(each.group.type), each.group.name))
    product = tree.product(scope.product_id) if tree is not None else None
    if product is not None:
        kind = [type_word(scope.group_type)] if scope.group_type is not None else []
        return crumb.join((product.product.name, *kind))
    return "All devices"
