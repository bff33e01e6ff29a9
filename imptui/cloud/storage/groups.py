"""Stores the device groups of a world."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from imptui.cloud.environment.clock import from_ms, to_ms, to_ms_or_none
from imptui.cloud.storage.paging import ListPage, Paging, page_of
from imptui.cloud.storage.records import GroupScope
from imptui.cloud.storage.type_numbers import TYPE_NUMBER, TYPE_OF
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import AccountId, DeploymentId, GroupId, ProductId

_COLUMNS = (
    "id, type, name, description, product_id, owner_id, creator_id, created_ms, updated_ms, load_code_after_blessing,"
    " production_target_id, dut_target_id, current_deployment_id, min_supported_deployment_id, region, env_vars"
)


class GroupRepository:
    """Repository of the device groups of all accounts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, group_id: str) -> DeviceGroup | None:
        """Return the group with this id, of any owner."""
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM device_group WHERE id = ?", (group_id,)).fetchone()
        return None if row is None else _group(row)

    def named(self, product_id: ProductId, name: str) -> DeviceGroup | None:
        """Return the product's group with exactly this name. Source: contract 8.2."""
        sql = f"SELECT {_COLUMNS} FROM device_group WHERE product_id = ? AND name = ?"
        row = self._connection.execute(sql, (product_id, name)).fetchone()
        return None if row is None else _group(row)

    def page(self, owner_ids: Sequence[AccountId], scope: GroupScope, paging: Paging) -> ListPage[DeviceGroup]:
        """Return a page of the groups of these accounts within the scope, oldest first."""
        conditions = [f"owner_id IN ({', '.join('?' * len(owner_ids))})"]
        values: list[object] = [*owner_ids]
        if scope.product_id is not None:
            conditions.append("product_id = ?")
            values.append(scope.product_id)
        if scope.types:
            conditions.append(f"type IN ({', '.join('?' * len(scope.types))})")
            values += [TYPE_NUMBER[kind] for kind in scope.types]
        sql = f"SELECT {_COLUMNS} FROM device_group WHERE {' AND '.join(conditions)} ORDER BY created_ms, seq LIMIT ? OFFSET ?"
        rows = self._connection.execute(sql, (*values, paging.size + 1, paging.offset)).fetchall()
        return page_of([_group(row) for row in rows], paging)

    def has_any_in(self, product_id: ProductId) -> bool:
        """Return True if a group belongs to the product."""
        sql = "SELECT EXISTS (SELECT 1 FROM device_group WHERE product_id = ?)"
        return bool(self._connection.execute(sql, (product_id,)).fetchone()[0])

    def targeting(self, group_id: GroupId) -> list[str]:
        """Return the names of the groups that have this one as a target. Source: contract 8.7."""
        sql = (
            "SELECT name FROM device_group WHERE production_target_id = :group AND id <> :group"
            " UNION SELECT name FROM device_group WHERE dut_target_id = :group AND id <> :group"
        )
        return [name for (name,) in self._connection.execute(sql, {"group": group_id})]

    def put(self, group: DeviceGroup) -> None:
        """Store a group, new or changed."""
        self._connection.execute(PUT_GROUP, group_values(group))

    def next_deployment_at(self, group_id: GroupId, now: datetime) -> datetime:
        """Return the creation time of a new deployment: later than every one the group ever had. Source: contract 4.4."""
        sql = """UPDATE device_group SET last_deployed_ms = max(?, last_deployed_ms + 1) WHERE id = ?
          RETURNING last_deployed_ms"""
        return from_ms(self._connection.execute(sql, (to_ms(now), group_id)).fetchall()[0][0])

    def set_deployments(self, group_id: GroupId, current: DeploymentId | None, minimum: DeploymentId | None) -> None:
        """Store the group's current and minimum supported deployment."""
        sql = "UPDATE device_group SET current_deployment_id = ?, min_supported_deployment_id = ? WHERE id = ?"
        self._connection.execute(sql, (current, minimum, group_id))

    def delete(self, group_id: GroupId) -> None:
        """Delete a group; other calls delete its deployments and webhooks."""
        self._connection.execute("DELETE FROM device_group WHERE id = ?", (group_id,))


PUT_GROUP = f"""INSERT INTO device_group ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description, updated_ms =
  excluded.updated_ms, load_code_after_blessing = excluded.load_code_after_blessing, production_target_id =
  excluded.production_target_id, dut_target_id = excluded.dut_target_id, env_vars = excluded.env_vars"""


def group_values(group: DeviceGroup) -> tuple[object, ...]:
    """Return a group as the row that `PUT_GROUP` takes."""
    created, updated = to_ms(group.created_at), to_ms_or_none(group.updated_at)
    return (
        group.id,
        TYPE_NUMBER[group.type],
        group.name,
        group.description,
        group.product_id,
        group.owner_id,
        group.creator_id,
        created,
        created if updated is None else updated,
        group.load_code_after_blessing,
        group.production_target_id,
        group.dut_target_id,
        group.current_deployment_id,
        group.min_supported_deployment_id,
        group.region,
        json.dumps(dict(group.env_vars)),
    )


def _group(row: tuple[Any, ...]) -> DeviceGroup:
    return DeviceGroup(
        id=row[0],
        type=_type(row[1]),
        name=row[2],
        description=row[3],
        product_id=row[4],
        owner_id=row[5],
        creator_id=row[6],
        created_at=from_ms(row[7]),
        updated_at=from_ms(row[8]),
        load_code_after_blessing=None if row[9] is None else bool(row[9]),
        production_target_id=row[10],
        dut_target_id=row[11],
        current_deployment_id=row[12],
        min_supported_deployment_id=row[13],
        region=row[14],
        env_vars=json.loads(row[15]),
    )


def _type(number: int) -> GroupType:
    kind = TYPE_OF[number]
    if kind is None:
        raise ValueError("A group has a type.")
    return kind
