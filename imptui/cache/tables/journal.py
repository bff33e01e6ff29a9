"""The table of the journal: every call that changed something, or tried to. It only grows."""

from collections.abc import Sequence

from msgspec.structs import astuple

from imptui.cache.connections import Connections
from imptui.cache.device_row import Row
from imptui.cache.search.conditions import bindable
from imptui.cache.times import at_us, us
from imptui.domain.rows import JournalEntry

Listed = list[JournalEntry]
"""An alias, because a method of the class below is called `list`."""

_SELECT = "SELECT n, at, who, context, verb, subject, before, after, answer, is_refused FROM journal"


def _entry_of(row: Row) -> JournalEntry:
    number, at, who, context, verb, subject, before, after, answer, is_refused = row
    return JournalEntry(at_us(at), who, context, verb, subject, before, after, answer, bool(is_refused), number)


class JournalTable:
    """Entries of the journal: time, user, action, subject, before, after, answer."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, entry: JournalEntry) -> int:
        """Write an entry, best before the call is sent: a lost answer still leaves a trace. Its number is returned."""
        with self._connections.writing() as writer:
            done = writer.execute(
                "INSERT INTO journal (at, who, context, verb, subject, before, after, answer, is_refused)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                _row_of(entry),
            )
        return int(done.lastrowid or 0)

    def restore(self, entries: Sequence[JournalEntry]) -> int:
        """Add the entries that are not here yet, in their order, in one transaction; return how many were added."""
        columns = "at, who, context, verb, subject, before, after, answer, is_refused"
        with self._connections.writing() as writer:
            here = set(writer.execute(f"SELECT {columns} FROM journal"))
            rows = [row for row in map(_row_of, entries) if row not in here]
            writer.executemany(f"INSERT INTO journal ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        return len(rows)

    def answer(self, number: int, answer: str, is_refused: bool = False) -> None:  # noqa: FBT001 - read off by name
        """Save the answer of the service to entry `number`; an answer that exists already stays."""
        with self._connections.writing() as writer:
            writer.execute(
                "UPDATE journal SET answer = ?, is_refused = ? WHERE n = ? AND answer IS NULL",
                (bindable(answer), int(is_refused), number),
            )

    def list(self, limit: int = 500, before: int | None = None) -> Listed:
        """Return entries, newest first; with `before`, only those with a smaller number."""
        with self._connections.read_connection() as reader:
            sql = f"{_SELECT} WHERE :before IS NULL OR n < :before ORDER BY n DESC LIMIT :limit"
            rows = reader.execute(sql, {"before": before, "limit": limit}).fetchall()
        return [_entry_of(row) for row in rows]


def _row_of(entry: JournalEntry) -> tuple[object, ...]:
    """Return the columns of an entry, without its number."""
    texts = [bindable(text) if isinstance(text, str) else text for text in astuple(entry)[1:8]]
    return (us(entry.at), *texts, int(entry.is_refused))
