"""The table of samples: the only history of signal, memory and presence, because the service keeps none.

Every reading is kept for two days. Older readings are rolled up to hours, with mean and worst; hours are kept for over a year.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from imptui.cache.connections import Connections
from imptui.cache.device_row import Row
from imptui.cache.times import SECOND, at_us, us
from imptui.domain.ids import DeviceId
from imptui.domain.rows import TREND, TREND_CELLS, Sample

RAW_KEPT = timedelta(days=2)
HOURS_KEPT = timedelta(days=400)
CAP = 5_000_000
"""Largest number of samples in the file; beyond it, the oldest are deleted."""

_HOUR_US = 3600 * SECOND
_SELECT = "SELECT device_id, at, is_online, rssi_dbm, free_memory_bytes, span_s, rssi_low_dbm, free_memory_low_bytes FROM sample"
_LAST_IN_EACH = (
    f"WITH step (low, high) AS (VALUES {{steps}}) {_SELECT} WHERE rowid IN (SELECT (SELECT s.rowid FROM sample s"
    " WHERE s.device_id = ? AND s.at >= low AND s.at < high AND s.read_something ORDER BY s.at DESC LIMIT 1) FROM step)"
    " ORDER BY at"
).replace("s.read_something", "(s.rssi_dbm IS NOT NULL OR s.free_memory_bytes IS NOT NULL)")


def sample_of(row: Row) -> Sample:
    """Decode a row into a sample."""
    device_id, at, is_online, *numbers = row  # in the order of `Sample`, which `_SELECT` follows
    return Sample(DeviceId(device_id), at_us(at), None if is_online is None else bool(is_online), *numbers)


class SampleTable:
    """Samples of devices over time."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def of(self, device_id: DeviceId, since: datetime) -> list[Sample]:
        """Return samples of a device from `since` on, oldest first; the time of an hour is its beginning."""
        with self._connections.read_connection() as reader:
            rows = reader.execute(f"{_SELECT} WHERE device_id = ? AND at >= ? ORDER BY at, span_s DESC", (device_id, us(since)))
            return [sample_of(row) for row in rows]

    def trends(self, ids: Sequence[DeviceId], now: datetime) -> dict[DeviceId, tuple[Sample, ...]]:
        """Return the last reading of each device in each cell of `imptui.domain.rows.TREND`, oldest first.

        Devices without any are left out. It costs one lookup for each cell and device, for any number of readings.
        """
        step = TREND // timedelta(microseconds=TREND_CELLS)
        end = -(-us(now) // step) * step
        steps = ",".join(f"({end - step * back},{end - step * (back - 1)})" for back in range(TREND_CELLS, 0, -1))
        found: dict[DeviceId, tuple[Sample, ...]] = {}
        with self._connections.read_connection() as reader:
            for device_id in ids:
                rows = reader.execute(_LAST_IN_EACH.format(steps=steps), (device_id,)).fetchall()
                if rows:
                    found[device_id] = tuple(map(sample_of, rows))
        return found

    def roll_up(self, now: datetime, cap: int = CAP) -> None:
        """Roll readings of whole hours older than two days up to hours; delete samples that are too old or too many.

        Each hour is one transaction, so that other writes happen in between.
        """
        edge = us(now - RAW_KEPT) // _HOUR_US * _HOUR_US
        while self._roll_up_oldest_hour(edge):
            pass
        with self._connections.writing() as writer:
            writer.execute("DELETE FROM sample WHERE span_s > 0 AND at < ?", (us(now - HOURS_KEPT),))
            surplus = int(writer.execute("SELECT count(*) FROM sample").fetchone()[0]) - cap
            if surplus > 0:
                writer.execute("DELETE FROM sample WHERE rowid IN (SELECT rowid FROM sample ORDER BY at LIMIT ?)", (surplus,))

    def _roll_up_oldest_hour(self, edge: int) -> bool:
        with self._connections.writing() as writer:
            first = writer.execute("SELECT min(at) FROM sample WHERE span_s = 0 AND at < ?", (edge,)).fetchone()[0]
            if first is None:
                return False
            hour = first // _HOUR_US * _HOUR_US
            among = "FROM sample WHERE span_s = 0 AND at >= ? AND at < ?"
            writer.execute(
                "INSERT OR REPLACE INTO sample (device_id, at, is_online, rssi_dbm, free_memory_bytes, span_s, rssi_low_dbm,"
                " free_memory_low_bytes) SELECT device_id, ?, max(is_online), CAST(round(avg(rssi_dbm)) AS INTEGER),"
                " CAST(round(avg(free_memory_bytes)) AS INTEGER), 3600, min(rssi_low_dbm), min(free_memory_low_bytes)"
                f" {among} GROUP BY device_id",
                (hour, hour, hour + _HOUR_US),
            )
            writer.execute(f"DELETE {among}", (hour, hour + _HOUR_US))
        return True
