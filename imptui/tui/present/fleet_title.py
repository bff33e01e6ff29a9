"""What is above the device list: which part of the account, and how it is narrowed down."""

from imptui.model.line import Tree
from imptui.model.query import Scope
from imptui.tui.present.group import type_word


def scope_words(scope: Scope, tree: Tree | None, crumb: str) -> str:
    """The way to a scope, with `crumb` between its parts: product, type, group. Foreign text."""
    if scope.is_unassigned:
        return "Unassigned"
    for line in tree.products if tree is not None else ():
        for each in line.groups:
            if each.group.id == scope.group_id:
                return crumb.join((line.product.name, type_word(each.group.type), each.group.name))
        if line.product.id == scope.product_id:
            kind = [type_word(scope.group_type)] if scope.group_type is not None else []
            return crumb.join((line.product.name, *kind))
    return "All devices"
