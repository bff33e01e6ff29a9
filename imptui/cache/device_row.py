"""Rows of the device table to lines, and devices to rows."""

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from imptui.cache.times import at_us, from_us
from imptui.domain.device import Device, Reading, release_in
from imptui.domain.device_record import DeviceRecord
from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, AgentId, DeviceId, GroupId, ProductId
from imptui.domain.rows import DeviceRow
from imptui.query.numbers import release_number
from imptui.query.text_folding import natural, search_text

ATTRIBUTES = (
    "name", "mac_address", "ip_address", "imp_type", "swversion", "plan_id", "is_online", "state_changed_at",
    "agent_id", "agent_url", "is_agent_running", "agent_state_changed_at", "last_enrolled_at", "owner_n", "group_n",
)  # fmt: skip
"""What the service tells of a device, as columns. If these are the same, the device did not change."""

DERIVED = ("name_key", "search", "release", "is_problem", "digest")

SELECT = (
    "SELECT d.n, d.id, " + ", ".join(f"d.{name}" for name in ATTRIBUTES) + ", d.rssi_dbm, d.free_memory_bytes, d.read_at,"
    " a.id, g.id, g.type, p.id, g.name, p.name, g.deployed_at, d.search, d.is_problem"
    " FROM device d LEFT JOIN grp g ON g.n = d.group_n LEFT JOIN product p ON p.n = g.product_n"
    " LEFT JOIN account a ON a.n = d.owner_n "
)
"""Whole lines; to be followed by WHERE. Names are joined here, so that renaming a group is one changed row."""

Row = tuple[Any, ...]


def group_type_of(text: str | None) -> GroupType | str | None:
    """The type as this version knows it, or the service's own word."""
    return GroupType(text) if text in _TYPES else text


_TYPES = frozenset(map(str, GroupType))


def device_of(row: Row) -> Device:
    """The device in a row of `SELECT`."""
    return Device(
        id=DeviceId(row[1]),
        name=row[2],
        mac_address=row[3],
        ip_address=row[4],
        imp_type=row[5],
        swversion=row[6],
        plan_id=row[7],
        is_online=bool(row[8]),
        state_changed_at=from_us(row[9]),
        agent_id=None if row[10] is None else AgentId(row[10]),
        agent_url=row[11],
        is_agent_running=bool(row[12]),
        agent_state_changed_at=from_us(row[13]),
        last_enrolled_at=from_us(row[14]),
        owner_id=AccountId(row[20] or ""),
        group_id=None if row[21] is None else GroupId(row[21]),
        group_type=group_type_of(row[22]),
        product_id=None if row[23] is None else ProductId(row[23]),
    )


def reading_of(row: Row) -> Reading | None:
    """The newest reading in a row of `SELECT`."""
    return None if row[19] is None else Reading(row[17], row[18], at_us(row[19]))


def line_of(row: Row) -> DeviceRow:
    """A row of `SELECT` as a line."""
    return DeviceRow(
        device=device_of(row),
        group_name=row[24],
        product_name=row[25],
        reading=reading_of(row),
        deployed_at=from_us(row[26]),
    )


def attributes_of(told: DeviceRecord, owner_n: int, group_n: int) -> Row:
    """The values of `ATTRIBUTES`."""
    return (*told[1:14], owner_n, group_n)


def searched(told: DeviceRecord) -> str:
    """The column `search`."""
    return search_text(told.name, told.id, told.mac_address, told.agent_id)


def name_key(name: str | None) -> str | None:
    """The column `name_key`: what sorts by name; None for no name."""
    return natural(name) if name else None


@lru_cache(maxsize=256)  # a fleet runs a handful of releases
def release_of(swversion: str | None) -> int | None:
    """The column `release`: a number that grows with the impOS release."""
    parts = (release_in(swversion) or "").split(".")[:3]
    if not all(part.isascii() and part.isdigit() and len(part) < 7 for part in parts):
        return None
    return release_number(tuple(map(int, parts)))


def select_where(reader: sqlite3.Connection, where: str, values: Sequence[object] = ()) -> list[Row]:
    """Rows of `SELECT` with a condition about `d`."""
    return reader.execute(f"{SELECT} WHERE {where}", values).fetchall()
