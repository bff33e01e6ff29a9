"""A day before the console: `python -m tests.speed.day [--hours 24]`; prints memory and open files by the hour.

The world's clock is moved ahead a minute at a time, with all that happens in it. Every minute the visible devices are
read; every five the whole account; in between somebody scrolls, filters, opens things and changes the window's size.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from textual.pilot import Pilot

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.secret import Secret
from imptui.cloud.api.application import build_app
from imptui.cloud.environment.chance import Chance
from imptui.cloud.environment.clock import ManualClock
from imptui.cloud.fixtures import seed as seeds
from imptui.cloud.simulation.life import advance_clock
from imptui.cloud.storage.world import World
from imptui.cloud.transport import EmbeddedTransport
from imptui.config.locations import Locations
from imptui.fleet.fleet import Fleet
from imptui.fleet.status import Context
from imptui.runtime import return_freed_memory
from imptui.tui.app import ImptuiApp

ENDPOINT = "http://day.test/v5"
SIZES = ((80, 24), (120, 40), (40, 10), (200, 50), (100, 30))
DOINGS: Sequence[tuple[str, ...]] = (
    ("j", "j", "pagedown"),
    ("G", "k", "pageup", "g"),
    ("slash", "m", "e", "t", "e", "r", "enter", "j", "escape"),
    ("s", "r"),
    ("s", "n"),
    ("enter", "pagedown", "escape"),
    ("tab", "j", "j", "tab"),
    ("question_mark", "pagedown", "escape"),
    ("F", "j", "F"),
    ("l", "pagedown", "escape"),
)


@dataclass(frozen=True, slots=True)
class Hour:
    """How the process was at the end of an hour."""

    hour: int
    private_mb: float
    open_files: int


@dataclass(slots=True)
class Day:
    """A course of hours, and what nobody had foreseen."""

    hours: list[Hour] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)

    def growth_mb(self) -> float:
        """By how much memory grew after the first quarter, in which caches fill."""
        settled = self.hours[len(self.hours) // 4 :]
        return settled[-1].private_mb - settled[0].private_mb

    def more_files(self) -> int:
        """How many more files are open in the end than after the first quarter."""
        settled = self.hours[len(self.hours) // 4 :]
        return settled[-1].open_files - settled[0].open_files


async def lived(folder: Path, hours: float, *, parts: int, tells: bool = False) -> Day:
    """Live through some hours, looked at in so many parts."""
    clock = ManualClock()
    world = World.open(folder / "world.sqlite", clock=clock, chance=Chance("day"), password_cost_log2=4)
    seeds.demo(world)
    engine = EmbeddedTransport(build_app(world))
    central = Central(ENDPOINT, transport=engine, context="day", clock=clock.now)
    await central.login("demo", Secret("demo"))
    fleet = Fleet(Cache.open(folder / "cache.sqlite").cache, central, Context("day", ENDPOINT, "demo"), now=clock.now)
    await fleet.sync.run()
    day = Day()
    asyncio.get_running_loop().set_exception_handler(lambda _, what: day.surprises.append(str(what)))
    app = ImptuiApp(fleet, locations=Locations(folder), environ={"TERM": "xterm"})
    chance, minutes = random.Random(1), round(hours * 60)
    try:
        async with app.run_test(size=SIZES[0]) as pilot:
            fleet.watch.pause()  # real time means nothing here
            for minute in range(1, minutes + 1):
                await asyncio.to_thread(advance_clock, world, timedelta(minutes=1))
                await _minute(app, pilot, fleet, minute, chance)
                if minute * parts % minutes < parts:
                    day.hours.append(_looked_at(len(day.hours) + 1))
                    if tells:
                        print(
                            f"part {day.hours[-1].hour}: {day.hours[-1].private_mb:.1f} MB, {day.hours[-1].open_files} files",
                            flush=True,
                        )
    finally:
        await engine.aclose()
        world.close()
    return day


async def _minute(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet, minute: int, chance: random.Random) -> None:
    fleet.watch.resume()
    await fleet.watch.refresh_now()
    fleet.watch.pause()
    if minute % 5 == 0:
        await fleet.sync.run()
    for key in chance.choice(DOINGS):
        await pilot.press(key)
    if minute % 7 == 0:
        await pilot.resize_terminal(*chance.choice(SIZES))
    await pilot.pause(0.02)
    if minute % 15 == 0:  # home again, whatever was opened
        for _ in range(6):
            await pilot.press("escape")
        await pilot.pause(0.1)


def _looked_at(hour: int) -> Hour:
    gc.collect()
    return_freed_memory()  # as a console does every two seconds of real time
    said = Path("/proc/self/status").read_text(encoding="ascii")
    files = len(list(Path("/proc/self/fd").iterdir()))
    return Hour(hour, int(said.split("RssAnon:")[1].split()[0]) / 1024, files)


def main() -> int:
    """Live through a day; the exit code says whether it was flat and calm."""
    parser = argparse.ArgumentParser(prog="python -m tests.speed.day", description=__doc__)
    parser.add_argument("--hours", type=float, default=24)
    asked = parser.parse_args()
    surprises: list[str] = []
    sys.unraisablehook = lambda what: surprises.append(str(what.exc_value))
    with tempfile.TemporaryDirectory() as folder:
        day = asyncio.run(lived(Path(folder), asked.hours, parts=max(8, round(asked.hours)), tells=True))
    surprises += day.surprises
    print(
        f"memory {day.growth_mb():+.1f} MB and {day.more_files():+d} files after the first quarter; surprises: {surprises or 'none'}"
    )
    return 0 if not surprises and day.growth_mb() < 0.1 * day.hours[-1].private_mb and day.more_files() <= 2 else 1


if __name__ == "__main__":
    sys.exit(main())
