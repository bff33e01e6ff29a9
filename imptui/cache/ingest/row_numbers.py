"""Row numbers of device ids, also while a first pass is loading.

Ids come from the service in no order, so each insertion into an index of a million ids touches another page: loading with that
index costs twice as much as everything else. A first pass therefore drops it. Meanwhile, `device_load` holds the ids of each
complete run of `SEGMENT` rows, sorted, one run after the other; newer rows are scanned. `imptui.cache.search.index_build` builds
the index at once at the end of the pass.

For every device of the pass, `KnownRows` answers in memory if its id is known. This filter may say "perhaps" of a new id, never
"new" of a known one; only the "perhaps" ids are looked up.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from imptui.cache.ingest.derived import begin_trigrams, grow_trigrams, trigrams_upto

ID_INDEX = "idx_device_id"
"""The index of ids. It is missing while a first pass is loading."""

SEGMENT = 65_536
"""Number of rows whose ids are sorted together. A lookup scans at most this many newer rows."""

CHUNK = 500
"""Number of ids in one statement."""

_BITS = 26
_MASK = (1 << _BITS) - 1


def is_loading(reader: sqlite3.Connection) -> bool:
    """True if the index of ids is dropped."""
    return reader.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (ID_INDEX,)).fetchone() is None


def chunks_of(ids: Iterable[str]) -> Iterator[list[str]]:
    """Yield ids in chunks for one statement each."""
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def condition_of(reader: sqlite3.Connection, ids: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return a condition about `d`, and its values, that finds at most `CHUNK` ids without a full scan."""
    marks = ",".join("?" * len(ids))
    if not is_loading(reader):
        return f"d.id IN ({marks})", ids
    sealed = _sealed(reader)
    tail = f"SELECT n FROM device NOT INDEXED WHERE n > {sealed * SEGMENT} AND id IN ({marks})"
    numbers = [row[0] for row in reader.execute(tail, ids)]
    if sealed:
        segments = ",".join(map(str, range(1, sealed + 1)))
        sql = f"SELECT n FROM device_load WHERE segment IN ({segments}) AND id IN ({marks})"
        numbers += [row[0] for row in reader.execute(sql, ids)]
    return f"d.n IN ({','.join(map(str, numbers))})", ()


def begin_load(writer: sqlite3.Connection) -> bool:
    """Drop the index of ids if there are no devices yet; return False if there are."""
    if writer.execute("SELECT 1 FROM device LIMIT 1").fetchone() is not None:
        return False
    writer.execute(f"DROP INDEX IF EXISTS {ID_INDEX}")
    writer.execute("DELETE FROM device_load")
    begin_trigrams(writer)
    return True


def seal(writer: sqlite3.Connection, last_n: int) -> None:
    """Save the sorted ids and the trigrams of every complete run of rows; run 1 ends with row `SEGMENT`.

    The trigram index grows in row order, so it costs the same now as later, and now the pass waits for the network anyway.
    """
    for segment in range(_sealed(writer) + 1, last_n // SEGMENT + 1):
        low, high = (segment - 1) * SEGMENT, segment * SEGMENT
        writer.execute(
            f"INSERT INTO device_load (segment, id, n) SELECT {segment}, id, n FROM device NOT INDEXED"
            f" WHERE n > {low} AND n <= {high} ORDER BY id"
        )
        upto = trigrams_upto(writer)
        if upto is not None and upto < high:
            grow_trigrams(writer, upto, high)


def _sealed(reader: sqlite3.Connection) -> int:
    """Return the number of saved runs."""
    return int(reader.execute("SELECT coalesce(max(segment), 0) FROM device_load").fetchone()[0])


def end_load(writer: sqlite3.Connection) -> None:
    """Build the index of ids if it is dropped, and delete the saved runs."""
    writer.execute(f"CREATE UNIQUE INDEX IF NOT EXISTS {ID_INDEX} ON device (id)")
    writer.execute("DELETE FROM device_load")


class KnownRows:
    """A Bloom filter of known ids with three bits each: 8 MB, wrong for one new id in ten thousand after a million.

    It is filled from the table, so it stays right if another console loads at the same time or a killed console resumes.
    """

    def __init__(self) -> None:
        self._bits = bytearray(1 << (_BITS - 3))
        self._upto = 0

    def catch_up(self, writer: sqlite3.Connection, last_n: int) -> None:
        """Add the rows that any console wrote since the last call, within the transaction that goes on to write."""
        if last_n > self._upto:
            self._add(row[0] for row in writer.execute("SELECT id FROM device WHERE n > ?", (self._upto,)))
        self._upto = last_n

    def possibly_known(self, ids: Iterable[str]) -> list[str]:
        """Return those of `ids` that may be known, and add all of them."""
        return self._add(ids)

    def wrote_up_to(self, last_n: int) -> None:
        """Record that the ids added since are the rows up to `last_n`."""
        self._upto = last_n

    def _add(self, ids: Iterable[str]) -> list[str]:
        """Add ids; return those that may have been added before."""
        bits, known = self._bits, list[str]()
        for device_id in ids:
            seed = hash(device_id)
            first, second, third = seed & _MASK, seed >> 19 & _MASK, seed >> 38 & _MASK
            one, two, three = 1 << (first & 7), 1 << (second & 7), 1 << (third & 7)
            first, second, third = first >> 3, second >> 3, third >> 3
            if bits[first] & one and bits[second] & two and bits[third] & three:
                known.append(device_id)
                continue
            bits[first] |= one
            bits[second] |= two
            bits[third] |= three
        return known
