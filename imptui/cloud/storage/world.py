"""The state of one impCloud in SQLite: one writer, concurrent readers.

A request is one transaction: `with world.change() as tx` for requests that may change something, `with world.view()`
for those that cannot. There is one writing connection behind a lock; readers have their own connections and
snapshots, so they neither wait for the writer nor delay it.

The file is in WAL mode with `synchronous=NORMAL`. What is promised is that every acknowledged change is there after
the process was killed: the log was then handed to the operating system, which keeps it. Only a crash of the whole
machine may lose the last transactions (never the file's soundness), which a model of impCloud may afford, and `FULL`
would cost an fsync for each request.
"""

import contextlib
import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Protocol

from imptui.cloud.environment.chance import Chance
from imptui.cloud.environment.clock import Clock, SystemClock, from_ms, to_ms
from imptui.cloud.storage.accounts import AccountRepository
from imptui.cloud.storage.backpressure import Backpressure
from imptui.cloud.storage.bulk_fill import BulkFill
from imptui.cloud.storage.bulk_restarts import BulkRestarts
from imptui.cloud.storage.database_file import IN_MEMORY, FileIdentity, connect, readable
from imptui.cloud.storage.deployments import DeploymentRepository
from imptui.cloud.storage.devices import DeviceRepository
from imptui.cloud.storage.factory_lines import FactoryLineRepository
from imptui.cloud.storage.fault_log import FaultLog
from imptui.cloud.storage.groups import GroupRepository
from imptui.cloud.storage.login_keys import LoginKeyRepository
from imptui.cloud.storage.logs import LogRepository
from imptui.cloud.storage.metadata import Metadata
from imptui.cloud.storage.migrations import migrate
from imptui.cloud.storage.page_bookmarks import PageBookmarks
from imptui.cloud.storage.products import ProductRepository
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.schedule import Schedule
from imptui.cloud.storage.secret_hashing import COST_LOG2
from imptui.cloud.storage.starts import StartRepository
from imptui.cloud.storage.webhooks import WebhookRepository

Listener = Callable[[Sequence[object]], None]
"""Receives the events of one transaction (`LinesLogged`, `WebhookEvent`, ...), in order, right after its commit."""


class WorldView:
    """One consistent view of the world; its repositories are built when they are first used.

    Attributes:
        now: The moment of the request, in whole milliseconds: everything in one request happens at the same time.
    """

    def __init__(self, connection: sqlite3.Connection, now: datetime, bookmarks: PageBookmarks) -> None:
        self.now = now
        self._connection = connection
        self._bookmarks = bookmarks

    @cached_property
    def metadata(self) -> Metadata:
        """Seed, clock offset and other single values of the world."""
        return Metadata(self._connection)

    @cached_property
    def accounts(self) -> AccountRepository:
        """Accounts, access tokens, collaborations and code libraries."""
        return AccountRepository(self._connection)

    @cached_property
    def keys(self) -> LoginKeyRepository:
        """Login keys and refresh tokens."""
        return LoginKeyRepository(self._connection)

    @cached_property
    def products(self) -> ProductRepository:
        """Products."""
        return ProductRepository(self._connection)

    @cached_property
    def groups(self) -> GroupRepository:
        """Device groups."""
        return GroupRepository(self._connection)

    @cached_property
    def deployments(self) -> DeploymentRepository:
        """Deployments and their programs."""
        return DeploymentRepository(self._connection)

    @cached_property
    def devices(self) -> DeviceRepository:
        """Devices."""
        return DeviceRepository(self._connection, self._bookmarks)

    @cached_property
    def webhooks(self) -> WebhookRepository:
        """Webhooks."""
        return WebhookRepository(self._connection)

    @cached_property
    def logs(self) -> LogRepository:
        """Stored log lines and enrolments."""
        return LogRepository(self._connection)

    @cached_property
    def starts(self) -> StartRepository:
        """Starts of programs."""
        return StartRepository(self._connection)

    @cached_property
    def bulk_restarts(self) -> BulkRestarts:
        """Restarts of many devices at once."""
        return BulkRestarts(self._connection)

    @cached_property
    def schedule(self) -> Schedule:
        """Tasks that are due at a time of the world."""
        return Schedule(self._connection)

    @cached_property
    def factory_lines(self) -> FactoryLineRepository:
        """Factory lines and their fixtures."""
        return FactoryLineRepository(self._connection)


class StartReplay(Protocol):
    """Works out what earlier starts of a device left behind; the simulation provides it."""

    def memory_before(self, view: WorldView, imp: Imp, place: int) -> bytes:
        """Return the memory that the start at this place found, newest start first."""
        ...


class WorldChange(WorldView):
    """A transaction that may change the world: it is stored as a whole or not at all.

    Attributes:
        chance: Where new ids come from.
        replay: Runs programs for what a deleted start left behind; None: that memory is lost.
        announced: What listeners will hear of once everything is kept.
    """

    def __init__(self, connection: sqlite3.Connection, now: datetime, chance: Chance, replay: StartReplay | None = None) -> None:
        super().__init__(connection, now, PageBookmarks())  # its own: what it sees may yet be undone
        self.chance = chance
        self.replay = replay
        self.announced: list[object] = []

    def announce(self, event: object) -> None:
        """Send `event` to the listeners after the commit; never after a rollback."""
        self.announced.append(event)


def _close_all(writer: sqlite3.Connection, readers: list[sqlite3.Connection]) -> None:
    """Close the connections of a world that is gone."""
    for connection in (*readers, writer):
        connection.close()


class World:
    """The state of one impCloud, with its clock and its source of randomness.

    Safe to use from any thread. A changing transaction may open views, but not change the world again.

    Attributes:
        backpressure: Lets background work yield to requests.
        faults: The log of faults of the file.
    """

    def __init__(
        self,
        path: str,
        writer: sqlite3.Connection,
        clock: Clock,
        chance: Chance,
        password_cost_log2: int,
        replay: StartReplay | None = None,
    ) -> None:
        self.path = path
        self.clock = clock
        self.backpressure = Backpressure()
        self.faults = FaultLog()
        self.password_cost_log2 = password_cost_log2
        self._chance = chance
        self._replay = replay
        self._writer = writer
        self._lock = threading.Lock()
        self._door = threading.Lock()
        self._holder: int | None = None
        self._viewer: tuple[int, WorldView] | None = None
        """The thread that has a view of a world in memory open, and that view."""
        self._open_view = threading.local()
        """The view of a world in a file that a thread has open."""
        self._idle_readers: list[sqlite3.Connection] = []
        weakref.finalize(self, _close_all, writer, self._idle_readers).atexit = False
        self._readers_lock = threading.Lock()
        self._listeners: tuple[Listener, ...] = ()
        self._bookmarks = PageBookmarks()
        self._identity = FileIdentity(path)
        self._is_closed = False

    @classmethod
    def open(
        cls,
        path: Path | None = None,
        *,
        clock: Clock | None = None,
        chance: Chance | None = None,
        password_cost_log2: int = COST_LOG2,
        replay: StartReplay | None = None,
    ) -> "World":
        """Open the world in a file, or make it.

        Args:
            path: The file, made readable for its owner alone; None for a world that lives in memory.
            clock: Left out: the computer's, as far ahead as the world was moved before.
            chance: Left out: where the world's own left off, or an unseeded one for a new world.
            password_cost_log2: Work factor for passwords that are set from now on.
            replay: Runs programs when a device's oldest start is deleted; None: what that start left behind is lost.

        Raises:
            WorldUnreadable: The file is no world, is damaged, was made by a newer version, or cannot be opened.
        """
        name = IN_MEMORY if path is None else os.fspath(path)
        with readable(name):
            if path is not None:
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            writer = connect(name)
            try:
                migrate(writer, name)
                facts = Metadata(writer)
                chance = chance or _chance_of(facts)
                chance.drawn = max(chance.drawn, facts.number("chance_drawn") if chance.seed == facts.text("seed") else 0)
                facts.put("seed", chance.seed)
                clock = clock or SystemClock(timedelta(milliseconds=facts.number("clock_ahead_ms")))
            except BaseException:
                writer.close()
                raise
        return cls(name, writer, clock, chance, password_cost_log2, replay)

    @property
    def seed(self) -> str:
        """Seed of the world's random source."""
        return self._chance.seed

    def now(self) -> datetime:
        """Return the world's time in whole milliseconds."""
        return from_ms(to_ms(self.clock.now()))

    def advance(self, by: timedelta) -> None:
        """Move the world's clock ahead, for good. `simulation.life` processes what was due meanwhile.

        Raises:
            ValueError: `by` is negative.
        """
        with self.change() as tx:
            self.clock.advance(by)
            tx.metadata.put("clock_ahead_ms", str(self.clock.offset // timedelta(milliseconds=1)))

    def keep_pace(self) -> None:
        """Follow the clock of another process that has the same file open. Changes do so too."""
        if self.path == IN_MEMORY or self._holder == threading.get_ident():
            return
        with self.view() as view, self._turn():
            self._keep_pace(view.metadata)

    def _keep_pace(self, facts: Metadata) -> None:
        """Neither go back in time, nor draw ids, behind another process that has the same file open."""
        if self.path == IN_MEMORY:
            return
        if facts.text("seed") == self._chance.seed:
            self._chance.drawn = max(self._chance.drawn, facts.number("chance_drawn"))
        if isinstance(self.clock, SystemClock):
            ahead = timedelta(milliseconds=facts.number("clock_ahead_ms")) - self.clock.offset
            self.clock.advance(max(ahead, timedelta(0)))

    @contextlib.contextmanager
    def change(self) -> Iterator[WorldChange]:
        """Open a transaction that may change the world; commits at the end, rolls back on an exception.

        Listeners are called before the next transaction begins, in this thread; they must be quick,
        must not raise and must not change the world.

        Raises:
            WorldUnreadable: The file is damaged, full, locked, deleted or replaced. What was committed to a deleted or
                replaced file counts as lost.
            RuntimeError: This thread is changing the world already, or looking at it in memory, or the world is closed.
        """
        if self._holder == threading.get_ident():
            raise RuntimeError("A transaction cannot change the world a second time.")
        if self._viewer is not None and self._viewer[0] == threading.get_ident():
            raise RuntimeError("A view of a world in memory must be closed before the world is changed.")
        with self._turn(), readable(self.path):
            self._check_open()
            self._identity.check()
            self._holder = threading.get_ident()
            try:
                try:
                    self._writer.execute("BEGIN IMMEDIATE")
                    self._keep_pace(Metadata(self._writer))
                    tx = WorldChange(self._writer, self.now(), self._chance, self._replay)
                    drawn = self._chance.drawn
                    yield tx
                    if self._chance.drawn != drawn:
                        tx.metadata.put("chance_drawn", str(self._chance.drawn))
                    self._writer.execute("COMMIT")
                except BaseException:
                    if self._writer.in_transaction:  # SQLite ends it by itself when the disk is full
                        self._writer.execute("ROLLBACK")
                    raise
                self._identity.check()
                self.faults.clear()
                if tx.announced:
                    for listener in self._listeners:
                        listener(tx.announced)
            finally:
                self._holder = None

    @contextlib.contextmanager
    def view(self) -> Iterator[WorldView]:
        """Open a consistent view of the world, which neither waits for changes nor delays them.

        Views may be nested: the inner one is the outer one. A view of a world in memory keeps changes waiting.

        Raises:
            WorldUnreadable: The file is damaged, deleted or replaced.
            RuntimeError: The world is closed.
        """
        if self.path == IN_MEMORY:
            with readable(self.path), self._view_through_writer() as view:
                yield view
            return
        outer: WorldView | None = getattr(self._open_view, "view", None)
        if outer is not None:
            yield outer
            return
        with readable(self.path):
            reader = self._reader()
            try:
                reader.execute("BEGIN")
                self._open_view.view = WorldView(reader, self.now(), self._bookmarks)
                yield self._open_view.view
            finally:
                self._open_view.view = None
                if reader.in_transaction:
                    reader.execute("ROLLBACK")
                with self._readers_lock:
                    self._idle_readers.append(reader)
                    if self._is_closed:
                        self._close_readers()

    @contextlib.contextmanager
    def fill(self) -> Iterator[BulkFill]:
        """Put very many things in at once: one transaction, indexes of the devices built at its end.

        Nobody else can change the world meanwhile. Nothing is checked but what is unique.

        Raises:
            sqlite3.IntegrityError: An id, MAC address or agent id came twice; nothing was kept.
        """
        with self.change() as tx:
            fill = BulkFill(self._writer, to_ms(tx.now))
            yield fill
            fill.finish()
        if self.path != IN_MEMORY:
            with self._lock:
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with the events of every change; the returned function ends it."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

        return unsubscribe

    def close(self) -> None:
        """Close the file. Open views may finish."""
        with self._lock:
            self._is_closed = True
            with self._readers_lock:
                self._close_readers()
            self._writer.close()

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Hold the writer. Waiting threads queue at a second lock, so that a thread with many changes lets others in between."""
        with self._door:
            self._lock.acquire()
        try:
            yield
        finally:
            self._lock.release()

    @contextlib.contextmanager
    def _view_through_writer(self) -> Iterator[WorldView]:
        """View a world in memory, which has one connection: inside a change the view sees it, inside a view it is that view."""
        if self._holder == threading.get_ident():
            yield WorldView(self._writer, self.now(), PageBookmarks())
            return
        if self._viewer is not None and self._viewer[0] == threading.get_ident():
            yield self._viewer[1]
            return
        with self._turn():
            self._check_open()
            self._writer.execute("PRAGMA query_only = 1")
            view = WorldView(self._writer, self.now(), self._bookmarks)
            self._viewer = (threading.get_ident(), view)
            try:
                yield view
            finally:
                self._viewer = None
                self._writer.execute("PRAGMA query_only = 0")

    def _reader(self) -> sqlite3.Connection:
        self._identity.check(is_whole=False)
        with self._readers_lock:
            self._check_open()
            if self._idle_readers:
                return self._idle_readers.pop()
        try:
            reader = connect(self.path)
        except sqlite3.DatabaseError:
            self._identity.check()  # a file that was lost just now has a sentence of its own
            raise
        try:
            self._identity.check()  # the connection is to the file that was there until now
            reader.execute("PRAGMA query_only = 1")
        except BaseException:
            reader.close()
            raise
        return reader

    def _close_readers(self) -> None:
        while self._idle_readers:
            self._idle_readers.pop().close()

    def _check_open(self) -> None:
        if self._is_closed:
            raise RuntimeError("The world is closed.")


def _chance_of(facts: Metadata) -> Chance:
    seed = facts.text("seed")
    return Chance.unseeded() if seed is None else Chance(seed)
