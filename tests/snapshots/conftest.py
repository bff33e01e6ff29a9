"""The demonstration at one moment, the same in every run, and consoles over it."""

import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.pilot import Pilot

from imptui.cache.store import Cache
from imptui.cli.picture import SCREENS, pose
from imptui.client.central import Central
from imptui.client.guard import Guard
from imptui.client.secret import Secret
from imptui.cloud.app import build_app
from imptui.cloud.transport import EmbeddedTransport
from imptui.cloud.world import seed as seeds
from imptui.cloud.world.chance import Chance
from imptui.cloud.world.clock import ManualClock
from imptui.cloud.world.store import World
from imptui.config.locations import Locations
from imptui.config.settings import Settings
from imptui.fleet.fleet import Fleet
from imptui.fleet.journal import Journal
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
    world.close()
    return folder


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
        shutil.copy(self._moment / "world.sqlite", place / "world.sqlite")
        clock = ManualClock()
        world = World.open(place / "world.sqlite", clock=clock, password_cost_log2=CHEAP_PASSWORDS)
        engine = EmbeddedTransport(build_app(world))
        cache = Cache.in_memory()
        journal = Journal(cache)
        central = Central(ENDPOINT, transport=engine, journal=journal, guard=Guard(), context="demo", clock=clock.now)
        await central.login("demo", Secret("demo"))
        fleet = Fleet(cache, central, Context("demo", "embedded", "demo", is_embedded=True), journal=journal, now=clock.now)
        await fleet.sync.run()
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
                    await pose(app, pilot, fleet, "fleet")
                yield app, pilot
        finally:
            await engine.aclose()
            world.close()


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
