"""The engine on a port."""

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing

import httpx
import pytest

from imptui.cloud.api.application import build_app
from imptui.cloud.api.connection import ServedConnection
from imptui.cloud.serve import CannotListen, bound_socket, endpoint_of, server_of
from imptui.cloud.storage.world import World

PROGRAM = """
import sys
from imptui.cloud.api.application import build_app
from imptui.cloud.rules.account import OpenAccount, open_account
from imptui.cloud.serve import serve
from imptui.cloud.storage.world import World

world = World.open(password_cost_log2=4)
open_account(world, OpenAccount("grower", "grower@example.test", "not-a-real-one"))
serve(build_app(world, keep_alive_s=0.2), sys.argv[1], 0, how_to_log_in="log in as grower")
print("ended in good order", flush=True)
"""


@pytest.fixture(params=["127.0.0.1", "::1"])
def served(request):
    """The engine in a process of its own, and where it says that it listens."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, request.param], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    first = process.stdout.readline()
    if not first and request.param == "::1":
        pytest.skip("This machine has no IPv6.")
    endpoint = first.removeprefix("imptui serving ").strip()
    yield process, endpoint
    process.kill()
    process.communicate()


def log_in(endpoint):
    answer = httpx.post(f"{endpoint}/auth", json={"id": "grower", "password": "not-a-real-one"}, trust_env=False)
    return answer.json()["access_token"]


def test_it_says_where_it_listens_and_how_to_log_in(served):
    """The first line names the endpoint, IPv6 in brackets, the second how to log in."""
    process, endpoint = served
    assert re.fullmatch(r"http://(127\.0\.0\.1|\[::1\]):\d+/v5", endpoint)
    assert process.stdout.readline() == "log in as grower\n"
    assert log_in(endpoint)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_good_order(served, number):
    """SIGINT and SIGTERM end it, telling log streams `closed` first, without a traceback."""
    process, endpoint = served
    headers = {"Authorization": f"Bearer {log_in(endpoint)}"}
    stream = httpx.post(f"{endpoint}/logstream", headers=headers, trust_env=False).json()["data"]["attributes"]["url"]
    with httpx.stream("GET", stream, timeout=10, trust_env=False) as response:
        pieces = response.iter_raw()
        assert b"opened" in next(pieces)
        process.send_signal(number)
        rest = b"".join(pieces)
    assert rest.endswith(b"event: state_change\ndata: closed\n\n")
    started = time.monotonic()
    output, errors = process.communicate(timeout=60)
    assert time.monotonic() - started < 5
    assert output.endswith("ended in good order\n")
    assert process.returncode == 0
    assert errors == ""


EARLY_PROGRAM = """
import signal, time
from imptui.cloud.api.application import build_app
from imptui.cloud.serve import serve
from imptui.cloud.storage.world import World

def say(line):
    print(line, flush=True)
    time.sleep(0.05)

serve(build_app(World.open(password_cost_log2=4)), port=0, say=say, how_to_log_in="log in")
print("ended in good order", flush=True)
"""


@pytest.mark.thorough
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("lines_read", [1, 2])
def test_a_signal_on_the_heels_of_the_first_line_ends_it_in_good_order(number, lines_read):
    """Whoever ends it the moment it has said where it listens finds it ended in good order, not killed."""
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", EARLY_PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(lines_read):
            assert process.stdout.readline()
        process.send_signal(number)
        output, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
        assert output.endswith("ended in good order\n")


def test_a_taken_port_is_one_line():
    """A port in use is told in one line that names it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"Cannot listen on 127\.0\.0\.1:{port}: .+\.") as refused:
            bound_socket("127.0.0.1", port)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("host", ["no such host", "192.0.2.1", "x" * 300])
def test_a_strange_host_is_one_line(host):
    """A host that is none, or another machine's, is told in one line."""
    with pytest.raises(CannotListen) as refused:
        bound_socket(host, 0)
    assert "\n" not in str(refused.value)


def test_the_free_port_is_known_before_anything_is_served():
    """Port 0 takes a free port, and the endpoint has its number."""
    listening = bound_socket("127.0.0.1", 0)
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d*/v5", endpoint_of(listening))
    listening.close()


def test_one_connection_serves_many_requests(served):
    """Bodies of `null` on GET and DELETE are read off the connection, which is used again (1.1, 1.3)."""
    _, endpoint = served
    host, _, port = endpoint.removeprefix("http://").removesuffix("/v5").rpartition(":")
    token = log_in(endpoint)
    connection = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=60)
    headers = {"Authorization": f"bearer {token}", "Content-type": "application/vnd.api+json"}
    used = set()
    for method, path, status in (("GET", "/v5//products", 200), ("DELETE", "/v5/products/x", 404), ("GET", "/v5/devices", 200)):
        connection.request(method, path, body=b"null", headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
        used.add(connection.sock.getsockname())
    connection.close()
    assert len(used) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"GET /v5/%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\0" * 100 + b"\r\n\r\n",
    ],
)
def test_noise_on_the_socket_does_no_harm(served, raw):
    """Whatever comes over the socket, the engine goes on answering."""
    _, endpoint = served
    host, _, port = endpoint.removeprefix("http://").removesuffix("/v5").rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=60) as connection:
        connection.sendall(raw)
        connection.recv(65536)
    assert log_in(endpoint)


def spoken(endpoint, words, *, is_half_closed=False):
    """What the engine answers to these bytes, until it ends the connection."""
    host, _, port = endpoint.removeprefix("http://").removesuffix("/v5").rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=60) as client:
        client.sendall(words)
        if is_half_closed:
            client.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := client.recv(65_536):
            answer += piece
    return answer


def test_a_client_that_has_stopped_speaking_is_answered(served):
    """Requests are answered in their order although the client has closed its half, and then the connection ends."""
    _, endpoint = served
    request = b"GET /v5/products HTTP/1.1\r\nHost: here\r\n\r\n"
    assert spoken(endpoint, request * 3, is_half_closed=True).count(b"HTTP/1.1 401 ") == 3


def test_half_a_request_is_no_request(served):
    """Who stops speaking in the middle of a body gets no answer."""
    _, endpoint = served
    request = b"POST /v5/auth HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\n{}"
    assert spoken(endpoint, request, is_half_closed=True) == b""


def test_what_is_no_http_is_refused_in_json(served):
    """Bytes that are no request are 400 with errors like every refusal (2.3)."""
    _, endpoint = served
    head, _, body = spoken(endpoint, b"GARBAGE\r\n\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["errors"][0]["status"] == "400"


@pytest.mark.parametrize("name", ["Größe".encode("latin-1"), "Größe".encode(), b"\xff"])
def test_letters_that_nobody_escaped_are_an_unknown_name(served, name):
    """A name with letters beyond ASCII, sent as it was typed, is looked for like any other: 404, never 400 (1.4)."""
    _, endpoint = served
    request = b"GET /v5/%b HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n" % name
    assert spoken(endpoint, request).startswith(b"HTTP/1.1 404 ")


def test_who_leaves_in_the_middle_of_a_request_is_not_worth_a_word(served):
    """Clients that go while they speak leave no traceback on the engine's screen."""
    process, endpoint = served
    host, _, port = endpoint.removeprefix("http://").removesuffix("/v5").rpartition(":")
    for _ in range(5):
        with socket.create_connection((host.strip("[]"), int(port)), timeout=60) as client:
            client.sendall(b"POST /v5/auth HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\n{}")
    log_in(endpoint)
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=60)[1] == ""


class Impatient(ServedConnection):
    """A connection that waits a moment only."""

    head_s = 0.3


@pytest.mark.parametrize("words", [b"", b"GET /v5/products HTTP/1.1\r\nHost:"])
def test_who_does_not_say_what_it_wants_is_not_waited_for(words):
    """A client that says nothing, or half of a head, is disconnected after a while; who has asked is answered."""
    with closing(World.open(password_cost_log2=4)) as world:
        listening = bound_socket("127.0.0.1", 0)
        server = server_of(build_app(world), lambda: None, Impatient)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            with socket.create_connection(listening.getsockname(), timeout=60) as client:
                client.sendall(b"GET /v5/products HTTP/1.1\r\nHost: here\r\n\r\n")
                assert client.recv(65_536).startswith(b"HTTP/1.1 401 ")
            with socket.create_connection(listening.getsockname(), timeout=60) as client:
                client.sendall(words)
                assert client.recv(1) == b""
        finally:
            server.should_exit = True
            thread.join(10)
            listening.close()
