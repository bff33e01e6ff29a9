"""Tests of backup and restore."""

import json
import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from imptui.cache.store import Cache
from imptui.config.locations import Locations
from imptui.domain.rows import JournalEntry, SavedDraft
from imptui.query.query import SavedFilter
from tests.unit.cli.conftest import Shell

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
ENTRIES = [
    JournalEntry(AT, "me", "a@b.c", "restart device", "d1", None, None, "204"),
    JournalEntry(AT, "me", "a@b.c", "update group", "g1", '{"name": "ü"}', "{}", None, is_refused=True),
]
DRAFT = SavedDraft("deploy g 1", '{"agent": "server.log(\\"\\u2028\\")"}', AT)
FILTER = SavedFilter("Gone", "offline>1d")
SETTINGS = 'theme = "light"  # mine\n'


def rows_in(home: Path, context: str = "a@b.c") -> tuple[list[JournalEntry], list[SavedDraft], list[SavedFilter]]:
    """Return journal (oldest first), drafts and filters of a context."""
    cache = Cache.open(Locations(home).cache(context)).cache
    found = cache.journal.list()[::-1], cache.drafts.all(), list(cache.saved.all())
    cache.close()
    return found


@pytest.fixture
def saved(bare: Shell, tmp_path: Path) -> Path:
    """A backup of a data folder with a journal, a draft, a filter, settings and a token."""
    locations = Locations(bare.home)
    cache = Cache.open(locations.cache("a@b.c")).cache
    for each in ENTRIES:
        cache.journal.add(each)
    cache.drafts.save(DRAFT)
    cache.saved.save(FILTER)
    cache.close()
    locations.settings.write_text(SETTINGS, encoding="utf-8")
    secret = locations.secrets("a@b.c")
    secret.parent.mkdir()
    secret.write_text('{"access_token": "hidden-token"}', encoding="utf-8")
    file = tmp_path / "imptui.backup"
    answer = bare("backup", file)
    assert answer.exit_code == 0, answer.err
    assert "2 entries of the journal, 1 drafts, 1 filters, 1 files" in answer.err
    return file


def test_a_backup_is_private_and_holds_no_token(saved: Path) -> None:
    """A backup has mode 0600 and holds no token."""
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert b"hidden-token" not in saved.read_bytes()


def test_a_backup_replaces_no_file(bare: Shell, saved: Path) -> None:
    """A backup is written to a new file only."""
    before = saved.read_bytes()
    assert bare("backup", saved).exit_code not in (0, 10)
    assert saved.read_bytes() == before


def test_everything_is_restored(bare: Shell, saved: Path) -> None:
    """A restore into an empty folder brings journal, drafts, filters and settings back; a second one changes nothing."""
    before = rows_in(bare.home)
    shutil.rmtree(bare.home)
    for _ in range(2):
        answer = bare("restore", saved)
        assert answer.exit_code == 0, answer.err
        assert rows_in(bare.home) == before
    assert Locations(bare.home).settings.read_text(encoding="utf-8") == SETTINGS
    assert not Locations(bare.home).secrets("a@b.c").exists()


def test_what_differs_here_is_kept(bare: Shell, saved: Path) -> None:
    """A restore keeps drafts, filters and settings that differ here, names them and ends with 10; --replace replaces them."""
    locations = Locations(bare.home)
    cache = Cache.open(locations.cache("a@b.c")).cache
    newer = JournalEntry(AT, "me", "a@b.c", "delete device", "d2")
    cache.journal.add(newer)
    cache.drafts.save(SavedDraft(DRAFT.key, "{}", AT))
    cache.saved.save(SavedFilter("Gone", "online"))
    cache.close()
    locations.settings.write_text('theme = "dark"\n', encoding="utf-8")
    answer = bare("restore", saved)
    assert answer.exit_code == 10
    for name in ("deploy g 1", "Gone", "settings.toml"):
        assert name in answer.err
    journal, drafts, filters = rows_in(bare.home)
    assert [each.verb for each in journal] == ["restart device", "update group", "delete device"]
    assert (drafts[0].body, filters[0].text) == ("{}", "online")
    assert bare("restore", saved, "--replace").exit_code == 0
    journal, drafts, filters = rows_in(bare.home)
    assert len(journal) == 3
    assert (drafts, filters) == ([DRAFT], [FILTER])
    assert locations.settings.read_text(encoding="utf-8") == SETTINGS


@pytest.mark.parametrize("damage", ["cut", "format", "outside", "settings", "text"])
def test_a_bad_backup_restores_nothing(bare: Shell, saved: Path, damage: str) -> None:
    """A damaged, newer or hostile backup is refused with a sentence before anything is written."""
    found = json.loads(saved.read_text(encoding="utf-8"))
    if damage == "format":
        found["imptui_backup"] = 99
    elif damage == "outside":
        found["caches"]["../../outside"] = {}
    elif damage == "settings":
        found["files"]["settings.toml"] = "theme = "
    text = json.dumps(found)
    saved.write_text(text[:-20] if damage == "cut" else "no backup" if damage == "text" else text, encoding="utf-8")
    shutil.rmtree(bare.home)
    answer = bare("restore", saved)
    assert answer.exit_code not in (0, 10)
    assert "nothing was restored" in answer.err
    assert not bare.home.exists()
