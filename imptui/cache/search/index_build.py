"""Builds the indexes of a large fleet after loading: of ids, of every sort order, and of trigrams.

Loading into ten indexes is twenty times slower than building them afterwards (measured: 5,400 against 104,000 devices a second).
Without them, every query still has its answer, by scanning all devices.

Existing indexes are compared by their definition: one that is missing or that an older imptui defined otherwise is built (again).
Each index is one transaction, and each 100,000 devices of the trigram index, so that other writes happen in between. The file
holds the progress of the trigram index, so that the next start resumes it.
"""

import sqlite3

from imptui.cache.connections import Connections, Stop
from imptui.cache.ingest.derived import TRIGRAMS, begin_trigrams, end_trigrams, grow_trigrams, trigrams_upto
from imptui.cache.ingest.row_numbers import ID_INDEX, end_load
from imptui.cache.search.sources import FOREIGN, SORT_COLUMNS
from imptui.query.query import SortColumn

_PLAIN = [name for column, name in SORT_COLUMNS.items() if column not in (SortColumn.ID, SortColumn.NAME, SortColumn.STATE)]
INDEXES = {
    "device_by_name": "device (name_key, search, group_n)",
    "device_by_group_name": "device (group_n, name_key)",
    "device_by_group": "device (group_n)",
    "device_by_problem": "device (is_problem) WHERE is_problem = 1",
    "device_by_is_online": "device (is_online)",
} | {f"device_by_{name}": f"device ({name})" for name in _PLAIN}
INDEXES["device_by_foreign"] = f"device (n) WHERE {FOREIGN}"
"""Indexes in the order of building, the most needed first. `device_by_name` covers all texts that words are searched in, and
group numbers for words that name a group, so that the usual filter in the usual order reads only this index: a fifth of the
time of reading each device row."""

ESSENTIAL = 5
"""Number of leading indexes that make the cache fast enough to use: lists by name, problems, states. The rest serve other
orders."""

_PIECE = 100_000


def settle(connections: Connections, stop: Stop | None = None) -> bool:
    """Build every index that is missing or has another definition.

    Returns:
        True if all indexes exist now; False if `stop` ended the work, which the next call resumes.
    """
    return settle_essentials(connections, stop) and _build(connections, list(INDEXES), stop)


def settle_essentials(connections: Connections, stop: Stop | None = None) -> bool:
    """Build the first part of `settle`, after which lists by name and searches are fast."""
    there = _definitions(connections)
    if ID_INDEX not in there:
        connections.checkpoint()  # every index reads all devices once more
        with connections.writing() as writer:
            end_load(writer)
    if there.get("device_tri") != TRIGRAMS:
        with connections.writing() as writer:
            begin_trigrams(writer)
    if not _build(connections, list(INDEXES)[:ESSENTIAL], stop):
        return False
    while not (stop is not None and stop.is_now):
        with connections.writing() as writer:
            if not _grow(writer):
                return True
    return False


def _build(connections: Connections, names: list[str], stop: Stop | None) -> bool:
    there = _definitions(connections)
    for name in names:
        sql = f"CREATE INDEX {name} ON {INDEXES[name]}"
        if there.get(name) == sql:
            continue
        if stop is not None and stop.is_now:
            return False
        with connections.writing() as writer:
            writer.execute("PRAGMA threads=2")  # sorting uses a second core if there is one
            writer.execute(f"DROP INDEX IF EXISTS {name}")
            writer.execute(sql)
    return True


def _definitions(connections: Connections) -> dict[str, str | None]:
    with connections.read_connection() as reader:
        return dict(reader.execute("SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'table')"))


def _grow(writer: sqlite3.Connection) -> bool:
    """Add the next piece to the trigram index; return False if it is complete."""
    upto = trigrams_upto(writer)
    if upto is None:
        return False
    piece = "SELECT max(n) FROM (SELECT n FROM device WHERE n > ? ORDER BY n LIMIT ?)"
    last = writer.execute(piece, (upto, _PIECE)).fetchone()[0]
    if last is None:
        end_trigrams(writer)
    else:
        grow_trigrams(writer, upto, last)
    return True
