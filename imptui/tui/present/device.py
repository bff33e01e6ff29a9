"""Devices as cells of a list and as lines of facts."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from imptui.domain.device import Device
from imptui.domain.group import GroupType
from imptui.domain.rows import TREND, TREND_CELLS, DeviceRow, is_weak
from imptui.query.list_columns import ON_SCREEN, ListColumn
from imptui.tui.present.age import ago, moment, stamp
from imptui.tui.present.glyphs import Glyphs
from imptui.tui.present.group import type_word
from imptui.tui.present.signal import bars, history, is_short_of_memory, memory, rssi


class ListCell(Struct, frozen=True):
    """One cell: its foreign text, and the role it is painted in."""

    text: str
    role: str = ""


CellOf = Callable[[DeviceRow, Glyphs, datetime], ListCell]


def _state(row: DeviceRow, glyphs: Glyphs, _: datetime) -> ListCell:
    sign = glyphs.online if row.device.is_online else glyphs.offline
    return ListCell(f"{sign} {row.state}", row.state)


def _name(row: DeviceRow, glyphs: Glyphs, _: datetime) -> ListCell:  # noqa: ARG001 - the shape of a column
    return ListCell(row.device.label, "" if row.device.name else "dim")


def _rssi(row: DeviceRow, glyphs: Glyphs, _: datetime) -> ListCell:
    number = row.rssi_dbm
    return ListCell(f"{rssi(number):>4} {bars(number, glyphs)}", "weak" if is_weak(row.reading) else "")


def _memory(row: DeviceRow, glyphs: Glyphs, _: datetime) -> ListCell:  # noqa: ARG001
    free = row.free_memory_bytes
    return ListCell(memory(free), "problem" if is_short_of_memory(free) else "")


def _trend(measure: str) -> Callable[[DeviceRow, Glyphs, datetime], ListCell]:
    def cell(row: DeviceRow, glyphs: Glyphs, now: datetime) -> ListCell:
        return ListCell(history(row.trend, measure, TREND_CELLS, now, glyphs, TREND), "dim")

    return cell


def _pending(row: DeviceRow, glyphs: Glyphs, _: datetime) -> ListCell:
    return ListCell(glyphs.pending, "pending") if row.is_pending else ListCell("")


def _group(row: DeviceRow, glyphs: Glyphs, _: datetime) -> ListCell:
    if row.device.group_id is None:
        return ListCell("unassigned", "dim")
    icon = glyphs.type_icon(row.device.group_type) + " " if row.device.group_type else ""
    return ListCell(icon + (row.group_name or row.device.group_id))


def _release(row: DeviceRow, glyphs: Glyphs, _: datetime) -> ListCell:  # noqa: ARG001
    return ListCell(row.device.release or row.device.swversion or "-", "dim")


_CELLS: dict[str, CellOf] = {
    "pending": _pending,
    "state": _state,
    "name": _name,
    "rssi": _rssi,
    "memory": _memory,
    "rssi-trend": _trend("rssi_dbm"),
    "memory-trend": _trend("free_memory_bytes"),
    "group": _group,
    "release": _release,
}
"""Columns whose cell is more than a text or a time."""


def cell_of(column: ListColumn, row: DeviceRow, glyphs: Glyphs, now: datetime) -> ListCell:
    """Return the cell of a row in a column; a value without a cell of its own is a text or a time."""
    own = _CELLS.get(column.key)
    if own is not None:
        return own(row, glyphs, now)
    value = column.value_of(row)
    if value is None or value == "":
        return ListCell("-", "dim")
    return ListCell(moment(value, now) if isinstance(value, datetime) else str(value), "dim")


KEEP = ("state", "name", "rssi", "memory", "id", "release", "group", "rssi-trend", "imp", "pending", "changed", "memory-trend")
"""The columns that a narrow list keeps, most wanted first."""


def _wanted(chosen: Sequence[str]) -> Sequence[str]:
    """Return the columns to make room for, most wanted first."""
    if not chosen:
        return KEEP
    known = {each.key for each in ON_SCREEN}
    return ["name", *(each for each in chosen if each in known and each != "name")]


def layout(cells: int, *, is_wide: bool, chosen: Sequence[str] = ()) -> tuple[tuple[ListColumn, int], ...]:
    """Return the columns and their widths for a list of `cells`, a blank between two; the name takes the rest, up to a limit.

    With `is_wide` all columns are shown and the list scrolls sideways. With `chosen` (most wanted first), as many of these are
    shown as fit. The name column is always shown.
    """
    if is_wide:
        return tuple((column, 30 if column.key == "name" else column.cells) for column in ON_SCREEN)
    by_key = {column.key: column for column in ON_SCREEN}
    kept: list[str] = []
    used = 0
    for key in _wanted(chosen):
        need = by_key[key].cells + (1 if kept else 0)
        if used + need > cells and kept:
            continue
        kept.append(key)
        used += need
    spare = max(0, cells - used)
    for_name = min(spare, 32)
    for_group = min(spare - for_name, 14) if "group" in kept else 0
    extra = {"name": for_name, "group": for_group}
    return tuple((column, min(column.cells + extra.get(column.key, 0), cells)) for column in ON_SCREEN if column.key in kept)


MARKED_DB = 3
"""A signal that changed by this much is marked: 3 dB is half or twice the power. Readings of a device that does not move
jitter by one or two dB; a smaller limit would mark nearly every row.
"""

MARKED_SHARE = 0.05
"""Free memory that changed by this share is marked; smaller changes come from the garbage collector of a running program."""


def changes(old: DeviceRow, new: DeviceRow) -> dict[str, int]:
    """Return the columns with a change that is worth marking: 1 for rising, -1 for falling, 0 for otherwise different.

    A first reading is no change. If `old` is the row as it was marked last, slow drifts count too.
    """
    found: dict[str, int] = {}
    if old.device.is_online != new.device.is_online:
        found["state"] = 1 if new.device.is_online else -1
    for key, attribute in (("rssi", "rssi_dbm"), ("memory", "free_memory_bytes")):
        was = getattr(old.reading, attribute, None)
        now = getattr(new.reading, attribute, None)
        if was is None or now is None:
            continue
        least = MARKED_DB if key == "rssi" else max(1.0, was * MARKED_SHARE)
        if abs(now - was) >= least:
            found[key] = 1 if now > was else -1
    if (old.device.name, old.group_name, old.device.release) != (new.device.name, new.group_name, new.device.release):
        found["name"] = 0
    return found


def pending_words(row: DeviceRow) -> str:
    """Return whether the device runs the current deployment, worded as an inference."""
    return {
        True: "not restarted since the deployment, so it runs older code (inferred)",
        False: "restarted since the deployment, so it should run it (inferred)",
        None: "cannot be told",
    }[row.is_pending]


def _told(number: int | None, unit: str) -> str:
    return "not reported" if number is None else f"{number:,} {unit}"


def _aged_stamp(at: datetime | None, now: datetime) -> str:
    return "not reported" if at is None else f"{stamp(at)} ({ago(at, now)})"


def _since(word: str, at: datetime | None, now: datetime) -> str:
    return word if at is None else f"{word} since {_aged_stamp(at, now)}"


def _agent(device: Device, now: datetime) -> str:
    if device.agent_id is None:
        return "none"
    word = "running" if device.is_agent_running else "not running"
    return f"{device.agent_id}, {_since(word, device.agent_state_changed_at, now)}"


def facts(row: DeviceRow, now: datetime) -> list[tuple[str, str]]:
    """Return every attribute of the primer as label and text; the texts are foreign."""
    device, reading = row.device, row.reading
    kind = type_word(device.group_type) if isinstance(device.group_type, GroupType | str) else "-"
    return [
        ("name", device.name or "(none)"),
        ("id", device.id),
        ("MAC", device.mac_address or "-"),
        ("IP address", device.ip_address or "-"),
        ("imp", device.imp_type or "-"),
        ("software", device.swversion or "-"),
        ("state", _since(row.state, device.state_changed_at, now)),
        ("RSSI", _told(row.rssi_dbm, "dBm")),
        ("free memory", _told(row.free_memory_bytes, "bytes")),
        ("read", ago(reading.read_at, now) if reading else "never"),
        ("agent", _agent(device, now)),
        ("agent URL", device.agent_url or "-"),
        ("last BlinkUp", _aged_stamp(device.last_enrolled_at, now)),
        ("group", f"{row.group_name or device.group_id} ({kind})" if device.group_id else "unassigned"),
        ("product", row.product_name or "-"),
        ("plan", device.plan_id or "-"),
    ]
