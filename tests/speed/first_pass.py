"""What a first pass costs: `python -m tests.speed.first_pass [--devices N]`.

Pages of a hundred devices lie ready in a file and are given freely. The floor reads them with the standard library's JSON,
sorts the rows by id and writes them with one `executemany`. The pass goes the whole way: client, walk, cache, all indexes and
the trigram index, until a word that one device has finds it at once. Then a later pass in which every hundredth device
changed. Printed as multiples of the floor, in seconds and in seconds of processor, and how late the event loop was.
"""

import argparse
import asyncio
import json
import random
import resource
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.secret import ClientCredentials, Secret
from imptui.domain.device import Device
from imptui.fleet.fleet import Fleet
from imptui.fleet.status import Context
from imptui.query.grammar import parse
from imptui.query.query import Query
from tests.speed import cache_scale

PAGE = 100


def said(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def as_resource(one: Device) -> dict[str, object]:
    return {
        "type": "device",
        "id": one.id,
        "attributes": {
            "name": one.name, "agent_id": one.agent_id, "agent_url": one.agent_url, "agent_running": one.is_agent_running,
            "agent_state_changed_at": said(one.agent_state_changed_at), "device_online": one.is_online,
            "device_state_changed_at": said(one.state_changed_at), "last_enrolled_at": said(one.last_enrolled_at),
            "imp_type": one.imp_type, "ip_address": one.ip_address, "mac_address": one.mac_address,
            "swversion": one.swversion, "plan_id": None,
        },
        "relationships": {
            "owner": {"type": "account", "id": one.owner_id},
            "product": {"type": "product", "id": one.product_id},
            "devicegroup": {"type": "production_devicegroup", "id": one.group_id},
        },
    }  # fmt: skip


class Pages(httpx.AsyncBaseTransport):
    """Answers from a file of pages, at once."""

    def __init__(self, path: Path, count: int, changed: int = 0) -> None:
        self.path, self.places = path, [0]
        with path.open("wb") as file:
            numbers = range(0, count, PAGE)
            for start in numbers:
                members = range(start, min(count, start + PAGE))
                items = [cache_scale.device(n, random.Random(n + bool(changed and n % changed == 0))) for n in members]
                links = {"first": "x", "self": "y", **({"next": "z"} if start + PAGE < count else {})}
                file.write(json.dumps({"data": [as_resource(one) for one in items], "links": links}).encode())
                self.places.append(file.tell())
        self.file = path.open("rb")

    def page(self, number: int) -> bytes:
        start = self.places[number - 1]
        self.file.seek(start)
        return self.file.read(self.places[number] - start)

    def all(self) -> Iterator[bytes]:
        return map(self.page, range(1, len(self.places)))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/devices"):
            body = self.page(int(request.url.params.get("page[number]", "1")))
        else:
            body = b'{"data": [], "links": {"first": "x", "self": "x"}}'
        return httpx.Response(200, headers={"content-type": "application/vnd.api+json"}, content=body)


class Taken:
    """Seconds of the clock and of the processor."""

    def __enter__(self) -> "Taken":
        self.wall, self.cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall, self.cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu


def floor(folder: Path, pages: Pages, count: int) -> Taken:
    """JSON, rows, sort, one executemany into the id index alone."""
    db = sqlite3.connect(folder / "raw.db", isolation_level=None)
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; BEGIN")
    db.execute("CREATE TABLE device (id TEXT UNIQUE, " + ", ".join(f"c{i}" for i in range(15)) + ")")
    with Taken() as taken:
        rows = []
        for body in pages.all():
            for one in json.loads(body)["data"]:
                links = one["relationships"]
                rows.append((one["id"], *one["attributes"].values(), links["devicegroup"]["id"], links["owner"]["id"]))
        rows.sort()
        db.executemany("INSERT INTO device VALUES (" + ", ".join("?" * 16) + ")", rows)
        db.execute("COMMIT")
    assert len(rows) == count
    db.close()
    return taken


async def one_pass(fleet: Fleet, cache: Cache) -> tuple[Taken, Taken, list[float]]:
    """One pass until it is usable, the same until the last index is there, and how late a ticker of 2 ms was, in milliseconds."""
    late: list[float] = []
    usable = Taken()
    build = cache.settle

    def build_the_rest(*args: object) -> bool:
        usable.__exit__()
        return build()

    async def tick() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.002)
            late.append((time.perf_counter() - before - 0.002) * 1000)

    ticker = asyncio.create_task(tick())
    cache.settle = build_the_rest  # type: ignore[method-assign]  # the moment when lists by name and searches are quick
    with Taken() as taken:
        usable.__enter__()
        await fleet.sync.run()
    ticker.cancel()
    cache.settle = build  # type: ignore[method-assign]
    return usable, taken, late


async def passes(folder: Path, count: int) -> None:
    pages = Pages(folder / "pages", count)
    bare = floor(folder, pages, count)
    cache = Cache.open(folder / "cache.db").cache
    made = Central("http://here.test/v5", transport=pages, credentials=ClientCredentials("me", access_token=Secret("x")))
    fleet = Fleet(cache, made, Context("here", "http://here.test/v5", "me"))
    usable, first, late = await one_pass(fleet, cache)
    began = time.perf_counter()
    rare = cache.devices.window(
        Query(where=parse(cache_scale.device(count // 2, random.Random(count // 2)).id)), 0, 50, fleet.changes.now()
    )
    searched_ms = (time.perf_counter() - began) * 1000
    assert len(rare) == 1
    print(f"== {count:,} devices: seconds (as a multiple of the bare rows), seconds of processor (the same)")
    print(f"bare rows    {bare.wall:7.2f}          {bare.cpu:7.2f}")
    print(f"usable       {usable.wall:7.2f} ({usable.wall / bare.wall:.2f})   {usable.cpu:7.2f} ({usable.cpu / bare.cpu:.2f})")
    print(f"all indexes  {first.wall:7.2f} ({first.wall / bare.wall:.2f})   {first.cpu:7.2f} ({first.cpu / bare.cpu:.2f})")
    late.sort()
    print(
        f"the loop late: median {statistics.median(late):.1f}, p99 {late[int(len(late) * 0.99)]:.0f}, at most {late[-1]:.0f} ms"
    )
    print(f"one id found in {searched_ms:.1f} ms; file {(folder / 'cache.db').stat().st_size / 1e6:.0f} MB;"
          f" at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB, floor included")  # fmt: skip
    changed = Pages(folder / "changed", count, changed=100)
    pages.file, pages.places = changed.file, changed.places
    _, second, _ = await one_pass(fleet, cache)
    print(
        f"later pass   {second.wall:7.2f} ({second.wall / first.wall:.2f} of the first; processor {second.cpu / first.cpu:.2f}), at {datetime.now(UTC):%H:%M}"
    )
    await fleet.close()


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--devices", type=int, default=100_000)
    asked = options.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        asyncio.run(passes(folder, asked.devices))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
