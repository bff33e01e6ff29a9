"""What a big fleet costs against a small one: `python -m tests.speed.cache_scale [--devices N] [--keep FOLDER]`.

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
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from imptui.cache.device_row import attributes_of
from imptui.cache.errors import SearchInterrupted
from imptui.cache.store import Cache, Stop
from imptui.domain.device import Device, Reading
from imptui.domain.device_record import record_of
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import AccountId, AgentId, DeviceId, GroupId, ProductId
from imptui.domain.product import Product
from imptui.query.grammar import parse
from imptui.query.query import Query, Scope, Sort, SortColumn

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OWNER = AccountId("00000000-0000-4000-8000-000000000001")
WORDS = ("press", "lathe", "oven", "boiler", "pump", "conveyor", "chiller", "valve", "mixer", "robot", "weld", "dock")
GROUPS, BATCH, SCREEN = 400, 2000, 50
ONE_GROUP = Query(Scope(group_id=GroupId("group-7")))
FILTERS = ("9", "pu", "pump", "plant07", "plant07-line3-oven", "0c:2a:69:0", "zzzz", "offline pump", "rssi<-92", "rssi<-60 lathe", "~/^plant0[1-3].*9$/", "name~p7ov9")


def device(number: int, chance: random.Random) -> Device:
    group = number * 7919 % GROUPS
    mac = f"0c2a69{number * 2654435761 & 0xFFFFFF:06x}"  # each once, in no order; the id holds it, as on newer imps
    name = f"plant{chance.randrange(40):02d}-line{chance.randrange(9)}-{chance.choice(WORDS)}-{number % 100000:05d}"
    return Device(
        DeviceId(f"5000{mac}"), name, ":".join(mac[i : i + 2] for i in range(0, 12, 2)),
        f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", f"imp00{chance.randrange(3, 7)}",
        f"9f1c2b7 - release-{chance.randrange(38, 43)}.{chance.randrange(20)} - Tue Jan 10 12:00:00 2023 - production", None,
        chance.random() < 0.85, NOW - timedelta(seconds=chance.randrange(10**7)), AgentId(f"{number:012d}"),
        f"https://agent.electricimp.com/{number:012d}", True, NOW - timedelta(seconds=chance.randrange(10**7)),
        NOW - timedelta(seconds=chance.randrange(10**8)), OWNER, GroupId(f"group-{group}"), ProductId(f"product-{group % 40}"), GroupType.PRODUCTION,
    )  # fmt: skip


def fleet(count: int, changed: int = 0) -> Iterator[list[Device]]:
    """Batches of a fleet; with `changed`, every so-manieth device differs from what it was."""
    for start in range(0, count, BATCH):
        numbers = range(start, min(count, start + BATCH))
        yield [device(number, random.Random(number + bool(changed and number % changed == 0))) for number in numbers]


def raw(folder: Path, count: int) -> float:
    """The floor, in seconds for `count`: the same attributes, sorted, one executemany, no comparison, no index but the id."""
    measured = min(count, 200_000)
    rows = sorted((one.id, *attributes_of(record_of(one), 1, 1)) for batch in fleet(measured) for one in batch)
    began = time.perf_counter()
    db = sqlite3.connect(folder / "raw.db", isolation_level=None)
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; BEGIN")
    db.execute("CREATE TABLE device (id TEXT UNIQUE, " + ", ".join(f"c{i}" for i in range(15)) + ")")
    db.executemany("INSERT INTO device VALUES (" + ", ".join("?" * 16) + ")", rows)
    db.execute("COMMIT")
    db.close()
    return (time.perf_counter() - began) * count / measured


def stored(cache: Cache, batches: Iterable[list[Device]]) -> float:
    """Seconds of the cache alone for one pass."""
    walk, took = cache.devices.begin_pass(), 0.0
    for batch in batches:
        began = time.perf_counter()
        cache.devices.store(batch, NOW, walk)
        took += time.perf_counter() - began
    began = time.perf_counter()
    cache.devices.forget_absent(walk)
    return took + time.perf_counter() - began


def read(cache: Cache, count: int) -> float:
    """Seconds of the cache alone for one reading of every device."""
    chance, took = random.Random(5), 0.0
    for batch in fleet(count):
        readings = {one.id: Reading(-30 - chance.randrange(65), 15000 + chance.randrange(60000), NOW) for one in batch}
        began = time.perf_counter()
        cache.devices.store_readings(readings)
        took += time.perf_counter() - began
    return took


def group(number: int) -> DeviceGroup:
    name, product_id = f"Group {number}", ProductId(f"product-{number % 40}")
    return DeviceGroup(GroupId(f"group-{number}"), GroupType.PRODUCTION, name, None, product_id, OWNER, None, NOW)


def fill(folder: Path, count: int) -> Cache:
    cache = Cache.open(folder / "cache.db").cache
    cache.products.store([Product(ProductId(f"product-{i}"), f"Product {i}", None, OWNER, None, NOW) for i in range(40)])
    cache.groups.store([group(number) for number in range(GROUPS)])
    floor = raw(folder, count)
    first = stored(cache, fleet(count))
    fresh = usual(lambda: cache.devices.window(Query(where=parse("pump")), 0, SCREEN, NOW), 3)
    began = time.perf_counter()
    cache.settle()
    settled = time.perf_counter() - began
    second = stored(cache, fleet(count, changed=100))
    readings = read(cache, count)
    size = (folder / "cache.db").stat().st_size
    print(f"== {count:,} devices, {BATCH:,} a transaction: seconds (as a multiple of the bare rows)")
    print(f"bare rows {floor:.2f}; first pass {first:.2f} ({first / floor:.1f}); settle {settled:.2f} ({settled / floor:.1f})")
    print(f"later pass, 1 % changed {second:.2f} ({second / first:.2f} of the first); a reading of each {readings:.2f}")
    print(f"filter before settling, first window {fresh:.1f} ms; file {size / 1e6:.0f} MB", flush=True)
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
        "one group, by rssi": lambda: devices.window(Query(ONE_GROUP.scope, None, Sort(SortColumn.RSSI)), 0, SCREEN, NOW),
    }
    for column in SortColumn:
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
        except SearchInterrupted:
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
