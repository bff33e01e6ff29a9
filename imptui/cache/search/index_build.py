"""What makes a big fleet quick, built after it was loaded: the indexes of ids and of every sort, and the trigram index.

Loading into ten indexes is twenty times slower than loading and then building them (measured: 5,400 against 104,000
devices a second). Until they are there every question is answered all the same, by looking at every device.

What is there is compared with what should be, by its definition: one that is missing or that an older imptui made otherwise
is built (again). One transaction for each index, and for every 100,000 devices of the trigram index, so that news can be
written between them. How far the trigram index has come is noted in the file: a console that was closed meanwhile goes on
where it stopped.
"""

import sqlite3

from imptui.cache.connections import Connections, Stop
from imptui.cache.ingest.derived import TRIGRAMS, begin_trigrams, end_trigrams, grow_trigrams, trigrams_upto
from imptui.cache.ingest.row_numbers import ID_INDEX, end_load
from imptui.cache.search.sources import COLUMNS, FOREIGN
from imptui.query.query import SortColumn

_PLAIN = [name for column, name in COLUMNS.items() if column not in (SortColumn.ID, SortColumn.NAME, SortColumn.STATE)]
INDEXES = {
    "device_by_name": "device (name_key, search, group_n)",
    "device_by_group_name": "device (group_n, name_key)",
    "device_by_group": "device (group_n)",
    "device_by_problem": "device (is_problem) WHERE is_problem = 1",
    "device_by_is_online": "device (is_online)",
} | {f"device_by_{name}": f"device ({name})" for name in _PLAIN}
INDEXES["device_by_foreign"] = f"device (n) WHERE {FOREIGN}"
"""What is waited for most comes first. `device_by_name` holds all that words are looked for in, the groups that a word names
among it, so that the usual filter in the usual order reads this index alone: a fifth of the time of looking each device up."""

ESSENTIAL = 5
"""So many of them make the cache usable: the tree's lists by name, the problems, states; the rest are other orders."""

_PIECE = 100_000


def settle(connections: Connections, stop: Stop | None = None) -> bool:
    """Build what is missing or not as it should be; see this file's opening.

    Returns:
        Whether everything is there now; False: `stop` ended it, and the next call goes on.
    """
    return settle_essentials(connections, stop) and _build(connections, list(INDEXES), stop)


def settle_essentials(connections: Connections, stop: Stop | None = None) -> bool:
    """The first part of `settle`: after it, lists by name and searches are quick."""
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
            writer.execute("PRAGMA threads=2")  # sorting takes a second core where there is one
            writer.execute(f"DROP INDEX IF EXISTS {name}")
            writer.execute(sql)
    return True


def _definitions(connections: Connections) -> dict[str, str | None]:
    with connections.reading() as reader:
        return dict(reader.execute("SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'table')"))


def _grow(writer: sqlite3.Connection) -> bool:
    """One more piece of the trigram index; False: it is complete."""
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
