"""The demonstration at one moment, the same in every run, and consoles over it."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot

from imptui.cache.store import Cache
from imptui.cli.screenshot import PATIENCE_S, SCREENS, pose
from imptui.client.central import Central
from imptui.client.guard import Guard
from imptui.client.secret import Secret
from imptui.cloud.api.application import build_app
from imptui.cloud.environment.chance import Chance
from imptui.cloud.environment.clock import ManualClock
from imptui.cloud.fixtures import seed as seeds
from imptui.cloud.storage.world import World
from imptui.cloud.transport import EmbeddedTransport
from imptui.config.locations import Locations
from imptui.config.settings import Settings
from imptui.fleet.fleet import Fleet
from imptui.fleet.journal import JournalWriter
from imptui.fleet.status import Context
from imptui.tui.app import ImptuiApp
from tests.conftest import CHEAP_PASSWORDS
from tests.snapshots.poses import POSES

ENDPOINT = "http://demonstration.test/v5"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/snapshots --draw` writes the pictures anew."""
    parser.addoption("--draw", action="store_true", help="Write the pictures of tests/snapshots anew instead of comparing.")


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times on the screen are those of one place."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="session")
def moment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demonstration's world; everything in it follows from one number and one time."""
    folder = tmp_path_factory.mktemp("moment")
    world = World.open(
        folder / "world.sqlite",
        clock=ManualClock(),
        chance=Chance("1", has_predictable_secrets=True),
        password_cost_log2=CHEAP_PASSWORDS,
    )
    seeds.demo(world)
    with ThreadPoolExecutor(1) as thread:  # a loop of its own, whatever loops the tests have
        thread.submit(asyncio.run, read_once(world, folder / "cache.sqlite")).result()
    world.close()
    return folder


async def read_once(world: World, path: Path) -> None:
    """Fill a cache with all that a console reads at its start."""
    engine = EmbeddedTransport(build_app(world))
    fleet = await connected(engine, Cache.open(path).cache, world.now)
    await fleet.sync.run()
    await fleet.close()
    await engine.aclose()


async def connected(engine: EmbeddedTransport, cache: Cache, now: Callable[[], datetime]) -> Fleet:
    """A fleet over the engine, logged in."""
    journal = JournalWriter(cache)
    central = Central(ENDPOINT, transport=engine, journal=journal, guard=Guard(), context="demo", clock=now)
    await central.login("demo", Secret("demo"))
    return Fleet(cache, central, Context("demo", "embedded", "demo", is_embedded=True), journal=journal, now=now)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of terminal."""

    theme: str
    is_ascii: bool = False
    has_colour: bool = True


class Studio:
    """Where consoles are opened on the moment, and posed."""

    def __init__(self, moment: Path, place: Path) -> None:
        self._moment, self._place = moment, place

    @asynccontextmanager
    async def posed(self, screen: str, kind: Kind, size: tuple[int, int]) -> AsyncIterator[tuple[ImptuiApp, Pilot[None]]]:
        """A console that shows a screen of `screenshots/make`, or one of our own poses."""
        place = self._place / f"{screen}-{kind.theme}-{kind.is_ascii}-{size[0]}"
        place.mkdir()
        for name in ("world.sqlite", "cache.sqlite"):
            shutil.copy(self._moment / name, place / name)
        clock = ManualClock()
        world = World.open(place / "world.sqlite", clock=clock, password_cost_log2=CHEAP_PASSWORDS)
        engine = EmbeddedTransport(build_app(world))
        fleet = await connected(engine, Cache.open(place / "cache.sqlite").cache, clock.now)
        await fleet.sync.recall()
        environ = {"TERM": "xterm", **({} if kind.has_colour else {"NO_COLOR": "1"})}
        settings = Settings(theme=kind.theme, ascii=kind.is_ascii)
        try:
            with coloured(is_wanted=kind.has_colour):
                app = ImptuiApp(fleet, settings, locations=Locations(place), environ=environ)
            async with app.run_test(size=size) as pilot:
                fleet.watch.pause()  # it reads when it is told to, not whenever the machine has time
                await pose(app, pilot, fleet, screen if screen in SCREENS else "fleet")
                if screen in POSES:
                    await POSES[screen](app, pilot, fleet)
                    await settled(app, pilot)
                yield app, pilot
        finally:
            await engine.aclose()
            world.close()


async def settled(app: ImptuiApp, pilot: Pilot[None]) -> None:
    """Wait until nothing was being read for a while."""
    quiet, end = 0, time.monotonic() + PATIENCE_S
    while quiet < 4 and time.monotonic() < end:
        await pilot.pause(0.1)
        quiet = quiet + 1 if app.is_settled else 0


@contextmanager
def coloured(*, is_wanted: bool) -> Iterator[None]:
    """NO_COLOR counts when an application is made, and is no business of other tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_COLOR", "1") if not is_wanted else patch.delenv("NO_COLOR", raising=False)
        yield


@pytest.fixture
def studio(moment: Path, tmp_path: Path) -> Studio:
    """Where consoles are posed."""
    return Studio(moment, tmp_path)
