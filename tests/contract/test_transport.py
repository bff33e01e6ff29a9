"""The application within the process answers as it would over a port. Source: the transport's own promise."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from imptui.cloud.transport import EmbeddedTransport


def client_of(app):
    return httpx.AsyncClient(transport=EmbeddedTransport(app), base_url="http://engine")


async def start(send, status=200, headers=()):
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})


async def piece(send, body, more):
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def test_pieces_arrive_before_the_answer_ends():
    """A piece of an answer is there while the application still works on the next one."""
    may_go_on = asyncio.Event()

    async def app(scope, receive, send):
        await start(send)
        await piece(send, b"first", True)
        await may_go_on.wait()
        await piece(send, b"second", False)

    async with client_of(app) as client, client.stream("GET", "/") as response:
        pieces = response.aiter_raw()
        assert await asyncio.wait_for(anext(pieces), 60) == b"first"
        may_go_on.set()
        assert await asyncio.wait_for(anext(pieces), 60) == b"second"


async def test_the_application_hears_that_the_caller_went():
    """Closing a response that is not at its end is a disconnect for the application."""
    seen = []

    async def app(scope, receive, send):
        await start(send)
        await piece(send, b"hello", True)
        while (message := await receive())["type"] != "http.disconnect":
            seen.append(message["type"])
        seen.append("gone")

    async with client_of(app) as client, client.stream("GET", "/") as response:
        await anext(response.aiter_raw())
    assert seen[-1] == "gone"


async def test_an_error_before_the_head_surfaces_from_the_request():
    """An error of the application reaches the caller as it is."""

    async def app(scope, receive, send):
        raise LookupError("no world")

    async with client_of(app) as client:
        with pytest.raises(LookupError, match="no world"):
            await client.get("/")


async def test_an_error_after_the_head_surfaces_from_the_body():
    """An error of the application in the middle of an answer reaches whoever reads the answer."""

    async def app(scope, receive, send):
        await start(send)
        await piece(send, b"half", True)
        raise LookupError("torn")

    async with client_of(app) as client:
        with pytest.raises(LookupError, match="torn"):
            await client.get("/")


async def test_an_application_without_an_answer_is_a_protocol_error():
    """An application that ends without saying anything is like a server that hangs up."""

    async def app(scope, receive, send):
        return

    async with client_of(app) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/")


async def test_the_request_body_arrives_in_pieces():
    """What the caller sends bit by bit, the application receives bit by bit."""
    received = []

    async def app(scope, receive, send):
        while (message := await receive()).get("more_body"):
            received.append(message["body"])
        await start(send, 204)
        await piece(send, b"", False)

    async def body() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    async with client_of(app) as client:
        response = await client.post("/", content=body())
    assert response.status_code == 204
    assert received == [b"one", b"two"]


async def test_a_slow_reader_slows_the_application_down():
    """An application that produces faster than the caller reads waits, so that memory does not grow."""
    sent = 0

    async def app(scope, receive, send):
        nonlocal sent
        await start(send)
        for _ in range(1000):
            await piece(send, b"x" * 1000, True)
            sent += 1
        await piece(send, b"", False)

    async with client_of(app) as client, client.stream("GET", "/") as response:
        await asyncio.sleep(0.05)
        assert sent < 100
        assert len(await response.aread()) == 1_000_000


async def test_a_cancelled_caller_is_a_disconnect():
    """Giving up on a request that has not been answered ends the application's work on it."""
    ended = asyncio.Event()

    async def app(scope, receive, send):
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            ended.set()

    async with client_of(app) as client:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.get("/"), 0.05)
        await asyncio.wait_for(ended.wait(), 60)


async def test_the_application_sees_path_query_and_headers():
    """Path, query and headers reach the application as a server would hand them on."""
    scopes = []

    async def app(scope, receive, send):
        scopes.append(scope)
        await start(send, 204)

    async with client_of(app) as client:
        await client.get("/v5/products/bed%204?filter%5Btype%5D=a&b=c d", headers={"X-Thing": "1"})
    scope = scopes[0]
    assert scope["path"] == "/v5/products/bed 4"
    assert scope["raw_path"] == b"/v5/products/bed%204"
    assert scope["query_string"] == b"filter%5Btype%5D=a&b=c%20d"
    assert (b"x-thing", b"1") in scope["headers"]
