"""The tree's lines are made one by one; together they are what walking through the tree gives."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import AccountId, GroupId, ProductId
from imptui.domain.product import Product
from imptui.domain.rows import GroupRow, ProductRow, Tally, Tree
from imptui.query.expression import Claim, Is
from imptui.query.query import SavedFilter, Scope
from imptui.tui.present.glyphs import UNICODE
from imptui.tui.present.group import type_word
from imptui.tui.present.outline import Outline, OutlineRow, product_key, type_key

NOW = datetime(2026, 3, 1, tzinfo=UTC)
OWNER = AccountId("o")
TYPES: tuple[GroupType | str, ...] = (*GroupType, "novel")


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Some products with some groups each."""
    products = []
    for number in range(draw(st.integers(0, 4))):
        product = Product(ProductId(f"p{number}"), f"Product {number}", None, OWNER, None, NOW)
        kinds = sorted(draw(st.lists(st.integers(0, len(TYPES) - 1), max_size=6)))
        groups = [
            GroupRow(
                DeviceGroup(GroupId(f"g{number}-{place}"), TYPES[kind], f"Group {place}", None, product.id, OWNER, None, NOW),
                Tally(draw(st.integers(0, 9)), problems=draw(st.integers(0, 2))),
            )
            for place, kind in enumerate(kinds)
        ]
        products.append(ProductRow.of(product, groups))
    total = sum((line.tally for line in products), Tally(3, 1))
    return Tree.of(products, Tally(3, 1), total)


@st.composite
def shut_in(draw: st.DrawFn, tree: Tree) -> frozenset[str]:
    """Some of its branches."""
    keys = [product_key(line.product.id) for line in tree.products]
    keys += [type_key(line.product.id, each.type) for line in tree.products for each in line.types]
    return frozenset(draw(st.lists(st.sampled_from(keys)))) if keys else frozenset()


def walked(tree: Tree, saved: list[tuple[SavedFilter, int | None]], shut: frozenset[str]) -> list[OutlineRow]:
    """All lines, from the first to the last."""
    icons = UNICODE
    found = [
        OutlineRow("a", 0, icons.account, "me", tree.total, Scope()),
        OutlineRow("x", 0, icons.problem, "Problems", Tally(tree.total.problems, 0), Scope(), Is(Claim.PROBLEM)),
        OutlineRow("u", 0, icons.unassigned, "Unassigned", tree.unassigned, Scope(is_unassigned=True)),
    ]
    for each, count in saved:
        found.append(OutlineRow(f"q:{each.name}", 0, icons.saved, each.name, Tally(count or 0), Scope(), text=each.text))
    for line in tree.products:
        product, count = line.product, len(line.groups)
        key, here = product_key(product.id), Scope(product_id=product.id)
        found.append(OutlineRow(key, 0, icons.product, product.name, line.tally, here, None, "", product, None, count, True))
        if key in shut:
            continue
        for group_type in dict.fromkeys(each.group.type for each in line.groups):
            members = [each for each in line.groups if each.group.type == group_type]
            tally, icon = sum((each.tally for each in members), Tally()), icons.type_icon(group_type)
            key, here = type_key(product.id, group_type), Scope(product_id=product.id, group_type=group_type)
            found.append(OutlineRow(key, 1, icon, type_word(group_type), tally, here, None, "", product, None, count, True))
            if key in shut:
                continue
            for each in members:
                here, name = Scope(group_id=each.group.id), each.group.name
                found.append(OutlineRow(f"g:{each.group.id}", 2, icon, name, each.tally, here, None, "", product, each.group, count))
    return found


@given(st.data())
def test_lines_are_those_of_the_tree(data: st.DataObject) -> None:
    """However branches are shut, every line, its place and its parent are those found by walking from the top."""
    tree = data.draw(trees())
    shut = data.draw(shut_in(tree))
    saved = [(SavedFilter(f"q{number}", "offline"), number) for number in range(data.draw(st.integers(0, 2)))]
    whole = walked(tree, saved, shut)
    before = Outline(tree, "me", saved, data.draw(shut_in(tree)), UNICODE)
    outline = Outline(tree, "me", saved, shut, UNICODE, before)
    assert len(outline) == len(whole)
    assert list(outline) == whole
    for index, node in enumerate(whole):
        assert outline.line_of(node) == index
        above = [each for each in range(index) if whole[each].depth < node.depth]
        assert outline.parent(index) == (above[-1] if above else None)


@given(st.data())
def test_what_is_shut_away_is_in_its_branch(data: st.DataObject) -> None:
    """The place of a group that cannot be seen is the branch that hides it."""
    tree = data.draw(trees())
    shut = data.draw(shut_in(tree))
    opened, outline = Outline(tree, "me", (), frozenset(), UNICODE), Outline(tree, "me", (), shut, UNICODE)
    for node in opened:
        place = outline.line_of(node)
        assert place is not None
        found = outline[place]
        assert found.key == node.key or (found.key in shut and found.product == node.product)
