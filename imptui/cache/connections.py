"""Connections to one cache file: one that writes, and one for each thread that reads.

Hot paths use plain sqlite3: sqlite-utils builds its SQL anew for each call and keeps no prepared statement alive, which costs
more than the statements themselves (26,000 rows a second against 100,000). It makes the schema, where it reads better than SQL.
"""

import contextlib
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from imptui.cache.errors import CacheUnreadable, SearchInterrupted, may_read_later, meaning_of, no_locks
from imptui.cache.recovery import mark_damaged, read_only_uri
from imptui.domain.errors import Invalid
from imptui.query.regular_expression import RegularExpression

OLDEST_SQLITE = (3, 34, 0)
"""The first SQLite with the trigram index."""

VERSION = 6
"""The number of migrations in `imptui.cache.migrations`."""

BUSY_S = 10.0
"""Seconds that a write waits for the lock of another program; our own transactions are far shorter."""

READ_BUSY_S = 1.0
"""Seconds that SQLite waits within one attempt to read; then the trouble is noted and the next attempt begins."""

READ_PAUSE_S = 0.05
"""Seconds between two attempts to read."""

PATIENCE_S = 90.0
"""Seconds after which a plain command gives up reading. The console never does: see `Connections.patience_s`."""

_STATEMENTS = 32
"""Prepared statements that a connection keeps. Statements of lists contain row numbers, so they are never reused."""

_STEPS = 50_000
"""Steps of SQLite's machine between two checks of the stop flag; they take some milliseconds."""


class Stop:
    """Ends all searches that were given it, from any thread, at once and for good."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[sqlite3.Connection] = set()
        self.is_now = False

    def now(self) -> None:
        """End the searches: running ones raise `SearchInterrupted` within milliseconds, later ones at once."""
        with self._lock:
            self.is_now = True
            for connection in self._running:
                connection.interrupt()

    def enter(self, connection: sqlite3.Connection) -> None:
        """Register `connection` as searching under this stop."""
        with self._lock:
            self._running.add(connection)

    def leave(self, connection: sqlite3.Connection) -> None:
        """Note that `connection` no longer searches on behalf of this."""
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
"""First words of statements that do not change the cache."""

LEAVING_S = 5.0
"""Seconds that `close` waits for readers."""


class PatientConnection(sqlite3.Connection):
    """A connection that repeats a statement while another program holds the file or the disk fails.

    Attributes:
        may_repeat: Returns True if a failed statement is to be repeated; called with the error and the seconds since the
            first attempt.
        worked: Called when a repeated statement succeeded.
    """

    may_repeat: Callable[[sqlite3.Error, float], bool] | None = None
    worked: Callable[[], None] | None = None

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Execute one statement, as often as `may_repeat` allows."""
        try:
            return super().execute(sql, parameters)
        except sqlite3.OperationalError as error:
            if self.may_repeat is None or not self.may_repeat(error, 0.0):
                raise
        began_at = monotonic()
        while True:
            sleep(READ_PAUSE_S)
            try:
                found = super().execute(sql, parameters)
            except sqlite3.OperationalError as error:
                if not self.may_repeat(error, monotonic() - began_at):
                    raise
            else:
                if self.worked is not None:
                    self.worked()
                return found


def _close_all(connections: list[sqlite3.Connection]) -> None:
    """Close the connections of an owner that was garbage-collected."""
    while connections:
        connections.pop().close()


class Connections:
    """Opens, hands out and closes connections.

    Attributes:
        is_shared_memory: True if the cache is in memory; all threads then take turns.
        is_read_only: True if the file is only read.
        patience_s: Seconds after which a read gives up that another program or the disk holds up; None: never.

    Args:
        path: The file; None: a cache in memory.
        is_read_only: Open an existing file without writing anything, not even beside it.
    """

    def __init__(self, path: Path | None, *, is_read_only: bool = False) -> None:
        self._path = path or Path(":memory:")
        self._name = str(path) if path is not None else f"file:imptui-{id(self)}?mode=memory&cache=shared"
        self.is_shared_memory = path is None
        self.is_read_only = is_read_only
        self.patience_s: float | None = PATIENCE_S
        self._read_trouble: str | None = None
        self._write_trouble: str | None = None
        self._is_closing = False
        if path is not None and is_read_only:
            self._name = _uri_without_writing(path)
        self._local = threading.local()
        self._lock = threading.RLock()
        self._left = threading.Condition()
        self._readers = 0
        self._all: list[sqlite3.Connection] = []
        weakref.finalize(self, _close_all, self._all).atexit = False
        self._everybody = Stop()
        self._batch: BatchTap | None = None
        self.writer = self._open()
        if is_read_only:
            self.writer.execute("PRAGMA query_only=1")
            return
        (mode,) = self.writer.execute("PRAGMA journal_mode=WAL").fetchone()
        if path is not None and mode != "wal":  # SQLite says nothing else where it cannot share memory
            self.writer.close()
            raise no_locks(path)
        self.writer.execute("PRAGMA synchronous=NORMAL")
        # each checkpoint waits for the disk, so there are 64 MB between two
        self.writer.execute("PRAGMA wal_autocheckpoint=16000")
        self.writer.execute("PRAGMA journal_size_limit=64000000")
        self.writer.execute("PRAGMA cache_size=-32000")
        self.writer.execute("PRAGMA mmap_size=1000000000")

    def _open(self, busy_s: float = BUSY_S) -> PatientConnection:
        connection = sqlite3.connect(
            self._name,
            timeout=busy_s,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS,
            uri=self.is_shared_memory or self.is_read_only,
            factory=PatientConnection,
        )
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.create_function("regexp", 2, _regexp, deterministic=True)
        with self._lock:
            self._all.append(connection)
        return connection

    @property
    def reader(self) -> PatientConnection:
        """Return the connection of this thread, which cannot write; a cache in memory has only the writer."""
        if self.is_shared_memory:
            return self.writer
        found: PatientConnection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self._open(READ_BUSY_S)
            found.may_repeat, found.worked = self._may_repeat, self._read_worked
            found.execute("PRAGMA query_only=1")
            found.execute("PRAGMA mmap_size=1000000000")  # the kernel can drop mapped pages, and reading them copies nothing
            found.execute("PRAGMA cache_size=-2000")
        return found

    @property
    def trouble(self) -> str | None:
        """One sentence about the read that waits or the last write that failed; None: the last ones succeeded."""
        return self._read_trouble or self._write_trouble

    def _may_repeat(self, error: sqlite3.Error, since_s: float) -> bool:
        """Note why a read waits; return False if it gives up."""
        if not may_read_later(error):
            return False
        is_unwanted: Callable[[], bool] = getattr(self._local, "is_unwanted", _never)
        if self._is_closing or is_unwanted() or (self.patience_s is not None and since_s > self.patience_s):
            return False
        self._read_trouble = str(meaning_of(error, self._path))
        return True

    def _read_worked(self) -> None:
        self._read_trouble = None

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn errors of SQLite that a person can solve into `CacheUnreadable`; mark a damaged file."""
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
    def read_connection(self) -> Iterator[PatientConnection]:
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
        try:
            with self._lock, self._told():
                if self.is_read_only:
                    raise _read_only(self._path)
                self.writer.execute("BEGIN IMMEDIATE")
                try:
                    yield self.writer
                    self.writer.execute("COMMIT")
                    if self._batch is not None:
                        self._batch.commit()
                except BaseException:
                    if self.writer.in_transaction:  # SQLite itself ends the transaction when the disk is full
                        self.writer.execute("ROLLBACK")
                    raise
        except CacheUnreadable as error:
            self._write_trouble = str(error)
            raise
        self._write_trouble = None

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
        if self.is_read_only:
            return
        with self._lock, self._told():
            self.writer.execute("PRAGMA wal_checkpoint(PASSIVE)")

    @contextlib.contextmanager
    def _wanted_until(self, is_over: Callable[[], bool]) -> Iterator[None]:
        """Let reads of this thread wait only as long as somebody needs their answer."""
        self._local.is_unwanted = is_over
        try:
            yield
        except CacheUnreadable as error:
            if error.is_passing and is_over():
                raise SearchInterrupted from error
            raise
        finally:
            self._local.is_unwanted = _never

    @contextlib.contextmanager
    def searching(self, stop: Stop | None) -> Iterator[sqlite3.Connection]:
        """Yield a connection for a search that `stop`, or `interrupt`, can end.

        Raises:
            SearchInterrupted: The search was ended.
            Invalid: A pattern takes too long on some text.
        """
        everybody = self._everybody
        stops = [everybody] if stop is None else [everybody, stop]

        def is_over() -> bool:
            return any(one.is_now for one in stops)

        if is_over():
            raise SearchInterrupted
        with self._wanted_until(is_over), self.read_connection() as connection:
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
        """End every running search; later searches are not affected."""
        everybody, self._everybody = self._everybody, Stop()
        everybody.now()

    def each(self, visit: Callable[[sqlite3.Connection], None]) -> None:
        """Call `visit` with each open connection."""
        with self._lock:
            for connection in self._all:
                visit(connection)

    def close(self) -> None:
        """Close all connections; end running searches and wait for other readers.

        Closing a connection while another thread reads with it crashes the process. So after `LEAVING_S`, connections of readers
        that are still busy stay open.
        """
        until = monotonic() + LEAVING_S
        self._is_closing = True
        with self._left:
            self.interrupt()
            while self._readers and monotonic() < until:
                self._left.wait(0.05)
                self.interrupt()  # ends searches that began since
            is_empty = not self._readers
        with self._lock:
            closed = list(self._all) if is_empty else [self.writer]
            for connection in closed:
                connection.close()
            self._all[:] = [connection for connection in self._all if connection not in closed]


def _uri_without_writing(path: Path) -> str:
    """Return the URI that reads a file without writing anything, not even beside it.

    SQLite can read a WAL file only if it can write its index, or if nothing waits in the WAL; then `immutable` tells it to
    take no lock and make no file.
    """
    log = path.with_name(f"{path.name}-wal")
    is_settled = not log.exists() or log.stat().st_size == 0
    return read_only_uri(path) + ("&immutable=1" if is_settled else "")


def _read_only(path: Path) -> CacheUnreadable:
    return CacheUnreadable(
        path,
        "it was opened only to be read, because it could not be written",
        "See that the file and its folder can be written and have room, then start imptui again.",
        is_passing=True,
    )


def _never() -> bool:
    return False


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> RegularExpression:
    return RegularExpression(pattern)


_trouble = threading.local()
"""The error of a function that SQLite called; SQLite itself reports only that the function failed."""


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
