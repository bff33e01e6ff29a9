"""A console over a small fleet on a real engine, and a person who uses it in words."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import httpx
import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.guard import Guard
from imptui.client.secret import Secret
from imptui.cloud.api.application import build_app
from imptui.cloud.fixtures import seed as seeds
from imptui.cloud.storage.world import World
from imptui.cloud.transport import EmbeddedTransport
from imptui.config.locations import Locations
from imptui.config.settings import Settings
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import DeploymentId, DeviceId
from imptui.fleet.fleet import Fleet
from imptui.fleet.journal import JournalWriter
from imptui.fleet.status import Context
from imptui.query.query import Query
from imptui.tui.app import ImptuiApp

PATIENCE_S = 30.0
"""How long a person waits for something to appear before calling it broken."""

PLAIN = {"TERM": "xterm-256color"}


class Line(httpx.AsyncBaseTransport):
    """The line between console and engine, which can be cut."""

    def __init__(self, engine: EmbeddedTransport) -> None:
        self.engine = engine
        self.is_cut = False
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_cut:
            raise httpx.ConnectError("the line is cut", request=request)
        self.asked.append(f"{request.method} {request.url.path}")
        return await self.engine.handle_async_request(request)


class Person:
    """Sits before the console: looks, presses, types, and waits a little."""

    def __init__(self, app: ImptuiApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    # Looking

    def lines(self) -> list[str]:
        """What is on the screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    def screen(self) -> str:
        """What is on the screen."""
        return "\n".join(self.lines())

    def sees(self, text: str) -> bool:
        """Whether a text is on the screen."""
        return text in self.screen()

    @property
    def cursor_line(self) -> str:
        """The line that the terminal's own cursor is on."""
        return self.lines()[self.app.cursor_position.y]

    # Acting

    async def presses(self, *keys: str) -> None:
        """Some keys, one after the other, as fast as a person."""
        for key in keys:
            while getattr(self.app.screen, "is_ignoring_keys", False):
                await self.pilot.pause(0.05)
            await self.pilot.press(key)
            await self.pilot.pause(0.02)

    async def types(self, text: str) -> None:
        """Enter a text: by one paste into the field that has the focus, otherwise letter by letter."""
        if len(text) == 1 or not isinstance(self.app.focused, Input):
            await self.types_letters(text)
            return
        while getattr(self.app.screen, "is_ignoring_keys", False):
            await self.pilot.pause(0.05)
        self.app.post_message(events.Paste(text))
        await self.pilot.pause(0.02)

    async def types_letters(self, text: str) -> None:
        """Press the key of each letter."""
        await self.presses(*(NAMED.get(letter, letter) for letter in text))

    async def commands(self, text: str) -> None:
        """Enter a command after `:`."""
        await self.presses("colon")
        await self.waits_for(lambda: isinstance(self.app.focused, Input))
        await self.types(text)
        await self.presses("enter")

    async def waits_for(self, what: str | Callable[[], object], *, gone: bool = False) -> None:
        """Wait until a text is on the screen, or something holds; or is gone."""
        end = monotonic() + PATIENCE_S
        holds = (lambda: self.sees(what)) if isinstance(what, str) else what
        while bool(holds()) is gone:
            if monotonic() > end:
                wanted = what if isinstance(what, str) else "it"
                raise AssertionError(f"{wanted!r} did not {'go' if gone else 'come'} about; the screen:\n{self.screen()}")
            await self.pilot.pause(0.03)

    async def rests(self) -> None:
        """Until nothing is being read."""
        for _ in range(3):
            await self.pilot.pause(0.05)
        await self.waits_for(lambda: self.app.is_settled)


NAMED = {
    " ": "space", "-": "minus", "<": "less_than_sign", ">": "greater_than_sign", ":": "colon", "(": "left_parenthesis",
    "/": "slash", "_": "underscore", ".": "full_stop", "~": "tilde", "!": "exclamation_mark",
}  # fmt: skip


@dataclass
class Plant:
    """What the tests know of the fleet."""

    fleet: Fleet
    line: Line
    bench: DeviceGroup
    shelf: DeviceGroup
    live: DeviceGroup
    devices: Sequence[DeviceId]
    """Thirty devices by name; the first ten are on the bench."""
    exports: Path
    bench_deployment: DeploymentId | None = None
    """What runs on the bench, where a test deployed something."""

    async def name(self, number: int, name: str) -> None:
        """Give a device a name, as somebody else would."""
        await self.fleet.change.devices.rename(self.devices[number], name)


@pytest.fixture
async def plant(world: World, tmp_path: Path) -> AsyncIterator[Plant]:
    """A product "Greenhouse" with groups "bench" and "shelf" and a production group "live"; thirty devices."""
    seeds.empty(world, 30)
    engine = EmbeddedTransport(build_app(world))
    line = Line(engine)
    cache = Cache.in_memory()
    central = Central("http://engine.test/v5", transport=line, journal=JournalWriter(cache), guard=Guard(), context="plant")
    await central.login("demo", Secret("demo"))
    fleet = Fleet(cache, central, Context("plant", "http://engine.test/v5", "demo"))
    product = await fleet.change.create_product("Greenhouse", "Where tomatoes grow")
    bench = await fleet.change.create_group(product.id, GroupType.DEVELOPMENT, "bench")
    shelf = await fleet.change.create_group(product.id, GroupType.DEVELOPMENT, "shelf")
    live = await fleet.change.create_group(product.id, GroupType.PRODUCTION, "live")
    await fleet.sync.run()
    window = await fleet.look.window(Query(), 0, 30)
    ids = [row.device.id for row in window.rows if row is not None]
    for number, device_id in enumerate(ids):
        await fleet.change.devices.rename(device_id, f"unit-{number:02d}")
    await fleet.change.devices.assign(bench.id, ids[:10])
    await fleet.sync.run()
    fleet.look.resort()
    line.asked.clear()
    yield Plant(fleet, line, bench, shelf, live, ids, tmp_path)
    await engine.aclose()


@asynccontextmanager
async def sitting_at(
    plant: Plant,
    size: tuple[int, int] = (120, 30),
    settings: Settings | None = None,
    environ: dict[str, str] | None = None,
    expects: str | None = None,
) -> AsyncIterator[Person]:
    """Open the console in a terminal of some size, until the list is there."""
    app = ImptuiApp(plant.fleet, settings, locations=Locations(plant.exports), environ=environ or PLAIN)
    async with app.run_test(size=size) as pilot:
        person = Person(app, pilot)
        await asyncio.sleep(0)
        if size[0] >= 40 and size[1] >= 8:
            await person.waits_for(expects or ("Greenhouse" if size[0] < 120 else "unit-00"))
            await person.rests()
        yield person
