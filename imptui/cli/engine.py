"""The embedded engine as the client's transport; it opens the world, and fills a new one, at the first request."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

import httpx
from anyio import to_thread  # starlette runs blocking code in these threads

from imptui.client.secret import Secret
from imptui.cloud import admin
from imptui.config.locations import make_private

AT_ONCE = 2
"""Requests that the engine in this process handles at a time; more would share the interpreter and need more memory."""


class EngineTransport(httpx.AsyncBaseTransport):
    """The engine in this process, as an httpx transport.

    A thread opens the world at the first request, so that the screen never waits for it. Its clock runs until the transport is
    closed.
    """

    def __init__(self, path: Path, login_key: Secret) -> None:
        self._path = path
        self._login_key = login_key
        self._opening = asyncio.Lock()
        self._transport: httpx.AsyncBaseTransport | None = None
        self._open_things = ExitStack()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request of the client.

        Raises:
            httpx.ConnectError: The world cannot be opened; the message has the reason.
        """
        if self._transport is None:
            async with self._opening:
                if self._transport is None:
                    self._transport = await asyncio.to_thread(self._open, request)
                    to_thread.current_default_thread_limiter().total_tokens = AT_ONCE
        return await self._transport.handle_async_request(request)

    def _open(self, request: httpx.Request) -> httpx.AsyncBaseTransport:
        from imptui.cloud.transport import embedded

        try:
            make_private(self._path.parent)
            world = admin.open_world(self._path)
        except (admin.WorldUnreadable, OSError) as error:
            raise httpx.ConnectError(str(error), request=request) from error
        self._open_things.callback(world.close)
        admin.allow_login_key(world, self._login_key.reveal())
        return self._open_things.enter_context(embedded(world))

    async def aclose(self) -> None:
        """Stop the world's clock and close its file."""
        if self._transport is not None:
            await self._transport.aclose()
        await asyncio.to_thread(self._open_things.close)
