"""Clients that nobody knows take neither memory nor sockets from the engine."""

import asyncio
import json
import re
import socket
import threading
import time
import tracemalloc
from contextlib import ExitStack, contextmanager

import pytest

from imptui.cloud.api import request_body
from imptui.cloud.api.application import build_app
from imptui.cloud.api.connection import HttpConnection
from imptui.cloud.api.connection_limits import ConnectionLimits
from imptui.cloud.api.request_body import ACCOUNT_SHARE_BYTES, BodyShares
from imptui.cloud.api.stream_hub import WAITING_LIMIT_BYTES, StreamListener, WriteTurns
from imptui.cloud.rules import login
from imptui.cloud.rules.account import OpenAccount, open_account
from imptui.cloud.serve import bound_socket, server_of
from imptui.cloud.storage.world import World
from imptui.domain.errors import TooFast

MEGABYTE = 1024 * 1024


class Engine:
    """An engine on a port, and what raw connections get from it."""

    def __init__(self, address, token) -> None:
        self.address = address
        self.token = token

    def connect(self):
        return socket.create_connection(self.address, timeout=5)

    def head(self, *, length=None, token="", path="/v5/deployments"):
        size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        return f"POST {path} HTTP/1.1\r\nHost: here\r\n{bearer}{size}\r\n\r\n".encode()


@contextmanager
def serving(connection=HttpConnection, limits=None):
    world = World.open(password_cost_log2=4)
    account = open_account(world, OpenAccount("grower", "grower@example.test", "not-a-real-one"))
    token = login.log_in_embedded(world, account.id).access_token
    listening = bound_socket("127.0.0.1", 0)
    app = build_app(world)
    server = server_of(app, app.state.service.hub.close_all, connection, limits)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield Engine(listening.getsockname(), token)
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
        app.state.service.close()
        world.close()


def status_of(client):
    """Read one whole answer and return its status."""
    answer = client.recv(65_536)
    while b"\r\n\r\n" not in answer:
        answer += client.recv(65_536)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(re.search(rb"content-length: (\d+)", head.lower())[1])
    while len(body) < length:
        body += client.recv(65_536)
    return head.split(b" ", 2)[1].decode()


def has_gone(client):
    """Return True if the engine has ended the connection."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("length", [26_000_000, 20_000_000, 5_000, None])
def test_a_stranger_is_refused_before_the_body_is_read(length):
    """A call without a valid token is 401 as soon as its head is there, whatever body it announces."""
    with serving() as engine, engine.connect() as client:
        client.sendall(engine.head(length=length, token="unknown"))
        assert status_of(client) == "401"


def test_a_body_over_the_limit_is_refused_before_it_is_read():
    """A body that announces more than the limit is 413 as soon as its head is there."""
    with serving() as engine, engine.connect() as client:
        client.sendall(engine.head(length=26_000_000, token=engine.token) + b"half")
        assert status_of(client) == "413"
    with serving() as engine, engine.connect() as client:
        client.sendall(engine.head(length=20_000, path="/v5/auth"))
        assert status_of(client) == "413"


def test_the_connection_of_a_refused_body_is_used_again():
    """The rest of a refused body is discarded, and the next request on the connection is answered."""
    with serving() as engine, engine.connect() as client:
        client.sendall(engine.head(length=MEGABYTE))
        assert status_of(client) == "401"
        client.sendall(bytes(MEGABYTE) + b"GET /v5/nothing HTTP/1.1\r\nHost: here\r\n\r\n")
        assert status_of(client) == "404"


class Impatient(HttpConnection):
    """A connection that waits a moment only for the rest of a refused body, and for a reader."""

    discard_s = 0.3
    write_s = 0.3


def test_a_refused_body_is_discarded_for_a_while_only():
    """A client that never ends a refused body is disconnected."""
    with serving(Impatient) as engine, engine.connect() as client:
        client.sendall(engine.head(length=MEGABYTE))
        assert status_of(client) == "401"
        assert client.recv(1) == b""


def test_many_large_bodies_of_strangers_take_no_memory():
    """Thirty strangers that announce 24 MB and send 8 MB each hold less than 16 MB together."""
    tracemalloc.start()
    try:
        with serving() as engine, ExitStack() as opened:
            before, _ = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            clients = [opened.enter_context(engine.connect()) for _ in range(30)]
            piece = bytes(MEGABYTE)
            for client in clients:
                client.sendall(engine.head(length=24 * MEGABYTE))
            for _ in range(8):
                for client in clients:
                    client.sendall(piece)
            assert {status_of(client) for client in clients} == {"401"}
            _, peak = tracemalloc.get_traced_memory()
            assert peak - before < 16 * MEGABYTE
    finally:
        tracemalloc.stop()


def test_a_slow_body_is_408(monkeypatch):
    """A body that does not arrive within its deadline is 408 with an error document, and the connection ends."""
    monkeypatch.setattr(request_body.read_body, "__defaults__", (request_body.BODY_LIMIT_BYTES, 0.3))
    with serving() as engine, engine.connect() as client:
        client.sendall(engine.head(length=100, path="/v5/auth") + b'{"id": ')
        answer = b""
        while piece := client.recv(65_536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert json.loads(body)["errors"][0]["code"] == "VX009"


async def test_bodies_of_one_account_wait_for_their_room():
    """An account's bodies take at most its share: a further one waits until another is done."""
    shares = BodyShares()
    order = []

    async def use(name):
        async with shares.room("grower", ACCOUNT_SHARE_BYTES):
            order.append(f"{name} in")
            await asyncio.sleep(0)
            order.append(f"{name} out")

    await asyncio.gather(use("first"), use("second"))
    assert order == ["first in", "first out", "second in", "second out"]


async def test_bodies_of_another_account_need_not_wait():
    """One account's bodies leave room for another account's."""
    shares = BodyShares()
    async with shares.room("grower", ACCOUNT_SHARE_BYTES), asyncio.timeout(1), shares.room("other", ACCOUNT_SHARE_BYTES):
        pass


async def test_a_body_without_room_is_told_to_come_again(monkeypatch):
    """A body that finds no room within the deadline is refused like a spent budget."""
    monkeypatch.setattr(request_body, "DEADLINE_S", 0.05)
    shares = BodyShares()
    async with shares.room("grower", ACCOUNT_SHARE_BYTES):
        with pytest.raises(TooFast):
            async with shares.room("grower", 1):
                pass


def test_too_many_unfinished_heads_drop_the_oldest():
    """Beyond the limit the oldest unfinished head is dropped, and a client that speaks quickly is served."""
    with serving(limits=ConnectionLimits(unfinished_heads=2)) as engine, ExitStack() as opened:
        slow = [opened.enter_context(engine.connect()) for _ in range(3)]
        for client in slow:
            client.sendall(b"GET /v5/nothing HTTP/1.1\r\nHost:")
            time.sleep(0.05)
        assert has_gone(slow[0])
        for client in slow[1:]:
            client.sendall(b" here\r\n\r\n")
            assert status_of(client) == "404"


def test_too_many_connections_drop_the_longest_idle():
    """Beyond the limit the connection that has been idle longest is dropped for a new one."""
    with serving(limits=ConnectionLimits(connections=2)) as engine, ExitStack() as opened:
        clients = []
        for _ in range(3):
            clients.append(opened.enter_context(engine.connect()))
            time.sleep(0.05)
        assert has_gone(clients[0])
        clients[2].sendall(b"GET /v5/nothing HTTP/1.1\r\nHost: here\r\n\r\n")
        assert status_of(clients[2]) == "404"


def test_a_client_that_does_not_read_is_dropped():
    """A client that asks on and on and reads no answer is disconnected, so that answers do not pile up."""
    with serving(Impatient) as engine, engine.connect() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        request = b"GET /openapi.json HTTP/1.1\r\nHost: here\r\n\r\n" * 100
        assert sends_until_dropped(client, request)


def sends_until_dropped(client, request):
    """Return True if the engine disconnects a client that sends a request again and again for ten seconds."""
    try:
        for _ in range(200):
            client.sendall(request)
            time.sleep(0.05)
    except (ConnectionResetError, BrokenPipeError):
        return True
    return False


async def test_a_slow_listener_holds_few_megabytes():
    """Log lines for a listener that does not read are dropped, the oldest first, beyond a few megabytes."""
    listener = StreamListener("text", 30, WriteTurns())
    for number in range(100):
        listener.take([b"%03d" % number + bytes(MEGABYTE // 10)])
    held = [piece async for piece in _pieces(listener)]
    assert sum(map(len, held)) <= WAITING_LIMIT_BYTES
    assert b"099" in held[0]


async def _pieces(listener):
    listener.take([], is_last=True)
    async for piece in listener.events():
        yield piece


@pytest.mark.parametrize("size", [b"zz", b"-1", b"0x10", b"", b"1 2", b"F" * 21])
def test_a_malformed_chunk_size_is_400(size):
    """A body with a malformed chunk size is 400 with an error document, and the connection ends."""
    with serving() as engine, engine.connect() as client:
        client.sendall(engine.head(path="/v5/auth") + size + b"\r\n{}\r\n0\r\n\r\n")
        answer = b""
        while piece := client.recv(65_536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["errors"][0]["code"] == "VX005"
