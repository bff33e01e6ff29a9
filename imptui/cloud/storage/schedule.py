"""Stores tasks that are due at a time, except devices connecting and disconnecting."""

import sqlite3
from datetime import datetime
from typing import NamedTuple

from imptui.cloud.environment.clock import from_ms, to_ms


class ScheduledTask(NamedTuple):
    """One task that is due at a time."""

    seq: int
    at: datetime
    kind: str
    """A word of `rules/production.py`."""
    subject: str
    """Id of the device or group that it concerns."""
    number: int


class Schedule:
    """Repository of scheduled tasks, earliest first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, at: datetime, kind: str, subject: str, number: int = 0) -> None:
        """Add a task to the schedule."""
        self._connection.execute(
            "INSERT INTO errand (due_ms, kind, subject, number) VALUES (?, ?, ?, ?)", (to_ms(at), kind, subject, number)
        )

    def next(self, until: datetime) -> ScheduledTask | None:
        """Return the earliest task that is due by then."""
        sql = "SELECT seq, due_ms, kind, subject, number FROM errand WHERE due_ms <= ? ORDER BY due_ms, seq LIMIT 1"
        row = self._connection.execute(sql, (to_ms(until),)).fetchone()
        return None if row is None else ScheduledTask(row[0], from_ms(row[1]), row[2], row[3], row[4])

    def done(self, errand: ScheduledTask) -> None:
        """Delete a task that is done."""
        self._connection.execute("DELETE FROM errand WHERE seq = ?", (errand.seq,))

    def cancel(self, kind: str, subject: str) -> None:
        """Delete the tasks of one kind for a subject."""
        self._connection.execute("DELETE FROM errand WHERE kind = ? AND subject = ?", (kind, subject))
