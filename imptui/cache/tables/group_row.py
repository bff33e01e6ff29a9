"""Rows of the table of device groups."""

import json
from sys import intern
from types import MappingProxyType
from typing import NamedTuple

from imptui.cache.device_row import Row, group_type_of
from imptui.cache.search.conditions import bindable
from imptui.cache.times import at_us, from_us, to_us, us
from imptui.domain.group import NO_VARS, DeviceGroup, GroupType
from imptui.domain.ids import AccountId, DeploymentId, GroupId, ProductId
from imptui.query.text_folding import natural_key


class StoredGroup(NamedTuple):
    """A row of `SELECT_GROUPS` after its number: the columns of a group."""

    id: str
    type: str | None
    name: str
    description: str | None
    owner_id: str
    creator_id: str | None
    created_at: int
    updated_at: int | None
    load_code_after_blessing: int | None
    production_target_id: GroupId | None
    dut_target_id: GroupId | None
    current_deployment_id: DeploymentId | None
    min_supported_deployment_id: str | None
    region: str | None
    env_vars: str | None
    product_id: str | None
    """Joined from the product, because the column holds its row number."""

    @property
    def own(self) -> Row:
        """Return the values of `GROUP_COLUMNS`, in that order."""
        return self[: len(GROUP_COLUMNS)]

    @property
    def rank_key(self) -> tuple[str | None, str, str | None]:
        """Return the values that determine the group's rank in lists sorted by group, product or type."""
        return self.type, self.name, self.product_id


GROUP_COLUMNS = tuple(name for name in StoredGroup._fields if name != "product_id")
SELECT_GROUPS = (
    f"SELECT g.n, {', '.join(f'g.{column}' for column in GROUP_COLUMNS)}, p.id FROM grp g"
    " LEFT JOIN product p ON p.n = g.product_n WHERE g.name IS NOT NULL"
)
"""Select groups that were read. A row without name belongs to a group that only a device's reference mentioned so far."""

SELECT_TALLIES = "SELECT t.group_n, t.devices, t.online, t.pending, t.problems FROM tally t"
"""Select the tally of every group; number 0 is that of unassigned devices."""

_TYPE_ORDER = {group_type: place for place, group_type in enumerate(GroupType)}


def numbered(row: Row) -> tuple[int, StoredGroup]:
    """Split a row of `SELECT_GROUPS` into its number and the group row."""
    number, *cells = row
    return number, StoredGroup._make(cells)


def group_of(row: StoredGroup) -> DeviceGroup:
    """Decode a row into a group; ids of products and accounts are interned, since ten thousand groups share them."""
    return DeviceGroup(
        id=GroupId(row.id),
        type=group_type_of(row.type) or "",
        name=row.name,
        description=row.description,
        product_id=ProductId(intern(row.product_id or "")),
        owner_id=AccountId(intern(row.owner_id)),
        creator_id=None if row.creator_id is None else AccountId(intern(row.creator_id)),
        created_at=at_us(row.created_at),
        updated_at=from_us(row.updated_at),
        load_code_after_blessing=None if row.load_code_after_blessing is None else bool(row.load_code_after_blessing),
        production_target_id=row.production_target_id,
        dut_target_id=row.dut_target_id,
        current_deployment_id=row.current_deployment_id,
        min_supported_deployment_id=None
        if row.min_supported_deployment_id is None
        else DeploymentId(row.min_supported_deployment_id),
        region=row.region,
        env_vars=MappingProxyType(json.loads(row.env_vars)) if row.env_vars else NO_VARS,
    )


def row_of(group: DeviceGroup) -> StoredGroup:
    """Encode a group as a row."""
    return StoredGroup(
        id=group.id,
        type=str(group.type),
        name=bindable(group.name),
        description=None if group.description is None else bindable(group.description),
        owner_id=group.owner_id,
        creator_id=group.creator_id,
        created_at=us(group.created_at),
        updated_at=to_us(group.updated_at),
        load_code_after_blessing=None if group.load_code_after_blessing is None else int(group.load_code_after_blessing),
        production_target_id=group.production_target_id,
        dut_target_id=group.dut_target_id,
        current_deployment_id=group.current_deployment_id,
        min_supported_deployment_id=group.min_supported_deployment_id,
        region=group.region,
        env_vars=json.dumps(dict(group.env_vars)) if group.env_vars else None,
        product_id=group.product_id,
    )


def in_order(group: DeviceGroup) -> tuple[int, str, str, str]:
    """Return a sort key that orders the groups of one product by type, then by name."""
    place = _TYPE_ORDER.get(group.type, len(_TYPE_ORDER)) if isinstance(group.type, GroupType) else len(_TYPE_ORDER)
    return place, str(group.type), natural_key(group.name), group.id
