"""Opens connections to a world's file, notices when it is deleted or replaced, and turns SQLite's errors into sentences."""

import contextlib
import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from imptui.cloud.storage.errors import WorldFull, WorldLost, WorldUnreadable
from imptui.domain.errors import Invalid

IN_MEMORY = ":memory:"

_LITTLE_ROOM_BYTES = 1024 * 1024


def connect(name: str) -> sqlite3.Connection:
    """Open a connection to an existing file, or to a world in memory; for any thread, one at a time.

    A file that is not there is never made: a file that somebody deleted would come back empty.
    """
    address = name if name == IN_MEMORY else f"{Path(name).absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(
        address,
        uri=name != IN_MEMORY,
        isolation_level=None,
        check_same_thread=False,
        timeout=10,
        cached_statements=128,
    )
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "temp_store = MEMORY",
        "cache_size = -2000",  # for each connection; mapping the file is no quicker, and counts once for each of them
        "mmap_size = 0",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


class FileIdentity:
    """The inodes of an open world's file, of its log and of the log's index.

    SQLite goes on with a file that was deleted or replaced, and what it writes is lost. So the world compares these
    inodes before and after each change, and that of the file before each view.

    Args:
        path: The file, with a connection open to it.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        file = Path(path)
        real = file.resolve()
        files = [] if path == IN_MEMORY else [file, real.with_name(f"{real.name}-wal"), real.with_name(f"{real.name}-shm")]
        self._known = {each: inode for each in files if (inode := _inode(each)) is not None}

    def check(self, *, is_whole: bool = True) -> None:
        """Compare the inodes: all of them, or that of the file alone.

        Raises:
            WorldLost: One of them is another, or is gone.
        """
        for file, inode in self._known.items():
            found = _inode(file)
            if found != inode:
                happened = "deleted" if found is None else "replaced"
                what = "file" if file == Path(self._path) else f"log {file.name}"
                raise WorldLost(
                    self._path,
                    f"its {what} was {happened} while it was open, so that changes would be lost. "
                    "Put the file back, or restart the engine.",
                )
            if not is_whole:
                return


def _inode(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextlib.contextmanager
def readable(path: str) -> Iterator[None]:
    """Turn errors of the file, and of a text that cannot be looked up, into sentences.

    Raises:
        WorldUnreadable: The file is the reason.
        Invalid: The text is the reason.
    """
    try:
        yield
    except OSError as error:
        if error.filename is None or os.fspath(error.filename) != path:
            raise
        raise WorldUnreadable(path, f"{error.strerror}. Check the path and its permissions.") from error
    except UnicodeEncodeError as error:
        raise Invalid("The request holds half of a surrogate pair, which is no character.") from error
    except sqlite3.DatabaseError as error:
        fault = _fault(path, error)
        if fault is None:
            raise
        raise fault from error


def _fault(path: str, error: sqlite3.DatabaseError) -> WorldUnreadable | None:
    """Return what SQLite's error means for the file, None if it has another cause."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return WorldLost(path, "its file was moved while it was open. Put the file back, or restart the engine.")
    primary = code & 0xFF
    if primary == sqlite3.SQLITE_FULL or (primary == sqlite3.SQLITE_IOERR and not _has_room(path)):
        return WorldFull(path, "there is no room left for it. Nothing of the last change was kept. Free some space.")
    if primary in _OPENING:
        return WorldUnreadable(path, f"{error}. Check the path and its permissions.")
    if primary == sqlite3.SQLITE_IOERR:
        return WorldUnreadable(path, f"the disk failed ({error}). Check the disk and the file system.")
    if primary in _LOCKED:
        return WorldUnreadable(path, f"another program holds it ({error}). End that program, or try again.")
    if primary in _DAMAGE or (primary == sqlite3.SQLITE_ERROR and _DAMAGED_SCHEMA.match(str(error))):
        return damaged(path, str(error))
    return None


def damaged(path: str, what: str) -> WorldUnreadable:
    """Return the error for a file whose content is wrong."""
    return WorldUnreadable(
        path, f"it is damaged, or no world at all ({what}). Restore a copy, or move it away to begin a new one."
    )


def _has_room(path: str) -> bool:
    try:
        found = os.statvfs(Path(path).absolute().parent)
    except (OSError, AttributeError):
        return True
    return found.f_bavail * found.f_frsize >= _LITTLE_ROOM_BYTES


_OPENING = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_DAMAGED_SCHEMA = re.compile("no such (table|column)|table .* has no column|malformed database schema")
