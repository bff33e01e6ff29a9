"""Class Cache: the file and its tables. `imptui/cache/__init__.py` gives an overview."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Self

from msgspec import Struct

from imptui.cache.connections import OLDEST_SQLITE, VERSION, Connections, Stop
from imptui.cache.device_row import add_missing_columns, missing_columns
from imptui.cache.errors import CacheUnreadable, meaning_of
from imptui.cache.generations import generation_of
from imptui.cache.ingest.group_rank import place_groups
from imptui.cache.recovery import is_marked, rescue, unmark
from imptui.cache.tables.device import DeviceTable
from imptui.cache.tables.group import GroupTable
from imptui.cache.tables.product import ProductTable

if TYPE_CHECKING:
    from imptui.cache.ingest.pass_progress import PassTable
    from imptui.cache.tables.account import AccountTable
    from imptui.cache.tables.deployment import DeploymentTable
    from imptui.cache.tables.draft import DraftTable
    from imptui.cache.tables.journal import JournalTable
    from imptui.cache.tables.sample import SampleTable
    from imptui.cache.tables.saved_filter import SavedFilterTable


OPENING_S = 90.0
"""Seconds that `Cache.open` waits while another program holds the file; a backup takes about a minute."""

OPENING_PAUSE_S = 0.2
"""Seconds between two attempts to open a file that another program holds."""

PRIVATE = 0o600


class Opened(Struct, frozen=True):
    """An open cache, and a warning for the user; None: there is nothing to say."""

    cache: Cache
    warning: str | None


class Cache:
    """The cache of one context. Thread-safe; its methods block, so call them in worker threads."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self.devices = DeviceTable(connections)
        self.groups = GroupTable(connections)
        self.products = ProductTable(connections)

    # The first screen does not need these modules, so they are loaded at first use.

    @cached_property
    def samples(self) -> SampleTable:
        """Return the table of readings over time."""
        from imptui.cache.tables.sample import SampleTable

        return SampleTable(self._connections)

    @cached_property
    def deployments(self) -> DeploymentTable:
        """Return the table of deployments and their programs."""
        from imptui.cache.tables.deployment import DeploymentTable

        return DeploymentTable(self._connections)

    @cached_property
    def accounts(self) -> AccountTable:
        """Accounts that own or created things."""
        from imptui.cache.tables.account import AccountTable

        return AccountTable(self._connections)

    @cached_property
    def journal(self) -> JournalTable:
        """The journal of changes made from here."""
        from imptui.cache.tables.journal import JournalTable

        return JournalTable(self._connections)

    @cached_property
    def drafts(self) -> DraftTable:
        """Saved drafts of reviews."""
        from imptui.cache.tables.draft import DraftTable

        return DraftTable(self._connections)

    @cached_property
    def passes(self) -> PassTable:
        """The progress of interrupted passes."""
        from imptui.cache.ingest.pass_progress import PassTable

        return PassTable(self._connections)

    @cached_property
    def saved(self) -> SavedFilterTable:
        """Saved filters."""
        from imptui.cache.tables.saved_filter import SavedFilterTable

        return SavedFilterTable(self._connections)

    @classmethod
    def open(
        cls,
        path: Path,
        now: datetime | None = None,
        *,
        patience_s: float = OPENING_S,
        waiting: Callable[[str], None] | None = None,
    ) -> Opened:
        """Open the cache file, or make it; the folder is 0700 and the file 0600.

        A damaged file is renamed to `<name>.corrupt-<time>`, a new one is begun, and the warning says so: the next pass
        reads the fleet again, and journal and drafts are taken over as far as they can be read. A good file that cannot be
        written is opened to be read, and the warning says so.

        Args:
            path: The file.
            now: The time in the name of a damaged file.
            patience_s: Seconds to wait while another program holds the file.
            waiting: Called once with a sentence if another program holds the file.

        Raises:
            CacheUnreadable: A newer program wrote it, another program holds it, or the place cannot be used.
        """
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise _too_old(path)
        until = monotonic() + patience_s
        while True:
            try:
                return cls._open(path, now)
            except CacheUnreadable as error:
                is_held = isinstance(error.__cause__, sqlite3.Error) and _is_held(error.__cause__)
                if not is_held or monotonic() > until:
                    raise
                if waiting is not None:
                    waiting(f"{error} It waits up to {patience_s:.0f} s.")
                    waiting = None
            sleep(OPENING_PAUSE_S)

    @classmethod
    def _open(cls, path: Path, now: datetime | None) -> Opened:
        try:
            if is_marked(path):
                return cls._anew(path, "a read or a write found damage inside", now)
            return Opened(cls._opened(path), None)
        except CacheUnreadable as error:
            if error.is_damaged:
                return cls._anew(path, error.why, now)
            cause = error.__cause__
            if not error.is_passing or not isinstance(cause, sqlite3.Error) or _is_held(cause):
                raise
            return cls._opened_to_read(path, error)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and not _is_broken(error):
                told = _unusable(path, error)
                if _is_held(error):
                    raise told from error
                return cls._opened_to_read(path, told)
            return cls._anew(path, str(error), now)
        except OSError as error:
            return cls._opened_to_read(path, _unusable(path, error))

    @classmethod
    def _opened_to_read(cls, path: Path, why: CacheUnreadable) -> Opened:
        """Open a good file that cannot be written.

        Raises:
            CacheUnreadable: It cannot be read, either; `why` says so.
        """
        try:
            if path.stat().st_size == 0:
                raise why
            connections = Connections(path, is_read_only=True)
            try:
                version = int(connections.writer.execute("PRAGMA user_version").fetchone()[0])
                if version != VERSION:
                    raise why
                if missing_columns(connections.writer):
                    raise why
            except BaseException:
                connections.close()
                raise
        except (OSError, sqlite3.Error) as error:
            raise why from error
        told = f"The cache {path} cannot be written ({why.why}): its lists are shown as they were, and changes are refused."
        return Opened(cls(connections), told)

    @classmethod
    def _anew(cls, path: Path, why: str, now: datetime | None) -> Opened:
        """Put a damaged file aside, create a new one, and copy journal, drafts and filters into it."""
        aside = _moved_aside(path, now or datetime.now(UTC))
        unmark(path)
        made = cls._opened(path)
        with made._connections.writing() as writer:
            saved = rescue(aside, writer)
        told = f"The cache {path} was damaged ({why}). It was kept as {aside.name}, and a new one was begun; {saved}."
        return Opened(made, told)

    @classmethod
    def _opened(cls, path: Path) -> Self:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE))
        if stat.S_IMODE(path.stat().st_mode) != PRIVATE:
            path.chmod(PRIVATE)
        connections = Connections(path)
        try:
            return cls(_migrated(connections, path))
        except BaseException:
            connections.close()
            raise

    @classmethod
    def in_memory(cls) -> Self:
        """Return a cache in memory, which closing discards; its threads take turns."""
        return cls(_migrated(Connections(None), Path(":memory:")))

    def close(self) -> None:
        """Close the file; running searches raise `SearchInterrupted`."""
        self._connections.close()

    def interrupt(self) -> None:
        """End every running search: it raises `SearchInterrupted` within milliseconds. Reading single rows goes on."""
        self._connections.interrupt()

    @property
    def is_read_only(self) -> bool:
        """True if the file could not be written when it was opened."""
        return self._connections.is_read_only

    @property
    def trouble(self) -> str | None:
        """One sentence about the read that waits or the last write that failed; None: the last ones succeeded."""
        return self._connections.trouble

    def wait_for_ever(self) -> None:
        """Let reads wait without an end while another program holds the file or the disk fails; `trouble` says so."""
        self._connections.patience_s = None

    def generation(self) -> int:
        """Return the number of the newest changing transaction of this or another console; 0 if there is none yet."""
        return generation_of(self._connections)

    def note(self, key: str) -> str | None:
        """Return the note under `key`; None: there is none."""
        with self._connections.read_connection() as reader:
            row = reader.execute("SELECT value FROM note WHERE key = ?", (f"note.{key}",)).fetchone()
        return None if row is None else str(row[0])

    def set_note(self, key: str, text: str | None) -> None:
        """Save a note under `key`; None deletes it."""
        with self._connections.writing() as writer:
            if text is None:
                writer.execute("DELETE FROM note WHERE key = ?", (f"note.{key}",))
            else:
                writer.execute("INSERT OR REPLACE INTO note (key, value) VALUES (?, ?)", (f"note.{key}", text))

    def settle(self, stop: Stop | None = None) -> bool:
        """Build missing indexes for a large fleet; see `imptui.cache.search.index_build`. Costs nothing if none is missing."""
        from imptui.cache.search.index_build import settle

        return settle(self._connections, stop)

    def settle_essentials(self, stop: Stop | None = None) -> bool:
        """Build the part of `settle` that makes lists by name and searches fast."""
        from imptui.cache.search.index_build import settle_essentials

        return settle_essentials(self._connections, stop)

    def tidy(self, now: datetime) -> None:
        """Roll samples older than two days up to hours, and enforce the caps on samples and code."""
        self.samples.roll_up(now)
        self.deployments.cap_programs()
        self._connections.writer.execute("PRAGMA shrink_memory")  # a pass fills the page cache, and the next pass is minutes away


def _migrated(connections: Connections, path: Path) -> Connections:
    version = int(connections.writer.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise CacheUnreadable(path, "a newer imptui wrote it", "Start that version, or move the file away to begin a new cache.")
    connections.writer.execute("PRAGMA quick_check(1)" if version < VERSION else "SELECT count(*) FROM sqlite_master")
    if version < VERSION:
        from imptui.cache.migrations import migrate

        migrate(connections.writer)
        with connections.writing() as writer:
            place_groups(writer)
    add_missing_columns(connections.writer)
    return connections


def _too_old(path: Path) -> CacheUnreadable:
    oldest = ".".join(map(str, OLDEST_SQLITE))
    return CacheUnreadable(path, f"SQLite {sqlite3.sqlite_version} is too old", f"Use a Python with SQLite {oldest} or newer.")


def _is_held(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _is_broken(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorname", "") in ("SQLITE_CORRUPT", "SQLITE_NOTADB")


def _unusable(path: Path, error: Exception) -> CacheUnreadable:
    found = meaning_of(error, path) if isinstance(error, sqlite3.Error) else None
    if found is not None:
        return found
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return CacheUnreadable(path, why, "See that the folder can be written and has room, or choose another place with --data-dir.")


def _moved_aside(path: Path, now: datetime) -> Path:
    aside = first = path.with_name(f"{path.name}.corrupt-{now:%Y%m%dT%H%M%SZ}")
    number = 1
    while aside.exists():  # a second file of the same second must not replace the first
        number += 1
        aside = first.with_name(f"{first.name}-{number}")
    path.replace(aside)
    for suffix in ("-wal", "-shm"):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.replace(aside.with_name(aside.name + suffix))
    return aside
