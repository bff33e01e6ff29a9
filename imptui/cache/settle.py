"""What makes a big fleet quick, built after it was loaded: an index for every sort, and the trigram index.

Loading into ten indexes is twenty times slower than loading and then building them (measured: 5,400 against 104,000
devices a second). Until they are there every question is answered all the same, by looking at every device.

One transaction for each index, and for every 10,000 devices of the trigram index, so that news can be written between them.
How far the trigram index has come is noted in the file: a console that was closed meanwhile goes on where it stopped.
"""

import sqlite3

from imptui.cache.connections import Connections, Stop
from imptui.cache.search import COLUMNS
from imptui.model.query import Column

_PLAIN = [name for column, name in COLUMNS.items() if column not in (Column.ID, Column.NAME)]
INDEXES = {f"device_by_{name}": f"device ({name})" for name in _PLAIN} | {
    "device_by_name": "device (name_key, search)",
    "device_by_agent_id": "device (agent_id)",
    "device_by_group_name": "device (group_n, name_key)",
    "device_by_problem": "device (is_problem) WHERE is_problem = 1",
    "device_by_group": "device (group_n)",
}
"""`device_by_group` comes last: where it is, all are. `device_by_name` holds what words are looked for in, so that the usual
filter in the usual order reads this index alone: a fifth of the time of looking each device up."""

_TRIGRAMS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS device_tri USING"
    " fts5(search, content='device', content_rowid='n', tokenize='trigram', detail='none', columnsize=0)"
)
_PIECE = 10_000


def settle(connections: Connections, stop: Stop | None = None) -> bool:
    """Build what is missing; see this file's opening.

    Returns:
        Whether everything is there now; False: `stop` ended it, and the next call goes on.
    """
    for name, columns in INDEXES.items():
        if stop is not None and stop.is_now:
            return False
        with connections.writing() as writer:
            writer.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}")
    while not (stop is not None and stop.is_now):
        with connections.writing() as writer:
            if not _grow(writer):
                return True
    return False


def _grow(writer: sqlite3.Connection) -> bool:
    """One more piece of the trigram index; False: it is complete."""
    row = writer.execute("SELECT value FROM note WHERE key = 'trigrams'").fetchone()
    state = None if row is None else str(row[0])
    if state == "done":
        return False
    if state is None:
        writer.execute(_TRIGRAMS)
    upto = int(state or 0)
    piece = "SELECT max(n) FROM (SELECT n FROM device WHERE n > ? ORDER BY n LIMIT ?)"
    last = writer.execute(piece, (upto, _PIECE)).fetchone()[0]
    if last is not None:
        writer.execute(
            "INSERT INTO device_tri (rowid, search) SELECT n, search FROM device WHERE n > ? AND n <= ?", (upto, last)
        )
    writer.execute("INSERT OR REPLACE INTO note (key, value) VALUES ('trigrams', ?)", ("done" if last is None else str(last),))
    return last is not None
