"""Devices in the cache: passes, readings, finding devices, snapshots."""

from datetime import timedelta

from msgspec.structs import replace

from imptui.cache.store import Cache
from imptui.domain.deployment import Deployment
from imptui.domain.device import Reading
from imptui.domain.ids import DeploymentId, DeviceId, GroupId
from imptui.query.grammar import parse
from imptui.query.query import Query, Scope, Sort, SortColumn
from tests.unit.cache.pump_fleet import BOILER, LINE, NOW, PUMP, pumps


def names(cache: Cache, text: str = "", sort: Sort = Sort()) -> list[str | None]:
    return [row.device.name for row in cache.devices.window(Query(where=parse(text), sort=sort), 0, 99, NOW)]


def test_line_holds_names(cache: Cache) -> None:
    """A row of a list has the names of group and product, also after a rename."""
    cache.devices.store([PUMP], NOW)
    cache.groups.store([replace(LINE, name="Line 4")])
    cache.products.store([replace(BOILER, name="Kettle")])
    row = cache.devices.row(PUMP.id)
    assert row is not None
    assert (row.group_name, row.product_name) == ("Line 4", "Kettle")


def test_absent_only_after_a_whole_pass(cache: Cache) -> None:
    """A device that a complete pass did not meet is deleted; one that was added meanwhile stays."""
    cache.devices.store(pumps(4), NOW)
    walk = cache.devices.begin_pass()
    cache.devices.store(pumps(4)[:2], NOW, walk)
    cache.devices.store(pumps(5)[4:], NOW)
    assert cache.devices.forget_absent(walk) == [pump.id for pump in pumps(4)[2:]]
    assert names(cache) == ["Pump 0", "Pump 1", "Pump 4"]


def test_broken_pass_forgets_nothing(cache: Cache) -> None:
    """An interrupted pass deletes no device."""
    cache.devices.store(pumps(4), NOW)
    cache.devices.store(pumps(1), NOW, cache.devices.begin_pass())
    assert len(names(cache)) == 4


def test_forgotten_in_the_trigrams(cache: Cache) -> None:
    """A renamed or deleted device is not found by its old name."""
    cache.devices.store(pumps(40), NOW)
    cache.settle()
    cache.devices.store([replace(pumps(40)[39], name="Oven")], NOW)
    cache.devices.forget([pumps(40)[38].id])
    assert names(cache, '"pump 39"') == names(cache, '"pump 38"') == []
    assert names(cache, "oven") == ["Oven"]


def test_newest_reading_wins(cache: Cache) -> None:
    """An older reading becomes a sample and does not replace a newer one."""
    cache.devices.store([PUMP], NOW)
    cache.devices.store_readings({PUMP.id: Reading(-60, 30000, NOW)})
    assert cache.devices.store_readings({PUMP.id: Reading(-90, 20000, NOW - timedelta(hours=1))}) == []
    row = cache.devices.row(PUMP.id)
    assert row is not None
    assert row.reading == Reading(-60, 30000, NOW)
    assert [sample.rssi_dbm for sample in cache.samples.of(PUMP.id, NOW - timedelta(days=1))] == [-90, -60]


def test_listing_keeps_the_reading(cache: Cache) -> None:
    """Storing a page of a list keeps the readings of its devices."""
    cache.devices.store([PUMP], NOW)
    cache.devices.store_readings({PUMP.id: Reading(-60, None, NOW)})
    cache.devices.store([replace(PUMP, name="New name")], NOW)
    row = cache.devices.row(PUMP.id)
    assert row is not None
    assert row.reading == Reading(-60, None, NOW)


def test_presence_is_sampled(cache: Cache) -> None:
    """A device that goes offline gets a sample at that time."""
    cache.devices.store([PUMP], NOW)
    gone_at = NOW + timedelta(minutes=5)
    cache.devices.store([replace(PUMP, is_online=False, state_changed_at=gone_at)], NOW + timedelta(minutes=9))
    samples = cache.samples.of(PUMP.id, NOW)
    assert [(sample.at, sample.is_online) for sample in samples] == [(gone_at, False)]


def test_found_by_any_identifier(cache: Cache) -> None:
    """A device is found by its id, its MAC address in any spelling, its agent id, and its name in any case."""
    cache.devices.store([PUMP, *pumps(3)], NOW)
    for text in (PUMP.id, PUMP.id.upper(), "0C-2A-69-0B-51-7E", "0c2a690b517e", f" {PUMP.name} ".upper()):
        assert PUMP.id in [row.device.id for row in cache.devices.find(text)], text
    assert [row.device.id for row in cache.devices.find("0c:2a:69:0b:51:7e")] == [PUMP.id]
    assert cache.devices.find("Pump") == []


def test_names_need_not_be_unique(cache: Cache) -> None:
    """A search by name finds both devices of the same name, so that the caller sees the ambiguity."""
    cache.devices.store([replace(pump, name="Twin") for pump in pumps(2)], NOW)
    assert len(cache.devices.find("twin")) == 2


def test_order_stays_frozen(cache: Cache) -> None:
    """A snapshot keeps its order while devices change, shows their present values, and has gaps for deleted ones."""
    cache.devices.store(pumps(4), NOW)
    order = cache.devices.order(Query(), NOW)
    cache.devices.store([replace(pumps(4)[0], name="Zebra")], NOW)
    cache.devices.forget([pumps(4)[2].id])
    rows = cache.devices.rows(order, 0, 10)
    assert [row and row.device.name for row in rows] == ["Zebra", "Pump 1", None, "Pump 3"]
    assert cache.devices.place(order, pumps(4)[3].id) == 3
    assert cache.devices.place(order, DeviceId("nobody")) is None


def test_gone_places_stay_empty(cache: Cache) -> None:
    """A new device never appears at the place of a deleted one in a snapshot."""
    cache.devices.store(pumps(2), NOW)
    order = cache.devices.order(Query(), NOW)
    cache.devices.forget([pumps(2)[1].id])
    cache.devices.store(pumps(3)[2:], NOW)
    assert [row and row.device.name for row in cache.devices.rows(order, 0, 10)] == ["Pump 0", None]


def test_numbers_in_names(cache: Cache) -> None:
    """Numbers in names sort by value: Pump 9 comes before Pump 10."""
    cache.devices.store(pumps(12), NOW)
    assert names(cache)[8:12] == ["Pump 8", "Pump 9", "Pump 10", "Pump 11"]


def test_unnamed_come_last_either_way(cache: Cache) -> None:
    """Missing values come last in ascending and in descending order."""
    cache.devices.store([replace(pumps(3)[0], name=None), *pumps(3)[1:]], NOW)
    assert names(cache) == ["Pump 1", "Pump 2", None]
    assert names(cache, sort=Sort(SortColumn.NAME, descending=True)) == ["Pump 2", "Pump 1", None]


def test_stalest_first(cache: Cache) -> None:
    """Devices without a reading are read first, then those with the oldest reading."""
    cache.devices.store(pumps(3), NOW)
    ids = [pump.id for pump in pumps(3)]
    cache.devices.store_readings({ids[0]: Reading(-60, 1, NOW), ids[2]: Reading(-60, 1, NOW - timedelta(hours=1))})
    assert cache.devices.stalest(ids, 2) == [ids[1], ids[2]]


def test_pending_until_restarted(cache: Cache) -> None:
    """After a deployment, the group's devices are pending in list and tree until their state changes."""
    deployed_at = NOW + timedelta(hours=1)
    made = Deployment(
        DeploymentId("new"), "ab", None, None, False, (), deployed_at, None, LINE.id, LINE.type, BOILER.id, None, None
    )
    cache.devices.store(pumps(3), NOW)
    cache.deployments.store([made])
    cache.groups.store([replace(LINE, current_deployment_id=made.id)])
    assert cache.groups.tally(LINE.id).pending == 3
    assert len(names(cache, "pending")) == 3
    cache.devices.store([replace(pumps(3)[0], agent_state_changed_at=deployed_at + timedelta(seconds=5))], NOW)
    assert cache.groups.tally(LINE.id).pending == 2
    assert names(cache, "not pending") == ["Pump 0"]


def test_unknown_group(cache: Cache) -> None:
    """A device of an unread group is listed without the group's name, and gets the name after the group was read."""
    away = GroupId("away")
    cache.devices.store([replace(PUMP, group_id=away)], NOW)
    row = cache.devices.row(PUMP.id)
    assert row is not None
    assert (row.device.group_id, row.group_name) == (away, None)
    assert [line.group.id for product in cache.groups.tree().products for line in product.groups] == [LINE.id]
    cache.groups.store([replace(LINE, id=away, name="Away")])
    assert cache.devices.count(Query(Scope(group_id=away)), NOW) == 1
    row = cache.devices.row(PUMP.id)
    assert row is not None
    assert row.group_name == "Away"
