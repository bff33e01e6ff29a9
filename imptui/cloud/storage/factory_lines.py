"""Stores factory lines and finds fixtures."""

import sqlite3
from datetime import datetime, timedelta

from msgspec import Struct

from imptui.cloud.environment.clock import from_ms, to_ms
from imptui.cloud.storage.type_numbers import KIND_NUMBER, TYPE_NUMBER
from imptui.domain.device import DeviceKind
from imptui.domain.group import GroupType
from imptui.domain.ids import DeviceId, GroupId


class ProductionLine(Struct, frozen=True):
    """The running line of a fixture group: a device under test at each period."""

    group_id: GroupId
    started_at: datetime
    period: timedelta
    """From one device under test to the next."""
    pass_share: float
    """Share of devices that pass, 0 to 1."""
    made: int
    """Devices that were configured so far."""


class FactoryLineRepository:
    """Repository of factory lines and fixtures of all accounts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def groups_called(self, reference: str) -> list[GroupId]:
        """Return the groups with this id or exactly this name, oldest first."""
        sql = "SELECT id FROM device_group WHERE id = :called OR name = :called ORDER BY seq"
        return [GroupId(one) for (one,) in self._connection.execute(sql, {"called": reference})]

    def first_online_fixture(self) -> DeviceId | None:
        """Return the first fixture that is online, from factory groups before pre-factory groups."""
        sql = """SELECT d.id FROM device_group g JOIN device d ON d.group_seq = g.seq
          WHERE g.type IN (?, ?) AND d.is_online ORDER BY g.type DESC, g.seq, d.seq LIMIT 1"""
        values = (TYPE_NUMBER[GroupType.FACTORY], TYPE_NUMBER[GroupType.PRE_FACTORY])
        row = self._connection.execute(sql, values).fetchone()
        return None if row is None else DeviceId(row[0])

    def waiting(self, fixture_id: DeviceId) -> list[DeviceId]:
        """Return the devices under test of a fixture that are not blessed yet, oldest first; up to a thousand."""
        sql = """SELECT id FROM device WHERE fixture_seq = (SELECT seq FROM device WHERE id = ?) AND kind = ?
          ORDER BY seq LIMIT 1000"""
        rows = self._connection.execute(sql, (fixture_id, KIND_NUMBER[DeviceKind.DUT]))
        return [DeviceId(one) for (one,) in rows]

    def line(self, group_id: GroupId) -> ProductionLine | None:
        """Return the line of a fixture group; None: it does not run."""
        sql = "SELECT group_id, started_ms, period_ms, pass_share, made FROM production_line WHERE group_id = ?"
        row = self._connection.execute(sql, (group_id,)).fetchone()
        if row is None:
            return None
        return ProductionLine(row[0], from_ms(row[1]), timedelta(milliseconds=row[2]), row[3], row[4])

    def put_line(self, line: ProductionLine) -> None:
        """Store a running line."""
        self._connection.execute(
            "INSERT OR REPLACE INTO production_line VALUES (?, ?, ?, ?, ?)",
            (
                line.group_id,
                to_ms(line.started_at),
                line.period // timedelta(milliseconds=1),
                line.pass_share,
                line.made,
            ),
        )

    def delete_line(self, group_id: GroupId) -> None:
        """Delete the line of a group."""
        self._connection.execute("DELETE FROM production_line WHERE group_id = ?", (group_id,))
