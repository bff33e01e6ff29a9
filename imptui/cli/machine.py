"""Checks of this machine for `imptui doctor`: SQLite, the folders, their owner, room and locks."""

import os
import shutil
import sqlite3
import stat
import tempfile
from contextlib import closing
from pathlib import Path

from imptui.cache.connections import OLDEST_SQLITE
from imptui.config.locations import OTHERS_WRITE, WAY_OUT

LITTLE_ROOM_BYTES = 200_000_000


def sqlite_words() -> str:
    """Return the version of SQLite, and what to do if it is too old."""
    if sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return sqlite3.sqlite_version
    oldest = ".".join(map(str, OLDEST_SQLITE))
    return f"{sqlite3.sqlite_version} is too old: use a Python with SQLite {oldest} or newer"


def working_folder_words() -> str:
    """Return the working folder, or what follows if it was deleted."""
    try:
        return str(Path.cwd())
    except OSError:
        return "deleted: relative paths mean nothing here; go to another folder"


def folder_words(folder: Path) -> str:
    """Return what is wrong with the data folder, and the way out; "good" if nothing is."""
    try:
        found = folder.stat()
    except FileNotFoundError:
        return "not there yet: it is made when something is written"
    except OSError as error:
        return f"cannot be used ({error.strerror}): {WAY_OUT}"
    if not stat.S_ISDIR(found.st_mode):
        return f"is no folder: {WAY_OUT}"
    if not os.access(folder, os.R_OK | os.X_OK):
        return f"cannot be read: {WAY_OUT}"
    if os.name == "posix" and os.geteuid() not in (0, found.st_uid):
        return f"belongs to another user: {WAY_OUT}"
    if not os.access(folder, os.W_OK):
        return "can only be read: lists are shown as they were, and nothing can be changed"
    if found.st_mode & OTHERS_WRITE:
        return "others can write into it: the next write of imptui takes that right away"
    return "good"


def room_words(folder: Path) -> str:
    """Return the free room on the disk of a folder."""
    try:
        while not folder.exists() and folder.parent != folder:
            folder = folder.parent
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return f"not known ({error.strerror})"
    words = f"{free / 1e9:,.1f} GB free"
    return f"{words}: make room, or caches cannot grow" if free < LITTLE_ROOM_BYTES else words


def lock_words(folder: Path) -> str:
    """Return whether the file system of a folder has the locks that SQLite needs; tries it in a folder of its own."""
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return "not tried: nothing can be written there"
    try:
        with tempfile.TemporaryDirectory(prefix=".locks-", dir=folder) as place:
            return "work" if _locks_work(Path(place) / "locks.sqlite") else f"do not work: {WAY_OUT}, on a local disk"
    except (OSError, sqlite3.Error) as error:
        return f"do not work ({error}): {WAY_OUT}, on a local disk"


def _locks_work(path: Path) -> bool:
    """Return True if a second connection is kept out while the first one writes, in the mode of the caches."""
    with closing(_connect(path)) as first, closing(_connect(path)) as second:
        if first.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
            return False
        first.execute("CREATE TABLE t (n)")
        first.execute("BEGIN IMMEDIATE")
        try:
            second.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            return error.sqlite_errorname == "SQLITE_BUSY"
        return False


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=0)
