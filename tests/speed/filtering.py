"""A filter typed on a big fleet: `python -m tests.speed.filtering [--devices N]`.

Letters come twelve a second; each asks for the first window of the list and its count, as the console does, and ends the
searches for what was typed before. Printed: how late the event loop took a letter (its echo), and from the last letter to its
rows, median and p95 in milliseconds, against the same on 1,000 devices.
"""

import argparse
import asyncio
import contextlib
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from imptui.cache.errors import SearchInterrupted
from imptui.cache.store import Cache
from imptui.domain.errors import Invalid
from imptui.fleet.read_model import ReadModel
from imptui.query.expression import Expr
from imptui.query.grammar import parse
from imptui.query.query import Query
from tests.speed import cache_scale

WORDS = ("pump-00042", "plant07", "c2a69a", "00001999", "oven", "9", "69f", "zzzz", "plant3 lathe", "offline pump")
PAUSE_S = 1 / 12
SCREEN = 50
TURNS = 3


def filled(folder: Path, count: int) -> Cache:
    cache = Cache.open(folder / f"{count}.db").cache
    cache.groups.store([cache_scale.group(number) for number in range(cache_scale.GROUPS)])
    cache_scale.stored(cache, cache_scale.fleet(count))
    cache.settle()
    return cache


async def typed(look: ReadModel, word: str) -> tuple[list[float], float]:
    """Milliseconds that each letter waited for the loop, and from the last letter to its rows."""
    echoes: list[float] = []
    asking: asyncio.Task[object] | None = None
    where: Expr | None = None
    due = time.perf_counter()
    for end in range(1, len(word) + 1):
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        echoes.append((time.perf_counter() - due) * 1000)
        due += PAUSE_S
        if asking is not None:
            asking.cancel()
        with contextlib.suppress(Invalid):
            where = parse(word[:end])
        asking = asyncio.create_task(look.window(Query(where=where), 0, SCREEN))
    assert asking is not None
    last = time.perf_counter()
    await asking
    rows_ms = (time.perf_counter() - last) * 1000
    with contextlib.suppress(SearchInterrupted):
        await look.count(Query(where=where))
    look.resort()
    return echoes, rows_ms


async def measured(cache: Cache) -> tuple[list[float], list[float]]:
    look = ReadModel(cache, lambda: cache_scale.NOW)
    echoes: list[float] = []
    rows: list[float] = []
    for _ in range(TURNS):
        for word in WORDS:
            echoed, shown = await typed(look, word)
            echoes += echoed
            rows.append(shown)
    return echoes, rows


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--devices", type=int, default=300_000)
    asked = options.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        small, big = filled(folder, 1000), filled(folder, asked.devices)
        base, grown = asyncio.run(measured(small)), asyncio.run(measured(big))
        print(f"== {asked.devices:,} against 1,000 devices, ms: median (ratio), p95 (ratio)")
        for name, one, other in zip(("echo of a key", "last key to rows"), base, grown, strict=True):
            for kind, of in (("median", statistics.median), ("p95", p95)):
                print(f"{name:18} {kind:7} {of(one):8.2f} {of(other):8.2f} {of(other) / of(one):6.2f}")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
