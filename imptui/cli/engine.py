"""The embedded engine behind the client's transport: opened, and filled when new, at the first request."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

import httpx

from imptui.client.secret import Secret
from imptui.cloud.world.store import World
from imptui.config.locations import make_private


def open_world(path: Path, *, fleet: str = "demo", devices: int | None = None, seed: int = 1) -> World:
    """The world in a file; a new file is filled first, an existing one is used as it is.

    Args:
        path: The file; its folder is made.
        fleet: `demo`, `empty` or `large`, for a new file.
        devices: How many devices a new `empty` or `large` world has.
        seed: What chance brings in a new world.

    Raises:
        WorldUnreadable: The file is no world, is damaged, or was made by a newer version.
    """
    make_private(path.parent)
    world = World.open(path)
    try:
        fill(world, fleet, devices, seed)
    except BaseException:
        world.close()
        raise
    return world


def fill(world: World, fleet: str, devices: int | None, seed: int) -> None:
    """Put a fleet into a world that holds none yet."""
    from imptui.cloud.world import seed as seeds

    if seeds.is_filled(world):
        return
    if fleet == "demo":
        seeds.demo(world, seed=seed)
    elif fleet == "empty":
        seeds.empty(world, devices or 0, seed=seed)
    else:
        seeds.large(world, 100_000 if devices is None else devices, seed=seed)


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
        return await self._transport.handle_async_request(request)

    def _open(self, request: httpx.Request) -> httpx.AsyncBaseTransport:
        from imptui.cloud.app import build_app, running
        from imptui.cloud.transport import EmbeddedTransport
        from imptui.cloud.world.errors import WorldUnreadable
        from imptui.cloud.world.seed import know_login_key

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
