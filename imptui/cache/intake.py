"""What the service told of devices, written down: one transaction for one page, and only what really changed.

In one transaction the known rows of the page are read, compared, and written where they differ. The same comparison keeps
three things in step that would cost a look at the fleet otherwise: the tallies of the groups, the trigram index, and the
generation that tells screens which lines to paint again.

Whether a device was met by a pass is a bit in memory, not a column: a pass that finds nothing new writes nothing.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from imptui.cache.generations import next_generation, upcoming
from imptui.cache.identity import Met, chunks_of, condition_of, is_loading, seal
from imptui.cache.place import place_groups, product_n
from imptui.cache.row import (
    ATTRIBUTES,
    DERIVED,
    Row,
    attributes_of,
    device_of,
    name_key,
    reading_of,
    release_of,
    searched,
    select_where,
)
from imptui.cache.times import at_us, from_us, to_us, us
from imptui.cache.upkeep import Tallies, Trigrams
from imptui.model.device import Device, Reading
from imptui.model.ids import AccountId, DeviceId, GroupId
from imptui.model.line import is_pending, is_problem

_WRITTEN = (*ATTRIBUTES, *DERIVED)
_INSERT = f"INSERT INTO device (n, id, {', '.join(_WRITTEN)}) VALUES (?, ?{', ?' * len(_WRITTEN)})"
_UPDATE = f"UPDATE device SET {', '.join(f'{name} = ?' for name in _WRITTEN)} WHERE n = ?"
_SAMPLE = (
    "INSERT OR REPLACE INTO sample (device_id, at, is_online, rssi_dbm, free_memory_bytes, span_s,"
    " rssi_low_dbm, free_memory_low_bytes) VALUES (?, ?, ?, ?, ?, 0, ?, ?)"
)
_REMEMBER_LAST = (
    "INSERT INTO note (key, value) VALUES ('last_n', ?1) ON CONFLICT (key) DO UPDATE SET value = max(value + 0, ?1 + 0)"
)


@dataclass(slots=True)
class Pass:
    """One walk over all devices of the service, from its first page to its last."""

    last_n: int
    """The newest row when the pass began; later ones were added meanwhile and are not absent."""
    seen: bytearray = field(repr=False)

    def meet(self, number: int) -> None:
        """Note that the service told of this row."""
        if number <= self.last_n:
            self.seen[number >> 3] |= 1 << (number & 7)

    def met(self, number: int) -> bool:
        """Whether it did, or the row is newer than the pass."""
        return number > self.last_n or bool(self.seen[number >> 3] & 1 << (number & 7))


def begin_pass(reader: sqlite3.Connection) -> Pass:
    """A pass that has met nobody yet."""
    last = int(reader.execute("SELECT coalesce(max(n), 0) FROM device").fetchone()[0])
    return Pass(last, bytearray((last >> 3) + 1))


class Intake:
    """One transaction's worth of news about devices."""

    def __init__(self, writer: sqlite3.Connection, at: datetime | None = None, loaded: Met | None = None) -> None:
        """Prepare a transaction.

        Args:
            writer: In a transaction.
            at: When the service was asked.
            loaded: Given while a first pass loads: tells which ids are surely new.
        """
        self._writer = writer
        self._loaded = loaded if loaded is not None and is_loading(writer) else None
        self._at_us = to_us(at)
        self._tallies = Tallies()
        self._trigrams = Trigrams(writer)
        self._generation = upcoming(writer)
        self._groups: dict[GroupId, tuple[int, datetime | None]] = {}
        self._owners: dict[AccountId, int] = {}
        self._has_new_group = False

    def store(self, devices: Sequence[Device], met: Pass | None) -> list[tuple[int, DeviceId]]:
        """Insert and update; number and id of what really changed.

        Most pages tell nothing new, so first only what the service told is compared; whole rows are read of what differs.
        """
        self._look_up_groups({device.group_id for device in devices if device.group_id is not None})
        wanted = list({device.id: device for device in devices}.values())
        if self._loaded is None:
            wanted.sort(key=lambda device: device.id)  # neighbours in the index of ids
        last_n = self._last_n()
        known = self._known([device.id for device in wanted], last_n)
        fresh: list[Device] = []
        differing: list[tuple[int, Device, Row]] = []
        for device in wanted:
            old = known.get(device.id)
            if old is None:
                fresh.append(device)
                continue
            attributes = attributes_of(device, self._owner(device.owner_id), self._group(device)[0])
            if met is not None:
                met.meet(old[0])
            if old[2:] != attributes:
                differing.append((old[0], device, attributes))
        self._insert(last_n + 1, fresh)
        if self._loaded is not None:
            self._loaded.wrote_up_to(last_n + len(fresh))
            seal(self._writer, last_n + len(fresh))
        self._update(differing)
        changed = [(number, device.id) for number, device in enumerate(fresh, last_n + 1)]
        changed += [(number, device.id) for number, device, _ in differing]
        self._finish("device", [number for number, _ in changed])
        return changed

    def _known(self, ids: Sequence[DeviceId], last_n: int) -> dict[str, Row]:
        if self._loaded is None:
            return _attributes_known(self._writer, ids)
        self._loaded.catch_up(self._writer, last_n)
        return _attributes_known(self._writer, self._loaded.perhaps(ids))

    def _last_n(self) -> int:
        """The greatest number that was ever given: a frozen order must not show a new device in the place of a gone one."""
        there = self._writer.execute("SELECT coalesce(max(n), 0) FROM device").fetchone()[0]
        gone = self._writer.execute("SELECT value FROM note WHERE key = 'last_n'").fetchone()
        return max(int(there), 0 if gone is None else int(gone[0]))

    def _insert(self, first_n: int, fresh: Sequence[Device]) -> None:
        """Write new rows. A first pass has a million of them, so what they share is looked up once."""
        rows = []
        generation, count, replace = self._generation, self._tallies.count, self._trigrams.replace
        for number, device in enumerate(fresh, first_n):
            group_n, deployed_at = self._group(device)
            search, problem = searched(device), is_problem(device, None)
            count(group_n, online=device.is_online, pending=is_pending(device, deployed_at), problem=problem)
            replace(number, None, search)
            attributes = attributes_of(device, self._owner(device.owner_id), group_n)
            release, key = release_of(device), name_key(device.name)
            rows.append((number, device.id, *attributes, key, search, release, int(problem), generation))
        self._writer.executemany(_INSERT, rows)

    def _update(self, differing: Sequence[tuple[int, Device, Row]]) -> None:
        whole = {row[1]: row for row in rows_of(self._writer, [device.id for _, device, _ in differing])}
        rows = []
        for number, device, attributes in differing:
            old = whole[device.id]
            search, problem = searched(device), is_problem(device, reading_of(old))
            self._leave(old, device)
            self._join(device, problem=problem)
            self._trigrams.replace(number, old[28], search)
            rows.append((*attributes, *self._derived(device, search, problem=problem), number))
        self._writer.executemany(_UPDATE, rows)

    def _derived(self, device: Device, search: str, *, problem: bool) -> Row:
        """The values of `DERIVED`."""
        return name_key(device.name), search, release_of(device), int(problem), self._generation

    def _join(self, device: Device, *, problem: bool) -> None:
        """What the tallies gain."""
        group_n, deployed_at = self._group(device)
        pending = is_pending(device, deployed_at)
        self._tallies.count(group_n, online=device.is_online, pending=pending, problem=problem)

    def read(self, readings: Mapping[DeviceId, Reading]) -> list[DeviceId]:
        """Newer readings into the rows, and all of them into the samples."""
        changed: list[tuple[int, DeviceId]] = []
        for row in rows_of(self._writer, list(readings)):
            device, reading = device_of(row), readings[DeviceId(row[1])]
            at = us(reading.read_at)
            rssi, free = reading.rssi_dbm, reading.free_memory_bytes
            self._writer.execute(_SAMPLE, (device.id, at, int(device.is_online), rssi, free, rssi, free))
            if row[19] is not None and row[19] >= at:
                continue
            problem = is_problem(device, reading)
            self._tallies.count(row[16], online=False, pending=False, problem=bool(row[29]), sign=-1)
            self._tallies.count(row[16], online=False, pending=False, problem=problem)
            self._writer.execute(
                "UPDATE device SET rssi_dbm = ?, free_memory_bytes = ?, read_at = ?, is_problem = ?, generation = ? WHERE n = ?",
                (rssi, free, at, int(problem), self._generation, row[0]),
            )
            changed.append((int(row[0]), device.id))
        self._finish("reading", [number for number, _ in changed])
        return [device_id for _, device_id in changed]

    def forget(self, rows: Iterable[Row]) -> list[DeviceId]:
        """Rows of `SELECT` leave the cache, with their samples."""
        gone: list[DeviceId] = []
        for row in rows:
            self._leave(row, None)
            self._trigrams.replace(row[0], row[28], None)
            gone.append(DeviceId(row[1]))
            self._writer.execute(_REMEMBER_LAST, (row[0],))
            self._writer.execute("DELETE FROM device WHERE n = ?", (row[0],))
            self._writer.execute("DELETE FROM sample WHERE device_id = ?", (row[1],))
        self._finish("device", None if gone else ())
        return gone

    def _finish(self, kind: str, numbers: Sequence[int] | None) -> None:
        if self._has_new_group:
            place_groups(self._writer)
        if numbers is None or numbers:
            self._trigrams.write()
            self._tallies.add_to(self._writer)
            next_generation(self._writer, kind, numbers)

    def _leave(self, old: Row, device: Device | None) -> None:
        """What the tallies lose, and the sample that a change of presence is worth."""
        was = device_of(old)
        pending = old[27] is not None and is_pending(was, at_us(old[27]))
        self._tallies.count(old[16], online=was.is_online, pending=pending, problem=bool(old[29]), sign=-1)
        at = self._at_us if device is None else to_us(device.state_changed_at) or self._at_us
        if device is not None and device.is_online != was.is_online and at is not None:
            self._writer.execute(_SAMPLE, (device.id, at, int(device.is_online), None, None, None, None))

    def _group(self, device: Device) -> tuple[int, datetime | None]:
        """Number of the device's group and when its program was deployed; an unknown group gets a row without name."""
        if device.group_id is None:
            return 0, None
        found = self._groups.get(device.group_id)
        if found is None:
            found = self._groups[device.group_id] = _new_group(self._writer, device)
            self._has_new_group = True
        return found

    def _look_up_groups(self, wanted: Iterable[GroupId]) -> None:
        for chunk in chunks_of(wanted):
            sql = f"SELECT id, n, deployed_at FROM grp WHERE id IN ({','.join('?' * len(chunk))})"
            for row in self._writer.execute(sql, chunk):
                self._groups[GroupId(row[0])] = (int(row[1]), from_us(row[2]))

    def _owner(self, owner_id: AccountId) -> int:
        found = self._owners.get(owner_id)
        if found is None:
            self._writer.execute("INSERT OR IGNORE INTO account (id) VALUES (?)", (owner_id,))
            row = self._writer.execute("SELECT n FROM account WHERE id = ?", (owner_id,)).fetchone()
            found = self._owners[owner_id] = int(row[0])
        return found


def _new_group(writer: sqlite3.Connection, device: Device) -> tuple[int, datetime | None]:
    product = None if device.product_id is None else product_n(writer, device.product_id)
    group_type = None if device.group_type is None else str(device.group_type)
    done = writer.execute("INSERT INTO grp (id, type, product_n) VALUES (?, ?, ?)", (device.group_id, group_type, product))
    return int(done.lastrowid or 0), None


def _attributes_known(reader: sqlite3.Connection, ids: Iterable[str]) -> dict[str, Row]:
    """Number, id and `ATTRIBUTES` of known devices, by id."""
    found: dict[str, Row] = {}
    for chunk in chunks_of(ids):
        condition, values = condition_of(reader, chunk)
        sql = f"SELECT n, id, {', '.join(ATTRIBUTES)} FROM device d WHERE {condition}"
        found.update((row[1], row) for row in reader.execute(sql, values))
    return found


def rows_of(reader: sqlite3.Connection, ids: Iterable[str]) -> Iterator[Row]:
    """Rows of `SELECT` for ids, in no order; unknown ones are left out."""
    for chunk in chunks_of(ids):
        yield from select_where(reader, *condition_of(reader, chunk))
