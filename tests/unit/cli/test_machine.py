"""Tests of what `imptui doctor` checks of this machine."""

import os
import sqlite3
from pathlib import Path

import pytest

from imptui.cache.connections import OLDEST_SQLITE, Connections
from imptui.cache.errors import CacheUnreadable, meaning_of
from imptui.cache.store import Cache
from imptui.cli import machine
from tests.unit.cli.conftest import Shell


def test_doctor_checks_the_machine(shell: Shell) -> None:
    """The doctor tells SQLite, data folder, room, locks and working folder, and leaves no file behind."""
    before = sorted(shell.home.rglob("*"))
    out = shell("doctor").out
    assert f"SQLite       {sqlite3.sqlite_version}" in out
    assert f"data folder  {shell.home}: good" in out
    assert "GB free" in out
    assert "locks        work" in out
    assert f"working in   {Path.cwd()}" in out
    assert sorted(shell.home.rglob("*")) == before


def test_folders_that_are_not_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing, wrong, open or foreign data folder is told with the way out."""
    assert "not there yet" in machine.folder_words(tmp_path / "new")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert "is no folder: name a folder of your own with IMPTUI_DATA_DIR" in machine.folder_words(tmp_path / "file")
    assert "cannot be used" in machine.folder_words(tmp_path / "file" / "below")
    tmp_path.chmod(0o777)
    assert "others can write into it" in machine.folder_words(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    assert "belongs to another user" in machine.folder_words(tmp_path)


def test_locks_that_do_not_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system without locks is told with the way out."""
    monkeypatch.setattr(machine, "_locks_work", lambda _: False)
    assert "do not work: name a folder of your own with IMPTUI_DATA_DIR or --data-dir, on a local disk" in machine.lock_words(
        tmp_path
    )


def test_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An SQLite that is too old is named with the version that is needed, by the cache and by the doctor."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 1))
    oldest = ".".join(map(str, OLDEST_SQLITE))
    with pytest.raises(CacheUnreadable, match=f"too old. Use a Python with SQLite {oldest}"):
        Cache.open(tmp_path / "cache.sqlite")
    assert "too old" in machine.sqlite_words()


@pytest.mark.parametrize("name", ["SQLITE_PROTOCOL", "SQLITE_IOERR_SHMOPEN", "SQLITE_IOERR_LOCK"])
def test_a_file_system_without_locks(tmp_path: Path, name: str) -> None:
    """A cache on a file system without locks is named with the way out: a local disk."""
    error = sqlite3.OperationalError("locking protocol")
    error.sqlite_errorname = name
    told = meaning_of(error, tmp_path / "cache.sqlite")
    assert told is not None
    assert "does not support the locks" in str(told)
    assert "IMPTUI_DATA_DIR" in str(told)


def test_a_file_system_without_shared_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that cannot be shared by two consoles, because there is no WAL, is refused with a sentence."""

    class Pretended(sqlite3.Connection):
        def execute(self, sql: str, *rest: object) -> sqlite3.Cursor:
            return super().execute("SELECT 'delete'" if "journal_mode" in sql else sql, *rest)

    monkeypatch.setattr("imptui.cache.connections.PatientConnection", Pretended)
    with pytest.raises(CacheUnreadable, match="does not support the locks"):
        Connections(tmp_path / "cache.sqlite")
