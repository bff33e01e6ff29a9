"""Stores log lines and enrolments of devices."""

import sqlite3
from collections.abc import Iterable

from imptui.cloud.environment.clock import from_ms, to_ms
from imptui.cloud.storage.paging import ListPage, Paging, page_of
from imptui.domain.ids import DeviceId
from imptui.domain.log import Enrolment, LogEntry

LINES_KEPT = 1_000
"""Log lines stored for each device. Source: contract 15."""


class LogRepository:
    """Repository of log lines and enrolments. All calls are about devices that exist."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def append(self, entries: Iterable[LogEntry]) -> None:
        """Store log lines in order; delete a device's oldest beyond `LINES_KEPT`."""
        sql = """INSERT INTO log_line SELECT d.seq, 1 + ifnull((SELECT max(seq) FROM log_line WHERE device_seq =
        d.seq), 0),
          ?, ?, ?, ? FROM device d WHERE d.id = ? RETURNING device_seq, seq"""
        for entry in entries:
            values = (to_ms(entry.at), entry.kind, entry.text, entry.log_type, entry.device_id)
            for device_seq, seq in self._connection.execute(sql, values).fetchall():
                if seq > LINES_KEPT:
                    self._connection.execute(
                        "DELETE FROM log_line WHERE device_seq = ? AND seq <= ?", (device_seq, seq - LINES_KEPT)
                    )

    def page(self, device_id: DeviceId, paging: Paging) -> ListPage[LogEntry]:
        """Return a page of a device's log lines, newest first. Source: contract 15."""
        sql = """SELECT at_ms, kind, text, log_type FROM log_line
          WHERE device_seq = (SELECT seq FROM device WHERE id = ?) ORDER BY seq DESC LIMIT ? OFFSET ?"""
        rows = self._connection.execute(sql, (device_id, paging.size + 1, paging.offset)).fetchall()
        return page_of([LogEntry(device_id, from_ms(row[0]), row[1], row[2], row[3]) for row in rows], paging)

    def before(self, device_id: DeviceId, number: int | None, at_most: int) -> list[tuple[int, LogEntry]]:
        """A device's lines before the one with this number (None: all), with their numbers, newest first."""
        sql = """SELECT seq, at_ms, kind, text, log_type FROM log_line
          WHERE device_seq = (SELECT seq FROM device WHERE id = ?) AND seq < ? ORDER BY seq DESC LIMIT ?"""
        rows = self._connection.execute(sql, (device_id, 2**62 if number is None else number, at_most))
        return [(row[0], LogEntry(device_id, from_ms(row[1]), row[2], row[3], row[4])) for row in rows]

    def enrol(self, entry: Enrolment) -> None:
        """Store an enrolment of a device."""
        sql = """INSERT INTO enrolment SELECT d.seq, 1 + ifnull((SELECT max(seq) FROM enrolment WHERE device_seq =
        d.seq), 0),
          ?, ?, ?, ? FROM device d WHERE d.id = ?"""
        self._connection.execute(sql, (to_ms(entry.at), entry.event, entry.owner_id, entry.actor_id, entry.device_id))

    def history(self, device_id: DeviceId, paging: Paging) -> ListPage[Enrolment]:
        """Return a page of a device's enrolments, newest first. Source: contract 15."""
        sql = """SELECT at_ms, event, owner_id, actor_id FROM enrolment
          WHERE device_seq = (SELECT seq FROM device WHERE id = ?) ORDER BY seq DESC LIMIT ? OFFSET ?"""
        rows = self._connection.execute(sql, (device_id, paging.size + 1, paging.offset)).fetchall()
        return page_of([Enrolment(device_id, from_ms(row[0]), row[1], row[2], row[3]) for row in rows], paging)
