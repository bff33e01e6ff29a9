"""Restarts of many devices of a group with a few SQL statements, however many there are.

Rules decide the result of a restart for one device of each kind; SQL applies it to all devices that are equal in
everything the rules depend on. A group is processed in ranges, so that other requests run between two of them.
"""

import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec import Struct

from imptui.cloud.environment.clock import to_ms, to_ms_or_none
from imptui.cloud.storage.device_rows import IMP_FROM, IMP_SELECT, imp_of
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.starts import START_COLUMNS, START_FROM, STARTS_KEPT, Start, start_of
from imptui.domain.ids import DeploymentId, DeviceId, GroupId


class DeviceRange(Struct, frozen=True):
    """A range of devices of a group in the order of listing; devices that join later are not in it."""

    group_id: GroupId
    group_seq: int
    after: int
    """The device before the first, as a number of the world's; 0: there is none."""
    through: int
    """Number of the last device."""
    is_last: bool
    """True if the group ends with it."""


class AlikeDevices(Struct, frozen=True):
    """Devices of a range that are equal in everything that decides the result of a restart."""

    stretch: DeviceRange
    example: Imp
    """One device of them."""
    loaded: DeploymentId | None
    """The deployment that `runs_it` refers to."""
    runs_it: bool
    """True if they run that deployment."""


class RangeStarted(Struct, frozen=True):
    """Event: the programs of a range started. Announced after it is stored; `BulkRestarts.among` returns the starts."""

    stretch: DeviceRange
    at: datetime


class BulkRestarts:
    """Repository of bulk restarts: a group is processed range by range."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def after(self, group_id: GroupId, before: DeviceRange | None, at_most: int) -> DeviceRange | None:
        """The next devices of a group, or None where no more follow."""
        after = 0 if before is None else before.through
        sql = "SELECT seq FROM device_group WHERE id = ?"
        (group_seq,) = self._connection.execute(sql, (group_id,)).fetchone()
        sql = """SELECT max(seq), count(*) FROM
          (SELECT seq FROM device WHERE group_seq = ? AND seq > ? ORDER BY seq LIMIT ?)"""
        through, count = self._connection.execute(sql, (group_seq, after, at_most)).fetchone()
        return DeviceRange(group_id, group_seq, after, through, count < at_most) if count else None

    def kinds(self, stretch: DeviceRange, loaded: DeploymentId | None) -> list[AlikeDevices]:
        """Group the devices of a range by whether they are online, wait for BlinkUp, and run a given deployment."""
        sql = f"""SELECT min(d.seq), d.running_seq IS {_DEPLOYMENT} FROM device d WHERE {_WITHIN}
          GROUP BY d.is_online, d.needs_blinkup, 2"""
        found = self._connection.execute(sql, _place(stretch) | {"deployment": loaded}).fetchall()
        return [AlikeDevices(stretch, self._imp(seq), loaded, runs_it=bool(runs_it)) for seq, runs_it in found]

    def add_starts(self, alike: AlikeDevices, start: Start) -> None:
        """Store the example's start for all of them. Before any `put_started`, which makes kinds more alike."""
        values = {
            "at": to_ms(start.at),
            "started": start.deployment_id,
            "log_type": start.log_type,
            "brings_new_code": start.brings_new_code,
        }
        self._connection.execute(_ADD_STARTS, _values(alike) | values)

    def put_started(self, alike: AlikeDevices, after: Imp) -> None:
        """Store the example's state after the restart for all of them; what they run changes only if they are online."""
        device = after.device
        values = {
            "running": after.running_deployment_id,
            "is_agent_running": device.is_agent_running,
            "is_restart_pending": after.is_restart_pending,
            "at": to_ms_or_none(device.agent_state_changed_at),
        }
        self._connection.execute(_PUT_STARTED, _values(alike) | values)

    def beyond_limit(self, stretch: DeviceRange) -> list[DeviceId]:
        """Return the devices that have more starts than are stored."""
        return [device_id for (device_id,) in self._connection.execute(_BEYOND, _place(stretch))]

    def copy_memory_forward(self, stretch: DeviceRange) -> None:
        """Copy the stored memory of starts that are about to be deleted to the starts after them."""
        self._connection.execute(_CARRY, _place(stretch))

    def forget_old_starts(self, stretch: DeviceRange) -> None:
        """Delete each device's oldest starts beyond `STARTS_KEPT`."""
        self._connection.execute(_TRIM, _place(stretch))

    def among(self, together: RangeStarted, is_wanted: Callable[[DeviceId], bool]) -> list[Start]:
        """Return the starts of the wanted devices of a range."""
        sql = f"SELECT d.seq, d.id FROM device d WHERE {_WITHIN} ORDER BY d.seq"
        devices: Iterable[tuple[int, DeviceId]] = self._connection.execute(sql, _place(together.stretch))
        wanted = [found for found in devices if is_wanted(found[1])]
        sql = f"""SELECT {START_COLUMNS} FROM {START_FROM}
          WHERE s.device_seq = ? AND s.at_ms = ? ORDER BY s.seq DESC LIMIT 1"""
        starts = []
        for seq, device_id in wanted:
            row = self._connection.execute(sql, (seq, to_ms(together.at))).fetchone()
            if row is not None:
                starts.append(start_of(device_id, row))
        return starts

    def _imp(self, seq: int) -> Imp:
        sql = f"SELECT {IMP_SELECT} FROM {IMP_FROM} WHERE d.seq = ?"
        return imp_of(self._connection.execute(sql, (seq,)).fetchone())


def _place(stretch: DeviceRange) -> dict[str, object]:
    return {"group_seq": stretch.group_seq, "after": stretch.after, "through": stretch.through}


def _values(alike: AlikeDevices) -> dict[str, object]:
    imp = alike.example
    return _place(alike.stretch) | {
        "deployment": alike.loaded,
        "runs_it": alike.runs_it,
        "is_online": imp.device.is_online,
        "needs_blinkup": imp.needs_blinkup,
    }


_WITHIN = "d.group_seq = :group_seq AND d.seq > :after AND d.seq <= :through"
_DEPLOYMENT = "(SELECT seq FROM deployment WHERE id = :deployment)"
_ALIKE = f"{_WITHIN} AND d.is_online = :is_online AND d.needs_blinkup = :needs_blinkup"

_ADD_STARTS = f"""INSERT INTO start
  SELECT d.seq, 1 + ifnull((SELECT max(seq) FROM start WHERE device_seq = d.seq), 0), :at,
    (SELECT seq FROM deployment WHERE id = :started), :log_type, :brings_new_code, d.is_online, NULL,
    ifnull((SELECT max(seq) FROM log_line WHERE device_seq = d.seq), 0)
  FROM device d WHERE {_ALIKE} AND (d.running_seq IS {_DEPLOYMENT}) = :runs_it ORDER BY d.seq"""

_PUT_STARTED = f"""UPDATE device AS d SET is_agent_running = :is_agent_running, agent_state_changed_ms = :at,
  state_changed_ms = CASE WHEN d.is_online THEN :at ELSE d.state_changed_ms END,
  running_seq = CASE WHEN d.is_online THEN (SELECT seq FROM deployment WHERE id = :running) ELSE d.running_seq END,
  is_restart_pending = :is_restart_pending WHERE {_ALIKE}"""

_TRIM = f"""DELETE FROM start WHERE (device_seq, seq) IN (
  SELECT s.device_seq, s.seq FROM device d JOIN start s ON s.device_seq = d.seq WHERE {_WITHIN}
    AND s.seq <= (SELECT max(seq) FROM start WHERE device_seq = d.seq) - {STARTS_KEPT})"""

_CARRY = f"""INSERT INTO start_note (device_seq, start_seq, memory)
  SELECT n.device_seq, n.start_seq + 1, n.memory FROM device d JOIN start_note n ON n.device_seq = d.seq
    AND n.start_seq = (SELECT max(seq) FROM start WHERE device_seq = d.seq) - {STARTS_KEPT}
  WHERE {_WITHIN} AND n.memory IS NOT NULL
  ON CONFLICT DO UPDATE SET memory = ifnull(memory, excluded.memory)"""

_BEYOND = f"""SELECT d.id FROM device d WHERE {_WITHIN} AND (SELECT max(seq) FROM start WHERE device_seq = d.seq)
    - (SELECT min(seq) FROM start WHERE device_seq = d.seq) >= {STARTS_KEPT}"""
