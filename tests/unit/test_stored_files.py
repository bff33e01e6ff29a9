"""Files of version 0.1.0 open in the present version with everything that was in them."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from imptui.cache.errors import CacheUnreadable
from imptui.cache.store import Cache
from imptui.cloud.storage.errors import WorldUnreadable
from imptui.cloud.storage.world import World
from imptui.config.contexts import NamedContext, load_contexts
from imptui.config.filter_history import load_filters
from imptui.config.locations import Locations
from imptui.config.settings import load_settings
from imptui.config.state import load_state
from imptui.domain.ids import DeploymentId, DeviceId
from imptui.query.query import Query, Sort, SortColumn
from tests.stored_names import run, unpack_home

NOW = datetime(2026, 12, 1, tzinfo=UTC)
READ = DeviceId("50000c2a69eff857")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of the stored data folder."""
    return unpack_home(tmp_path)


def test_a_stored_settings_file_is_read(home: Path) -> None:
    """Every setting of a stored settings file has the value that was written."""
    settings = load_settings(Locations(home).settings)
    assert (settings.theme, settings.ascii, settings.mouse, settings.clipboard) == ("light", True, False, "file")
    assert (settings.slow, settings.sync_minutes, settings.protected, settings.needs_approval) == (True, 7.5, ("Field*",), False)
    assert dict(settings.queries) == {"Gone for a day": "type:production and offline>1d"}
    assert dict(settings.keys) == {"devices.restart": ("r", "f5"), "list.problems": ()}


def test_stored_contexts_are_read(home: Path) -> None:
    """A stored context keeps its endpoint, user, lock, protection, theme and approval."""
    contexts = load_contexts(Locations(home).contexts)
    assert contexts.last == "demo"
    stored = NamedContext("plant", "https://api.example.com/v5", "grower", True, ("type:production",), "dark", True)
    assert contexts.get("plant") == stored


def test_a_stored_session_state_is_read(home: Path) -> None:
    """The stored orders, columns, hints and earlier filters are those of the next session."""
    habits = load_state(Locations(home).state)
    assert habits.sort_in("demo") == Sort(SortColumn.RSSI, descending=True)
    assert habits.sort_in("plant") == Sort(SortColumn.NAME)
    assert (habits.columns, habits.hints_shown) == (("name", "rssi", "group"), ("rollout",))
    assert load_filters(Locations(home).filter_history) == ("offline>2h", "name:unit")


def test_a_stored_cache_opens_with_its_fleet(home: Path) -> None:
    """A stored cache lists its products, groups, devices and deployments, with readings and code."""
    opened = Cache.open(Locations(home).cache("demo"))
    assert opened.warning is None
    cache = opened.cache
    try:
        assert cache.devices.count(Query(), NOW) == 20
        row = cache.devices.find(READ)[0]
        assert (row.device.name, row.group_name, row.product_name) == ("unit 0000001", "Production", "Meter 100")
        assert row.reading is not None
        assert (row.reading.rssi_dbm, row.reading.free_memory_bytes) == (-57, 101_112)
        newest = cache.deployments.find("A small step")[:1] or cache.deployments.find("ae2c61dfff30")
        programs = cache.deployments.programs(DeploymentId(newest[0].id))
        assert programs is not None
        assert programs.agent_code == 'server.log("agent");\n'
        assert any(tag.startswith("objected.") for tag in newest[0].tags)
    finally:
        cache.close()


def test_a_stored_cache_keeps_what_only_it_knows(home: Path) -> None:
    """The journal, the draft and the saved filter of a stored cache are there."""
    cache = Cache.open(Locations(home).cache("demo")).cache
    try:
        entries = cache.journal.list()
        assert [entry.verb for entry in entries if entry.is_refused] == ["create deployment"]
        assert all(entry.who == "demo" and entry.answer for entry in entries)
        (draft,) = cache.drafts.all()
        body = json.loads(draft.body)
        assert body["programs"]["agent_code"] == 'server.log("draft agent");\n'
        assert (body["description"], body["source"], body["tags"]) == ("Not finished", "meter.agent.nut", ["v2"])
        assert [(saved.name, saved.text) for saved in cache.saved.all()] == [("Weak units", "name:unit rssi<-80")]
    finally:
        cache.close()


def test_a_stored_world_answers(home: Path) -> None:
    """The embedded engine serves a stored world: its devices, its deployments, its second account."""
    listed = json.loads(run(home, "ls", "devices", "--refresh", "--json").stdout)
    assert len(listed) == 20
    assert len(json.loads(run(home, "ls", "deployments", "--json").stdout)) == 5
    world = World.open(Locations(home).world)
    try:
        with world.view() as look:
            assert look.accounts.called("vera") is not None
    finally:
        world.close()


def test_a_stored_world_accepts_changes(home: Path, tmp_path: Path) -> None:
    """A new deployment goes to a group of a stored world, and the stored draft of that group stays."""
    code = tmp_path / "a.nut"
    code.write_text('server.log("later");\n', encoding="utf-8")
    done = run(home, "deploy", "Development", "--agent", code, "--device", code, "--yes", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["before"]["description"].startswith("A small step")
    cache = Cache.open(Locations(home).cache("demo")).cache
    assert len(cache.drafts.all()) == 1
    cache.close()


def make_newer(path: Path) -> None:
    """Mark a file of SQLite as that of a later version."""
    connection = sqlite3.connect(path)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute(f"PRAGMA user_version = {version + 100}")
    connection.close()


def test_a_cache_of_a_newer_version_is_refused_in_a_sentence(home: Path) -> None:
    """Opening a cache that a newer version wrote names the file and the newer version, and leaves the file as it is."""
    path = Locations(home).cache("demo")
    make_newer(path)
    before = path.read_bytes()
    with pytest.raises(CacheUnreadable, match="newer") as refused:
        Cache.open(path)
    assert str(path) in str(refused.value)
    assert path.read_bytes() == before
    answer = run(home, "ls", "devices")
    assert answer.exit_code != 0
    assert answer.stdout == ""
    assert len(answer.stderr.splitlines()) == 1


def test_a_world_of_a_newer_version_is_refused_in_a_sentence(home: Path) -> None:
    """Opening a world that a newer version wrote names the file and the newer version, and leaves the file as it is."""
    path = Locations(home).world
    make_newer(path)
    before = path.read_bytes()
    with pytest.raises(WorldUnreadable, match="newer") as refused:
        World.open(path)
    assert str(path) in str(refused.value)
    assert path.read_bytes() == before
    answer = run(home, "world", "advance", "1m")
    assert answer.exit_code != 0
    assert len(answer.stderr.splitlines()) == 1
