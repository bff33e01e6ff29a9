"""A streaming httpx transport that calls the application in this process.

httpx brings a transport for ASGI applications, but that one collects the whole body before it answers, so a log
stream would never arrive. This one hands every piece on as the application produces it, and tells the application
when the caller has gone.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from starlette.types import ASGIApp, Message

from imptui.cloud.api.application import build_app, running
from imptui.cloud.storage.world import World

_Head = tuple[int, list[tuple[bytes, bytes]]]


@contextmanager
def embedded(world: World) -> Iterator["EmbeddedTransport"]:
    """Answer requests from a world in this process until the end of the block; its clock runs meanwhile."""
    app = build_app(world)
    with running(app):
        yield EmbeddedTransport(app)


class EmbeddedTransport(httpx.AsyncBaseTransport):
    """Answers requests by calling an ASGI application on the running loop.

    Every request runs as its own task. An error that escapes the application surfaces in the caller: from the request
    itself before the head of the answer, from reading the body after it.

    Args:
        app: The application.
        client: What the application sees as the remote address.
    """

    def __init__(self, app: ASGIApp, *, client: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        self._app = app
        self._client = client
        self._exchanges: set[_Exchange] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Start one exchange; returns as soon as the application has sent the head of its answer."""
        exchange = _Exchange(request, self._scope(request), self._exchanges)
        status, headers = await exchange.start(self._app)
        return httpx.Response(status, headers=headers, stream=exchange)

    async def aclose(self) -> None:
        """End the exchanges that are still going on, as a closed connection would."""
        for exchange in list(self._exchanges):
            await exchange.aclose()

    def _scope(self, request: httpx.Request) -> dict[str, Any]:
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.split(b"?", 1)[0],
            "query_string": request.url.query,
            "server": (request.url.host, request.url.port),
            "client": self._client,
            "root_path": "",
            "extensions": {},
            "state": {},
        }


class _Exchange(httpx.AsyncByteStream):
    """One request and its answer; also the answer's body."""

    def __init__(self, request: httpx.Request, scope: dict[str, Any], running: "set[_Exchange]") -> None:
        self._request = request
        self._scope = scope
        self._running = running
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=16)
        self._gone = asyncio.Event()
        self._head: asyncio.Future[_Head] | None = None
        self._body: AsyncIterator[bytes] | None = None
        self._pending: _Head | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self, app: ASGIApp) -> _Head:
        self._head = asyncio.get_running_loop().create_future()
        self._running.add(self)
        self._task = asyncio.create_task(self._run(app), name=f"embedded {self._scope['method']} {self._scope['path']}")
        try:
            return await asyncio.shield(self._head)
        except BaseException:
            await self.aclose()
            raise

    async def _run(self, app: ASGIApp) -> None:
        head = self._head
        assert head is not None  # noqa: S101 - made by start(), which made this task
        try:
            await app(self._scope, self._receive, self._send)
        except Exception as error:
            if head.done():
                await self._put(None)
                raise
            head.set_exception(error)
            return
        if not head.done():
            head.set_exception(httpx.RemoteProtocolError("The application ended without an answer.", request=self._request))
        await self._put(None)

    async def _put(self, piece: bytes | None) -> None:
        """Hand a piece on, waiting for a slow reader, not for one that has gone."""
        if self._gone.is_set():
            return
        if not self._pieces.full():
            self._pieces.put_nowait(piece)
            return
        put = asyncio.ensure_future(self._pieces.put(piece))
        gone = asyncio.ensure_future(self._gone.wait())
        try:
            await asyncio.wait({put, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            put.cancel()
            gone.cancel()

    async def _receive(self) -> Message:
        if self._body is None:
            stream = self._request.stream
            assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101 - an async client makes no other
            self._body = stream.__aiter__()
        async for piece in self._body:
            return {"type": "http.request", "body": piece, "more_body": True}
        if not self._scope["state"].get("read"):
            self._scope["state"]["read"] = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        assert self._head is not None  # noqa: S101 - made by start()
        if message["type"] == "http.response.start":
            if not self._head.done():
                self._head.set_result((message["status"], [(bytes(k), bytes(v)) for k, v in message.get("headers", [])]))
        elif message["type"] == "http.response.body":
            if self._gone.is_set():
                raise OSError("The caller has gone.")
            body = message.get("body", b"")
            if body and self._scope["method"] != "HEAD":
                await self._put(body)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not None:
            yield piece
        if self._task is not None:
            await self._task

    async def aclose(self) -> None:
        """End the exchange: signal a disconnect to the application and wait for it."""
        self._gone.set()
        self._running.discard(self)
        task = self._task
        if task is None:
            return
        if not task.done():
            _, late = await asyncio.wait({task}, timeout=5)
            if late:
                task.cancel()
                await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # it has surfaced, or nobody reads on: either way it has been seen
