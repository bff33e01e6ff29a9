"""Lineage of code: which groups' deployments came from which other groups.

A deployment never leaves its group; promoting creates another deployment with the same code. Two facts show a promotion:

- the `origin` attribute, if the promoting client set it: a sha, a deployment's id, or `deployment:ID`;
- the sha: the same code of the same owner has the same sha, so an earlier deployment with it elsewhere is the likely source.

The second is an inference, and the output says so. Source: primer, "Deployments"; contract 12.2, 12.3, 12.5.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from imptui.cache.store import Cache
from imptui.domain.deployment import Deployment
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import GroupId, ProductId
from imptui.domain.rows import Tally

DEPLOYMENTS_READ = 2000
"""The number of deployments of a product that are read, the newest first."""

_SHA = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)


def stage_of(group_type: GroupType | str) -> int:
    """Return the stage of a group type: 0 development, 1 rehearsal, 2 factory and production.

    Source: primer, "Device Groups": the pre-factory and pre-production types rehearse the other two.
    """
    if group_type in (GroupType.PRE_FACTORY, GroupType.PRE_DUT, GroupType.PRE_PRODUCTION):
        return 1
    return 2 if group_type in (GroupType.FACTORY, GroupType.DUT, GroupType.PRODUCTION) else 0


class Path(Struct, frozen=True):
    """A path on which code went from one group to another."""

    source_id: GroupId
    target_id: GroupId
    count: int
    """The number of deployments of the target that came on this path."""
    last_at: datetime
    is_told: bool
    """True if declared by an `origin`, False if inferred from the sha."""


class Behind(Struct, frozen=True):
    """The distance of a group from the group that its code comes from."""

    source_id: GroupId
    deployments: int | None
    """The number of deployments by which the source is ahead; 0: the same bytes; None: the source never had this code."""


class LineageNode(Struct, frozen=True):
    """A group with its current deployment."""

    group: DeviceGroup
    current: Deployment | None
    """The current deployment; None: there is none, or it was not read yet."""
    deployments: int
    """The number of known deployments."""
    tally: Tally
    behind: Behind | None
    """The distance from its source; None: its code came from no other group."""

    @property
    def stage(self) -> int:
        """The stage of the group, see `stage_of`."""
        return stage_of(self.group.type)


class Lineage(Struct, frozen=True):
    """The groups of a product and the paths of code between them."""

    nodes: tuple[LineageNode, ...]
    """The groups, ordered by stage, type and name."""
    paths: tuple[Path, ...]
    """The paths, most recently used first."""

    def node(self, group_id: GroupId) -> LineageNode | None:
        """Return the node of a group."""
        return next((each for each in self.nodes if each.group.id == group_id), None)


def lineage(groups: Sequence[DeviceGroup], deployments: Iterable[Deployment], tallies: Mapping[GroupId, Tally]) -> Lineage:
    """Return the lineage of groups from their deployments.

    Args:
        groups: The groups to draw.
        deployments: Their deployments, in any order; deployments of other groups are left out.
        tallies: Device counts of each group; a missing one counts as zero.
    """
    by_group: dict[GroupId, list[Deployment]] = {group.id: [] for group in groups}
    for each in sorted(deployments, key=lambda deployment: deployment.created_at, reverse=True):
        if each.group_id in by_group:
            by_group[each.group_id].append(each)
    stages = {group.id: stage_of(group.type) for group in groups}
    paths = _paths(by_group, stages)
    order = {str(kind): place for place, kind in enumerate(GroupType)}
    ordered = sorted(groups, key=lambda group: (stages[group.id], order.get(str(group.type), 99), group.name.casefold()))
    nodes = tuple(_node(group, by_group, paths, tallies.get(group.id, Tally())) for group in ordered)
    return Lineage(nodes, paths)


class _Source(Struct, frozen=True):
    """The deployment of another group that a deployment repeats."""

    deployment: Deployment
    is_declared: bool
    """True if the origin names it; False: only the sha is the same."""


class _Known:
    """The deployments of the drawn groups, by id and by sha, and the stage of each group."""

    def __init__(self, by_group: Mapping[GroupId, list[Deployment]], stages: Mapping[GroupId, int]) -> None:
        self.by_id: dict[str, Deployment] = {each.id: each for made in by_group.values() for each in made}
        self.by_sha: dict[str, list[Deployment]] = defaultdict(list)
        for each in self.by_id.values():
            self.by_sha[each.sha].append(each)
        self._stages = stages

    def stage(self, deployment: Deployment) -> int:
        """Return the stage of a deployment's group; 0 where it has none."""
        return self._stages[deployment.group_id] if deployment.group_id is not None else 0

    def source_of(self, made: Deployment) -> _Source | None:
        """Return the source of a deployment: the one its origin names by id, else by sha, else an earlier one with its sha."""
        named = (made.origin or "").strip().removeprefix("deployment:")
        if named in self.by_id:
            source = self.by_id[named]
            return None if source.group_id == made.group_id else _Source(source, is_declared=True)
        if _SHA.fullmatch(named) is None:
            return self._inferred(made, [made.sha], is_declared=False)
        if made.sha.startswith(named.lower()):
            return self._inferred(made, [made.sha], is_declared=True)
        return self._inferred(made, [sha for sha in self.by_sha if sha.startswith(named.lower())], is_declared=True)

    def _inferred(self, made: Deployment, shas: Sequence[str], *, is_declared: bool) -> _Source | None:
        """Return the likely source among earlier deployments with one of these shas: the latest stage, then the newest."""
        earlier = [each for sha in shas for each in self.by_sha.get(sha, ()) if each.created_at < made.created_at]
        if any(each.group_id == made.group_id for each in earlier):
            return None  # the group had this code before: the deployment is a rollback, not a promotion
        candidates = [each for each in earlier if each.group_id is not None and self.stage(each) <= self.stage(made)]
        if not candidates:
            return None
        return _Source(max(candidates, key=lambda each: (self.stage(each), each.created_at)), is_declared)


def _paths(by_group: Mapping[GroupId, list[Deployment]], stages: Mapping[GroupId, int]) -> tuple[Path, ...]:
    known = _Known(by_group, stages)
    found: dict[tuple[GroupId, GroupId], list[tuple[Deployment, bool]]] = defaultdict(list)
    for group_id, made in by_group.items():
        for each in made:
            source = known.source_of(each)
            if source is not None and source.deployment.group_id is not None:
                found[source.deployment.group_id, group_id].append((each, source.is_declared))
    paths = [
        Path(source_id, target_id, len(ways), max(each.created_at for each, _ in ways), any(told for _, told in ways))
        for (source_id, target_id), ways in found.items()
    ]
    return tuple(sorted(paths, key=lambda path: path.last_at, reverse=True))


def _node(group: DeviceGroup, by_group: Mapping[GroupId, list[Deployment]], paths: Sequence[Path], tally: Tally) -> LineageNode:
    made = by_group[group.id]
    current = next((each for each in made if each.id == group.current_deployment_id), None)
    path = next((each for each in paths if each.target_id == group.id), None)
    behind = None
    if path is not None and current is not None:
        ahead = [place for place, each in enumerate(by_group[path.source_id]) if each.sha == current.sha]
        behind = Behind(path.source_id, ahead[0] if ahead else None)
    return LineageNode(group, current, len(made), tally, behind)


class Lineages:
    """Reads groups and deployments from the cache for lineages."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def of_product(self, product_id: ProductId) -> Lineage:
        """Return the lineage of a product's groups."""
        return await asyncio.to_thread(self._read, product_id)

    def _read(self, product_id: ProductId) -> Lineage:
        groups = list(self._cache.groups.all(product_id))
        made = self._cache.deployments.list(None, product_id, DEPLOYMENTS_READ)
        return lineage(groups, made, {group.id: self._cache.groups.tally(group.id) for group in groups})
