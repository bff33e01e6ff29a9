"""Starts of programs, kept as facts: the lines that they print are worked out when somebody reads them.

A restart of thousands of devices is then thousands of short rows and no program is run. Source: contract 14.5.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imptui.cloud.world.clock import from_ms, to_ms
from imptui.model.ids import DeploymentId, DeviceId

STARTS_KEPT = 60
"""Starts of each device: with some lines each, they fill the lines that are kept."""


@dataclass(frozen=True, slots=True)
class Start:
    """One start of a device's agent, and of the device itself when it is online."""

    device_id: DeviceId
    at: datetime
    deployment_id: DeploymentId | None
    """What it started with; None: nothing was deployed, or the deployment is gone."""
    log_type: str
    """`development` or `production`. Source: contract 14.3."""
    brings_new_code: bool
    """Whether it runs another deployment than before."""
    is_online: bool
    """Whether the device starts too; an agent runs even when its device is offline. Source: contract 16."""
    exit_text: str | None = None
    """Why the device's last program ended, when that is news, such as `out of memory`."""
    after_line: int = 0
    """Number of the last line that the device's log held then; the world puts it in."""


@dataclass(frozen=True, slots=True)
class Started:
    """Programs started; announced after it is kept. What they print is for `rules/log.py` to work out."""

    starts: Sequence[Start]


class Starts:
    """When programs started. All calls are about devices that exist."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, starts: Iterable[Start]) -> None:
        """Keep starts, of each device in order of time; beyond `STARTS_KEPT` a device's oldest go."""
        rows = [
            (
                to_ms(start.at),
                start.deployment_id,
                start.log_type,
                start.brings_new_code,
                start.is_online,
                start.exit_text,
                start.device_id,
            )
            for start in starts
        ]
        self._connection.executemany(_ADD, rows)
        self._connection.executemany(_TRIM, [(row[-1],) for row in rows])

    def of(self, device_id: DeviceId) -> list[Start]:
        """The starts of a device that are kept, newest first."""
        return [start_of(device_id, row) for row in self._connection.execute(_OF, (device_id,)).fetchall()]


def start_of(device_id: DeviceId, row: tuple[Any, ...]) -> Start:
    """The start of a device that `START_COLUMNS` describe."""
    return Start(device_id, from_ms(row[0]), row[1], row[2], bool(row[3]), bool(row[4]), row[5], row[6])


START_COLUMNS = "s.at_ms, p.id, s.log_type, s.brings_new_code, s.is_online, s.exit_text, s.after_line"
"""Of a row `s` of `start`, and of `p`, its deployment."""


_ADD = """INSERT INTO start
  SELECT d.seq, 1 + ifnull((SELECT max(seq) FROM start WHERE device_seq = d.seq), 0), ?,
    (SELECT seq FROM deployment WHERE id = ?), ?, ?, ?, ?,
    ifnull((SELECT max(seq) FROM log_line WHERE device_seq = d.seq), 0)
  FROM device d WHERE d.id = ?"""

_TRIM = f"""DELETE FROM start WHERE (device_seq, seq) IN (
  SELECT s.device_seq, s.seq FROM start s, device d WHERE d.id = ? AND s.device_seq = d.seq
    AND s.seq <= (SELECT max(seq) FROM start WHERE device_seq = d.seq) - {STARTS_KEPT})"""

_OF = f"""SELECT {START_COLUMNS} FROM start s LEFT JOIN deployment p ON p.seq = s.deployment_seq
  WHERE s.device_seq = (SELECT seq FROM device WHERE id = ?) ORDER BY s.seq DESC"""
