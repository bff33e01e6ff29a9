"""What a big fleet costs against a small one: `python tests/speed/cache_scale.py [--devices N] [--keep FOLDER]`.

Prints medians in milliseconds and their ratio to the same on 1,000 devices, and the cost of a first pass against the
bare rows written with one `executemany`. Budgets are ratios, for machines differ.
"""

import argparse
import random
import shutil
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from imptui.cache.errors import Stopped
from imptui.cache.row import attributes_of
from imptui.cache.store import Cache, Stop
from imptui.model.device import Device, Reading
from imptui.model.group import DeviceGroup, GroupType
from imptui.model.ids import AccountId, AgentId, DeviceId, GroupId, ProductId
from imptui.model.parse import parse
from imptui.model.product import Product
from imptui.model.query import Column, Query, Scope, Sort

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OWNER = AccountId("00000000-0000-4000-8000-000000000001")
WORDS = ("press", "lathe", "oven", "boiler", "pump", "conveyor", "chiller", "valve", "mixer", "robot", "weld", "dock")
GROUPS, BATCH, SCREEN = 400, 2000, 50
ONE_GROUP = Query(Scope(group_id=GroupId("group-7")))
FILTERS = ("9", "pu", "pump", "plant07", "plant07-line3-oven", "0c:2a:69:0", "zzzz", "offline pump", "rssi<-92", "rssi<-60 lathe", "~/^plant0[1-3].*9$/", "name~p7ov9")


def device(number: int, chance: random.Random) -> Device:
    group = number * 7919 % GROUPS
    mac = f"0c2a69{number * 2654435761 % 0xFFFFFF:06x}"
    name = f"plant{chance.randrange(40):02d}-line{chance.randrange(9)}-{chance.choice(WORDS)}-{number % 100000:05d}"
    return Device(
        DeviceId(f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}"), name, ":".join(mac[i : i + 2] for i in range(0, 12, 2)),
        f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", f"imp00{chance.randrange(3, 7)}",
        f"9f1c2b7 - release-{chance.randrange(38, 43)}.{chance.randrange(20)} - Tue Jan 10 12:00:00 2023 - production", None,
        chance.random() < 0.85, NOW - timedelta(seconds=chance.randrange(10**7)), AgentId(f"{number:012d}"),
        f"https://agent.electricimp.com/{number:012d}", True, NOW - timedelta(seconds=chance.randrange(10**7)),
        NOW - timedelta(seconds=chance.randrange(10**8)), OWNER, GroupId(f"group-{group}"), ProductId(f"product-{group % 40}"), GroupType.PRODUCTION,
    )  # fmt: skip


def raw(folder: Path, devices: list[Device]) -> float:
    """The floor: the same attributes, sorted, one executemany, no comparison, no index but the id."""
    began = time.perf_counter()
    db = sqlite3.connect(folder / "raw.db", isolation_level=None)
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; BEGIN")
    db.execute("CREATE TABLE device (n INTEGER PRIMARY KEY, id TEXT UNIQUE, " + ", ".join(f"c{i}" for i in range(15)) + ")")
    rows = ((number, one.id, *attributes_of(one, 1, 1)) for number, one in enumerate(sorted(devices, key=lambda one: one.id)))
    db.executemany("INSERT INTO device VALUES (" + ", ".join("?" * 17) + ")", rows)
    db.execute("COMMIT")
    db.close()
    return time.perf_counter() - began


def stored(cache: Cache, devices: list[Device]) -> float:
    began = time.perf_counter()
    walk = cache.devices.begin_pass()
    for start in range(0, len(devices), BATCH):
        cache.devices.store(devices[start : start + BATCH], NOW, walk)
    cache.devices.forget_absent(walk)
    return time.perf_counter() - began


def fill(folder: Path, count: int) -> Cache:
    devices = [device(number, random.Random(number)) for number in range(count)]
    cache = Cache.open(folder / "cache.db").cache
    cache.products.store([Product(ProductId(f"product-{i}"), f"Product {i}", None, OWNER, None, NOW) for i in range(40)])
    cache.groups.store(
        [DeviceGroup(GroupId(f"group-{i}"), GroupType.PRODUCTION, f"Group {i}", None, ProductId(f"product-{i % 40}"), OWNER, None, NOW) for i in range(GROUPS)]
    )
    if count > 1000:
        print(f"== loading {count:,} devices, {BATCH:,} a transaction: seconds (as a multiple of the bare rows)")
    floor = raw(folder, devices)
    first = stored(cache, devices)
    fresh = usual(lambda: cache.devices.window(Query(where=parse("pump")), 0, SCREEN, NOW), 3)
    began = time.perf_counter()
    cache.settle()
    settled = time.perf_counter() - began
    later = [device(number, random.Random(number + (number % 100 == 0))) for number in range(count)]
    second = stored(cache, later)
    chance = random.Random(5)
    began = time.perf_counter()
    for start in range(0, count, BATCH):
        cache.devices.store_readings(
            {one.id: Reading(-30 - chance.randrange(65), 15000 + chance.randrange(60000), NOW) for one in devices[start : start + BATCH]}
        )
    if count > 1000:
        print(f"bare rows {floor:.1f}; first pass {first:.1f} ({first / floor:.1f}); settle {settled:.1f} ({settled / floor:.1f})")
        print(f"later pass, 1 % changed {second:.1f} ({second / first:.2f} of the first); a reading of every device {time.perf_counter() - began:.1f}")
        print(f"filter before settling, first window {fresh:.1f} ms; file {(folder / 'cache.db').stat().st_size / 1e6:.0f} MB")
    return cache


def usual(call: Callable[[], object], times: int = 9) -> float:
    """Median milliseconds."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def questions(cache: Cache) -> dict[str, Callable[[], object]]:
    devices = cache.devices
    count = devices.count(Query(), NOW)
    order = devices.order(Query(), NOW)
    asked: dict[str, Callable[[], object]] = {
        "tree": cache.groups.tree,
        "count": lambda: devices.count(Query(), NOW),
        "top": lambda: devices.window(Query(), 0, SCREEN, NOW),
        "deep, by walking": lambda: devices.window(Query(), count // 3, SCREEN, NOW),
        "end": lambda: devices.window(Query(), count - SCREEN, SCREEN, NOW),
        "deep, frozen order": lambda: devices.rows(order, count // 3, SCREEN),
        "making the order": lambda: devices.order(Query(), NOW),
        "one group, top": lambda: devices.window(ONE_GROUP, 0, SCREEN, NOW),
        "one group, by rssi": lambda: devices.window(Query(ONE_GROUP.scope, None, Sort(Column.RSSI)), 0, SCREEN, NOW),
    }
    for column in Column:
        asked[f"sort {column}, top"] = lambda column=column: devices.window(Query(sort=Sort(column)), 0, SCREEN, NOW)
        asked[f"sort {column}, down, end"] = lambda column=column: devices.window(
            Query(sort=Sort(column, descending=True)), count - SCREEN, SCREEN, NOW
        )
    for text in FILTERS:
        query = Query(where=parse(text))
        asked[f"filter {text}: first window"] = lambda query=query: devices.window(query, 0, SCREEN, NOW)
        asked[f"filter {text}: count"] = lambda query=query: devices.count(query, NOW)
    return asked


def stopping(cache: Cache) -> float:
    """Milliseconds from Stop.now to the end of a search for everything."""
    stop, ended = Stop(), []

    def search() -> None:
        try:
            while True:
                cache.devices.order(Query(where=parse("~/p.*9/")), NOW, stop)
        except Stopped:
            ended.append(time.perf_counter())

    thread = threading.Thread(target=search)
    thread.start()
    time.sleep(0.05)
    began = time.perf_counter()
    stop.now()
    thread.join()
    return (ended[0] - began) * 1000


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--devices", type=int, default=100_000)
    options.add_argument("--keep", type=Path)
    asked = options.parse_args()
    root = asked.keep or Path(tempfile.mkdtemp())
    (root / "small").mkdir(parents=True)
    (root / "big").mkdir()
    small, big = fill(root / "small", 1000), fill(root / "big", asked.devices)
    print(f"== {asked.devices:,} against 1,000 devices: ms, ms, ratio")
    base, grown = questions(small), questions(big)
    for name in base:
        one, other = usual(base[name]), usual(grown[name], 5)
        print(f"{name:42} {one:8.2f} {other:9.2f} {other / one:8.1f}")
    print(f"stopping a search {stopping(big):.1f} ms")
    small.close()
    big.close()
    if not asked.keep:
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
