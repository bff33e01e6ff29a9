"""Trends of the last hours in a device list."""

from datetime import timedelta

from imptui.cache.store import Cache
from imptui.domain.device import Reading
from imptui.domain.rows import TREND, TREND_CELLS
from imptui.fleet.read_model import ReadModel
from imptui.query.list_columns import ON_SCREEN
from imptui.query.query import Query
from imptui.tui.present.device import cell_of
from imptui.tui.present.glyphs import ASCII, UNICODE
from tests.unit.cache.pump_fleet import NOW, pumps

STEP = TREND / TREND_CELLS


def test_the_last_reading_of_each_step(cache: Cache) -> None:
    """A list has the last reading of each half-hour of the last four hours, and none for a half-hour without readings."""
    one, other, never = pumps(3)
    cache.devices.store([one, other, never], NOW)
    for minutes in range(0, 600, 7):
        cache.devices.store_readings(
            {one.id: Reading(-50 - minutes % 30, 1000 + minutes, NOW - timedelta(minutes=minutes, seconds=1))}
        )
    cache.devices.store_readings({other.id: Reading(None, 5000, NOW - STEP * 3 - timedelta(minutes=1))})
    trends = cache.samples.trends([one.id, other.id, never.id], NOW)
    assert len(trends[one.id]) == TREND_CELLS
    assert [each.at for each in trends[one.id]] == sorted(each.at for each in trends[one.id])
    assert trends[one.id][-1].at == NOW - timedelta(seconds=1)
    assert all(sample.at >= NOW - TREND for sample in trends[one.id])
    assert [each.free_memory_bytes for each in trends[other.id]] == [5000]
    assert never.id not in trends


async def test_a_list_shows_them(cache: Cache) -> None:
    """A window of a list shows trends, with blanks for gaps, also in ASCII."""
    (one,) = pumps(1)
    cache.devices.store([one], NOW)
    for steps, rssi in ((7.5, -90), (6.5, -80), (1.5, -40), (0.5, -60)):
        cache.devices.store_readings({one.id: Reading(rssi, None, NOW - STEP * steps)})
    (row,) = (await ReadModel(cache, lambda: NOW).window(Query(), 0, 10)).rows
    assert row is not None
    by_key = {heading.key: heading for heading in ON_SCREEN}
    assert cell_of(by_key["rssi-trend"], row, UNICODE, NOW).text == "▁▂    █▅"
    assert cell_of(by_key["rssi-trend"], row, ASCII, NOW).text == "_.    @+"
    assert cell_of(by_key["memory-trend"], row, UNICODE, NOW).text.strip() == ""
