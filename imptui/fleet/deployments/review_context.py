"""The facts that a review shows about a draft besides its programs."""

import asyncio

from msgspec import Struct

from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import GroupId
from imptui.fleet.deployments.draft import Draft
from imptui.fleet.read_model import Affected, DeploymentRow, ReadModel

PROGRAMS = ("agent", "device")


class Size(Struct, frozen=True):
    """The size of one program in bytes."""

    program: str
    """The side of the program, `agent` or `device`."""
    bytes: int
    """The size in UTF-8, as it is sent."""
    bytes_before: int


class Target(Struct, frozen=True):
    """A group that sends devices to the reviewed group, or receives them from it."""

    role: str
    """`production target`, `DUT target`, `target of`."""
    group: DeviceGroup


class ReviewContext(Struct, frozen=True):
    """The affected devices, the source of the code, and its sizes."""

    affected: Affected | None
    """The affected devices; None: the group is not in the cache."""
    source: DeploymentRow | None
    """The deployment whose bytes are reviewed; None: no deployment has them."""
    base: DeploymentRow | None
    product_name: str | None
    targets: tuple[Target, ...]
    sizes: tuple[Size, ...]


async def facts_of(look: ReadModel, draft: Draft) -> ReviewContext:
    """Read the facts about a draft from the cache; measuring 8 MB takes some milliseconds, in a thread."""
    product = await look.product(draft.group.product_id)
    groups = await look.groups(draft.group.product_id)
    return ReviewContext(
        affected=await look.affected(draft.group.id),
        source=await look.deployment(draft.source_id) if draft.source_id is not None else None,
        base=await look.deployment(draft.base.id) if draft.base is not None else None,
        product_name=product.name if product is not None else None,
        targets=targets_of(draft.group, groups),
        sizes=await asyncio.to_thread(_sizes, draft),
    )


def targets_of(group: DeviceGroup, groups: tuple[DeviceGroup, ...]) -> tuple[Target, ...]:
    """Return the groups that this group sends devices to, and the groups that send devices to it."""
    by_id: dict[GroupId, DeviceGroup] = {each.id: each for each in groups}
    found = []
    for role, target_id in (("production target", group.production_target_id), ("DUT target", group.dut_target_id)):
        if target_id is not None and target_id in by_id and isinstance(group.type, GroupType) and group.type.is_fixtures:
            found.append(Target(role, by_id[target_id]))
    found += [Target("target of", each) for each in groups if group.id in (each.production_target_id, each.dut_target_id)]
    return tuple(found)


def _sizes(draft: Draft) -> tuple[Size, ...]:
    return tuple(Size(each, _bytes(draft.programs.of(each)), _bytes(draft.base_programs.of(each))) for each in PROGRAMS)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
