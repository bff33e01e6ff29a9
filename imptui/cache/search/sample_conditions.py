"""What our own readings say over time, as conditions about devices: the service keeps no history.

Only single readings count, of the last two days; what was rolled up to hours says nothing of an order within them. Devices
that were not read often enough satisfy neither condition: too few readings are no trend.
"""

from imptui.cache.times import SECOND

FLAPPING_WITHIN_S = 24 * 3600
FLAPPING_CHANGES = 4
"""Coming or going so often within a day is flapping: twice away and back."""

FALLING_WITHIN_S = 6 * 3600
FALLING_TO = 0.9
"""Free memory is falling when its mean in each third of six hours is below the one before, and the last below this part of
the first: a program that leaks, and not its garbage collector."""

WORST = 20

WORST_SQL = f"SELECT n FROM device WHERE rssi_dbm IS NOT NULL ORDER BY rssi_dbm, n LIMIT {WORST}"


def flapping(now_us: int) -> tuple[str, tuple[int, ...]]:
    """Ids of devices that came or went `FLAPPING_CHANGES` times or more within a day, and the values."""
    sql = (
        "SELECT device_id FROM (SELECT device_id, is_online <> lag(is_online) OVER (PARTITION BY device_id ORDER BY at)"
        " AS changed FROM sample WHERE span_s = 0 AND at > ? AND at <= ? AND is_online IS NOT NULL)"
        f" GROUP BY device_id HAVING sum(changed) >= {FLAPPING_CHANGES}"
    )
    return sql, (now_us - FLAPPING_WITHIN_S * SECOND, now_us)


def falling(now_us: int) -> tuple[str, tuple[int, ...]]:
    """Ids of devices whose free memory fell for six hours, and the values."""
    begin, third = now_us - FALLING_WITHIN_S * SECOND, FALLING_WITHIN_S * SECOND // 3
    first, second, last = (f"avg(CASE WHEN (at - {begin}) / {third} = {part} THEN free_memory_bytes END)" for part in range(3))
    sql = (
        "SELECT device_id FROM sample WHERE span_s = 0 AND at >= ? AND at < ? AND free_memory_bytes IS NOT NULL"
        f" GROUP BY device_id HAVING {second} < {first} AND {last} < {second} AND {last} < {FALLING_TO} * {first}"
    )
    return sql, (begin, now_us + 1)
