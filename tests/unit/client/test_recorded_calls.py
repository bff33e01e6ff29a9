"""Outcomes of calls in a record: what is masked, and what a replay answers."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from imptui.client.recorded_calls import RecordingTransport, ReplayTransport, call_name

BASE = "http://engine.test/v5"


class Events:
    """The events and hidden texts of a record, in memory."""

    def __init__(self) -> None:
        self.written: list[dict[str, Any]] = []
        self.hidden: set[str] = set()

    def write(self, kind: str, **fields: object) -> None:
        self.written.append({"kind": kind, **fields})

    def hide(self, secret: str) -> None:
        self.hidden.add(secret)


def answering(make: Callable[[httpx.Request], httpx.Response], log: Events, *, is_background: bool = False) -> httpx.AsyncClient:
    transport = RecordingTransport(httpx.MockTransport(make), BASE, log, lambda: is_background)
    return httpx.AsyncClient(transport=transport, base_url=BASE)


async def test_an_answer_is_recorded_without_tokens() -> None:
    """Tokens of a login are masked in the recorded body and hidden from then on; the caller gets the real ones."""
    log, document = Events(), {"access_token": "token-1", "refresh_token": "token-2", "expires_in": 3600}
    async with answering(lambda _: httpx.Response(200, json=document), log) as client:
        answer = await client.post("/auth", json={"id": "demo", "password": "open-sesame"})
    assert answer.json() == document
    assert json.loads(log.written[0]["body"]) == {"access_token": "masked", "refresh_token": "masked", "expires_in": 3600}
    assert {"token-1", "token-2", "open-sesame"} <= log.hidden


async def test_keys_in_headers_are_hidden() -> None:
    """The access token and the unbond key that a request carries are hidden."""
    log = Events()
    async with answering(lambda _: httpx.Response(204), log) as client:
        await client.get("/devices", headers={"Authorization": "Bearer token-1", "X-Electricimp-Key": "unbond-1"})
    assert {"token-1", "unbond-1"} <= log.hidden
    assert set(log.written[0]) == {"kind", "request", "status", "headers", "body"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/logstream/5e1a/devices?x=1", "GET /logstream/masked/devices?x=1"),
        ("/accounts/me/login_keys/5e1a", "GET /accounts/me/login_keys/masked"),
        ("/devices?unbond_key=5e1a&page%5Bsize%5D=1", "GET /devices?unbond_key=masked&page%5Bsize%5D=1"),
    ],
)
def test_secrets_in_addresses_are_masked(path: str, name: str) -> None:
    """A record names a call without the secrets of its address."""
    assert call_name(httpx.Request("GET", BASE + path), BASE) == name


async def test_calls_in_the_background_are_not_recorded() -> None:
    """Calls of passes and polls are in no record: their results are there as batches."""
    log = Events()
    async with answering(lambda _: httpx.Response(200, json={}), log, is_background=True) as client:
        await client.get("/devices")
    assert log.written == []


async def test_a_broken_connection_is_recorded_and_replayed() -> None:
    """A call that failed in the session fails in the same way in the replay."""
    log = Events()

    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("too slow", request=request)

    async with answering(broken, log) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get("/devices")
    replay = ReplayTransport(BASE, ["GET /devices"])
    replay.give(log.written[0])
    async with httpx.AsyncClient(transport=replay, base_url=BASE) as client:
        with pytest.raises(httpx.ReadTimeout, match="too slow"):
            await client.get("/devices")


async def test_a_replay_refuses_what_the_record_does_not_hold() -> None:
    """A call that the session did not make fails at once, and nothing is dialled."""
    async with httpx.AsyncClient(transport=ReplayTransport(BASE, []), base_url=BASE) as client:
        with pytest.raises(httpx.ConnectError, match="the record holds no answer to GET /devices"):
            await client.get("/devices")


async def test_a_replayed_call_waits_for_its_outcome() -> None:
    """A call is answered when the replay comes to its outcome, and not before."""
    replay = ReplayTransport(BASE, ["GET /devices"])
    async with httpx.AsyncClient(transport=replay, base_url=BASE) as client:
        call = asyncio.create_task(client.get("/devices"))
        await asyncio.sleep(0.01)
        assert replay.awaits("GET /devices")
        assert not call.done()
        replay.give({"request": "GET /devices", "status": 200, "headers": {}, "body": "[1]"})
        assert (await call).json() == [1]
        assert not replay.is_awaited


async def test_calls_that_wait_fail_at_the_end_of_the_record() -> None:
    """Nobody waits for ever for an outcome that the record lost."""
    replay = ReplayTransport(BASE, ["GET /devices"])
    async with httpx.AsyncClient(transport=replay, base_url=BASE) as client:
        call = asyncio.create_task(client.get("/devices"))
        await asyncio.sleep(0.01)
        assert replay.is_awaited
        replay.end()
        with pytest.raises(httpx.ConnectError, match="has ended"):
            await call


async def test_an_event_stream_is_recorded_and_replayed_in_parts() -> None:
    """The parts of a log stream reach the replayed console one by one, as they came."""
    log = Events()

    class Parts(httpx.AsyncByteStream):
        async def __aiter__(self):
            yield b"data: 1\n\n"
            yield b"data: 2\n\n"

    headers = {"content-type": "text/event-stream"}
    client = answering(lambda _: httpx.Response(200, headers=headers, stream=Parts()), log)
    async with client, client.stream("GET", "/logstream/5e1a") as answer:
        assert [part async for part in answer.aiter_bytes()] == [b"data: 1\n\n", b"data: 2\n\n"]
    name = "GET /logstream/masked"
    replay = ReplayTransport(BASE, [name])
    async with httpx.AsyncClient(transport=replay, base_url=BASE) as client:
        replay.give(log.written[0])
        async with client.stream("GET", "/logstream/5e1a") as answer:
            for event in log.written[1:]:
                replay.give_chunk(name, event["text"], is_last=event["is_last"])
            assert [part async for part in answer.aiter_bytes()] == [b"data: 1\n\n", b"data: 2\n\n"]
