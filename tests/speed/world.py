"""How quickly worlds are made and live: run with `python -m tests.speed.world [devices]`; prints times and ratios."""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from imptui.cloud.environment.chance import Chance
from imptui.cloud.environment.clock import ManualClock, SystemClock
from imptui.cloud.fixtures import seed
from imptui.cloud.rules import device
from imptui.cloud.simulation import log_lines
from imptui.cloud.simulation.life import advance, catch_up
from imptui.cloud.storage.bulk_fill import IMP_COLUMNS
from imptui.cloud.storage.paging import FIRST, Paging
from imptui.cloud.storage.records import GroupScope
from imptui.cloud.storage.world import World


def took(what: str, work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    print(f"{what:58} {seconds * 1000:10.2f} ms")
    return seconds


def raw(rows: list[tuple[object, ...]], path: Path) -> None:
    """The same rows by bare `executemany`, with one index."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN")
    connection.execute(f"CREATE TABLE device (seq INTEGER PRIMARY KEY, {', '.join(IMP_COLUMNS)})")
    marks = ", ".join("?" * len(IMP_COLUMNS))
    connection.executemany(f"INSERT INTO device ({', '.join(IMP_COLUMNS)}) VALUES ({marks})", rows)
    connection.execute("CREATE UNIQUE INDEX device_id ON device (id)")
    connection.execute("COMMIT")
    connection.close()


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        demo = World.open(Path(folder, "demo.db"), clock=ManualClock(SystemClock().now()), chance=Chance("1"))
        took("demonstration world in a file, 2,587 devices", lambda: seed.demo(demo))
        demo.advance(timedelta(hours=24))
        took("a day of the demonstration world", lambda: catch_up(demo))
        demo.close()
        world = World.open(Path(folder, "large.db"), clock=ManualClock(SystemClock().now()), chance=Chance("1"))
        filled = took(f"large world in a file, {count:,} devices", lambda: seed.large(world, count))
        with world.view() as view:
            owner = view.accounts.called("demo")
            assert owner is not None
            group = view.groups.page([owner.id], GroupScope(), Paging(1, 100)).items[3]
        with closing(sqlite3.connect(Path(folder, "large.db"))) as source:
            rows = source.execute(f"SELECT {', '.join(IMP_COLUMNS)} FROM device ORDER BY seq").fetchall()
        bare = took("the same rows by bare executemany, one index", lambda: raw(rows, Path(folder, "raw.db")))
        print(f"{'ratio':58} {filled / bare:10.2f}")
        took("a tick in which nothing is due", lambda: advance(world))
        world.advance(timedelta(seconds=60))
        took("a tick after a minute", lambda: advance(world))
        took(f"restart of {group.name}, 85 % of 5,000 devices", lambda: device.restart_group(world, group.id, owner))
        with world.view() as view:
            imp = view.devices.in_group(group.id, None, 1)[0]
        world.advance(timedelta(seconds=20))
        with world.view() as view:
            took("a page of a log, programs run", lambda: log_lines.page(view, imp.device.id, FIRST))
            took("the same page again", lambda: log_lines.page(view, imp.device.id, FIRST))
        world.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
