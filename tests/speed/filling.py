"""A pass over every device, from pages that cost nothing to a searchable cache, beside the same JSON and rows alone."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from time import monotonic, perf_counter

import httpx

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.secret import Secret
from imptui.cloud.api.application import build_app
from imptui.cloud.storage.world import World
from imptui.cloud.transport import EmbeddedTransport
from imptui.fleet.fleet import Fleet
from imptui.fleet.status import Context
from imptui.query.query import Query
from tests.speed.budgets import Bench, Figure, median
from tests.speed.fleets import seeded

ENDPOINT = "http://pages.test/v5"
SAMPLE = 500
"""Pages whose JSON is read for the baseline; the others are like them."""

ROWS = 200_000
"""Rows that are written for the baseline; more of them cost as much each."""

Change = Callable[[bytes], bytes]


@dataclass
class Pages(httpx.AsyncBaseTransport):
    """What an engine said once, said again for nothing."""

    path: Path
    places: dict[str, tuple[int, int, dict[str, str]]] = field(default_factory=dict)
    change: Change | None = None

    def keep(self, asked: str, headers: dict[str, str], body: bytes) -> None:
        """Remember an answer."""
        with self.path.open("ab") as file:
            self.places[asked] = (file.tell(), len(body), headers)
            file.write(body)

    def body(self, asked: str) -> bytes:
        """What was answered."""
        start, length, _ = self.places[asked]
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(length)

    def of_devices(self) -> list[str]:
        """The requests that were answered with devices."""
        return [asked for asked in self.places if "/devices?" in asked]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as it was answered."""
        asked = f"{request.method} {request.url}"
        body = self.body(asked)
        if self.change is not None and "/devices?" in asked:
            body = self.change(body)
        return httpx.Response(200, headers=self.places[asked][2], content=body)


class Recorder(httpx.AsyncBaseTransport):
    """Between client and engine, keeping what is said."""

    def __init__(self, engine: EmbeddedTransport, pages: Pages) -> None:
        self._engine, self._pages = engine, pages

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand on, and keep."""
        answer = await self._engine.handle_async_request(request)
        body = await answer.aread()
        headers = {name: text for name, text in answer.headers.items() if name not in ("content-length", "date")}
        self._pages.keep(f"{request.method} {request.url}", headers, body)
        return httpx.Response(answer.status_code, headers=headers, content=body)


async def passed(transport: httpx.AsyncBaseTransport, cache: Cache) -> float:
    """Seconds of one whole pass, until the cache answers a search."""
    central = Central(ENDPOINT, transport=transport, context="speed")
    await central.login("demo", Secret("demo"))
    fleet = Fleet(cache, central, Context("speed", ENDPOINT, "demo"))
    began = monotonic()
    await fleet.sync.run()
    await fleet.look.window(Query(), 0, 50)
    return monotonic() - began


async def recorded(world_path: Path, folder: Path) -> Pages:
    """Everything that one pass asks for."""
    pages = Pages(folder / "pages")
    world = World.open(world_path)
    engine = EmbeddedTransport(build_app(world))
    try:
        await passed(Recorder(engine, pages), Cache.open(folder / "recording.sqlite").cache)
    finally:
        await engine.aclose()
        world.close()
    return pages


def another_name(body: bytes) -> bytes:
    """One device of the page has another name now."""
    return re.sub(rb'("name": ?")', rb"\1new ", body, count=1)


def json_seconds(pages: Pages) -> float:
    """What reading the JSON of all devices takes."""
    asked = pages.of_devices()
    bodies = [pages.body(each) for each in asked[:SAMPLE]]
    began = perf_counter()
    for body in bodies:
        json.loads(body)
    return (perf_counter() - began) * len(asked) / len(bodies)


def rows_seconds(place: Path, cache: Path, count: int) -> float:
    """What writing the rows of a filled cache alone takes: all its columns, sorted by id, in one transaction, into the id index.

    The rows are those that the pass wrote, so that neither side writes more or longer ones than the other; truths are truths
    again, as JSON tells them. Finding and sorting them does not count.
    """
    measured = min(count, ROWS)
    sqlite3.register_converter("truth", lambda text: text != b"0")
    there = sqlite3.connect(f"{cache.absolute().as_uri()}?mode=ro", uri=True, detect_types=sqlite3.PARSE_COLNAMES)
    columns = [row[1] for row in there.execute("PRAGMA table_info(device)") if row[1] not in ("n", "id")]
    told = ["id", *(f"{name} AS '{name} [truth]'" if name.startswith("is_") else name for name in columns)]
    rows = sorted(there.execute(f"SELECT {', '.join(told)} FROM device ORDER BY n LIMIT ?", (measured,)), key=itemgetter(0))
    there.close()
    began = perf_counter()
    db = sqlite3.connect(place, isolation_level=None)
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; BEGIN")
    db.execute(f"CREATE TABLE device (id TEXT UNIQUE, {', '.join(columns)})")
    db.executemany(f"INSERT INTO device VALUES (?{', ?' * len(columns)})", rows)
    db.execute("COMMIT")
    db.close()
    return (perf_counter() - began) * count / measured


def fill(bench: Bench) -> list[Figure]:
    """A first pass, and a later one in which one device of a hundred changed."""
    world = seeded(bench.folder, bench.devices) / "demo" / "world.sqlite"
    firsts, laters, floors = [], [], []
    with tempfile.TemporaryDirectory(dir=bench.folder) as place:
        folder = Path(place)
        pages = asyncio.run(recorded(world, folder))
        for turn in range(bench.times(3, 1) if bench.devices <= 200_000 else 1):
            written = folder / f"cache-{turn}.sqlite"
            cache = Cache.open(written).cache
            pages.change = None
            firsts.append(asyncio.run(passed(pages, cache)))
            floors.append(json_seconds(pages) + rows_seconds(folder / f"raw-{turn}.sqlite", written, bench.devices))
            pages.change = another_name
            laters.append(asyncio.run(passed(pages, cache)))
            cache.close()
    said = f"{bench.devices:,} devices"
    return [
        Figure(
            f"first pass over pages given freely, {said}",
            median(firsts),
            2.5,
            "s",
            median(floors),
            "JSON and the same rows alone",
        ),
        Figure(f"later pass, 1 % changed, {said}", median(laters), 0.5, "s", median(firsts), "first pass"),
    ]
