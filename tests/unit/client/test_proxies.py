"""Which proxy the environment names for an endpoint, and what a connection does with it."""

import asyncio
import socket
import sys
import urllib.request

import pytest

from imptui.client.central import Central
from imptui.client.errors import Unreachable
from imptui.client.proxies import proxy_for, proxy_label
from imptui.client.secret import ClientCredentials, Secret

ENDPOINT = "https://cloud.test/v5"
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "request_method")


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Sets proxy variables and nothing else; system settings of the machine do not count."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr("imptui.client.proxies.getproxies", urllib.request.getproxies_environment)
    monkeypatch.setattr("imptui.client.proxies.proxy_bypass", urllib.request.proxy_bypass_environment)
    return monkeypatch.setenv


@pytest.mark.parametrize(
    ("variables", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://proxy.test:3128"}, "http://proxy.test:3128"),
        ({"https_proxy": "http://proxy.test:3128"}, "http://proxy.test:3128"),
        ({"HTTPS_PROXY": "proxy.test:3128"}, "http://proxy.test:3128"),
        ({"HTTP_PROXY": "http://proxy.test:3128"}, None),
        ({"ALL_PROXY": "http://any.test:1"}, "http://any.test:1"),
        ({"ALL_PROXY": "http://any.test:1", "HTTPS_PROXY": "http://proxy.test:3128"}, "http://proxy.test:3128"),
        ({"HTTPS_PROXY": ""}, None),
        ({"HTTPS_PROXY": "http://proxy.test:3128", "NO_PROXY": "cloud.test"}, None),
        ({"ALL_PROXY": "http://any.test:1", "NO_PROXY": "other.test, cloud.test"}, None),
        ({"ALL_PROXY": "http://any.test:1", "NO_PROXY": "test"}, None),
        ({"ALL_PROXY": "http://any.test:1", "NO_PROXY": "*"}, None),
        ({"ALL_PROXY": "http://any.test:1", "NO_PROXY": "other.test,*"}, None),
        ({"ALL_PROXY": "http://any.test:1", "NO_PROXY": "loud.test"}, "http://any.test:1"),
        ({"ALL_PROXY": "http://any.test:1", "NO_PROXY": "cloud.test:8080"}, "http://any.test:1"),
    ],
)
def test_proxy_for_an_endpoint(environment, variables, proxy):
    """The variable of the scheme names the proxy, else ALL_PROXY does; NO_PROXY lists hosts that need none."""
    for name, value in variables.items():
        environment(name, value)
    assert proxy_for(ENDPOINT) == proxy


@pytest.mark.parametrize(
    ("endpoint", "entries", "is_direct"),
    [
        ("https://10.1.2.3/v5", "10.0.0.0/8", True),
        ("https://11.1.2.3/v5", "10.0.0.0/8", False),
        ("https://[fd00::7]/v5", "fd00::/8", True),
        ("https://[fd00::7]/v5", "[fd00::7]", True),
        ("https://10.1.2.3:8443/v5", "10.1.2.3:8443", True),
        ("https://10.1.2.3/v5", "10.1.2.3:8443", False),
        ("https://cloud.test/v5", "cloud.test:443", True),
        ("https://api.plant.test/v5", "*.plant.test", True),
        ("https://plant.test/v5", "*.plant.test", False),
        ("https://api.plant.test/v5", ".plant.test", True),
        ("https://CLOUD.test/v5", "Cloud.TEST", True),
        ("https://cloud.test/v5", "a.test b.test cloud.test", True),
        ("https://cloud.test/v5", "10.0.0.0/8,", False),
        ("https://10.1.2.3/v5", "10.1.*", True),
    ],
)
def test_no_proxy_as_curl_reads_it(environment, endpoint, entries, is_direct):
    """NO_PROXY lists networks, hosts with a port, domains and patterns, separated by commas or blanks."""
    environment("HTTPS_PROXY", "proxy.test:3128")
    environment("NO_PROXY", entries)
    assert (proxy_for(endpoint) is None) == is_direct


@pytest.mark.parametrize(
    ("variable", "value", "label"),
    [
        ("HTTPS_PROXY", "user:hunter2@proxy.test:3128", "proxy http://proxy.test:3128 (HTTPS_PROXY)"),
        ("all_proxy", "socks://proxy.test", "proxy socks5://proxy.test (all_proxy)"),
    ],
)
def test_a_proxy_is_named_without_its_password(environment, variable, value, label):
    """Messages name the proxy and its variable, and never its user and password."""
    environment(variable, value)
    assert proxy_label(ENDPOINT) == label


async def test_an_unreachable_proxy_is_named(environment):
    """A proxy that nobody can reach is named with its variable, not the endpoint alone."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{closed.getsockname()[1]}"
    environment("HTTPS_PROXY", f"user:hunter2@{place}")
    async with Central(ENDPOINT) as central:
        with pytest.raises(Unreachable, match=f"through the proxy http://{place} \\(HTTPS_PROXY\\)") as failed:
            await central.accounts.me()
    assert "hunter2" not in str(failed.value)


async def test_a_proxy_that_wants_a_password_is_named(environment):
    """A proxy that refuses with 407 is named, with the way to write a user and a password."""

    async def serve(reader, writer):
        while (await reader.readline()).strip():
            pass
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    environment("ALL_PROXY", place)
    async with server:
        for endpoint in ("http://cloud.test/v5", "https://cloud.test/v5"):
            async with Central(endpoint, credentials=ClientCredentials("g", Secret("t"))) as central:
                with pytest.raises(Unreachable, match=f"the proxy http://{place} \\(ALL_PROXY\\) refuses"):
                    await central.accounts.me()


async def test_a_socks_proxy_without_its_package(environment, monkeypatch):
    """A SOCKS proxy without the package that speaks to it is reported with the way to install it."""
    monkeypatch.setitem(sys.modules, "socksio", None)
    environment("ALL_PROXY", "socks5://user:hunter2@proxy.test:1080")
    async with Central(ENDPOINT) as central:
        with pytest.raises(Unreachable, match="imptui\\[socks\\]") as failed:
            await central.accounts.me()
    assert "hunter2" not in str(failed.value)


def test_no_proxy_with_a_port(environment):
    """An entry of NO_PROXY with a port counts for that port alone."""
    environment("HTTPS_PROXY", "http://proxy.test:3128")
    environment("NO_PROXY", "cloud.test:8080")
    assert proxy_for("https://cloud.test:8080/v5") is None
    assert proxy_for("https://cloud.test:8081/v5") == "http://proxy.test:3128"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_this_machine_needs_no_proxy(environment, host):
    """A service on this machine is reached directly."""
    environment("HTTP_PROXY", "http://proxy.test:3128")
    assert proxy_for(f"http://{host}:8080/v5") is None


async def test_requests_go_to_the_proxy(environment):
    """A request to a plain endpoint reaches the proxy, with the whole address on its first line."""
    lines = []

    async def serve(reader, writer):
        lines.append((await reader.readline()).decode().strip())
        while (await reader.readline()).strip():
            pass
        body = b'{"data": {"type": "account", "id": "a"}}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    environment("HTTP_PROXY", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server, Central("http://cloud.test/v5", credentials=ClientCredentials("g", Secret("t"))) as central:
        assert (await central.accounts.me()).id == "a"
    assert lines == ["GET http://cloud.test/v5/accounts/me HTTP/1.1"]


@pytest.mark.parametrize("proxy", ["gopher://user:hunter2@proxy.test:70", "http://user:hunter2@proxy.test:not-a-port"])
async def test_proxy_that_cannot_be_used(environment, proxy):
    """A proxy that httpx cannot use is reported with the variables to check, and without its password."""
    environment("ALL_PROXY", proxy)
    async with Central(ENDPOINT) as central:
        with pytest.raises(Unreachable, match="Check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY") as failed:
            await central.accounts.me()
    assert "hunter2" not in str(failed.value)
    assert not failed.value.sent
