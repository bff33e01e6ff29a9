"""Device groups as rows."""

import json
from sys import intern
from types import MappingProxyType

from imptui.cache.device_row import Row, group_type_of
from imptui.cache.search.conditions import bindable
from imptui.cache.times import at_us, from_us, to_us, us
from imptui.domain.group import NO_VARS, DeviceGroup, GroupType
from imptui.domain.ids import AccountId, DeploymentId, GroupId, ProductId
from imptui.query.text_folding import natural

COLUMNS = (
    "id", "type", "name", "description", "owner_id", "creator_id", "created_at", "updated_at", "load_code_after_blessing",
    "production_target_id", "dut_target_id", "current_deployment_id", "min_supported_deployment_id", "region", "env_vars",
)  # fmt: skip
SELECT = (
    f"SELECT {', '.join(f'g.{column}' for column in COLUMNS)}, p.id, g.n FROM grp g"
    " LEFT JOIN product p ON p.n = g.product_n WHERE g.name IS NOT NULL"
)
"""A row without name was only heard of: a device names it, but it was not read yet."""

TALLY = "SELECT t.group_n, t.devices, t.online, t.pending, t.problems FROM tally t"
"""How the devices of every group do; number 0 stands for none."""

_TYPE_ORDER = {group_type: place for place, group_type in enumerate(GroupType)}


def group_of(row: Row) -> DeviceGroup:
    """The group in a row of `SELECT`; ten thousand of them share the ids of their products and people."""
    return DeviceGroup(
        id=GroupId(row[0]),
        type=group_type_of(row[1]) or "",
        name=row[2],
        description=row[3],
        product_id=ProductId(intern(row[15] or "")),
        owner_id=AccountId(intern(row[4])),
        creator_id=None if row[5] is None else AccountId(intern(row[5])),
        created_at=at_us(row[6]),
        updated_at=from_us(row[7]),
        load_code_after_blessing=None if row[8] is None else bool(row[8]),
        production_target_id=None if row[9] is None else GroupId(row[9]),
        dut_target_id=None if row[10] is None else GroupId(row[10]),
        current_deployment_id=None if row[11] is None else DeploymentId(row[11]),
        min_supported_deployment_id=None if row[12] is None else DeploymentId(row[12]),
        region=row[13],
        env_vars=MappingProxyType(json.loads(row[14])) if row[14] else NO_VARS,
    )


def row_of(group: DeviceGroup) -> Row:
    """The values of `COLUMNS`."""
    return (
        group.id,
        str(group.type),
        bindable(group.name),
        None if group.description is None else bindable(group.description),
        group.owner_id,
        group.creator_id,
        us(group.created_at),
        to_us(group.updated_at),
        None if group.load_code_after_blessing is None else int(group.load_code_after_blessing),
        group.production_target_id,
        group.dut_target_id,
        group.current_deployment_id,
        group.min_supported_deployment_id,
        group.region,
        json.dumps(dict(group.env_vars)) if group.env_vars else None,
    )


def in_order(group: DeviceGroup) -> tuple[int, str, str, str]:
    """Sorts groups of one product by type, then by name."""
    place = _TYPE_ORDER.get(group.type, len(_TYPE_ORDER)) if isinstance(group.type, GroupType) else len(_TYPE_ORDER)
    return place, str(group.type), natural(group.name), group.id
