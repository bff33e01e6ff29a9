"""Counts of the whole fleet for the tree: unfinished reviews, and devices of saved filters."""

from collections.abc import Mapping
from time import monotonic
from typing import TYPE_CHECKING

from imptui.domain.group import DeviceGroup
from imptui.domain.ids import GroupId
from imptui.domain.rows import GroupRow, ProductRow, Tree
from imptui.query.query import SavedFilter, Scope

if TYPE_CHECKING:
    from imptui.fleet.fleet import Fleet

TREE_EVERY_S = 1.0
"""The tree is counted again at most this often."""

SAVED_EVERY_S = 10.0
"""The devices that saved filters find are counted again at most this often."""


class FleetCounts:
    """Reads the counts, and holds them until the next reading.

    Attributes:
        unfinished: Unfinished reviews by group.
    """

    def __init__(self) -> None:
        self.unfinished: Mapping[GroupId, int] = {}
        self._tree_at = 0.0
        self._saved_at = 0.0
        self._saved_texts: dict[str, str] = {}
        self._saved_counts: dict[str, int | None] = {}

    def tree_read(self) -> None:
        """Record that the tree is counted now, so it is due again after a while."""
        self._tree_at = monotonic()

    @property
    def tree_due_s(self) -> float:
        """Return the seconds until the tree may be counted again."""
        return max(0.05, self._tree_at + TREE_EVERY_S - monotonic())

    async def read_unfinished(self, fleet: "Fleet") -> None:
        """Count unfinished reviews."""
        self.unfinished = await fleet.drafts.unfinished_counts()

    async def read_saved(self, fleet: "Fleet") -> list[tuple[SavedFilter, int | None]]:
        """Return the saved filters with the number of devices that each finds.

        A count reads the whole fleet, so recent counts are reused.
        """
        saved = await fleet.queries.all()
        is_due = monotonic() >= self._saved_at + SAVED_EVERY_S
        if saved and (is_due or {each.name: each.text for each in saved} != self._saved_texts):
            self._saved_at, self._saved_texts = monotonic(), {each.name: each.text for each in saved}
            self._saved_counts = {each.name: await fleet.queries.count(each) for each in saved}
        return [(each, self._saved_counts.get(each.name)) for each in saved]


def rows_of_owner(tree: Tree | None, group_id: GroupId | None, scope: Scope) -> tuple[GroupRow | None, ProductRow | None]:
    """Return the tree's rows of a group and its product; without a group, of the product of a scope."""
    if tree is None:
        return None, None
    found = tree.group(group_id)
    if found is not None:
        return found[1], found[0]
    return None, tree.product(scope.product_id)


def target_names(tree: Tree | None, group: DeviceGroup | None) -> dict[str, str]:
    """Return the names of the target groups of a fixture group, by id."""
    targets = (group.production_target_id, group.dut_target_id) if group is not None else ()
    found = [tree.group(each) for each in targets] if tree is not None else []
    return {line.group.id: line.group.name for _, line in filter(None, found)}
