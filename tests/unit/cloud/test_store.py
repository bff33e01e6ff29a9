"""The world's file, its transactions, its clock and its chance."""

import contextlib
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from imptui.cloud.environment.chance import Chance
from imptui.cloud.environment.clock import ManualClock
from imptui.cloud.rules import product as products
from imptui.cloud.rules.account import OpenAccount, open_account
from imptui.cloud.storage.errors import WorldUnreadable
from imptui.cloud.storage.world import World

from .conftest import START, Bench


class Stop(Exception):
    """Something went wrong in the midst of a transaction."""


def opened(path: Path, seed: str = "seed") -> World:
    return World.open(path, clock=ManualClock(START), chance=Chance(seed), password_cost_log2=2)


def facts(world: World, name: str) -> str | None:
    with world.view() as view:
        return view.metadata.text(name)


def note(world: World, name: str, value: str) -> None:
    with world.change() as tx:
        tx.metadata.put(name, value)


def test_changes_survive_a_new_start(tmp_path: Path) -> None:
    """What was done is there when the world is opened again."""
    world = opened(tmp_path / "w.db")
    account = open_account(world, OpenAccount("grower", "g@example.test", "pw"))
    made = products.create_product(world, products.CreateProduct("Greenhouse"), account)
    world.close()
    world = opened(tmp_path / "w.db")
    assert products.get_product(world, made.id, account) == made
    world.close()


def test_acknowledged_changes_survive_a_kill(tmp_path: Path) -> None:
    """Every acknowledged change is there after the process was killed, and only whole changes are."""
    program = """
import sys
from pathlib import Path
from imptui.cloud.storage.world import World
world = World.open(Path(sys.argv[1]))
for number in range(10**9):
    with world.change() as tx:
        tx.metadata.put("left", str(number))
        tx.metadata.put("right", str(number))
    print(number, flush=True)
"""
    path = tmp_path / "w.db"
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(200)][-1]
        os.kill(process.pid, signal.SIGKILL)
        acknowledged = max([acknowledged, *map(int, process.stdout.read().split("\n")[:-1])])
    world = opened(path)
    left, right = facts(world, "left"), facts(world, "right")
    world.close()
    assert left == right
    assert int(left or -1) >= acknowledged


def test_file_is_its_owners_alone(tmp_path: Path) -> None:
    """The file holds secrets: nobody else may read it, nor its log."""
    world = opened(tmp_path / "w.db")
    modes = {name.name: stat.S_IMODE(name.stat().st_mode) for name in tmp_path.iterdir()}
    world.close()
    assert set(modes.values()) == {0o600}


def newer(path: Path) -> None:
    opened(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()


def torn(path: Path) -> None:
    opened(path).close()
    content = path.read_bytes()
    path.write_bytes(content[:100] + bytes(len(content) - 100))


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE accounts (id)")
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "advice"),
    [
        (newer, "Upgrade"),
        (torn, "Restore"),
        (foreign, "Name another file"),
        (lambda path: path.write_text("no database " * 100), "Restore"),
        (lambda path: path.mkdir(), "Check the path"),
    ],
    ids=["newer version", "torn", "another program's", "text", "directory"],
)
def test_unusable_file_is_said_clearly(tmp_path: Path, spoil: Callable[[Path], object], advice: str) -> None:
    """A file that cannot be used is named, with what to do about it."""
    path = tmp_path / "w.db"
    spoil(path)
    with pytest.raises(WorldUnreadable) as caught:
        opened(path)
    assert str(path) in str(caught.value)
    assert advice in caught.value.reason


def test_missing_folder_is_said_clearly(tmp_path: Path) -> None:
    """A path that cannot be made is named, with what to do about it."""
    with pytest.raises(WorldUnreadable, match="Check the path"):
        opened(tmp_path / "nowhere" / "w.db")


def test_same_seed_gives_the_same_ids() -> None:
    """Two runs with the same seed and the same calls give the same ids."""

    def ids(seed: str) -> list[str]:
        bench = Bench(World.open(chance=Chance(seed), password_cost_log2=2), ManualClock())
        return [bench.grower.id, bench.greenhouse.id, bench.imp().agent_id, bench.group().id]

    assert ids("one") == ids("one")
    assert not set(ids("one")) & set(ids("two"))


def test_secrets_do_not_follow_from_the_seed() -> None:
    """Who knows the seed of a world knows none of its tokens."""
    one, two = Chance("same"), Chance("same")
    assert one.uuid() == two.uuid()
    assert one.access_token() != two.access_token()


def test_ids_go_on_after_a_new_start(tmp_path: Path) -> None:
    """An id never comes twice, also when the world is opened again."""
    drawn = []
    for _ in range(3):
        world = World.open(tmp_path / "w.db")
        with world.change() as tx:
            drawn.append(tx.chance.uuid())
        world.close()
    assert len(set(drawn)) == 3


def test_clock_stays_ahead(tmp_path: Path) -> None:
    """A world that was moved ahead is still ahead when it is opened again."""
    world = World.open(tmp_path / "w.db")
    world.advance(timedelta(days=30))
    before = world.now()
    world.close()
    world = World.open(tmp_path / "w.db")
    assert timedelta(0) <= world.now() - before < timedelta(minutes=5)
    world.close()


def test_refused_change_is_undone(bench: Bench) -> None:
    """All of a transaction is kept, or nothing."""
    with contextlib.suppress(Stop), bench.world.change() as tx:
        tx.products.delete(bench.greenhouse.id)
        raise Stop
    with bench.world.view() as view:
        assert view.products.get(bench.greenhouse.id) == bench.greenhouse


def test_look_cannot_change(tmp_path: Path) -> None:
    """Who only looks cannot change anything, in a file or in memory."""
    for world in (opened(tmp_path / "w.db"), World.open()):
        with pytest.raises(sqlite3.OperationalError, match="readonly"), world.view() as view:
            view.metadata.put("a", "b")
        world.close()


def test_looks_may_be_nested(tmp_path: Path) -> None:
    """Who looks may look again, in a file or in memory, and still cannot change anything."""
    for world in (World.open(tmp_path / "world.db"), World.open()):
        note(world, "a", "b")
        with world.view() as outer, world.view() as inner:
            assert outer.metadata.text("a") == inner.metadata.text("a") == "b"
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                inner.metadata.put("a", "c")
        with pytest.raises(sqlite3.OperationalError, match="readonly"), world.view() as outer:
            outer.metadata.put("a", "c")
        note(world, "a", "d")
        assert facts(world, "a") == "d"


def test_a_change_within_a_look_in_memory_is_a_mistake() -> None:
    """Who looks at a world in memory and changes it before having looked is told so, instead of waiting for ever."""
    world = World.open()
    with pytest.raises(RuntimeError, match="must be closed"), world.view(), world.change():
        pass
    note(world, "a", "b")
    assert facts(world, "a") == "b"


def test_look_is_one_moment(tmp_path: Path) -> None:
    """Who looks sees one moment, whatever is changed meanwhile, and waits for nobody."""
    world = opened(tmp_path / "w.db")
    with world.change() as tx:
        tx.metadata.put("a", "before")
    with world.view() as view:
        assert view.metadata.text("a") == "before"
        with world.change() as tx:
            tx.metadata.put("a", "after")
        assert view.metadata.text("a") == "before"
    assert facts(world, "a") == "after"
    world.close()


def test_changes_come_one_after_another(tmp_path: Path) -> None:
    """Many may change the world at once; each is judged on its own, and none meets a lock. Contract 12.6."""
    world = opened(tmp_path / "w.db")

    def count() -> None:
        for _ in range(50):
            with world.change() as tx:
                tx.metadata.put("n", str(tx.metadata.number("n") + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert facts(world, "n") == "200"
    world.close()


def test_change_within_a_change_is_an_error(bench: Bench) -> None:
    """A transaction cannot begin another; it would wait for itself for ever."""
    with bench.world.change(), pytest.raises(RuntimeError), bench.world.change():
        pass


def test_announced_only_when_kept(bench: Bench) -> None:
    """Listeners hear what was kept, in order, and nothing of what was undone."""
    heard: list[object] = []
    unsubscribe = bench.world.subscribe(heard.extend)
    with contextlib.suppress(Stop), bench.world.change() as tx:
        tx.announce("lost")
        raise Stop
    with bench.world.change() as tx:
        tx.announce("first")
        tx.announce("second")
        assert heard == []
    unsubscribe()
    with bench.world.change() as tx:
        tx.announce("unheard")
    assert heard == ["first", "second"]


def test_closed_world_says_so(bench: Bench) -> None:
    """A closed world is neither looked at nor changed."""
    world = World.open()
    world.close()
    with pytest.raises(RuntimeError, match="closed"), world.view():
        pass
    with pytest.raises(RuntimeError, match="closed"), world.change():
        pass
