"""Writes devices of the service into rows: one transaction for one page, and only changes.

A transaction reads the known rows of the page, compares them, and writes those that differ. The comparison also updates two
derived things that would otherwise cost a scan of the fleet: the tallies of the groups and the trigram index.

A pass stores the rows it met as bits in memory, not in a column, so that a pass without news writes nothing.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import NamedTuple

from imptui.cache.device_row import (
    ATTRIBUTES,
    DERIVED,
    Row,
    StoredDevice,
    attributes_of,
    name_key,
    release_of,
    search_column,
    select_where,
)
from imptui.cache.generations import next_generation
from imptui.cache.ingest.derived import Tallies, Trigrams
from imptui.cache.ingest.group_rank import place_groups, product_n
from imptui.cache.ingest.row_numbers import KnownRows, chunks_of, condition_of, is_loading, seal
from imptui.cache.times import from_us, to_us, us
from imptui.domain.device import Reading
from imptui.domain.device_record import OF_DEVICE, DeviceRecord
from imptui.domain.ids import AccountId, DeviceId, GroupId
from imptui.domain.rows import is_older, is_pending, is_problem
from imptui.query.text_folding import natural_key, search_text

_WRITTEN = (*ATTRIBUTES, *DERIVED)
_VALUES_PER_ROW = 2 + len(_WRITTEN)
_RECORD_COLUMNS = len(OF_DEVICE)
"""Number of leading fields of `DeviceRecord` that are stored unchanged in columns; the id is the first."""
_derived_from = itemgetter(
    *map(
        DeviceRecord._fields.index,
        ("id", "name", "mac_address", "agent_id", "swversion", "is_online", "owner_id", "digest"),
    )
)
"""Returns the fields that determine the derived columns of a new row, all at once because a first pass needs them a million
times."""
_UPDATE = f"UPDATE device SET {', '.join(f'{name} = ?' for name in _WRITTEN)} WHERE n = ?"
_SAMPLE = (
    "INSERT OR REPLACE INTO sample (device_id, at, is_online, rssi_dbm, free_memory_bytes, span_s,"
    " rssi_low_dbm, free_memory_low_bytes) VALUES (?, ?, ?, ?, ?, 0, ?, ?)"
)
ROWS_PER_STATEMENT = 250
"""New rows written with one statement. Older builds of SQLite allow fewer values."""

_SAVE_LAST = "INSERT INTO note (key, value) VALUES ('last_n', :n) ON CONFLICT (key) DO UPDATE SET value = max(value + 0, :n + 0)"


_SOME_UNSEEN = re.compile(rb"[^\xff]")


@dataclass(slots=True)
class IngestPass:
    """One pass over all devices of the service, from its first page to its last."""

    last_n: int
    """The newest row at the start of the pass. Later rows were added meanwhile and do not count as absent."""
    seen: bytearray = field(repr=False)
    last_known_n: int = 0
    """Row of the newest known list entry. The service lists devices in nearly the order of their rows."""
    unwritten: set[int] = field(default_factory=set, repr=False)
    """Rows with unwritten changes."""

    def mark_seen(self, numbers: Iterable[int]) -> None:
        """Mark these rows as met by the pass."""
        seen, last = self.seen, self.last_n
        for number in numbers:
            if number <= last:
                seen[number >> 3] |= 1 << (number & 7)

    def unseen(self) -> Iterator[int]:
        """Yield the row numbers up to `last_n` that the pass did not meet; some may have no row."""
        for found in _SOME_UNSEEN.finditer(self.seen):
            first, bits = found.start() << 3, self.seen[found.start()]
            yield from (
                number for number in range(max(1, first), min(first + 8, self.last_n + 1)) if not bits & 1 << (number & 7)
            )


def begin_pass(reader: sqlite3.Connection) -> IngestPass:
    """Return a pass that has met no row yet."""
    last = int(reader.execute("SELECT coalesce(max(n), 0) FROM device").fetchone()[0])
    return IngestPass(last, bytearray((last >> 3) + 1))


class _Known(NamedTuple):
    """The compared columns of a known device."""

    number: int
    digest: bytes | None
    attributes: Row
    """The values of `ATTRIBUTES`, in that order."""


class DeviceIngest:
    """Writes devices and readings within one transaction."""

    def __init__(self, writer: sqlite3.Connection, at: datetime | None = None, loaded: KnownRows | None = None) -> None:
        """Prepare to write within a transaction.

        Args:
            writer: Connection in a transaction.
            at: Time of the request to the service.
            loaded: Filter of known ids while a first pass loads the fleet.
        """
        self._writer = writer
        self._loaded = loaded if loaded is not None and is_loading(writer) else None
        self._at_us = to_us(at)
        self._tallies = Tallies()
        self._trigrams = Trigrams(writer)
        self._groups: dict[GroupId, tuple[int, int | None]] = {}
        self._owners: dict[AccountId, int] = {}
        self._has_new_group = False

    def store(self, records: Iterable[DeviceRecord], in_pass: IngestPass | None) -> list[DeviceId]:
        """Insert and update devices; return the ids of those that changed.

        Most pages contain no news, so only the attributes are compared first; whole rows are read only for differing devices.
        """
        wanted = list({each.id: each for each in records}.values())
        seen_rows: list[int] = []
        self._look_up_groups({each.group_id for each in wanted if each.group_id is not None})
        if self._loaded is None:
            wanted.sort(key=attrgetter("id"))  # neighbours in the index of ids
        last_n = self._last_n()
        known = self._known([each.id for each in wanted], last_n)
        fresh: list[DeviceRecord] = []
        differing: list[tuple[int, DeviceRecord, Row]] = []
        same: list[tuple[bytes, int]] = []
        for each in wanted:
            old = known.get(each.id)
            if old is None:
                fresh.append(each)
                continue
            attributes = attributes_of(each, self._owner(each.owner_id), self._group(each)[0])
            seen_rows.append(old.number)
            if old.attributes != attributes:
                differing.append((old.number, each, attributes))
            elif each.digest is not None and each.digest != old.digest:
                same.append((each.digest, old.number))
        if in_pass is not None:
            in_pass.mark_seen(seen_rows)
        self._insert(last_n + 1, fresh)
        if self._loaded is not None:
            self._loaded.wrote_up_to(last_n + len(fresh))
            seal(self._writer, last_n + len(fresh))
        self._update(differing)
        self._writer.executemany("UPDATE device SET digest = ? WHERE n = ?", same)
        changed = [each.id for each in fresh] + [each.id for _, each, _ in differing]
        self._finish("device", has_changed=bool(changed))
        return changed

    def _known(self, ids: Sequence[DeviceId], last_n: int) -> dict[str, _Known]:
        if self._loaded is None:
            return _attributes_known(self._writer, ids)
        self._loaded.catch_up(self._writer, last_n)
        return _attributes_known(self._writer, self._loaded.possibly_known(ids))

    def _last_n(self) -> int:
        """Return the greatest row number ever used. A snapshot must not show a new device at the place of a deleted one."""
        there = self._writer.execute("SELECT coalesce(max(n), 0) FROM device").fetchone()[0]
        gone = self._writer.execute("SELECT value FROM note WHERE key = 'last_n'").fetchone()
        return max(int(there), 0 if gone is None else int(gone[0]))

    def _insert(self, first_n: int, fresh: Sequence[DeviceRecord]) -> None:
        """Insert new rows. A first pass has a million of them, so one statement inserts many.

        `executemany` releases and retakes the interpreter after each row, so other threads delay it. For bool and bytes, sqlite3
        searches an adapter, which takes longer than all the rest; it takes int and bytearray directly.
        """
        most = self._writer.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // _VALUES_PER_ROW
        together = max(1, min(ROWS_PER_STATEMENT, most))
        for start in range(0, len(fresh), together):
            chunk = fresh[start : start + together]
            values = self._values(first_n + start, chunk)
            if len(chunk) == together:
                self._writer.execute(_inserting(together), values)
            else:
                rows = (values[at : at + _VALUES_PER_ROW] for at in range(0, len(values), _VALUES_PER_ROW))
                self._writer.executemany(_inserting(1), rows)

    def _values(self, first_n: int, fresh: Sequence[DeviceRecord]) -> list[object]:
        """Return the column values of new rows, one row after the other, and count them in tallies and trigrams."""
        values: list[object] = []
        replace, group_of = self._trigrams.replace, self._group
        has_trigrams = self._trigrams.holds(first_n)  # the answer holds for all later rows as well
        owner, owner_n = None, 0
        standings = []
        for number, record in enumerate(fresh, first_n):
            device_id, name, mac_address, agent_id, swversion, is_online, owner_id, digest = _derived_from(record)
            group_n, deployed_us = group_of(record)
            search, problem = search_text(name, device_id, mac_address, agent_id), is_problem(record, None)
            pending = None if deployed_us is None else _is_pending(record, deployed_us)
            standings.append((group_n, is_online, pending, problem))
            if has_trigrams:
                replace(number, None, search)
            if owner_id != owner:
                owner, owner_n = owner_id, self._owner(owner_id)
            values.append(number)
            values += record[:_RECORD_COLUMNS]
            values += (
                owner_n, group_n, natural_key(name) if name else None, search, release_of(swversion), +problem, _blob(digest),
            )  # fmt: skip
        for (group_n, is_online, pending, problem), count in Counter(standings).items():
            self._tallies.count(group_n, online=bool(is_online), pending=pending, problem=problem, times=count)
        return values

    def _update(self, differing: Sequence[tuple[int, DeviceRecord, Row]]) -> None:
        whole = {row.id: row for row in rows_of(self._writer, [record.id for _, record, _ in differing])}
        rows = []
        for number, record, attributes in differing:
            old = whole[record.id]
            search, problem = search_column(record), is_problem(record, old.reading)
            self._leave(old, record)
            group_n, deployed_us = self._group(record)
            pending = _is_pending(record, deployed_us)
            self._tallies.count(group_n, online=bool(record.is_online), pending=pending, problem=problem)
            self._trigrams.replace(number, old.search, search)
            derived = (name_key(record.name), search, release_of(record.swversion), problem, record.digest)
            rows.append((*attributes, *derived, number))
        self._writer.executemany(_UPDATE, rows)

    def store_readings(self, readings: Mapping[DeviceId, Reading]) -> list[DeviceId]:
        """Save newer readings in the rows, and all readings as samples."""
        changed: list[DeviceId] = []
        for row in rows_of(self._writer, list(readings)):
            device, reading = row.device, readings[row.id]
            at = us(reading.read_at)
            rssi, free = reading.rssi_dbm, reading.free_memory_bytes
            self._writer.execute(_SAMPLE, (device.id, at, int(device.is_online), rssi, free, rssi, free))
            if row.read_at is not None and row.read_at >= at:
                continue
            problem = is_problem(device, reading)
            self._tallies.count(row.group_n, online=False, pending=False, problem=bool(row.is_problem), times=-1)
            self._tallies.count(row.group_n, online=False, pending=False, problem=problem)
            self._writer.execute(
                "UPDATE device SET rssi_dbm = ?, free_memory_bytes = ?, read_at = ?, is_problem = ? WHERE n = ?",
                (rssi, free, at, int(problem), row.n),
            )
            changed.append(device.id)
        self._finish("reading", has_changed=bool(changed))
        return changed

    def forget(self, rows: Iterable[StoredDevice]) -> list[DeviceId]:
        """Delete devices and their samples."""
        gone: list[DeviceId] = []
        for row in rows:
            self._leave(row, None)
            self._trigrams.replace(row.n, row.search, None)
            gone.append(row.id)
            self._writer.execute(_SAVE_LAST, {"n": row.n})
            self._writer.execute("DELETE FROM device WHERE n = ?", (row.n,))
            self._writer.execute("DELETE FROM sample WHERE device_id = ?", (row.id,))
        self._finish("device", has_changed=bool(gone))
        return gone

    def _finish(self, kind: str, *, has_changed: bool) -> None:
        if self._has_new_group:
            place_groups(self._writer)
        if has_changed:
            self._trigrams.write()
            self._tallies.add_to(self._writer)
            next_generation(self._writer, kind)

    def _leave(self, old: StoredDevice, record: DeviceRecord | None) -> None:
        """Subtract the old state of a device from the tallies, and save a sample if it connected or disconnected."""
        was = old.device
        pending = is_pending(was, from_us(old.deployed_at))
        self._tallies.count(old.group_n, online=was.is_online, pending=pending, problem=bool(old.is_problem), times=-1)
        at = self._at_us if record is None else record.state_changed_at or self._at_us
        if record is not None and record.is_online != was.is_online and at is not None:
            self._writer.execute(_SAMPLE, (record.id, at, int(record.is_online), None, None, None, None))

    def _group(self, record: DeviceRecord) -> tuple[int, int | None]:
        """Return the row number of the device's group and its deployment time; an unknown group gets a row without name."""
        if record.group_id is None:
            return 0, None
        found = self._groups.get(record.group_id)
        if found is None:
            found = self._groups[record.group_id] = _new_group(self._writer, record)
            self._has_new_group = True
        return found

    def _look_up_groups(self, wanted: Iterable[GroupId]) -> None:
        for chunk in chunks_of(wanted):
            sql = f"SELECT id, n, deployed_at FROM grp WHERE id IN ({','.join('?' * len(chunk))})"
            for group_id, number, deployed_us in self._writer.execute(sql, chunk):
                self._groups[GroupId(group_id)] = (int(number), deployed_us)

    def _owner(self, owner_id: AccountId) -> int:
        found = self._owners.get(owner_id)
        if found is None:
            self._writer.execute("INSERT OR IGNORE INTO account (id) VALUES (?)", (owner_id,))
            row = self._writer.execute("SELECT n FROM account WHERE id = ?", (owner_id,)).fetchone()
            found = self._owners[owner_id] = int(row[0])
        return found


@lru_cache(maxsize=2)
def _inserting(count: int) -> str:
    """Return the statement that inserts `count` new rows."""
    marks = f"({', '.join('?' * _VALUES_PER_ROW)})"
    return f"INSERT INTO device (n, id, {', '.join(_WRITTEN)}) VALUES {', '.join([marks] * count)}"


def _blob(digest: bytes | None) -> bytearray | None:
    return None if digest is None else bytearray(digest)


def _is_pending(record: DeviceRecord, deployed_us: int | None) -> bool | None:
    """Apply `imptui.domain.rows.is_pending` to a device record."""
    if deployed_us is None or record.group_id is None:
        return None
    return is_older(deployed_us, record.state_changed_at, record.agent_state_changed_at, is_online=bool(record.is_online))


def _new_group(writer: sqlite3.Connection, record: DeviceRecord) -> tuple[int, int | None]:
    product = None if record.product_id is None else product_n(writer, record.product_id)
    group_type = None if record.group_type is None else str(record.group_type)
    done = writer.execute("INSERT INTO grp (id, type, product_n) VALUES (?, ?, ?)", (record.group_id, group_type, product))
    return int(done.lastrowid or 0), None


def _attributes_known(reader: sqlite3.Connection, ids: Iterable[str]) -> dict[str, _Known]:
    """Return the known ones among these devices, by id."""
    found: dict[str, _Known] = {}
    for chunk in chunks_of(ids):
        condition, values = condition_of(reader, chunk)
        sql = f"SELECT id, n, digest, {', '.join(ATTRIBUTES)} FROM device d WHERE {condition}"
        for device_id, number, digest, *attributes in reader.execute(sql, values):
            found[device_id] = _Known(number, digest, tuple(attributes))
    return found


def numbers_and_digests(reader: sqlite3.Connection, ids: Iterable[str]) -> Iterator[tuple[int, str, bytes | None]]:
    """Yield row number, id and digest of the known devices among these, in no order."""
    for chunk in chunks_of(ids):
        condition, values = condition_of(reader, chunk)
        yield from reader.execute(f"SELECT n, id, digest FROM device d WHERE {condition}", values)


def digests_after(reader: sqlite3.Connection, number: int, count: int) -> dict[bytes | None, int]:
    """Return the row numbers of the next `count` rows after `number`, by digest."""
    sql = "SELECT digest, n FROM device NOT INDEXED WHERE n > ? ORDER BY n LIMIT ?"
    return dict(reader.execute(sql, (number, count)).fetchall())


def rows_of(reader: sqlite3.Connection, ids: Iterable[str]) -> Iterator[StoredDevice]:
    """Yield the rows of the known devices among these, in no order."""
    for chunk in chunks_of(ids):
        yield from select_where(reader, *condition_of(reader, chunk))
