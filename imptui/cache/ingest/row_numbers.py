"""From the ids of devices to their rows, also while a first pass is loading them.

Ids come from the service in no order, so that every insertion into an index of a million of them lands on another page:
loading with that index costs twice what everything else does. A first pass therefore drops it. While it is away, the ids of
each run of `SEGMENT` rows are written down once, sorted, one run behind the other (`device_load`); what is newer than the
last run is looked through. `imptui.cache.search.index_build` builds the index in one go when the pass is over.

Whether a device is known at all, asked for every device of the pass, is answered by a filter in memory (`KnownRows`) that can
only err on the side of "perhaps"; those few are looked up.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from imptui.cache.ingest.derived import begin_trigrams, grow_trigrams, trigrams_upto

ID_INDEX = "idx_device_id"
"""The index of ids; its absence says that a first pass is loading."""

SEGMENT = 65_536
"""Rows whose ids are sorted together; so many, at most, are looked through for one that is newer."""

CHUNK = 500
"""Ids asked for at once."""

_BITS = 26
_MASK = (1 << _BITS) - 1


def is_loading(reader: sqlite3.Connection) -> bool:
    """Whether the index of ids is away."""
    return reader.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (ID_INDEX,)).fetchone() is None


def chunks_of(ids: Iterable[str]) -> Iterator[list[str]]:
    """Ids, as many together as are asked for at once."""
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def condition_of(reader: sqlite3.Connection, ids: Sequence[str]) -> tuple[str, Sequence[str]]:
    """A condition about `d` that finds the devices with these ids, at most `CHUNK`, without looking at all; its values."""
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
    """Drop the index of ids if there are no devices yet; False: there are, and it stays."""
    if writer.execute("SELECT 1 FROM device LIMIT 1").fetchone() is not None:
        return False
    writer.execute(f"DROP INDEX IF EXISTS {ID_INDEX}")
    writer.execute("DELETE FROM device_load")
    begin_trigrams(writer)
    return True


def seal(writer: sqlite3.Connection, last_n: int) -> None:
    """Write down the ids of every run of rows that is full, and its trigrams; run 1 ends with row `SEGMENT`.

    The trigram index grows in the order of rows, so it is as cheap here as afterwards, and here the network is waited for.
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
    """How many runs are written down."""
    return int(reader.execute("SELECT coalesce(max(segment), 0) FROM device_load").fetchone()[0])


def end_load(writer: sqlite3.Connection) -> None:
    """Build the index of ids, if it is away; what stood in for it goes."""
    writer.execute(f"CREATE UNIQUE INDEX IF NOT EXISTS {ID_INDEX} ON device (id)")
    writer.execute("DELETE FROM device_load")


class KnownRows:
    """Which ids are surely new: 8 MB whatever is asked, wrong for one new id in ten thousand once a million were met.

    A Bloom filter with three bits an id. It follows the table itself, so another console may load at the same time, and one
    that was killed goes on.
    """

    def __init__(self) -> None:
        self._bits = bytearray(1 << (_BITS - 3))
        self._upto = 0

    def catch_up(self, writer: sqlite3.Connection, last_n: int) -> None:
        """Meet the rows that were written since, by whomever, within the transaction that goes on to write."""
        if last_n > self._upto:
            self._meet(row[0] for row in writer.execute("SELECT id FROM device WHERE n > ?", (self._upto,)))
        self._upto = last_n

    def perhaps(self, ids: Iterable[str]) -> list[str]:
        """Those of `ids` that may be known; all count as met from now on."""
        return self._meet(ids)

    def wrote_up_to(self, last_n: int) -> None:
        """The ids asked about since are rows up to `last_n` now."""
        self._upto = last_n

    def _meet(self, ids: Iterable[str]) -> list[str]:
        """Meet these; those that may have been met before."""
        bits, perhaps = self._bits, list[str]()
        for device_id in ids:
            seed = hash(device_id)
            first, second, third = seed & _MASK, seed >> 19 & _MASK, seed >> 38 & _MASK
            one, two, three = 1 << (first & 7), 1 << (second & 7), 1 << (third & 7)
            first, second, third = first >> 3, second >> 3, third >> 3
            if bits[first] & one and bits[second] & two and bits[third] & three:
                perhaps.append(device_id)
                continue
            bits[first] |= one
            bits[second] |= two
            bits[third] |= three
        return perhaps
