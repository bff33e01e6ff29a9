"""Class Cache: the file, and its parts by what they remember. `imptui/cache/__init__.py` lists them all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec import Struct

from imptui.cache.connections import VERSION, Connections, Stop
from imptui.cache.device_row import add_missing_columns
from imptui.cache.errors import CacheUnreadable
from imptui.cache.generations import generation_in, generation_of
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


class Opened(Struct, frozen=True):
    """A cache, and what a person should hear about how it was opened."""

    cache: Cache
    warning: str | None


class Cache:
    """What the console remembers of one context. Thread-safe; its methods block, so they belong in worker threads."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self.devices = DeviceTable(connections)
        self.groups = GroupTable(connections)
        self.products = ProductTable(connections)

    # What the first screen does not need is loaded when somebody first asks for it

    @cached_property
    def samples(self) -> SampleTable:
        """Readings over time."""
        from imptui.cache.tables.sample import SampleTable

        return SampleTable(self._connections)

    @cached_property
    def deployments(self) -> DeploymentTable:
        """Deployments and their programs."""
        from imptui.cache.tables.deployment import DeploymentTable

        return DeploymentTable(self._connections)

    @cached_property
    def accounts(self) -> AccountTable:
        """Whose all this is."""
        from imptui.cache.tables.account import AccountTable

        return AccountTable(self._connections)

    @cached_property
    def journal(self) -> JournalTable:
        """What was changed from here."""
        from imptui.cache.tables.journal import JournalTable

        return JournalTable(self._connections)

    @cached_property
    def drafts(self) -> DraftTable:
        """Reviews that were not finished."""
        from imptui.cache.tables.draft import DraftTable

        return DraftTable(self._connections)

    @cached_property
    def passes(self) -> PassTable:
        """How far a pass came that was cut."""
        from imptui.cache.ingest.pass_progress import PassTable

        return PassTable(self._connections)

    @cached_property
    def saved(self) -> SavedFilterTable:
        """Filters with a name."""
        from imptui.cache.tables.saved_filter import SavedFilterTable

        return SavedFilterTable(self._connections)

    @classmethod
    def open(cls, path: Path, now: datetime | None = None) -> Opened:
        """Open the cache file, or make it; the folder is 0700 and the file 0600.

        A file that is broken is renamed to `<name>.corrupt-<time>`, a new one is begun, and the warning says so: the fleet
        comes back with the next pass, and journal and drafts are taken over as far as they can be read.

        Args:
            path: Where it is.
            now: For the name of a broken file.

        Raises:
            CacheUnreadable: A newer program wrote it, or the place cannot be used.
        """
        try:
            if is_marked(path):
                return cls._anew(path, "something in it makes no sense", now)
            return Opened(cls._opened(path), None)
        except CacheUnreadable as error:
            if not error.is_damaged:
                raise
            return cls._anew(path, error.why, now)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and not _is_broken(error):
                raise _unusable(path, error) from error
            return cls._anew(path, str(error), now)
        except OSError as error:
            raise _unusable(path, error) from error

    @classmethod
    def _anew(cls, path: Path, why: str, now: datetime | None) -> Opened:
        """Put a damaged file aside, begin a new one, and take over what only the old one had."""
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
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        path.chmod(0o600)
        connections = Connections(path)
        try:
            return cls(_migrated(connections, path))
        except BaseException:
            connections.close()
            raise

    @classmethod
    def in_memory(cls) -> Self:
        """A cache that is gone when it is closed; its threads take turns."""
        return cls(_migrated(Connections(None), Path(":memory:")))

    def close(self) -> None:
        """Close the file; searches that run raise `Stopped`."""
        self._connections.close()

    def interrupt(self) -> None:
        """End every search that runs now: it raises `Stopped` within milliseconds. Reading single things goes on."""
        self._connections.interrupt()

    def generation(self) -> int:
        """The number of the newest transaction that changed something, of this or another console; 0: none yet."""
        return generation_of(self._connections)

    def note(self, key: str) -> str | None:
        """What was remembered under `key`."""
        with self._connections.reading() as reader:
            row = reader.execute("SELECT value FROM note WHERE key = ?", (f"note.{key}",)).fetchone()
        return None if row is None else str(row[0])

    def set_note(self, key: str, text: str | None) -> None:
        """Remember `text` under `key`; None forgets."""
        with self._connections.writing() as writer:
            if text is None:
                writer.execute("DELETE FROM note WHERE key = ?", (f"note.{key}",))
            else:
                writer.execute("INSERT OR REPLACE INTO note (key, value) VALUES (?, ?)", (f"note.{key}", text))

    def copy_to(self, path: Path) -> None:
        """Copy everything into an existing empty file, as of one moment; see `Connections.copy_to`."""
        self._connections.copy_to(path)

    def tap(self, committed: Callable[[tuple[str, ...]], None]) -> None:
        """Call `committed` with the statements of each later transaction, in the thread that wrote it."""
        self._connections.tap(committed)

    def apply(self, statements: Sequence[str]) -> None:
        """Run the statements of a recorded transaction again. The generation grows even if the record's numbers differ."""
        with self._connections.writing() as writer:
            before = generation_in(writer)
            for statement in statements:
                writer.execute(statement).fetchall()
            is_change = any(each.startswith("INSERT INTO generation") for each in statements)
            if is_change and generation_in(writer) <= before:
                writer.execute("INSERT INTO generation (n, kind) VALUES (?, 'device')", (before + 1,))

    def settle(self, stop: Stop | None = None) -> bool:
        """Build what makes a big fleet quick; see `imptui.cache.search.index_build`. Nothing to do: nothing done."""
        from imptui.cache.search.index_build import settle

        return settle(self._connections, stop)

    def settle_essentials(self, stop: Stop | None = None) -> bool:
        """The part of `settle` after which lists by name and searches are quick."""
        from imptui.cache.search.index_build import settle_essentials

        return settle_essentials(self._connections, stop)

    def tidy(self, now: datetime) -> None:
        """Roll samples older than two days up to hours, and bring what is capped below its cap."""
        self.samples.roll_up(now)
        self.deployments.cap_programs()
        self._connections.writer.execute("PRAGMA shrink_memory")  # a pass fills its page cache, and the next is minutes away


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


def _is_broken(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorname", "") in ("SQLITE_CORRUPT", "SQLITE_NOTADB")


def _unusable(path: Path, error: Exception) -> CacheUnreadable:
    return CacheUnreadable(path, str(error), "See that the folder can be written and has room, or choose another place.")


def _moved_aside(path: Path, now: datetime) -> Path:
    aside = path.with_name(f"{path.name}.corrupt-{now:%Y%m%dT%H%M%SZ}")
    path.replace(aside)
    for suffix in ("-wal", "-shm"):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.replace(aside.with_name(aside.name + suffix))
    return aside
