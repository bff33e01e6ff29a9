"""A world whose file is deleted, replaced, full, locked or damaged says so, and acknowledges nothing that would be lost."""

import logging
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imptui.cloud.environment.chance import Chance
from imptui.cloud.environment.clock import ManualClock
from imptui.cloud.storage.errors import WorldFull, WorldLost, WorldUnreadable
from imptui.cloud.storage.world import World

from .conftest import START


def opened(path: Path) -> World:
    return World.open(path, clock=ManualClock(START), chance=Chance("seed"), password_cost_log2=2)


def note(world: World, name: str, value: str) -> None:
    with world.change() as tx:
        tx.metadata.put(name, value)


def noted(world: World, name: str) -> str | None:
    with world.view() as view:
        return view.metadata.text(name)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = opened(tmp_path / "w.db")
    note(world, "a", "before")
    yield world
    world.close()


def delete(path: Path) -> None:
    path.unlink()


def delete_all(path: Path) -> None:
    for each in path.parent.iterdir():
        each.unlink()


def replace_by_another(path: Path) -> None:
    other = path.with_name("other.db")
    opened(other).close()
    other.replace(path)


def replace_by_a_copy(path: Path) -> None:
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    copy.replace(path)


def move_away(path: Path) -> None:
    path.rename(path.with_name("elsewhere.db"))


LOSSES = [delete, delete_all, replace_by_another, replace_by_a_copy, move_away]


@pytest.mark.parametrize("lose", LOSSES)
def test_a_lost_file_is_noticed_by_changes(world: World, lose: Callable[[Path], None]) -> None:
    """A change of a world whose file was deleted, moved or replaced is refused."""
    lose(Path(world.path))
    with pytest.raises(WorldLost, match=r"was (deleted|replaced) while it was open"):
        note(world, "a", "after")


@pytest.mark.parametrize("lose", LOSSES)
def test_a_lost_file_is_noticed_by_views(world: World, lose: Callable[[Path], None]) -> None:
    """A view of a world whose file was deleted, moved or replaced is refused, with the first and with later connections."""
    lose(Path(world.path))
    for _ in range(2):
        with pytest.raises(WorldLost):
            noted(world, "a")


def test_a_file_lost_within_a_change_is_not_acknowledged(world: World) -> None:
    """A change during which the file is deleted is not acknowledged, and nobody hears of it."""
    heard: list[object] = []
    world.subscribe(heard.extend)

    def change() -> None:
        with world.change() as tx:
            tx.announce("changed")
            Path(world.path).unlink()

    with pytest.raises(WorldLost):
        change()
    assert heard == []


def test_a_deleted_log_is_noticed(world: World) -> None:
    """A change is refused when SQLite's log beside the file was deleted: the change would be in it alone."""
    Path(f"{world.path}-wal").unlink()
    with pytest.raises(WorldLost, match=r"w\.db-wal was deleted"):
        note(world, "a", "after")


def test_a_reader_makes_no_file(world: World, tmp_path: Path) -> None:
    """Neither views nor changes make a file anew where the world's file was deleted."""
    delete_all(Path(world.path))
    for act in (lambda: noted(world, "a"), lambda: note(world, "a", "after")):
        with pytest.raises(WorldLost):
            act()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_comes_back_is_served(world: World) -> None:
    """A world whose file was moved away and back goes on."""
    path = Path(world.path)
    move_away(path)
    with pytest.raises(WorldLost):
        note(world, "a", "lost")
    path.with_name("elsewhere.db").rename(path)
    note(world, "a", "after")
    assert noted(world, "a") == "after"


@pytest.mark.parametrize("name", ["what?.db", "50%.db", "a#b.db", "ü b.db"])
def test_names_with_signs_of_addresses(tmp_path: Path, name: str) -> None:
    """A file may have any name, also one with the signs that mean something in an address."""
    world = opened(tmp_path / name)
    note(world, "a", "b")
    assert noted(world, "a") == "b"
    world.close()
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_full_disk_undoes_the_change(world: World) -> None:
    """A change for which there is no room is undone and says so; reading and later changes go on."""
    pages = world._writer.execute("PRAGMA page_count").fetchone()[0]
    world._writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(WorldFull, match="no room"):
        note(world, "big", "x" * 1_000_000)
    assert noted(world, "a") == "before"
    world._writer.execute("PRAGMA max_page_count = 1000000")
    note(world, "big", "x" * 1_000_000)
    assert noted(world, "big") == "x" * 1_000_000


def test_a_locked_file_is_a_sentence(world: World) -> None:
    """A file that another program keeps locked is named, with what to do."""
    world._writer.execute("PRAGMA busy_timeout = 10")
    with sqlite3.connect(world.path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(WorldUnreadable, match="another program holds it"):
            note(world, "a", "after")
        other.execute("ROLLBACK")
    other.close()
    note(world, "a", "after")
    assert noted(world, "a") == "after"


def altered(path: Path, sql: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA writable_schema = 1")
        connection.execute(sql)
    connection.close()


DAMAGES = [
    "DROP TABLE fact",
    "DROP TABLE account",
    "DROP TABLE device",
    "ALTER TABLE program DROP COLUMN surroundings",
    "UPDATE sqlite_master SET sql = 'CREATE TABLE nonsense (' WHERE name = 'account'",
    "UPDATE sqlite_master SET rootpage = 9999 WHERE name = 'account'",
    "DELETE FROM sqlite_master WHERE name = 'device'",
]


@pytest.mark.parametrize("sql", DAMAGES)
def test_a_damaged_schema_is_a_sentence(tmp_path: Path, sql: str) -> None:
    """A file whose tables or columns are missing or damaged is named when it is opened, with what to do."""
    path = tmp_path / "w.db"
    opened(path).close()
    altered(path, sql)
    with pytest.raises(WorldUnreadable, match=r"damaged.+Restore a copy") as caught:
        with_accounts(path)
    assert str(path) in str(caught.value)


def with_accounts(path: Path) -> None:
    world = opened(path)
    try:
        with world.view() as view:
            view.accounts.is_empty()
    finally:
        world.close()


def test_a_schema_that_loses_a_table_meanwhile_is_a_sentence(world: World) -> None:
    """A table that disappears while the world is open is damage of the file."""
    altered(Path(world.path), "DROP TABLE account")
    with pytest.raises(WorldUnreadable, match="Restore a copy"), world.view() as view:
        view.accounts.is_empty()


def test_a_fault_is_logged_once(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """A fault is logged once until a change succeeds, however often it is met."""
    fault = WorldFull(world.path, "there is no room.")
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            world.faults.report(fault)
        assert len(caplog.records) == 1
        assert caplog.records[0].exc_info is None
        note(world, "a", "after")
        world.faults.report(fault)
        assert len(caplog.records) == 2


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="This system has no symbolic links.")
def test_a_linked_file_is_followed(tmp_path: Path) -> None:
    """A world may be opened through a symbolic link; a link that then leads elsewhere is a lost file."""
    real, link = tmp_path / "real.db", tmp_path / "link.db"
    opened(real).close()
    link.symlink_to(real)
    world = opened(link)
    note(world, "a", "b")
    assert noted(world, "a") == "b"
    link.unlink()
    opened(tmp_path / "other.db").close()
    link.symlink_to(tmp_path / "other.db")
    with pytest.raises(WorldLost):
        note(world, "a", "c")
    world.close()
