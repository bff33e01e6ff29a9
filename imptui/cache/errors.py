"""What can go wrong with the cache.

CacheError
├── CacheUnreadable   the file cannot be used: damaged, newer than this program, locked away, no room
└── Stopped           a search was ended because nobody wants its answer any more
"""

import sqlite3
from pathlib import Path


class CacheError(Exception):
    """Something about the cache, not about the service."""


class CacheUnreadable(CacheError):
    """The cache file cannot be used, or not any longer.

    Attributes:
        path: Which file.
        why: What is the matter with it.
        what_to_do: What a person can do about it.
        is_damaged: Whether what is written in it makes no sense, so that it is put aside at the next start.
    """

    def __init__(self, path: Path, why: str, what_to_do: str, *, is_damaged: bool = False) -> None:
        super().__init__(f"The cache {path} cannot be used: {why}. {what_to_do}")
        self.path = path
        self.why = why
        self.what_to_do = what_to_do
        self.is_damaged = is_damaged


class SearchInterrupted(CacheError):
    """A search was ended by `Stop.now` or `Cache.interrupt`."""


RESTART = (
    "Start imptui again: it keeps the damaged file beside a new one, takes journal and drafts over, and reads the fleet anew."
)

_MEANINGS = {
    "SQLITE_CORRUPT": ("it is damaged", RESTART),
    "SQLITE_NOTADB": ("it is damaged", RESTART),
    "SQLITE_FULL": ("there is no room on the disk", "Make room, then go on."),
    "SQLITE_IOERR": ("the disk does not answer as it should", "See to the disk, or choose another place with --data-dir."),
    "SQLITE_CANTOPEN": ("it cannot be opened", "See that its folder is there and can be written."),
    "SQLITE_READONLY": ("it cannot be written", "See that the file and its folder can be written."),
    "SQLITE_BUSY": ("another program does not let go of it", "Close other programs that use it."),
    "SQLITE_LOCKED": ("another program does not let go of it", "Close other programs that use it."),
}


def meaning_of(error: sqlite3.Error, path: Path) -> CacheUnreadable | None:
    """What an error of SQLite means for a person; None: it is a mistake of ours."""
    name = getattr(error, "sqlite_errorname", None)
    if name is None and "decode to UTF-8" in str(error):
        name = "SQLITE_CORRUPT"
    for prefix, (why, what_to_do) in _MEANINGS.items():
        if name is not None and name.startswith(prefix):
            return CacheUnreadable(path, f"{why} ({error})", what_to_do, is_damaged=what_to_do is RESTART)
    return None
