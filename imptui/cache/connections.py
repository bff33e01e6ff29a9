"""Connections to one cache file: one that writes, and one for every thread that reads.

Plain sqlite3 here and on every hot path: sqlite-utils builds its SQL anew for each call and keeps no prepared statement
alive, which costs more than the statements themselves (26,000 rows a second against 100,000). It makes the schema,
where it reads better than SQL.
"""

import contextlib
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from time import monotonic

from imptui.cache.errors import SearchInterrupted, meaning_of
from imptui.cache.recovery import mark_damaged
from imptui.domain.errors import Invalid
from imptui.query.regular_expression import RegularExpression

VERSION = 6
"""How many migrations `imptui.cache.migrations` has."""

BUSY_S = 10.0
"""How long to wait while another console writes; our own transactions are far shorter."""

_STATEMENTS = 32
"""Prepared statements that a connection keeps: those of lists name their rows, so they never come again."""

_STEPS = 50_000
"""Steps of SQLite's machine between two looks at the stop flag: some milliseconds."""


class Stop:
    """Ends the searches that were given it, from any thread, at once and for good."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[sqlite3.Connection] = set()
        self.is_now = False

    def now(self) -> None:
        """End them: those running raise `SearchInterrupted` within milliseconds, later ones at once."""
        with self._lock:
            self.is_now = True
            for connection in self._running:
                connection.interrupt()

    def enter(self, connection: sqlite3.Connection) -> None:
        """Note that `connection` searches on behalf of this."""
        with self._lock:
            self._running.add(connection)

    def leave(self, connection: sqlite3.Connection) -> None:
        """Note that it no longer does."""
        with self._lock:
            self._running.discard(connection)


class BatchTap:
    """Collects the statements of a transaction from the trace of the writer, for one that records them.

    Args:
        committed: Gets the statements of each transaction that was committed and changed something.
    """

    def __init__(self, committed: Callable[[tuple[str, ...]], None]) -> None:
        self._committed = committed
        self._statements: list[str] = []

    def trace(self, statement: str) -> None:
        """Take a statement that begins to run; statements of triggers come as comments."""
        word = statement.lstrip()[:8].upper()
        if word.startswith("BEGIN"):
            self._statements.clear()
        elif not word.startswith(_READING):
            self._statements.append(statement)

    def commit(self) -> None:
        """Hand over what was collected."""
        done = tuple(self._statements)
        self._statements.clear()
        if done:
            self._committed(done)


_READING = ("SELECT", "PRAGMA", "COMMIT", "ROLLBACK", "EXPLAIN", "--")
"""How statements begin that change nothing of the cache."""

LEAVING_S = 5.0
"""How long `close` waits for those who read."""


def _close_all(connections: list[sqlite3.Connection]) -> None:
    """Close the connections of an owner that is gone."""
    while connections:
        connections.pop().close()


class Connections:
    """Opens, hands out and closes connections.

    Attributes:
        is_shared_memory: The cache lives in memory; all threads then take turns.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path or Path(":memory:")
        self._name = str(path) if path is not None else f"file:imptui-{id(self)}?mode=memory&cache=shared"
        self.is_shared_memory = path is None
        self._local = threading.local()
        self._lock = threading.RLock()
        self._left = threading.Condition()
        self._readers = 0
        self._all: list[sqlite3.Connection] = []
        weakref.finalize(self, _close_all, self._all).atexit = False
        self._everybody = Stop()
        self._batch: BatchTap | None = None
        self.writer = self._open()
        self.writer.execute("PRAGMA journal_mode=WAL")
        self.writer.execute("PRAGMA synchronous=NORMAL")
        self.writer.execute("PRAGMA wal_autocheckpoint=16000")  # each checkpoint waits for the disk; 64 MB between two
        self.writer.execute("PRAGMA journal_size_limit=64000000")
        self.writer.execute("PRAGMA cache_size=-32000")
        self.writer.execute("PRAGMA mmap_size=1000000000")

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._name,
            timeout=BUSY_S,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS,
            uri=self.is_shared_memory,
        )
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.create_function("regexp", 2, _regexp, deterministic=True)
        with self._lock:
            self._all.append(connection)
        return connection

    @property
    def reader(self) -> sqlite3.Connection:
        """This thread's own connection, which cannot write; in memory, the writer, for there is only one."""
        if self.is_shared_memory:
            return self.writer
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self._open()
            found.execute("PRAGMA query_only=1")
            found.execute("PRAGMA mmap_size=1000000000")  # mapped pages are the kernel's to drop, and cost no copying
            found.execute("PRAGMA cache_size=-2000")
        return found

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of SQLite that a person can do something about become `CacheUnreadable`; damage is noted beside the file."""
        try:
            yield
        except sqlite3.Error as error:
            found = meaning_of(error, self._path)
            if found is None:
                raise
            if found.is_damaged and not self.is_shared_memory:
                with contextlib.suppress(OSError):
                    mark_damaged(self._path)
            raise found from error

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read with. Answers of several statements belong together only within one transaction.

        Raises:
            CacheUnreadable: The file is damaged or cannot be read.
        """
        with self._told():
            if self.is_shared_memory:
                with self._lock:
                    yield self.writer
            else:
                with self._left:
                    self._readers += 1
                try:
                    yield self.reader
                finally:
                    with self._left:
                        self._readers -= 1
                        self._left.notify_all()

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The writer in a transaction of its own, which ends with the block: committed, or undone if it raises.

        Raises:
            CacheUnreadable: The file is damaged, cannot be written, or there is no room.
        """
        with self._lock, self._told():
            self.writer.execute("BEGIN IMMEDIATE")
            try:
                yield self.writer
                self.writer.execute("COMMIT")
                if self._batch is not None:
                    self._batch.commit()
            except BaseException:
                if self.writer.in_transaction:  # a full disk ends it by itself
                    self.writer.execute("ROLLBACK")
                raise

    def tap(self, committed: Callable[[tuple[str, ...]], None]) -> None:
        """Call `committed`, in the writer's thread, with the statements of each transaction, their values written in."""
        with self._lock:
            self._batch = BatchTap(committed)
            self.writer.set_trace_callback(self._batch.trace)

    def copy_to(self, path: Path) -> None:
        """Copy the database into a new file by SQLite's backup; transactions wait meanwhile.

        Raises:
            CacheUnreadable: The cache is damaged, or there is no room for the copy.
        """
        with self._lock, self._told(), contextlib.closing(sqlite3.connect(path)) as target:
            self.writer.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")

    def checkpoint(self) -> None:
        """Move what was written lately into the file itself, where it is read as if it were memory; nobody is waited for."""
        with self._lock, self._told():
            self.writer.execute("PRAGMA wal_checkpoint(PASSIVE)")

    @contextlib.contextmanager
    def searching(self, stop: Stop | None) -> Iterator[sqlite3.Connection]:
        """A connection for a search that `stop`, or `interrupt`, can end.

        Raises:
            Stopped: It was ended.
            Invalid: A pattern takes too long on some text.
        """
        everybody = self._everybody
        stops = [everybody] if stop is None else [everybody, stop]

        def is_over() -> bool:
            return any(one.is_now for one in stops)

        if is_over():
            raise SearchInterrupted
        with self.reading() as connection:
            for one in stops:
                one.enter(connection)
            # an interrupt that falls between two statements is lost; looking at the flag now and then finds it
            connection.set_progress_handler(is_over, _STEPS)
            try:
                yield connection
            except sqlite3.OperationalError as error:
                trouble = _taken_trouble()
                if is_over():
                    raise SearchInterrupted from error
                if trouble is not None:
                    raise trouble from error
                raise
            finally:
                connection.set_progress_handler(None, 0)
                for one in stops:
                    one.leave(connection)
            if is_over():
                raise SearchInterrupted

    def interrupt(self) -> None:
        """End every search that runs now; later ones are not concerned."""
        everybody, self._everybody = self._everybody, Stop()
        everybody.now()

    def each(self, visit: Callable[[sqlite3.Connection], None]) -> None:
        """Visit every connection."""
        with self._lock:
            for connection in self._all:
                visit(connection)

    def close(self) -> None:
        """Close them all; searches that run are ended, and other readers waited for.

        A connection that is closed while another thread reads with it takes the process down, so that those of readers
        who do not leave are let go of instead.
        """
        until = monotonic() + LEAVING_S
        with self._left:
            self.interrupt()
            while self._readers and monotonic() < until:
                self._left.wait(0.05)
                self.interrupt()  # for those that have begun since
            is_empty = not self._readers
        with self._lock:
            closed = list(self._all) if is_empty else [self.writer]
            for connection in closed:
                connection.close()
            self._all[:] = [connection for connection in self._all if connection not in closed]


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> RegularExpression:
    return RegularExpression(pattern)


_trouble = threading.local()
"""What went wrong in a function that SQLite called; it tells only that something did."""


def _regexp(pattern: str, value: str | None) -> bool:
    try:
        return value is not None and _compiled(pattern).is_in(value)
    except Invalid as error:
        _trouble.error = error
        raise


def _taken_trouble() -> Invalid | None:
    error: Invalid | None = getattr(_trouble, "error", None)
    _trouble.error = None
    return error
