"""The embedded engine behind the client's transport: opened, and filled when new, at the first request."""

import asyncio
import sqlite3
from contextlib import ExitStack
from pathlib import Path

import httpx
from anyio import to_thread  # where starlette runs what blocks

from imptui.client.secret import Secret
from imptui.cloud.environment.chance import Chance
from imptui.cloud.fixtures import seed as seeds
from imptui.cloud.fixtures.login import DEMO_LOGIN, Login
from imptui.cloud.simulation.log_replay import ProgramReplay
from imptui.cloud.storage.errors import WorldUnreadable
from imptui.cloud.storage.records import LoginKey
from imptui.cloud.storage.world import World
from imptui.config.locations import make_private

DEMO_DEVICES = 100_000
"""How many devices a large fleet has when nobody says."""

AT_ONCE = 2
"""Requests that the engine in this process works on at a time; more would only share the interpreter, each with its memory."""


def open_world(
    path: Path | None, *, fleet: str = "demo", devices: int | None = None, seed: int = 1, login: Login = DEMO_LOGIN
) -> World:
    """The world in a file; a new file is filled first, an existing one is used as it is.

    Args:
        path: The file; its folder is made. None for a world in memory.
        fleet: `demo`, `empty` or `large`, for a new world.
        devices: How many devices a new `empty` or `large` world has.
        seed: What chance brings in a new world.
        login: Who owns everything in a new world.

    Raises:
        WorldUnreadable: The file is no world, is damaged, or was made by a newer version.
    """
    if path is not None:
        make_private(path.parent)
    is_new = path is None or not path.exists() or path.stat().st_size == 0
    try:
        world = World.open(path, chance=Chance(str(seed)) if is_new else None, replay=ProgramReplay())
        try:
            if _is_empty(world):
                _fill(world, fleet, devices, login)
        except BaseException:
            world.close()
            raise
    except sqlite3.OperationalError as error:  # no room, no database at all, or somebody who never lets go of it
        raise WorldUnreadable(str(path), f"{error}. See that the folder can be written and has room.") from error
    return world


def _is_empty(world: World) -> bool:
    """Whether nobody lives there yet: a new file, or one whose filling was cut off before anything was kept."""
    with world.look() as look:
        return look.accounts.is_empty()


def _fill(world: World, fleet: str, devices: int | None, login: Login) -> None:
    if fleet == "demo":
        seeds.demo(world, login)
    elif fleet == "empty":
        seeds.empty(world, devices or 0, login)
    else:
        seeds.large(world, DEMO_DEVICES if devices is None else devices, login)


def know_login_key(world: World, key: str) -> None:
    """Let this program in with a login key of its own, whatever the demonstration's password is."""
    with world.change() as tx:
        account = tx.accounts.called(DEMO_LOGIN.username)
        if account is not None and tx.keys.login_key(account.id, key) is None:
            tx.keys.put_login_key(LoginKey(key, "this console", 0, account.id, tx.now, tx.now))


class EngineDoor(httpx.AsyncBaseTransport):
    """The engine in this process, as an httpx transport.

    The world is opened in a thread when the first request comes, so that the screen never waits for it; its clock runs
    until the transport is closed.
    """

    def __init__(self, path: Path, login_key: Secret) -> None:
        self._path = path
        self._login_key = login_key
        self._opening = asyncio.Lock()
        self._transport: httpx.AsyncBaseTransport | None = None
        self._open_things = ExitStack()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request.

        Raises:
            httpx.ConnectError: The world cannot be opened; says why.
        """
        if self._transport is None:
            async with self._opening:
                if self._transport is None:
                    self._transport = await asyncio.to_thread(self._open, request)
                    to_thread.current_default_thread_limiter().total_tokens = AT_ONCE
        return await self._transport.handle_async_request(request)

    def _open(self, request: httpx.Request) -> httpx.AsyncBaseTransport:
        from imptui.cloud.api import build_app, running
        from imptui.cloud.transport import EmbeddedTransport

        try:
            world = open_world(self._path)
        except (WorldUnreadable, OSError) as error:
            raise httpx.ConnectError(str(error), request=request) from error
        self._open_things.callback(world.close)
        know_login_key(world, self._login_key.reveal())
        app = build_app(world)
        self._open_things.enter_context(running(app))
        return EmbeddedTransport(app)

    async def aclose(self) -> None:
        """Stop the world's clock and close its file."""
        if self._transport is not None:
            await self._transport.aclose()
        await asyncio.to_thread(self._open_things.close)
