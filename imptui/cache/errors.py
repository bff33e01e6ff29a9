"""Errors of the cache.

CacheError
├── CacheUnreadable      the file cannot be used: damaged, newer than this program, locked, no room
└── SearchInterrupted    a search was ended because nobody needs its result any more
"""

import sqlite3
from pathlib import Path


class CacheError(Exception):
    """An error of the cache, not of the service."""


class CacheUnreadable(CacheError):
    """The cache file cannot be used, now or at all.

    Attributes:
        path: The file.
        why: The reason, in a few words.
        what_to_do: Advice for a person.
        is_damaged: True if the content of the file is damaged; the next start puts the file aside.
        is_passing: True if the same call may work later: the file is locked, read-only, or the disk is full or failing.
    """

    def __init__(self, path: Path, why: str, what_to_do: str, *, is_damaged: bool = False, is_passing: bool = False) -> None:
        super().__init__(f"The cache {path} cannot be used: {why}. {what_to_do}")
        self.path = path
        self.why = why
        self.what_to_do = what_to_do
        self.is_damaged = is_damaged
        self.is_passing = is_passing


class SearchInterrupted(CacheError):
    """A search was ended by `Stop.now` or `Cache.interrupt`."""


RESTART = (
    "Start imptui again: it keeps the damaged file beside a new one, takes journal and drafts over, and reads the fleet anew."
)

_NO_LOCKS = (
    "its file system does not support the locks that SQLite needs",
    "Choose a folder on a local disk with IMPTUI_DATA_DIR or --data-dir.",
)

_MEANINGS = {
    "SQLITE_PROTOCOL": _NO_LOCKS,
    "SQLITE_IOERR_SHM": _NO_LOCKS,
    "SQLITE_IOERR_LOCK": _NO_LOCKS,
    "SQLITE_IOERR_RDLOCK": _NO_LOCKS,
    "SQLITE_CORRUPT": ("it is damaged", RESTART),
    "SQLITE_NOTADB": ("it is damaged", RESTART),
    "SQLITE_FULL": ("there is no room on the disk", "Make room; imptui tries again."),
    "SQLITE_IOERR": ("the disk does not answer as it should", "Check the disk, or choose another place with --data-dir."),
    "SQLITE_CANTOPEN": ("it cannot be opened", "Check that its folder exists and can be written."),
    "SQLITE_READONLY": ("it cannot be written", "Check that the file and its folder can be written."),
    "SQLITE_BUSY": ("another program holds it", "Close other programs that use it; imptui tries again."),
    "SQLITE_LOCKED": ("another program holds it", "Close other programs that use it; imptui tries again."),
}

_PASSING = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_BUSY", "SQLITE_LOCKED")


def meaning_of(error: sqlite3.Error, path: Path) -> CacheUnreadable | None:
    """Return the error for a person; None: SQLite found a mistake in this program."""
    name = getattr(error, "sqlite_errorname", None)
    if name is None and "decode to UTF-8" in str(error):
        name = "SQLITE_CORRUPT"
    if name is None:
        return None
    for prefix, (why, what_to_do) in _MEANINGS.items():
        if name.startswith(prefix):
            is_damaged, is_passing = what_to_do is RESTART, prefix in _PASSING
            return CacheUnreadable(path, f"{why} ({error})", what_to_do, is_damaged=is_damaged, is_passing=is_passing)
    return None


def no_locks(path: Path) -> CacheUnreadable:
    """Return the error of a file on a file system without locks, as some network file systems are."""
    return CacheUnreadable(path, *_NO_LOCKS)


def may_read_later(error: sqlite3.Error) -> bool:
    """Return True if the same statement may succeed later, because another program holds the file or the disk failed."""
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_FULL"))
