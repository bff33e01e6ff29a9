"""What is due to happen by itself, other than devices coming and going; and production lines that run."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from imptui.cloud.world.clock import from_ms, to_ms
from imptui.model.ids import GroupId


class Errand(NamedTuple):
    """One thing to do at one time."""

    seq: int
    at: datetime
    kind: str
    """A word of `rules/factory.py`."""
    subject: str
    """Whom it concerns: a device's or a group's id."""
    number: int


@dataclass(frozen=True, slots=True)
class ProductionLine:
    """Fixtures of one group at work: a device under test every so often."""

    group_id: GroupId
    started_at: datetime
    period: timedelta
    """From one device under test to the next."""
    pass_share: float
    """Which part of them passes, 0 to 1."""
    made: int
    """Devices that were configured so far."""


class Errands:
    """What is due, earliest first, and lines."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, at: datetime, kind: str, subject: str, number: int = 0) -> None:
        """Have something done at a time."""
        self._connection.execute(
            "INSERT INTO errand (due_ms, kind, subject, number) VALUES (?, ?, ?, ?)", (to_ms(at), kind, subject, number)
        )

    def next(self, until: datetime) -> Errand | None:
        """The earliest that is due by then."""
        sql = "SELECT seq, due_ms, kind, subject, number FROM errand WHERE due_ms <= ? ORDER BY due_ms, seq LIMIT 1"
        row = self._connection.execute(sql, (to_ms(until),)).fetchone()
        return None if row is None else Errand(row[0], from_ms(row[1]), row[2], row[3], row[4])

    def done(self, errand: Errand) -> None:
        """Forget an errand."""
        self._connection.execute("DELETE FROM errand WHERE seq = ?", (errand.seq,))

    def cancel(self, kind: str, subject: str) -> None:
        """Forget what was to be done of one kind for somebody."""
        self._connection.execute("DELETE FROM errand WHERE kind = ? AND subject = ?", (kind, subject))

    def line(self, group_id: GroupId) -> ProductionLine | None:
        """The line of a fixture group, None while it stands."""
        sql = "SELECT group_id, started_ms, period_ms, pass_share, made FROM production_line WHERE group_id = ?"
        row = self._connection.execute(sql, (group_id,)).fetchone()
        if row is None:
            return None
        return ProductionLine(row[0], from_ms(row[1]), timedelta(milliseconds=row[2]), row[3], row[4])

    def put_line(self, line: ProductionLine) -> None:
        """Keep a line that runs."""
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
        """Forget a line."""
        self._connection.execute("DELETE FROM production_line WHERE group_id = ?", (group_id,))
