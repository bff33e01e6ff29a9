"""The cache file: opening, sharing, and generations."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from imptui.cache.connections import VERSION
from imptui.cache.errors import CacheUnreadable, SearchInterrupted
from imptui.cache.store import Cache, Stop
from imptui.domain.device import Device
from imptui.domain.ids import DeviceId
from imptui.query.grammar import parse
from imptui.query.query import Query
from tests.unit.cache.pump_fleet import LINE, NOW, PUMP, pumps


def test_private_file(cache: Cache, path: Path) -> None:
    """Only the user can read the cache: the file is 0600, its folder 0700."""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_version_counts_migrations() -> None:
    """The version in the file is the number of migrations."""
    from imptui.cache.migrations import migrations

    assert len(migrations._migrations) == VERSION


def test_damaged_file_is_kept(path: Path) -> None:
    """A damaged cache is moved aside with a warning, and a new one works."""
    path.parent.mkdir()
    path.write_bytes(b"this is no database, whatever its name says" * 100)
    opened = Cache.open(path, NOW)
    opened.cache.devices.store([PUMP], NOW)
    assert opened.warning is not None
    assert "cache.db.corrupt-20260301T120000Z" in opened.warning
    assert (path.parent / "cache.db.corrupt-20260301T120000Z").read_bytes().startswith(b"this is no database")
    opened.cache.close()


def test_newer_file_is_left_alone(cache: Cache, path: Path) -> None:
    """A cache of a newer program is refused with advice, and not changed."""
    cache.close()
    other = sqlite3.connect(path)
    other.execute(f"PRAGMA user_version={VERSION + 1}")
    other.close()
    with pytest.raises(CacheUnreadable, match="newer imptui") as refused:
        Cache.open(path)
    assert refused.value.path == path
    assert "move the file away" in refused.value.what_to_do
    assert path.exists()


def test_a_file_without_an_attribute_gets_its_column(cache: Cache, path: Path) -> None:
    """A cache file of a version without an attribute opens; the attribute is not reported."""
    cache.devices.store([PUMP], NOW)
    cache.close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("ALTER TABLE device DROP COLUMN agent_url")
    opened = Cache.open(path).cache
    row = opened.devices.row(PUMP.id)
    assert row is not None
    assert row.device == replace(PUMP, agent_url=None)
    opened.devices.store([PUMP], NOW)
    assert opened.devices.rows_of([PUMP.id])[PUMP.id].device == PUMP
    opened.close()


def test_no_place_for_a_file(tmp_path: Path) -> None:
    """If no file can be created, the cache reports it."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CacheUnreadable):
        Cache.open(tmp_path / "file" / "cache.db")


def test_survives_closing(cache: Cache, path: Path) -> None:
    """Saved data is there after closing and opening the cache."""
    cache.devices.store([PUMP], NOW)
    cache.set_note("synced_at", "yesterday")
    cache.close()
    again = Cache.open(path).cache
    row = again.devices.row(PUMP.id)
    assert row is not None
    assert row.device == PUMP
    assert again.note("synced_at") == "yesterday"
    again.close()


@pytest.fixture
def other(cache: Cache, path: Path) -> Iterator[Cache]:
    other = Cache.open(path).cache
    yield other
    other.close()


def test_two_consoles(cache: Cache, other: Cache) -> None:
    """Two consoles can use one cache at once: each sees the writes of the other, and none is refused."""
    halves = pumps(200)[:100], pumps(200)[100:]

    def write(one: Cache, devices: list[Device]) -> None:
        for device in devices:
            one.devices.store([device], NOW)

    threads = [threading.Thread(target=write, args=pair) for pair in zip((cache, other), halves, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.devices.count(Query(), NOW) == other.devices.count(Query(), NOW) == 200
    assert cache.generation() == other.generation()


def test_a_generation_is_kept_once_per_kind(cache: Cache, path: Path) -> None:
    """The file holds one row per kind of change, whatever the number of generations."""
    for turn in range(5):
        cache.devices.store([replace(PUMP, name=f"Pump {turn}")], NOW)
    cache.groups.store([replace(LINE, name="Line 4")])
    with closing(sqlite3.connect(path)) as other:
        rows = dict(other.execute("SELECT kind, n FROM generation").fetchall())
    assert rows.keys() == {"product", "group", "device"}
    assert rows["group"] == cache.generation() > rows["device"]


def test_a_log_of_an_older_version_is_removed(cache: Cache, path: Path) -> None:
    """A cache file with the generation log of an older version continues from its newest generation."""
    with closing(sqlite3.connect(path)) as other, other:
        for n in range(1000, 1010):
            other.execute("INSERT INTO generation (n, kind, devices) VALUES (?, 'device', x'00000001')", (n,))
    assert cache.generation() == 1009
    cache.devices.store([PUMP], NOW)
    assert cache.generation() == 1010
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM generation WHERE kind = 'device'").fetchone() == (1,)


def test_another_console_renames_a_group(cache: Cache, other: Cache) -> None:
    """A group that another console renames has its new name in this console's tree."""
    assert LINE.name in {line.group.name for product in cache.groups.tree().products for line in product.groups}
    other.groups.store([replace(LINE, name="Line 4")])
    assert "Line 4" in {line.group.name for product in cache.groups.tree().products for line in product.groups}


def test_nothing_new_is_no_generation(cache: Cache) -> None:
    """A page without news takes no generation."""
    cache.devices.store([PUMP], NOW)
    before = cache.generation()
    assert cache.devices.store([PUMP], NOW) == []
    assert cache.generation() == before


def test_stopped_search(cache: Cache) -> None:
    """A stopped search ends at once, and other searches of the same thread continue."""
    cache.devices.store(pumps(200), NOW)
    stop = Stop()
    stop.now()
    with pytest.raises(SearchInterrupted):
        cache.devices.order(Query(where=parse("pump")), NOW, stop)
    assert cache.devices.count(Query(where=parse("pump")), NOW) == 200


def test_interrupt_while_searching(cache: Cache) -> None:
    """Interrupting ends running searches, and no later ones."""
    cache.devices.store([replace(PUMP, id=DeviceId(f"{n:016x}"), name="pump" * 15) for n in range(3000)], NOW)
    ended = threading.Event()

    def search() -> None:
        try:
            while True:
                cache.devices.count(Query(where=parse("~/p.*m.*q/")), NOW)
        except SearchInterrupted:
            ended.set()

    thread = threading.Thread(target=search)
    thread.start()
    for _ in range(500):
        cache.interrupt()
        if ended.wait(0.01):
            break
    thread.join(10)
    assert ended.is_set()
    assert cache.devices.count(Query(), NOW) == 3000


def test_settle_goes_on_where_it_stopped(cache: Cache) -> None:
    """Building indexes can be stopped at any time and continues later; searches return the same meanwhile."""
    cache.devices.store(pumps(200), NOW)
    stop = Stop()
    stop.now()
    assert not cache.settle(stop)
    expected = [row.device.id for row in cache.devices.window(Query(where=parse('"pump 19"')), 0, 50, NOW)]
    assert cache.settle()
    assert [row.device.id for row in cache.devices.window(Query(where=parse('"pump 19"')), 0, 50, NOW)] == expected
    assert len(expected) == 11


def test_half_a_surrogate_pair(cache: Cache) -> None:
    """A name with half a surrogate pair is stored with a replacement, and can be searched for."""
    cache.devices.store([replace(PUMP, name="bad \ud800 name")], NOW)
    assert [row.device.name for row in cache.devices.window(Query(where=parse('"bad ? name"')), 0, 9, NOW)] == ["bad ? name"]
    assert cache.devices.count(Query(where=parse('"\ud800"')), NOW) == 1
