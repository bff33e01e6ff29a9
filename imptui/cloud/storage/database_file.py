"""Opens connections to a world's file and turns SQLite's errors into sentences."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator

from imptui.cloud.storage.errors import WorldUnreadable
from imptui.domain.errors import Invalid


def connect(name: str) -> sqlite3.Connection:
    """A connection to a file, or to a world in memory; for any thread, one at a time."""
    connection = sqlite3.connect(name, isolation_level=None, check_same_thread=False, timeout=10, cached_statements=128)
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "temp_store = MEMORY",
        "cache_size = -2000",  # for each connection; mapping the file is no quicker, and counts once for each of them
        "mmap_size = 0",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


@contextlib.contextmanager
def readable(path: str) -> Iterator[None]:
    """Say what is wrong with the file, or with a text that cannot be asked for, where that is what went wrong."""
    try:
        yield
    except OSError as error:
        if error.filename is None or os.fspath(error.filename) != path:
            raise
        raise WorldUnreadable(path, f"{error.strerror}. Check the path and its permissions.") from error
    except UnicodeEncodeError as error:
        raise Invalid("The request holds half of a surrogate pair, which is no character.") from error
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code in _OPENING:
            raise WorldUnreadable(path, f"{error}. Check the path and its permissions.") from error
        if code == sqlite3.SQLITE_FULL:
            raise WorldUnreadable(path, "there is no room left for it. Nothing of the last change was kept.") from error
        if code is not None and code & 0xFF in _DAMAGE:
            raise WorldUnreadable(
                path,
                f"it is damaged, or no world at all ({error}). Restore a copy, or move it away to begin a new one.",
            ) from error
        raise


_OPENING = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
