"""Devices as cells of a list and as lines of facts."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from imptui.domain.device import Device
from imptui.domain.group import GroupType
from imptui.domain.rows import TREND, TREND_CELLS, DeviceRow, is_weak
from imptui.query.query import SortColumn
from imptui.tui.present.age import ago, moment, stamp
from imptui.tui.present.glyphs import Glyphs
from imptui.tui.present.group import type_word
from imptui.tui.present.signal import bars, history, is_short_of_memory, memory, rssi


class ListCell(Struct, frozen=True):
    """One cell: foreign text as it came, and the role it is painted in."""

    text: str
    role: str = ""


class Heading(Struct, frozen=True):
    """A column of the device list."""

    key: str
    title: str
    cells: int
    cell: Callable[[DeviceRow, Glyphs, datetime], ListCell]
    sort: SortColumn | None = None
    is_right: bool = False
    is_wide: bool = False
    """Shown only when wide columns are asked for."""


def state_word(row: DeviceRow) -> str:
    """`online` or `offline`."""
    return "online" if row.device.is_online else "offline"


def _state(row: DeviceRow, glyphs: Glyphs, _: datetime) -> ListCell:
    sign = glyphs.online if row.device.is_online else glyphs.offline
    return ListCell(f"{sign} {state_word(row)}", state_word(row))


def _name(row: DeviceRow, glyphs: Glyphs, _: datetime) -> ListCell:  # noqa: ARG001 - the shape of a column
    return ListCell(row.device.label, "" if row.device.name else "dim")


def _rssi(row: DeviceRow, glyphs: Glyphs, _: datetime) -> ListCell:
    number = row.reading.rssi_dbm if row.reading else None
    return ListCell(f"{rssi(number):>4} {bars(number, glyphs)}", "weak" if is_weak(row.reading) else "")


def _memory(row: DeviceRow, glyphs: Glyphs, _: datetime) -> ListCell:  # noqa: ARG001
    free = row.reading.free_memory_bytes if row.reading else None
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


def _plain(of: Callable[[DeviceRow], str | None]) -> Callable[[DeviceRow, Glyphs, datetime], ListCell]:
    def cell(row: DeviceRow, glyphs: Glyphs, _: datetime) -> ListCell:  # noqa: ARG001
        return ListCell(of(row) or "-", "dim")

    return cell


def _aged(of: Callable[[DeviceRow], datetime | None]) -> Callable[[DeviceRow, Glyphs, datetime], ListCell]:
    def cell(row: DeviceRow, glyphs: Glyphs, now: datetime) -> ListCell:  # noqa: ARG001
        return ListCell(moment(of(row), now), "dim")

    return cell


HEADINGS = (
    Heading("pending", "P", 1, _pending),
    Heading("state", "State", 9, _state, SortColumn.STATE),
    Heading("name", "Name", 22, _name, SortColumn.NAME),
    Heading("rssi", "RSSI dBm", 9, _rssi, SortColumn.RSSI),
    Heading("memory", "Free", 7, _memory, SortColumn.MEMORY, is_right=True),
    Heading("rssi-trend", "RSSI 4h", TREND_CELLS, _trend("rssi_dbm")),
    Heading("memory-trend", "Free 4h", TREND_CELLS, _trend("free_memory_bytes")),
    Heading("group", "Group", 18, _group, SortColumn.GROUP),
    Heading("id", "Id", 16, _plain(lambda row: row.device.id), SortColumn.ID),
    Heading("imp", "Imp", 6, _plain(lambda row: row.device.imp_type), SortColumn.IMP),
    Heading("release", "Release", 7, _plain(lambda row: row.device.release or row.device.swversion), SortColumn.SWVERSION),
    Heading("changed", "Changed", 10, _aged(lambda row: row.device.state_changed_at), SortColumn.CHANGED, is_right=True),
    Heading("mac", "MAC", 17, _plain(lambda row: row.device.mac_address), SortColumn.MAC, is_wide=True),
    Heading("ip", "IP", 15, _plain(lambda row: row.device.ip_address), SortColumn.IP, is_wide=True),
    Heading("product", "Product", 18, _plain(lambda row: row.product_name), SortColumn.PRODUCT, is_wide=True),
    Heading("agent", "Agent", 12, _plain(lambda row: row.device.agent_id), is_wide=True),
    Heading("enrolled", "BlinkUp", 10, _aged(lambda row: row.device.last_enrolled_at), SortColumn.ENROLLED, True, True),
)  # fmt: skip
"""All columns, in the order in which they are shown."""

KEEP = ("state", "name", "rssi", "memory", "id", "release", "group", "rssi-trend", "imp", "pending", "changed", "memory-trend")
"""Which columns a narrow list keeps, the most wanted first."""


def _wanted(chosen: Sequence[str]) -> Sequence[str]:
    """Which columns to make room for, the most wanted first."""
    if not chosen:
        return KEEP
    known = {each.key for each in HEADINGS}
    return ["name", *(each for each in chosen if each in known and each != "name")]


def layout(cells: int, *, is_wide: bool, chosen: Sequence[str] = ()) -> tuple[tuple[Heading, int], ...]:
    """Columns and their widths for a list of `cells`, a blank between two; the name takes what is left, up to a limit.

    With `is_wide` every column is there and the list is as wide as it becomes: it scrolls sideways. Where a person chose
    columns, the most wanted first, as many of these are there as fit; the name always is.
    """
    if is_wide:
        return tuple((heading, 30 if heading.key == "name" else heading.cells) for heading in HEADINGS)
    by_key = {heading.key: heading for heading in HEADINGS}
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
    return tuple((heading, min(heading.cells + extra.get(heading.key, 0), cells)) for heading in HEADINGS if heading.key in kept)


MARKED_DB = 3
"""A signal that changed by so much is marked: 3 dB is half or twice the power. Readings of a device that nobody moves
jitter by one or two, and a list in which every line is marked marks nothing."""

MARKED_SHARE = 0.05
"""Free memory is marked when it changed by this part of what it was: less is the garbage collector of a running program."""


def changes(old: DeviceRow, new: DeviceRow) -> dict[str, int]:
    """Which columns changed so much that a person should see it: 1 for rising, -1 for falling, 0 for otherwise different.

    A first reading is no change. Slow drifts count too when `old` is the line as it was marked last.
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
    """Whether the device runs what was deployed: always said to be an inference."""
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
    """Every attribute of the primer, label and text; texts are foreign."""
    device, reading = row.device, row.reading
    kind = type_word(device.group_type) if isinstance(device.group_type, GroupType | str) else "-"
    return [
        ("name", device.name or "(none)"),
        ("id", device.id),
        ("MAC", device.mac_address or "-"),
        ("IP address", device.ip_address or "-"),
        ("imp", device.imp_type or "-"),
        ("software", device.swversion or "-"),
        ("state", _since(state_word(row), device.state_changed_at, now)),
        ("RSSI", _told(reading.rssi_dbm if reading else None, "dBm")),
        ("free memory", _told(reading.free_memory_bytes if reading else None, "bytes")),
        ("read", ago(reading.read_at, now) if reading else "never"),
        ("agent", _agent(device, now)),
        ("agent URL", device.agent_url or "-"),
        ("last BlinkUp", _aged_stamp(device.last_enrolled_at, now)),
        ("group", f"{row.group_name or device.group_id} ({kind})" if device.group_id else "unassigned"),
        ("product", row.product_name or "-"),
        ("plan", device.plan_id or "-"),
    ]
