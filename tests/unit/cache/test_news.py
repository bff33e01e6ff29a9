"""Recognizing the entries of a pass that changed."""

from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace

from imptui.cache.ingest.device_ingest import IngestPass
from imptui.cache.store import Cache
from imptui.domain.device import Device
from imptui.domain.device_record import DeviceRecord, record_of
from imptui.domain.ids import DeviceId
from tests.unit.cache.pump_fleet import NOW, pumps

COUNT = 700


def document(device: Device) -> DeviceRecord:
    """Return the record of a list entry; its digest stands for its content."""
    return record_of(device)._replace(digest=f"{device.id} {device.name}".encode())


def news(cache: Cache, told: Sequence[DeviceRecord], walk: IngestPass) -> tuple[list[int], list[DeviceId]]:
    """Return the indexes of new entries, and the ids that had to be decoded."""
    asked: list[DeviceId] = []

    def ids_at(places: list[int]) -> list[DeviceId]:
        asked.extend(told[place].id for place in places)
        return [told[place].id for place in places]

    return cache.devices.entries_to_store([each.digest or b"" for each in told], ids_at, walk), asked


@pytest.fixture
def told(cache: Cache) -> list[DeviceRecord]:
    """Return the records of a fleet that was stored once."""
    told = list(map(document, pumps(COUNT)))
    cache.devices.store_records(told, NOW, cache.devices.begin_pass())
    cache.settle()
    return told


def test_what_is_as_it_was_is_met_by_its_digest(cache: Cache, told: list[DeviceRecord]) -> None:
    """A pass meets unchanged devices by digest without looking any of them up, and misses none."""
    walk = cache.devices.begin_pass()
    for start in range(0, COUNT, 100):
        assert news(cache, told[start : start + 100], walk) == ([], [])
    assert cache.devices.absent(walk) == []


@pytest.mark.parametrize("arrange", [reversed, lambda told: told[350:] + told[:350], lambda told: told[::2] + told[1::2]])
def test_another_order_is_found_out(
    cache: Cache, told: list[DeviceRecord], arrange: Callable[[list[DeviceRecord]], Sequence[DeviceRecord]]
) -> None:
    """A pass recognizes unchanged devices in another order than before."""
    walk, listed = cache.devices.begin_pass(), list(arrange(told))
    for start in range(0, COUNT, 100):
        assert news(cache, listed[start : start + 100], walk)[0] == []
    assert cache.devices.absent(walk) == []


def test_some_came_some_went_some_changed(cache: Cache, told: list[DeviceRecord]) -> None:
    """New and changed entries are returned, no other ids are decoded, and unlisted devices count as missing."""
    came, changed = document(replace(pumps(COUNT + 1)[-1], name="new")), document(replace(pumps(COUNT)[600], name="other"))
    listed = [*told[:50], came, *told[60:600], changed, *told[601:]]
    walk = cache.devices.begin_pass()
    assert news(cache, listed, walk) == ([50, 591], [came.id, changed.id])
    assert cache.devices.store_records([came, changed], NOW, walk) == [came.id, changed.id]
    assert cache.devices.absent(walk) == [each.id for each in told[50:60]]


def test_what_waits_is_not_written_over_what_came_later(cache: Cache, told: list[DeviceRecord]) -> None:
    """If a device is listed twice, the second time as before, the last entry counts."""
    other = document(replace(pumps(1)[0], name="for a moment"))
    walk = cache.devices.begin_pass()
    assert news(cache, [other], walk)[0] == [0]
    assert news(cache, told[:1], walk)[0] == [0]
    assert cache.devices.store_records([other, told[0]], NOW, walk) == []
    assert news(cache, told[:1], walk)[0] == []
