"""What is above the device list: which part of the account, and how it is narrowed down."""

from imptui.domain.rows import Tree
from imptui.query.query import Scope
from imptui.tui.present.group import type_word


def scope_words(scope: Scope, tree: Tree | None, crumb: str) -> str:
    """The way to a scope, with `crumb` between its parts: product, type, group. Foreign text."""
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
