"""Tests of passing states of a cache: locks of other programs, a full disk, places that can only be read."""

import os
import resource
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from imptui.cache.connections import Connections
from imptui.cache.errors import CacheUnreadable, SearchInterrupted
from imptui.cache.store import Cache
from imptui.query.query import Query
from tests.unit.cache.pump_fleet import BOILER, LINE, NOW, PUMP, pumps

NOBODY = 65534


def wait_for(what: str | None, connections: Connections) -> None:
    """Wait until the trouble of connections holds a text, or is gone."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = connections.trouble
        if (found is None) if what is None else (found is not None and what in found):
            return
        time.sleep(0.01)
    raise AssertionError(f"the trouble is {connections.trouble!r}, not {what!r}")


@pytest.fixture
def plain(path: Path) -> Iterator[Connections]:
    """Connections to a file without a WAL, which a lock of another program closes for readers, too."""
    Cache.open(path).cache.close()
    connections = Connections(path)
    connections.writer.execute("PRAGMA journal_mode=DELETE")
    connections.patience_s = None
    yield connections
    connections.close()


def test_a_read_outlives_a_lock(plain: Connections, path: Path) -> None:
    """A read waits while another program holds the file, says so, and then answers."""
    answers: list[int] = []

    def read() -> None:
        with plain.read_connection() as reader:
            answers.append(reader.execute("SELECT count(*) FROM device").fetchone()[0])

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        thread = threading.Thread(target=read)
        thread.start()
        wait_for("another program holds it", plain)
        assert answers == []
        other.execute("ROLLBACK")
        thread.join(30)
    assert answers == [0]
    assert plain.trouble is None


def test_an_impatient_read_gives_up(plain: Connections, path: Path) -> None:
    """A read of a plain command gives up after its patience, with a sentence that names file and way out."""
    plain.patience_s = 0.1
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CacheUnreadable, match="Close other programs") as told, plain.read_connection() as reader:
            reader.execute("SELECT count(*) FROM device").fetchone()
    assert told.value.is_passing
    assert not told.value.is_damaged
    assert str(path) in str(told.value)


def test_a_search_that_waits_can_be_ended(plain: Connections, path: Path) -> None:
    """A search that waits for a lock ends at once when nobody needs its result."""
    ends: list[str] = []

    def search() -> None:
        try:
            with plain.searching(None) as reader:
                reader.execute("SELECT count(*) FROM device").fetchone()
        except SearchInterrupted:
            ends.append("interrupted")

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        thread = threading.Thread(target=search)
        thread.start()
        wait_for("another program holds it", plain)
        plain.interrupt()
        thread.join(10)
    assert ends == ["interrupted"]


def test_a_start_outlives_a_lock(path: Path) -> None:
    """A start waits while a backup holds the whole file, says so once, and then opens the cache."""
    Cache.open(path).cache.close()
    told: list[str] = []
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0.1, check_same_thread=False)) as backup:
        backup.execute("PRAGMA locking_mode=EXCLUSIVE")
        backup.execute("BEGIN EXCLUSIVE")

        def end_backup(sentence: str) -> None:
            told.append(sentence)
            backup.execute("ROLLBACK")
            backup.close()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("imptui.cache.connections.BUSY_S", 0.1)
            patch.setattr(Connections._open, "__defaults__", (0.1,))
            opened = Cache.open(path, waiting=end_backup)
    assert opened.warning is None
    assert not opened.cache.is_read_only
    assert len(told) == 1
    assert "another program holds it" in told[0]
    opened.cache.close()


def test_a_start_gives_up_on_a_lock(path: Path) -> None:
    """A start gives up when the file is held for longer than its patience; the file is neither replaced nor marked."""
    Cache.open(path).cache.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as backup, pytest.MonkeyPatch.context() as patch:
        backup.execute("PRAGMA locking_mode=EXCLUSIVE")
        backup.execute("BEGIN EXCLUSIVE")
        patch.setattr(Connections._open, "__defaults__", (0.1,))
        with pytest.raises(CacheUnreadable, match="another program holds it"):
            Cache.open(path, patience_s=0.3)
    assert [each.name for each in path.parent.iterdir() if "damaged" in each.name or "corrupt" in each.name] == []


def test_two_consoles_share_a_cache(path: Path) -> None:
    """Two open caches of one file write in turns and see what the other wrote."""
    first, second = Cache.open(path).cache, Cache.open(path).cache
    for number, cache in enumerate([first, second] * 10):
        cache.set_note("turn", str(number))
    assert first.note("turn") == second.note("turn") == "19"
    first.close()
    second.close()


def test_a_full_disk_that_is_freed(path: Path) -> None:
    """A full disk is a passing state: reads go on, the sentence stays until a write works again, nothing is half written."""
    cache = Cache.open(path).cache
    cache.products.store([BOILER])
    cache.groups.store([LINE])
    cache.devices.store([PUMP], NOW)
    writer = cache._connections.writer
    pages = writer.execute("PRAGMA page_count").fetchone()[0]
    writer.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(CacheUnreadable, match="no room") as told:
        cache.devices.store(pumps(3000), NOW)
    assert told.value.is_passing
    assert not told.value.is_damaged
    assert cache.devices.count(Query(), NOW) == 1
    assert cache.trouble is not None
    assert "no room" in cache.trouble
    writer.execute("PRAGMA max_page_count=1000000")
    cache.devices.store(pumps(3000), NOW)
    assert cache.trouble is None
    cache.close()
    again = Cache.open(path)
    assert again.warning is None
    again.cache.close()


def test_a_file_that_may_not_grow(path: Path) -> None:
    """A write that the system refuses, because the file may not grow, fails as a passing state, and works when it may."""
    cache = Cache.open(path).cache
    cache.products.store([BOILER])
    cache.groups.store([LINE])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.with_name(f"{path.name}-wal").stat().st_size + 20_000, hard))
    try:
        with pytest.raises(CacheUnreadable) as told:
            cache.devices.store(pumps(3000), NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert told.value.is_passing
    cache.devices.store(pumps(3000), NOW)
    assert cache.devices.count(Query(), NOW) == 3000
    assert cache.trouble is None
    cache.close()


@pytest.fixture
def locked_folder() -> Iterator[Path]:
    """A folder with a good cache in which this process can write nothing."""
    folder = Path(tempfile.mkdtemp())
    path = folder / "cache" / "cache.sqlite"
    cache = Cache.open(path).cache
    cache.products.store([BOILER])
    cache.groups.store([LINE])
    cache.devices.store([PUMP], NOW)
    cache.close()
    for each in (folder, path.parent):
        each.chmod(0o555)
    path.chmod(0o444)
    was = os.geteuid()
    if was == 0:  # the superuser writes anywhere
        os.seteuid(NOBODY)
    yield path
    if was == 0:
        os.seteuid(0)
    for each in (folder, path.parent):
        each.chmod(0o755)
    shutil.rmtree(folder)


def test_a_cache_that_can_only_be_read(locked_folder: Path) -> None:
    """A good cache in a folder that cannot be written is read; a write says why it is refused, and nothing appears beside it."""
    opened = Cache.open(locked_folder)
    assert opened.cache.is_read_only
    assert opened.warning is not None
    assert "cannot be written" in opened.warning
    assert [row.device.id for row in opened.cache.devices.window(Query(), 0, 10, NOW)] == [PUMP.id]
    with pytest.raises(CacheUnreadable, match="only to be read") as told:
        opened.cache.set_note("a", "b")
    assert told.value.is_passing
    opened.cache.close()
    assert [each.name for each in locked_folder.parent.iterdir()] == ["cache.sqlite"]


def test_a_log_that_cannot_be_written_is_read(locked_folder: Path) -> None:
    """A good cache that another console left with an unmerged log is read with the log."""
    euid = os.geteuid()
    if euid == NOBODY:
        os.seteuid(0)
    folder = locked_folder.parent
    folder.chmod(0o755)
    locked_folder.chmod(0o644)
    with closing(sqlite3.connect(locked_folder)) as other:
        other.execute("INSERT OR REPLACE INTO note (key, value) VALUES ('note.a', 'unmerged')")
        other.commit()
        for suffix in ("", "-wal", "-shm"):
            shutil.copy(f"{locked_folder}{suffix}", f"{folder}/copy.sqlite{suffix}")
    folder.chmod(0o555)
    if euid == NOBODY:
        os.seteuid(NOBODY)
    opened = Cache.open(folder / "copy.sqlite")
    assert opened.cache.is_read_only
    assert opened.cache.note("a") == "unmerged"
    opened.cache.close()


def test_an_older_file_that_cannot_be_written(locked_folder: Path) -> None:
    """A file of an older version that cannot be brought up to date is not read: the sentence names it."""
    euid = os.geteuid()
    if euid == NOBODY:
        os.seteuid(0)
    locked_folder.chmod(0o644)
    locked_folder.parent.chmod(0o755)
    with closing(sqlite3.connect(locked_folder)) as other:
        other.execute("PRAGMA user_version=3")
    locked_folder.parent.chmod(0o555)
    if euid == NOBODY:
        os.seteuid(NOBODY)
    with pytest.raises(CacheUnreadable) as told:
        Cache.open(locked_folder)
    assert str(locked_folder) in str(told.value)
