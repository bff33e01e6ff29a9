"""Conditions about samples over time. The service keeps no history, so the console's own samples are used.

Only single readings of the last two days count; hourly means have lost the order within the hour. A device with too few readings
meets neither condition, because they show no trend.
"""

from imptui.cache.times import SECOND

FLAPPING_WITHIN_S = 24 * 3600
FLAPPING_CHANGES = 4
"""Number of connects and disconnects within a day from which a device flaps: offline and back twice."""

FALLING_WITHIN_S = 6 * 3600
FALLING_TO = 0.9
"""Share of the first mean below which the last mean must be. Free memory falls if its mean in each third of six hours is below
the one before, and the last below this share of the first; this finds leaks and ignores garbage collection."""

WORST = 20

WORST_SQL = f"SELECT n FROM device WHERE rssi_dbm IS NOT NULL ORDER BY rssi_dbm, n LIMIT {WORST}"


def flapping(now_us: int) -> tuple[str, tuple[int, ...]]:
    """Return a query, and its values, of devices that came or went at least `FLAPPING_CHANGES` times within a day."""
    sql = (
        "SELECT device_id FROM (SELECT device_id, is_online <> lag(is_online) OVER (PARTITION BY device_id ORDER BY at)"
        " AS changed FROM sample WHERE span_s = 0 AND at > ? AND at <= ? AND is_online IS NOT NULL)"
        f" GROUP BY device_id HAVING sum(changed) >= {FLAPPING_CHANGES}"
    )
    return sql, (now_us - FLAPPING_WITHIN_S * SECOND, now_us)


def falling(now_us: int) -> tuple[str, tuple[int, ...]]:
    """Return a query, and its values, of devices whose free memory fell for six hours."""
    begin, third = now_us - FALLING_WITHIN_S * SECOND, FALLING_WITHIN_S * SECOND // 3
    first, second, last = (f"avg(CASE WHEN (at - {begin}) / {third} = {part} THEN free_memory_bytes END)" for part in range(3))
    sql = (
        "SELECT device_id FROM sample WHERE span_s = 0 AND at >= ? AND at < ? AND free_memory_bytes IS NOT NULL"
        f" GROUP BY device_id HAVING {second} < {first} AND {last} < {second} AND {last} < {FALLING_TO} * {first}"
    )
    return sql, (begin, now_us + 1)
