"""Rows of the device table: decoding into devices and list rows, encoding of device records.

The columns follow from the table of attributes in `imptui.domain.device_record`.
"""

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from imptui.cache.times import at_us, from_us
from imptui.domain.device import Device, Reading, release_in
from imptui.domain.device_record import ATTRIBUTES as ALL_ATTRIBUTES
from imptui.domain.device_record import OF_DEVICE, DeviceRecord, device_of
from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, DeviceId, GroupId, ProductId
from imptui.domain.rows import DeviceRow
from imptui.query.numbers import release_number
from imptui.query.text_folding import natural_key, search_text

ATTRIBUTES = (*(each.name for each in OF_DEVICE[1:]), "owner_n", "group_n")
"""Attributes of a device besides its id, as columns. If all are equal, the device did not change."""

DERIVED = ("name_key", "search", "release", "is_problem", "digest")

Row = tuple[Any, ...]


class StoredDevice(NamedTuple):
    """A row of `SELECT_DEVICES`: joined columns, derived columns, and the attributes of a device."""

    n: int
    group_n: int
    search: str
    is_problem: int
    rssi_dbm: int | None
    free_memory_bytes: int | None
    read_at: int | None
    owner_id: str | None
    group_id: GroupId | None
    group_type: str | None
    group_name: str | None
    deployed_at: int | None
    product_id: ProductId | None
    product_name: str | None
    attributes: Row
    """The plain values of `OF_DEVICE`, in its order."""

    @property
    def id(self) -> DeviceId:
        """Return the id, which is the first attribute."""
        return DeviceId(self.attributes[0])

    @property
    def device(self) -> Device:
        """Return the row as a device."""
        owner_id, group_type = AccountId(self.owner_id or ""), group_type_of(self.group_type)
        return device_of(self.attributes, owner_id, self.group_id, self.product_id, group_type)

    @property
    def reading(self) -> Reading | None:
        """Return the newest reading; None if there is none."""
        return None if self.read_at is None else Reading(self.rssi_dbm, self.free_memory_bytes, at_us(self.read_at))

    @property
    def device_row(self) -> DeviceRow:
        """Return the row as a row of a device list."""
        return DeviceRow(
            device=self.device,
            group_name=self.group_name,
            product_name=self.product_name,
            reading=self.reading,
            deployed_at=from_us(self.deployed_at),
        )


_JOINED = {
    "owner_id": "a.id",
    "group_id": "g.id",
    "group_type": "g.type",
    "group_name": "g.name",
    "deployed_at": "g.deployed_at",
    "product_id": "p.id",
    "product_name": "p.name",
}
_FIRST = StoredDevice._fields[:-1]
_SELECTED = [_JOINED.get(name, f"d.{name}") for name in _FIRST] + [f"d.{each.name}" for each in OF_DEVICE]
SELECT_DEVICES = (
    f"SELECT {', '.join(_SELECTED)}"
    " FROM device d LEFT JOIN grp g ON g.n = d.group_n LEFT JOIN product p ON p.n = g.product_n"
    " LEFT JOIN account a ON a.n = d.owner_n "
)
"""Select whole rows; a WHERE clause follows. Names are joined, so that renaming a group changes one row."""


def group_type_of(text: str | None) -> GroupType | str | None:
    """Return the group type as an enum member, or as the service's own word if this version does not know it."""
    return GroupType(text) if text in _TYPES else text


_TYPES = frozenset(map(str, GroupType))


def attributes_of(record: DeviceRecord, owner_n: int, group_n: int) -> Row:
    """Return the values of `ATTRIBUTES`, in that order."""
    return (*record[1 : len(OF_DEVICE)], owner_n, group_n)


def search_column(record: DeviceRecord) -> str:
    """Return the value of column `search`."""
    return search_text(record.name, record.id, record.mac_address, record.agent_id)


def name_key(name: str | None) -> str | None:
    """Return the value of column `name_key`, which sorts by name; None for no name."""
    return natural_key(name) if name else None


@lru_cache(maxsize=256)  # the devices of a fleet run few different releases
def release_of(swversion: str | None) -> int | None:
    """Return the value of column `release`, a number that sorts like the impOS release."""
    parts = (release_in(swversion) or "").split(".")[:3]
    if not all(part.isascii() and part.isdigit() and len(part) < 7 for part in parts):
        return None
    return release_number(tuple(map(int, parts)))


def missing_columns(reader: sqlite3.Connection) -> dict[str, str]:
    """Return the types of the attribute columns that a file of an older version lacks, by name."""
    there = {row[0] for row in reader.execute("SELECT name FROM pragma_table_info('device')")}
    return {each.name: each.kind.column_type for each in ALL_ATTRIBUTES if each.name not in there}


def add_missing_columns(writer: sqlite3.Connection) -> None:
    """Give the device table a column for every attribute.

    An older version can use the file afterwards: it names the columns that it writes.
    """
    for name, column_type in missing_columns(writer).items():
        writer.execute(f"ALTER TABLE device ADD COLUMN {name} {column_type}")


def select_where(reader: sqlite3.Connection, where: str, values: Sequence[object] = ()) -> list[StoredDevice]:
    """Return the rows of devices that meet a condition about `d`."""
    first = len(_FIRST)
    return [StoredDevice._make([*row[:first], row[first:]]) for row in reader.execute(f"{SELECT_DEVICES} WHERE {where}", values)]
