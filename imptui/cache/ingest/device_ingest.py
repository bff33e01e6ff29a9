"""What the service told of devices, written down: one transaction for one page, and only what really changed.

In one transaction the known rows of the page are read, compared, and written where they differ. The same comparison keeps
two things in step that would cost a look at the fleet otherwise: the tallies of the groups and the trigram index.

Whether a device was met by a pass is a bit in memory, not a column: a pass that finds nothing new writes nothing.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import itemgetter

from imptui.cache.device_row import (
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
from imptui.cache.generations import next_generation
from imptui.cache.ingest.derived import Tallies, Trigrams
from imptui.cache.ingest.group_rank import place_groups, product_n
from imptui.cache.ingest.row_numbers import KnownRows, chunks_of, condition_of, is_loading, seal
from imptui.cache.times import at_us, to_us, us
from imptui.domain.device import Reading
from imptui.domain.device_record import DeviceRecord
from imptui.domain.ids import AccountId, DeviceId, GroupId
from imptui.domain.rows import is_older, is_pending, is_problem
from imptui.query.text_folding import natural, search_text

_WRITTEN = (*ATTRIBUTES, *DERIVED)
_COLUMNS = 2 + len(_WRITTEN)
_UPDATE = f"UPDATE device SET {', '.join(f'{name} = ?' for name in _WRITTEN)} WHERE n = ?"
_SAMPLE = (
    "INSERT OR REPLACE INTO sample (device_id, at, is_online, rssi_dbm, free_memory_bytes, span_s,"
    " rssi_low_dbm, free_memory_low_bytes) VALUES (?, ?, ?, ?, ?, 0, ?, ?)"
)
TOGETHER = 250
"""New rows that are written with one statement; older builds of SQLite take fewer values."""

_REMEMBER_LAST = (
    "INSERT INTO note (key, value) VALUES ('last_n', ?1) ON CONFLICT (key) DO UPDATE SET value = max(value + 0, ?1 + 0)"
)


_SOME_UNMET = re.compile(rb"[^\xff]")


@dataclass(slots=True)
class IngestPass:
    """One walk over all devices of the service, from its first page to its last."""

    last_n: int
    """The newest row when the pass began; later ones were added meanwhile and are not absent."""
    seen: bytearray = field(repr=False)
    at: int = 0
    """The row of the newest document that was known: the service lists devices much as it did when they got their rows."""
    waiting: set[int] = field(default_factory=set, repr=False)
    """Rows of which something else was told, which is not written yet."""

    def meet(self, numbers: Iterable[int]) -> None:
        """Note that the service told of these rows."""
        seen, last = self.seen, self.last_n
        for number in numbers:
            if number <= last:
                seen[number >> 3] |= 1 << (number & 7)

    def unmet(self) -> Iterator[int]:
        """Numbers up to `last_n` that it did not tell of; there may be no row with them."""
        for found in _SOME_UNMET.finditer(self.seen):
            first, bits = found.start() << 3, self.seen[found.start()]
            yield from (
                number for number in range(max(1, first), min(first + 8, self.last_n + 1)) if not bits & 1 << (number & 7)
            )


def begin_pass(reader: sqlite3.Connection) -> IngestPass:
    """A pass that has met nobody yet."""
    last = int(reader.execute("SELECT coalesce(max(n), 0) FROM device").fetchone()[0])
    return IngestPass(last, bytearray((last >> 3) + 1))


class DeviceIngest:
    """One transaction's worth of news about devices."""

    def __init__(self, writer: sqlite3.Connection, at: datetime | None = None, loaded: KnownRows | None = None) -> None:
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
        self._groups: dict[GroupId, tuple[int, int | None]] = {}
        self._owners: dict[AccountId, int] = {}
        self._has_new_group = False

    def store(self, told: Iterable[DeviceRecord], met: IngestPass | None) -> list[tuple[int, DeviceId]]:
        """Insert and update; number and id of what really changed.

        Most pages tell nothing new, so first only what the service told is compared; whole rows are read of what differs.
        """
        wanted = list({each.id: each for each in told}.values())
        met_rows: list[int] = []
        self._look_up_groups({each.group_id for each in wanted if each.group_id is not None})
        if self._loaded is None:
            wanted.sort(key=itemgetter(0))  # neighbours in the index of ids
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
            met_rows.append(old[0])
            if old[2:-1] != attributes:
                differing.append((old[0], each, attributes))
            elif each.digest is not None and each.digest != old[-1]:
                same.append((each.digest, old[0]))
        if met is not None:
            met.meet(met_rows)
        self._insert(last_n + 1, fresh)
        if self._loaded is not None:
            self._loaded.wrote_up_to(last_n + len(fresh))
            seal(self._writer, last_n + len(fresh))
        self._update(differing)
        self._writer.executemany("UPDATE device SET digest = ? WHERE n = ?", same)
        changed = [(number, each.id) for number, each in enumerate(fresh, last_n + 1)]
        changed += [(number, each.id) for number, each, _ in differing]
        self._finish("device", has_changed=bool(changed))
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

    def _insert(self, first_n: int, fresh: Sequence[DeviceRecord]) -> None:
        """Write new rows. A first pass has a million of them, so many are written with one statement.

        `executemany` asks for the interpreter once more after each row, which others have then. For truths and bytes the
        driver looks for a way to adapt them, longer than all else takes; numbers and bytearrays it takes as they are.
        """
        most = self._writer.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // _COLUMNS
        together = max(1, min(TOGETHER, most))
        for start in range(0, len(fresh), together):
            chunk = fresh[start : start + together]
            values = self._values(first_n + start, chunk)
            if len(chunk) == together:
                self._writer.execute(_inserting(together), values)
            else:
                rows = (values[at : at + _COLUMNS] for at in range(0, len(values), _COLUMNS))
                self._writer.executemany(_inserting(1), rows)

    def _values(self, first_n: int, fresh: Sequence[DeviceRecord]) -> list[object]:
        """Of new rows, one behind the other; they are counted and looked for from now on."""
        values: list[object] = []
        replace, group_of = self._trigrams.replace, self._group
        has_trigrams = self._trigrams.holds(first_n)  # and so all later ones, or none
        owner, owner_n = None, 0
        standings = []
        for number, told in enumerate(fresh, first_n):
            (device_id, name, mac, address, imp_type, swversion, plan_id, is_online, state_us, agent_id, agent_url,
             is_running, agent_state_us, enrolled_us, owner_id, _, _, _, digest) = told  # fmt: skip
            group_n, deployed_us = group_of(told)
            search, problem = search_text(name, device_id, mac, agent_id), is_problem(told, None)
            pending = None if deployed_us is None else _is_pending(told, deployed_us)
            standings.append((group_n, is_online, pending, problem))
            if has_trigrams:
                replace(number, None, search)
            if owner_id != owner:
                owner, owner_n = owner_id, self._owner(owner_id)
            values += (
                number, device_id, name, mac, address, imp_type, swversion, plan_id, +is_online, state_us, agent_id, agent_url,
                +is_running, agent_state_us, enrolled_us, owner_n, group_n,
                natural(name) if name else None, search, release_of(swversion), +problem, _blob(digest),
            )  # fmt: skip
        for (group_n, is_online, pending, problem), count in Counter(standings).items():
            self._tallies.count(group_n, online=is_online, pending=pending, problem=problem, times=count)
        return values

    def _update(self, differing: Sequence[tuple[int, DeviceRecord, Row]]) -> None:
        whole = {row[1]: row for row in rows_of(self._writer, [told.id for _, told, _ in differing])}
        rows = []
        for number, told, attributes in differing:
            old = whole[told.id]
            search, problem = searched(told), is_problem(told, reading_of(old))
            self._leave(old, told)
            group_n, deployed_us = self._group(told)
            pending = _is_pending(told, deployed_us)
            self._tallies.count(group_n, online=told.is_online, pending=pending, problem=problem)
            self._trigrams.replace(number, old[27], search)
            derived = (name_key(told.name), search, release_of(told.swversion), problem, told.digest)
            rows.append((*attributes, *derived, number))
        self._writer.executemany(_UPDATE, rows)

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
            self._tallies.count(row[16], online=False, pending=False, problem=bool(row[28]), times=-1)
            self._tallies.count(row[16], online=False, pending=False, problem=problem)
            self._writer.execute(
                "UPDATE device SET rssi_dbm = ?, free_memory_bytes = ?, read_at = ?, is_problem = ? WHERE n = ?",
                (rssi, free, at, int(problem), row[0]),
            )
            changed.append((int(row[0]), device.id))
        self._finish("reading", has_changed=bool(changed))
        return [device_id for _, device_id in changed]

    def forget(self, rows: Iterable[Row]) -> list[DeviceId]:
        """Rows of `SELECT` leave the cache, with their samples."""
        gone: list[DeviceId] = []
        for row in rows:
            self._leave(row, None)
            self._trigrams.replace(row[0], row[27], None)
            gone.append(DeviceId(row[1]))
            self._writer.execute(_REMEMBER_LAST, (row[0],))
            self._writer.execute("DELETE FROM device WHERE n = ?", (row[0],))
            self._writer.execute("DELETE FROM sample WHERE device_id = ?", (row[1],))
        self._finish("device", has_changed=bool(gone))
        return gone

    def _finish(self, kind: str, *, has_changed: bool) -> None:
        if self._has_new_group:
            place_groups(self._writer)
        if has_changed:
            self._trigrams.write()
            self._tallies.add_to(self._writer)
            next_generation(self._writer, kind)

    def _leave(self, old: Row, told: DeviceRecord | None) -> None:
        """What the tallies lose, and the sample that a change of presence is worth."""
        was = device_of(old)
        pending = old[26] is not None and is_pending(was, at_us(old[26]))
        self._tallies.count(old[16], online=was.is_online, pending=pending, problem=bool(old[28]), times=-1)
        at = self._at_us if told is None else told.state_changed_us or self._at_us
        if told is not None and told.is_online != was.is_online and at is not None:
            self._writer.execute(_SAMPLE, (told.id, at, int(told.is_online), None, None, None, None))

    def _group(self, told: DeviceRecord) -> tuple[int, int | None]:
        """Number of the device's group and when its program was deployed; an unknown group gets a row without name."""
        if told.group_id is None:
            return 0, None
        found = self._groups.get(told.group_id)
        if found is None:
            found = self._groups[told.group_id] = _new_group(self._writer, told)
            self._has_new_group = True
        return found

    def _look_up_groups(self, wanted: Iterable[GroupId]) -> None:
        for chunk in chunks_of(wanted):
            sql = f"SELECT id, n, deployed_at FROM grp WHERE id IN ({','.join('?' * len(chunk))})"
            for row in self._writer.execute(sql, chunk):
                self._groups[GroupId(row[0])] = (int(row[1]), row[2])

    def _owner(self, owner_id: AccountId) -> int:
        found = self._owners.get(owner_id)
        if found is None:
            self._writer.execute("INSERT OR IGNORE INTO account (id) VALUES (?)", (owner_id,))
            row = self._writer.execute("SELECT n FROM account WHERE id = ?", (owner_id,)).fetchone()
            found = self._owners[owner_id] = int(row[0])
        return found


@lru_cache(maxsize=2)
def _inserting(count: int) -> str:
    """The statement that writes so many new rows."""
    marks = f"({', '.join('?' * _COLUMNS)})"
    return f"INSERT INTO device (n, id, {', '.join(_WRITTEN)}) VALUES {', '.join([marks] * count)}"


def _blob(digest: bytes | None) -> bytearray | None:
    return None if digest is None else bytearray(digest)


def _is_pending(told: DeviceRecord, deployed_us: int | None) -> bool | None:
    """`imptui.domain.rows.is_pending` of what was told."""
    if deployed_us is None or told.group_id is None:
        return None
    return is_older(deployed_us, told.state_changed_us, told.agent_state_changed_us, is_online=told.is_online)


def _new_group(writer: sqlite3.Connection, told: DeviceRecord) -> tuple[int, int | None]:
    product = None if told.product_id is None else product_n(writer, told.product_id)
    group_type = None if told.group_type is None else str(told.group_type)
    done = writer.execute("INSERT INTO grp (id, type, product_n) VALUES (?, ?, ?)", (told.group_id, group_type, product))
    return int(done.lastrowid or 0), None


def _attributes_known(reader: sqlite3.Connection, ids: Iterable[str]) -> dict[str, Row]:
    """Number, id, `ATTRIBUTES` and digest of known devices, by id."""
    found: dict[str, Row] = {}
    for chunk in chunks_of(ids):
        condition, values = condition_of(reader, chunk)
        sql = f"SELECT n, id, {', '.join(ATTRIBUTES)}, digest FROM device d WHERE {condition}"
        found.update((row[1], row) for row in reader.execute(sql, values))
    return found


def numbers_and_digests(reader: sqlite3.Connection, ids: Iterable[str]) -> Iterator[tuple[int, str, bytes | None]]:
    """Number, id and digest of known devices, in no order."""
    for chunk in chunks_of(ids):
        condition, values = condition_of(reader, chunk)
        yield from reader.execute(f"SELECT n, id, digest FROM device d WHERE {condition}", values)


def digests_after(reader: sqlite3.Connection, number: int, count: int) -> dict[bytes | None, int]:
    """Digests of the next `count` rows after `number`, and which rows they are."""
    sql = "SELECT digest, n FROM device NOT INDEXED WHERE n > ? ORDER BY n LIMIT ?"
    return dict(reader.execute(sql, (number, count)).fetchall())


def rows_of(reader: sqlite3.Connection, ids: Iterable[str]) -> Iterator[Row]:
    """Rows of `SELECT` for ids, in no order; unknown ones are left out."""
    for chunk in chunks_of(ids):
        yield from select_where(reader, *condition_of(reader, chunk))
