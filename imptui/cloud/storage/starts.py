"""Stores starts of programs; reading a log computes their lines.

A restart of thousands of devices is then thousands of short rows and no program is run. Source: contract 14.5.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from imptui.cloud.environment.clock import from_ms, from_ms_or_none, to_ms
from imptui.domain.ids import DeploymentId, DeviceId

STARTS_KEPT = 60
"""Starts stored for each device; with some lines each, they fill the log."""


class Start(Struct, frozen=True):
    """One start of a device's agent, and of the device itself when it is online."""

    device_id: DeviceId
    at: datetime
    deployment_id: DeploymentId | None
    """The deployment that it loaded; None: there was none, or it is gone."""
    log_type: str
    """`development` or `production`. Source: contract 14.3."""
    brings_new_code: bool
    """True if it runs another deployment than before."""
    is_online: bool
    """True if the device starts too; an agent runs even when its device is offline. Source: contract 16."""
    exit_text: str | None = None
    """Why the device's last program ended, when that is news, such as `out of memory`."""
    is_cold: bool = False
    """True if the device comes from power-off, so that its `nv` is empty."""
    after_line: int = 0
    """Number of the last line that the device's log held then; the world puts it in."""
    number: int = 0
    """The number among the starts of its device, from 1; the world sets it."""
    asked_at: datetime | None = None
    """Time at which its programs were asked to shut down. Source: contract 10.4."""
    memory: bytes | None = None
    """Memory of earlier starts that are deleted, encoded by the simulation."""


class ShutdownRequested(Struct, frozen=True):
    """Event: programs were asked to shut down. Announced after it is stored; their start knows since when."""

    device_id: DeviceId


class ProgramsStarted(Struct, frozen=True):
    """Event: programs started. Announced after it is stored; `simulation/log_lines.py` works out their lines."""

    starts: Sequence[Start]


class StartRepository:
    """Repository of starts. All calls are about devices that exist."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, starts: Iterable[Start]) -> None:
        """Store starts, for each device in order of time; `forget_old` deletes those beyond the limit."""
        starts = list(starts)
        self._connection.executemany(_ADD, [_values(start) for start in starts])
        for start in starts:
            if start.is_cold:
                self._connection.execute(_NOTE_COLD, (start.device_id,))

    def is_beyond_limit(self, device_id: DeviceId) -> bool:
        """Return True if a device has more than `STARTS_KEPT` starts."""
        return bool(self._connection.execute(_IS_BEYOND, (device_id,)).fetchone()[0])

    def forget_old(self, device_id: DeviceId) -> None:
        """Delete the device's oldest starts beyond `STARTS_KEPT`, with the notes about them."""
        self._connection.execute(_TRIM, (device_id,))

    def ask(self, start: Start, at: datetime) -> None:
        """Record that the programs of a start were asked to shut down."""
        self._connection.execute(_NOTE_ASKED, (to_ms(at), start.number, start.device_id))

    def remember(self, start: Start, memory: bytes) -> None:
        """Store the memory that a start found, before the earlier starts are deleted."""
        self._connection.execute(_NOTE_MEMORY, (memory, start.number, start.device_id))

    def of(self, device_id: DeviceId) -> list[Start]:
        """Return the stored starts of a device, newest first."""
        return [start_of(device_id, row) for row in self._connection.execute(_OF, (device_id,)).fetchall()]


def start_of(device_id: DeviceId, row: tuple[Any, ...]) -> Start:
    """Return the start that a row of `START_COLUMNS` describes."""
    return Start(
        device_id=device_id,
        at=from_ms(row[0]),
        deployment_id=row[1],
        log_type=row[2],
        brings_new_code=bool(row[3]),
        is_online=bool(row[4]),
        exit_text=row[5],
        after_line=row[6],
        number=row[7],
        is_cold=bool(row[8]),
        asked_at=from_ms_or_none(row[9]),
        memory=row[10],
    )


def _values(start: Start) -> tuple[object, ...]:
    return (
        to_ms(start.at),
        start.deployment_id,
        start.log_type,
        start.brings_new_code,
        start.is_online,
        start.exit_text,
        start.device_id,
    )


START_COLUMNS = """s.at_ms, p.id, s.log_type, s.brings_new_code, s.is_online, s.exit_text, s.after_line, s.seq,
  n.is_cold, n.asked_ms, n.memory"""
START_FROM = """start s LEFT JOIN deployment p ON p.seq = s.deployment_seq
  LEFT JOIN start_note n ON n.device_seq = s.device_seq AND n.start_seq = s.seq"""
"""A row `s` of `start`, its deployment `p`, and what was noted about it, which is seldom anything."""


_ADD = """INSERT INTO start
  SELECT d.seq, 1 + ifnull((SELECT max(seq) FROM start WHERE device_seq = d.seq), 0), ?,
    (SELECT seq FROM deployment WHERE id = ?), ?, ?, ?, ?,
    ifnull((SELECT max(seq) FROM log_line WHERE device_seq = d.seq), 0)
  FROM device d WHERE d.id = ?"""

_TRIM = f"""DELETE FROM start WHERE (device_seq, seq) IN (
  SELECT s.device_seq, s.seq FROM start s, device d WHERE d.id = ? AND s.device_seq = d.seq
    AND s.seq <= (SELECT max(seq) FROM start WHERE device_seq = d.seq) - {STARTS_KEPT})"""

_OF = f"""SELECT {START_COLUMNS} FROM {START_FROM}
  WHERE s.device_seq = (SELECT seq FROM device WHERE id = ?) ORDER BY s.seq DESC"""

_IS_BEYOND = f"""SELECT (SELECT max(seq) FROM start WHERE device_seq = d.seq)
  - (SELECT min(seq) FROM start WHERE device_seq = d.seq) >= {STARTS_KEPT} FROM device d WHERE d.id = ?"""

_NOTE_COLD = """INSERT INTO start_note (device_seq, start_seq, is_cold)
  SELECT d.seq, (SELECT max(seq) FROM start WHERE device_seq = d.seq), 1 FROM device d WHERE d.id = ?"""

_NOTE_ASKED = """INSERT INTO start_note (asked_ms, start_seq, device_seq) SELECT ?, ?, seq FROM device WHERE id = ?
  ON CONFLICT DO UPDATE SET asked_ms = excluded.asked_ms"""

_NOTE_MEMORY = """INSERT INTO start_note (memory, start_seq, device_seq) SELECT ?, ?, seq FROM device WHERE id = ?
  ON CONFLICT DO UPDATE SET memory = excluded.memory"""
