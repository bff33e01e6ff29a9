"""Filters on saved samples: worst, flapping, falling."""

from datetime import timedelta

from msgspec.structs import replace

from imptui.cache.store import Cache
from imptui.domain.device import Reading
from imptui.query.grammar import parse
from imptui.query.query import Query, SavedFilter
from tests.unit.cache.pump_fleet import NOW, pumps


def names(cache: Cache, text: str) -> list[str | None]:
    return [row.device.name for row in cache.devices.window(Query(where=parse(text)), 0, 99, NOW)]


def test_flapping_is_four_changes_in_a_day(cache: Cache) -> None:
    """A device flaps if it came or went four times within a day; three times, or last week, do not count."""
    often, seldom, long_ago = pumps(3)
    cache.devices.store(pumps(3), NOW - timedelta(days=9))
    for device, changes, since in ((often, 5, NOW), (seldom, 4, NOW), (long_ago, 9, NOW - timedelta(days=7))):
        for number in range(changes):
            at = since - timedelta(hours=20) + timedelta(hours=number)
            cache.devices.store([replace(device, is_online=bool(number % 2), state_changed_at=at)], at)
    assert names(cache, "flapping") == [often.name]
    cache.settle()
    assert names(cache, "flapping") == [often.name]


def test_falling_is_a_trend(cache: Cache) -> None:
    """Memory falls if every third of six hours has a lower mean than the one before; one reading is not enough."""
    leaking, sawing, once = pumps(3)
    cache.devices.store(pumps(3), NOW)
    for hour in range(6):
        at = NOW - timedelta(hours=5.9 - hour)
        saw = 40000 if hour in (2, 3) else 60000
        cache.devices.store_readings({leaking.id: Reading(None, 60000 - hour * 4000, at), sawing.id: Reading(None, saw, at)})
    cache.devices.store_readings({once.id: Reading(None, 100, NOW)})
    assert names(cache, "falling") == [leaking.name]


def test_worst_are_the_twenty_weakest(cache: Cache) -> None:
    """The worst devices are those with the twenty weakest signals."""
    cache.devices.store(pumps(30), NOW)
    readings = {pump.id: Reading(-40 - number, None, NOW) for number, pump in enumerate(pumps(25))}
    cache.devices.store_readings(readings)
    assert names(cache, "worst") == [f"Pump {number}" for number in range(5, 25)]
    assert cache.devices.count(Query(where=parse("worst online")), NOW) == 20


def test_saved_filters(cache: Cache) -> None:
    """A filter is saved under its name, renamed unless the name is taken, and deleted."""
    cache.saved.save(SavedFilter("Gone 10", "offline>1d"))
    cache.saved.save(SavedFilter("gone 9", "offline>9h"))
    cache.saved.save(SavedFilter("Gone 10", "offline>10h"))
    assert [(each.name, each.text) for each in cache.saved.all()] == [("gone 9", "offline>9h"), ("Gone 10", "offline>10h")]
    assert not cache.saved.rename("gone 9", "Gone 10")
    assert cache.saved.rename("gone 9", "away")
    assert cache.saved.drop("away")
    assert not cache.saved.drop("away")
