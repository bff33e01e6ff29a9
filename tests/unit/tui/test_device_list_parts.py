"""The parts of the device list, without a widget."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from imptui.domain.device import Device, Reading
from imptui.domain.ids import AccountId, DeviceId
from imptui.domain.rows import DeviceRow
from imptui.query.query import Sort, SortColumn
from imptui.tui.widgets.devices import changed_cells
from imptui.tui.widgets.devices.changed_cells import ChangedCells
from imptui.tui.widgets.devices.columns import DeviceColumns, next_sort
from imptui.tui.widgets.devices.cursor import ListCursor
from imptui.tui.widgets.devices.marks import DeviceMarks

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DEVICE = Device(
    id=DeviceId("5000d8c46a56cfca"), name="Boiler", mac_address=None, ip_address=None, imp_type="imp005", swversion=None,
    plan_id=None, is_online=True, state_changed_at=NOW, agent_id=None, agent_url=None, is_agent_running=True,
    agent_state_changed_at=None, last_enrolled_at=None, owner_id=AccountId("a"), group_id=None, product_id=None,
)  # fmt: skip


def row(number: int, rssi: int = -60) -> DeviceRow:
    device = replace(DEVICE, id=DeviceId(f"{number:016x}"))
    return DeviceRow(device, None, None, Reading(rssi, 20_000, NOW), None, 1)


def test_keys_before_the_rows_are_granted_once() -> None:
    """Two steps down and then End, before anything was read, lead to the last row when the rows are there."""
    cursor = ListCursor()
    cursor.wish = cursor.target(1)
    cursor.wish = cursor.target(1)
    assert cursor.wish == 2
    cursor.wish = -1
    assert cursor.granted(0) is None
    assert cursor.granted(30) == 29
    assert cursor.granted(30) is None


def test_a_step_up_from_the_wished_end_stays_counted_from_the_end() -> None:
    """End and one step up, before there is a row, is the last but one; a step down is still the last."""
    cursor = ListCursor()
    cursor.wish = -1
    assert cursor.target(-1) == -2
    assert cursor.target(1) == -1


def test_marks_take_no_more_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is left out, and the answer says so."""
    monkeypatch.setattr("imptui.tui.widgets.devices.marks.MARK_LIMIT", 3)
    marks = DeviceMarks()
    assert marks.add([row(1), None, row(2)])
    assert not marks.add([row(2), row(3), row(4)])
    assert list(marks.rows) == [row(1).device.id, row(2).device.id, row(3).device.id]


def test_a_range_covers_both_ends_and_ends_at_the_cursor() -> None:
    """From 7 up to 4 is 4 to 7."""
    marks = DeviceMarks()
    marks.anchor = 7
    assert [index for index in range(10) if marks.covers(index, 4)] == [4, 5, 6, 7]
    assert marks.end_range(4) == (4, 7)
    assert marks.anchor is None


def test_a_marked_device_is_kept_with_its_newest_reading() -> None:
    """A reading of another device marks nothing."""
    marks = DeviceMarks()
    marks.toggle(row(1))
    marks.update(row(1, -90))
    marks.update(row(2, -90))
    assert [each.reading for each in marks.rows.values()] == [Reading(-90, 20_000, NOW)]
    marks.toggle(row(1))
    assert not marks


def test_a_changed_cell_is_marked_for_some_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A weaker signal is marked as fallen, until the time is over."""
    clock = [0.0]
    monkeypatch.setattr(changed_cells, "monotonic", lambda: clock[0])
    changed = ChangedCells()
    changed.note(row(1), row(1, -80))
    assert changed.of(row(1).device.id)["rssi"] == -1
    assert changed.fade() == set()
    clock[0] = changed_cells.SHOWN_S
    assert changed.fade() == {row(1).device.id}
    assert not changed


def test_chosen_columns_are_shown_as_far_as_they_fit() -> None:
    """The name is always there; a wide list shows every column."""
    columns = DeviceColumns()
    columns.chosen = ("mac",)
    columns.fit(80)
    assert columns.keys == ("name", "mac")
    columns.is_wide = True
    columns.fit(80)
    assert "rssi" in columns.keys
    assert columns.cells > 80


def test_sorting_by_the_same_column_again_turns_it_round() -> None:
    """Another column starts ascending; a column without an order changes nothing."""
    assert next_sort("rssi", Sort()) == Sort(SortColumn.RSSI, descending=False)
    assert next_sort("rssi", Sort(SortColumn.RSSI, descending=False)) == Sort(SortColumn.RSSI, descending=True)
    assert next_sort("no such column", Sort()) is None
