"""The table of devices: lists of them, single devices, and writing what the service returned."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from imptui.cache.connections import Connections, Stop
from imptui.cache.device_row import StoredDevice, name_key, select_where
from imptui.cache.generations import generation_in, generation_of
from imptui.cache.ingest.device_ingest import DeviceIngest, IngestPass, begin_pass, digests_after, numbers_and_digests, rows_of
from imptui.cache.ingest.row_numbers import KnownRows, begin_load, chunks_of, condition_of, is_loading
from imptui.cache.search.conditions import bindable
from imptui.cache.search.search import Search
from imptui.cache.search.selectivity import Frequencies
from imptui.cache.search.snapshot import Snapshot
from imptui.domain.device import Device, Reading
from imptui.domain.device_record import DeviceRecord, record_of
from imptui.domain.ids import DeviceId, is_agent_id, mac_address_of
from imptui.domain.rows import DeviceRow
from imptui.query.expression import FilterField, Op, TextIs
from imptui.query.implication import refines
from imptui.query.query import Query
from imptui.query.text_folding import fold

SMALL_RESULT = 50_000
"""Largest number of devices of a filter's result that are checked one by one when the user extends the filter."""

EXTRA_ROWS = 200
"""Rows that are read in excess of the list entries, because some devices may have left the service's list."""


class DeviceTable:
    """The devices that the cache knows."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._frequencies = Frequencies()
        self._loaded: KnownRows | None = None
        self._found: Snapshot | None = None
        """The result of the last filter, if it is small."""

    def window(self, query: Query, offset: int, limit: int, now: datetime, stop: Stop | None = None) -> list[DeviceRow]:
        """Return rows `offset` to `offset + limit` of a list, as the cache is now.

        The first window of any query takes milliseconds, and so does any window near either end of an unfiltered list. For
        windows deep inside use `order` and `rows`.

        Raises:
            SearchInterrupted: `stop`, or `Cache.interrupt`, ended it.
        """
        with self._connections.searching(stop) as reader:
            numbers = self._search(reader, query, now).window(offset, limit)
            found = {row.n: row for row in select_where(reader, f"d.n IN ({','.join(map(str, numbers))})")}
            return [found[number].device_row for number in numbers if number in found]

    def count(self, query: Query, now: datetime, stop: Stop | None = None) -> int:
        """Count the devices that a query finds: from the tallies without filter, else in up to 0.5 s for a million.

        Raises:
            SearchInterrupted: `stop`, or `Cache.interrupt`, ended it.
        """
        with self._connections.searching(stop) as reader:
            return self._search(reader, query, now).count()

    def order(self, query: Query, now: datetime, stop: Stop | None = None) -> Snapshot:
        """Return a snapshot of all devices that a query finds, in its order.

        Raises:
            SearchInterrupted: `stop`, or `Cache.interrupt`, ended it.
        """
        generation = generation_of(self._connections)
        with self._connections.searching(stop) as reader:
            found = Snapshot(query, generation, self._search(reader, query, now).all())
            if query.where is not None and len(found) <= SMALL_RESULT and generation_of(self._connections) == generation:
                self._found = found
            return found

    def _search(self, reader: sqlite3.Connection, query: Query, now: datetime) -> Search:
        """Return a search, limited to the last result if that includes all matches and nothing changed since."""
        last, within = self._found, None
        if (
            last is not None
            and query.where is not None
            and last.query.where is not None
            and last.query.scope == query.scope
            and refines(query.where, last.query.where)
            and last.generation == generation_in(reader)
        ):
            within = last
        return Search(reader, query, now, self._frequencies, within)

    def rows(self, order: Snapshot, offset: int, limit: int) -> list[DeviceRow | None]:
        """Return rows of a snapshot with present values; None for devices that were deleted since."""
        numbers = order.slice(max(0, offset), limit)
        with self._connections.read_connection() as reader:
            found = {row.n: row for row in select_where(reader, f"d.n IN ({','.join(map(str, numbers))})")}
        return [found[number].device_row if number in found else None for number in numbers]

    def place(self, order: Snapshot, device_id: DeviceId) -> int | None:
        """Return the position of a device in a snapshot; None if it is not in it."""
        with self._connections.read_connection() as reader:
            condition, values = condition_of(reader, [device_id])
            row = reader.execute(f"SELECT d.n FROM device d WHERE {condition}", values).fetchone()
        return None if row is None else order.place(row[0])

    def rank(self, query: Query, device_id: DeviceId, now: datetime) -> int | None:
        """Return the position of a device in a list without filter, as the cache is now, without a snapshot.

        Returns:
            None if it is not in the list, or if no index has the order; `place` with an `order` knows.
        """
        with self._connections.searching(None) as reader:
            condition, values = condition_of(reader, [device_id])
            row = reader.execute(f"SELECT d.n FROM device d WHERE {condition}", values).fetchone()
            return None if row is None else self._search(reader, query, now).rank(row[0])

    def position(self, query: Query, device_id: DeviceId, now: datetime, stop: Stop | None = None) -> int | None:
        """Return the position of a device in a list, as the cache is now; None if it is not in it. May cost a whole `order`."""
        found = self.rank(query, device_id, now)
        return found if found is not None else self.place(self.order(query, now, stop), device_id)

    def row(self, device_id: DeviceId) -> DeviceRow | None:
        """Return the row of one device; None if it is unknown."""
        return self.rows_of([device_id]).get(device_id)

    def rows_of(self, ids: Iterable[DeviceId]) -> dict[DeviceId, DeviceRow]:
        """Return the rows of devices by id; unknown ids are left out."""
        with self._connections.read_connection() as reader:
            return {row.id: row.device_row for row in rows_of(reader, ids)}

    def find(self, text: str, limit: int = 20) -> list[DeviceRow]:
        """Find devices by device id, MAC address (any spelling) or agent id; else by exact name, without case.

        Returns:
            One row for a unique match, several for a name that is not unique, none if nothing matches.
        """
        wanted = bindable(text.strip())
        ids, conditions = [wanted.lower()], list[tuple[str, str]]()
        if (mac := mac_address_of(wanted)) is not None:
            # newer imps have the MAC address in their id, which has an index; the column has one only after the first pass
            ids.append("5000" + mac.replace(":", ""))
            conditions.append(("d.mac_address = ?", mac))
        with self._connections.read_connection() as reader:
            if found := list(rows_of(reader, ids)):
                return [row.device_row for row in found]
            for condition, value in conditions:
                if found := select_where(reader, f"{condition} LIMIT ?", (value, limit)):
                    return [row.device_row for row in found]
            if is_agent_id(wanted) and (found := self._of_agent(reader, wanted, limit)):
                return [row.device_row for row in found]
            named = select_where(reader, "d.name_key = ? ORDER BY d.n LIMIT ?", (name_key(wanted), limit * 4))
        found_rows = [row.device_row for row in named]
        return [row for row in found_rows if fold(row.device.name or "") == fold(wanted)][:limit]

    def _of_agent(self, reader: sqlite3.Connection, agent_id: str, limit: int) -> list[StoredDevice]:
        """Find devices by agent id with the trigram index; agent ids have no index of their own."""
        asked = Query(where=TextIs(FilterField.AGENT, Op.EQ, agent_id))
        numbers = Search(reader, asked, datetime.now(UTC), self._frequencies).window(0, limit)
        among = ",".join(map(str, numbers))
        return select_where(reader, f"d.n IN ({among}) AND d.agent_id = ?", (agent_id,))

    def stalest(self, ids: Sequence[DeviceId], limit: int) -> list[DeviceId]:
        """Return the devices among these with the oldest readings; those without a reading come first."""
        found: list[tuple[int, DeviceId]] = []
        with self._connections.read_connection() as reader:
            for chunk in chunks_of(ids):
                condition, values = condition_of(reader, chunk)
                rows = reader.execute(f"SELECT coalesce(d.read_at, -1), d.id FROM device d WHERE {condition}", values)
                found += [(row[0], DeviceId(row[1])) for row in rows]
        return [device_id for _, device_id in sorted(found)[:limit]]

    def begin_pass(self) -> IngestPass:
        """Begin a pass over all devices of the service; pass it to every `store` call of the pass.

        If there are no devices yet, the index of ids is dropped until `Cache.settle`: see `imptui.cache.ingest.row_numbers`.
        """
        with self._connections.writing() as writer:
            if begin_load(writer):
                self._loaded = None
            return begin_pass(writer)

    def store(self, devices: Iterable[Device], at: datetime, in_pass: IngestPass | None = None) -> list[DeviceId]:
        """Insert and update devices in one transaction; for equal ids the last one counts.

        Pages of 100 are fine; 1,000 to 2,000 at a time are three times as fast and still commit in tens of milliseconds.

        Returns:
            Ids of the devices that changed. If none did, no generation is taken.
        """
        return self.store_records(list(map(record_of, devices)), at, in_pass)

    def store_records(self, records: Sequence[DeviceRecord], at: datetime, in_pass: IngestPass | None = None) -> list[DeviceId]:
        """Insert and update device records of lists, like `store`; digests are saved, and cleared by a change from elsewhere."""
        try:
            changed = self._store(records, at, in_pass)
        except UnicodeEncodeError:  # a name with half a surrogate pair: JSON allows it, UTF-8 does not
            changed = self._store(map(_bindable_record, records), at, in_pass)
        if in_pass is not None:
            in_pass.unwritten.clear()
        return changed

    def entries_to_store(
        self, digests: Sequence[bytes], ids_at: Callable[[list[int]], list[DeviceId]], in_pass: IngestPass
    ) -> list[int]:
        """Return the list entries that may differ from the cache; mark the devices of the others as met.

        The service lists devices in nearly the same order in every pass, so the digests of the rows that should come next are
        read first, at once; ids are decoded only for the few entries that are not among them.

        Args:
            digests: Digests of the list entries, in order.
            ids_at: Function that returns the device ids of entries, given their indexes.
            in_pass: The pass that reads the pages.

        Returns:
            Ascending indexes into `digests`. Pass these entries to `store_records` in this order, before more than some thousand
            wait.
        """
        with self._connections.read_connection() as reader:
            if is_loading(reader):
                return list(range(len(digests)))
            expected = digests_after(reader, in_pass.last_known_n, len(digests) + EXTRA_ROWS)
            numbers = list(map(expected.get, digests))
            strays = [place for place, number in enumerate(numbers) if number is None]
            ids = ids_at(strays)
            known = {device_id: (number, digest) for number, device_id, digest in numbers_and_digests(reader, ids)}
        to_store = set[int]()
        for place, device_id in zip(strays, ids, strict=True):
            number, digest = known.get(device_id, (None, None))
            numbers[place] = number
            if digest != digests[place]:
                to_store.add(place)
                in_pass.unwritten |= {number} if number is not None else set()
        there = [number for number in numbers if number is not None]
        in_pass.mark_seen(there)
        in_pass.last_known_n = there[-1] if there else in_pass.last_known_n
        if in_pass.unwritten:  # an entry must not overtake an unwritten earlier entry of the same device
            to_store |= {place for place, number in enumerate(numbers) if number in in_pass.unwritten}
        return sorted(to_store)

    def _store(self, records: Iterable[DeviceRecord], at: datetime, in_pass: IngestPass | None) -> list[DeviceId]:
        try:
            with self._connections.writing() as writer:
                return DeviceIngest(writer, at, self._known_rows(writer)).store(records, in_pass)
        except BaseException:
            self._loaded = None  # the filter may contain ids whose insertion was rolled back
            raise

    def _known_rows(self, writer: sqlite3.Connection) -> KnownRows | None:
        """Return the filter of known ids while a first pass is loading; else None."""
        if not is_loading(writer):
            self._loaded = None
        elif self._loaded is None:
            self._loaded = KnownRows()
        return self._loaded

    def store_readings(self, readings: Mapping[DeviceId, Reading]) -> list[DeviceId]:
        """Save readings in one transaction: the newest in the row, all of them as samples.

        Returns:
            Ids of the devices whose row has a newer reading now. Unknown devices are left out.
        """
        if not readings:
            return []
        with self._connections.writing() as writer:
            return DeviceIngest(writer).store_readings(readings)

    def absent(self, finished: IngestPass) -> list[DeviceId]:
        """Return the devices that a pass did not meet, in no order.

        This alone is no proof of deletion (`imptui.fleet.sync.device_sync`).
        """
        with self._connections.read_connection() as reader:
            found: list[DeviceId] = []
            for chunk in chunks_of(map(str, finished.unseen())):
                found += [DeviceId(row[0]) for row in reader.execute(f"SELECT id FROM device WHERE n IN ({','.join(chunk)})")]
            return found

    def forget_absent(self, finished: IngestPass) -> list[DeviceId]:
        """Delete the devices that a *complete* pass did not meet. Never call it for an interrupted pass."""
        return self.forget(self.absent(finished))

    def forget(self, ids: Iterable[DeviceId]) -> list[DeviceId]:
        """Delete these devices and their samples."""
        with self._connections.writing() as writer:
            return DeviceIngest(writer).forget(list(rows_of(writer, ids)))


def _bindable_record(record: DeviceRecord) -> DeviceRecord:
    return DeviceRecord._make(bindable(each) if type(each) is str else each for each in record)
