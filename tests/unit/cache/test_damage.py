"""Tests of damaged caches: a sentence says so, the file is put aside, and no journal is lost silently."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from imptui.cache.errors import CacheUnreadable
from imptui.cache.recovery import mark_damaged
from imptui.cache.store import Cache
from imptui.domain.device import Reading
from imptui.domain.rows import JournalEntry, SavedDraft
from imptui.query.query import Query, SavedFilter
from tests.unit.cache.pump_fleet import NOW, PUMP, pumps

PAGE = 4096


@pytest.fixture
def damaged(path: Path) -> Path:
    """A cache of three thousand devices of which every page with a device on it was overwritten."""
    cache = Cache.open(path).cache
    cache.journal.add(JournalEntry(NOW, "me", "home", "restart", PUMP.id))
    cache.drafts.save(SavedDraft("line", '{"a": 1}', NOW))
    cache.devices.store([replace(one, name=f"Needle {one.name}") for one in pumps(3000)], NOW)
    cache.close()
    written = path.read_bytes()
    spoilt = [
        written[at : at + 16] + b"\xff" * (PAGE - 16) if b"Needle" in written[at : at + PAGE] else written[at : at + PAGE]
        for at in range(0, len(written), PAGE)
    ]
    path.write_bytes(b"".join(spoilt))
    return path


def test_reading_says_so(damaged: Path) -> None:
    """Reading from a damaged file says that it is damaged, and what to do."""
    cache = Cache.open(damaged).cache
    with pytest.raises(CacheUnreadable, match="damaged") as told:
        cache.devices.order(Query(), NOW)
    assert told.value.is_damaged
    assert "Start imptui again" in told.value.what_to_do
    cache.close()


def test_writing_says_so(damaged: Path) -> None:
    """Writing to a damaged file says that it is damaged, and leaves nothing half written."""
    cache = Cache.open(damaged).cache
    with pytest.raises(CacheUnreadable, match="damaged"):
        cache.devices.store([replace(one, name="new") for one in pumps(3000)], NOW)
    with pytest.raises(CacheUnreadable, match="damaged"):
        cache.devices.store_readings({PUMP.id: Reading(-50, 1, NOW), pumps(1)[0].id: Reading(-50, 1, NOW)})
    assert cache.note("nothing") is None
    cache.close()


def test_next_start_begins_anew(damaged: Path) -> None:
    """The start after that keeps the damaged file, and takes journal and drafts over."""
    cache = Cache.open(damaged).cache
    with pytest.raises(CacheUnreadable):
        cache.devices.order(Query(), NOW)
    cache.close()
    opened = Cache.open(damaged, NOW)
    assert opened.warning is not None
    assert "1 entries of the journal, 1 drafts and 0 saved filters were taken over" in opened.warning
    assert [entry.verb for entry in opened.cache.journal.list()] == ["restart"]
    assert opened.cache.drafts.one("line") == SavedDraft("line", '{"a": 1}', NOW)
    aside = damaged.with_name("cache.db.corrupt-20260301T120000Z")
    assert aside.exists()
    assert stat.S_IMODE(damaged.stat().st_mode) == 0o600
    opened.cache.devices.store([PUMP], NOW)
    opened.cache.close()
    again = Cache.open(damaged, NOW + timedelta(hours=1))
    assert again.warning is None
    again.cache.close()


def test_what_cannot_be_saved_is_said(path: Path) -> None:
    """When the journal itself cannot be read, the warning says where the rest of it is."""
    cache = Cache.open(path).cache
    for number in range(2000):
        cache.journal.add(JournalEntry(NOW, "me", "home", f"verb {number} " + "x" * 200, PUMP.id))
    cache.close()
    written = bytearray(path.read_bytes())
    middle = written.find(b"verb 1000") // PAGE * PAGE
    written[middle : middle + PAGE] = b"\xff" * PAGE
    path.write_bytes(written)
    cache = Cache.open(path).cache
    with pytest.raises(CacheUnreadable):
        cache.journal.list(limit=5000)
    cache.close()
    opened = Cache.open(path, NOW)
    verbs = {entry.verb.split()[1] for entry in opened.cache.journal.list(limit=5000)}
    assert {"0", "1999"} <= verbs
    assert "1000" not in verbs
    assert opened.warning is not None
    assert "could not be read" in opened.warning
    opened.cache.close()


@pytest.mark.parametrize("name", ["pump%40example%2ecom", "100%", "why?", "tank #1", "ü %25 ?mode=rw#x"])
def test_any_file_name_is_recovered(tmp_path: Path, name: str) -> None:
    """Journal, drafts and saved filters of a damaged cache are recovered whatever characters are in its path."""
    path = tmp_path / name / f"{name}.sqlite"
    cache = Cache.open(path).cache
    cache.journal.add(JournalEntry(NOW, "me", "home", "restart", PUMP.id))
    cache.drafts.save(SavedDraft("line", "{}", NOW))
    cache.saved.save(SavedFilter("Gone", "offline"))
    cache.close()
    mark_damaged(path)
    opened = Cache.open(path, NOW)
    assert opened.warning is not None
    assert opened.warning.endswith("1 entries of the journal, 1 drafts and 1 saved filters were taken over.")
    assert len(opened.cache.journal.list()) == len(opened.cache.saved.all()) == 1
    opened.cache.close()


def test_no_kept_file_is_replaced(path: Path) -> None:
    """A file that is put aside never replaces one that was put aside in the same second."""
    for _ in range(3):
        Cache.open(path, NOW).cache.close()
        mark_damaged(path)
    Cache.open(path, NOW).cache.close()
    kept = [each for each in path.parent.glob("*.corrupt-*") if not each.name.endswith(("-wal", "-shm"))]
    assert len(kept) == 3
