"""The transport through which all requests leave the process, and the client around it."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from imptui.client.connection_settings import ConnectionSettings
from imptui.client.errors import Unreachable
from imptui.client.guard import Guard
from imptui.client.lean_httpx import httpx
from imptui.client.pace import TURN, Pace
from imptui.client.proxies import proxy_for, proxy_label

if TYPE_CHECKING:
    import ssl

_HARMLESS = {
    "POST": re.compile(r"/(auth|auth/token|logstream)"),
    "PUT": re.compile(r"/logstream/[^/]+/[^/]+"),
    "DELETE": re.compile(r"/logstream/[^/]+(/[^/]+)?"),
}
"""Calls other than GET that change nothing of the fleet: logging in, and the devices of our own log stream."""


class GuardedTransport(httpx.AsyncBaseTransport):
    """The last step before the network: refuses what a read-only context must not send, and records the budget.

    Args:
        inner: The transport that sends.
        endpoint: The base that paths are compared with; a request to anywhere else is never harmless.
        guard: Returns the guard of the moment.
        pace: Receives the budget in each reply.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, endpoint: str, guard: Callable[[], Guard], pace: Pace) -> None:
        self._inner, self._base, self._guard, self._pace = inner, httpx.URL(endpoint), guard, pace

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, unless it may change something and the context is read-only.

        Raises:
            Forbidden: With `Rule.READ_ONLY`; nothing was sent.
        """
        path = self._path(request.url)
        if request.method not in ("GET", "HEAD") and not self._is_harmless(request.method, path):
            refusal = self._guard().forbids_changes(f"send {request.method} to the service")
            if refusal is not None:
                raise refusal
        response = await self._inner.handle_async_request(request)
        if path is None or not path.startswith("/auth"):  # logins have a budget of their own (contract 3)
            self._pace.observe(response.headers, request.extensions.get(TURN))
        return response

    def _path(self, url: httpx.URL) -> str | None:
        """Return the path below the endpoint, still escaped; None if the address is not below the endpoint."""
        base = self._base
        raw, prefix = url.raw_path.decode("ascii").partition("?")[0], base.path.rstrip("/")
        is_ours = (url.scheme, url.host, url.port) == (base.scheme, base.host, base.port) and raw.startswith(prefix)
        return raw[len(prefix) :] if is_ours else None

    @staticmethod
    def _is_harmless(method: str, path: str | None) -> bool:
        pattern = _HARMLESS.get(method)
        return pattern is not None and path is not None and pattern.fullmatch(path) is not None

    async def aclose(self) -> None:
        """Close all connections of the inner transport."""
        await self._inner.aclose()


def open_client(settings: ConnectionSettings) -> httpx.AsyncClient:
    """Make a client whose every request passes a `GuardedTransport`. It reads certificates: call it outside the event loop.

    Raises:
        Unreachable: The environment names a proxy that httpx cannot use.
    """
    made = settings.transport
    if made is None:
        inner: httpx.AsyncBaseTransport = _network(settings.endpoint)
    else:
        inner = made if isinstance(made, httpx.AsyncBaseTransport) else made()
    return httpx.AsyncClient(
        transport=GuardedTransport(inner, settings.endpoint, settings.guard, settings.pace),
        headers={"Accept-Encoding": "gzip, deflate"},
        trust_env=False,
    )


def _network(endpoint: str) -> httpx.AsyncHTTPTransport:
    proxy = proxy_for(endpoint)
    try:
        return httpx.AsyncHTTPTransport(
            verify=_verify(endpoint),
            limits=httpx.Limits(max_connections=12, max_keepalive_connections=8, keepalive_expiry=30.0),
            proxy=proxy,
            retries=1,
        )
    except ImportError:
        hint = "Install it with: pip install 'imptui[socks]', or check ALL_PROXY."
        problem = Unreachable("connect", endpoint, f"the {proxy_label(endpoint)} needs the package socksio", hint, sent=False)
    except (ValueError, httpx.InvalidURL):  # a scheme that no proxy has, or no address
        hint = "Check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY, or list the host in NO_PROXY."
        problem = Unreachable("connect", endpoint, f"the {proxy_label(endpoint)} cannot be used", hint, sent=False)
    raise problem


def _verify(endpoint: str) -> "ssl.SSLContext | bool":
    if endpoint.startswith("http:"):
        return False  # certificates take 20 ms to read, and plain HTTP has none
    from imptui.client.certificates import tls_context

    return tls_context(endpoint)


def timeout(seconds: float, *, is_upload: bool) -> httpx.Timeout:
    """Return how long to wait: at most 10 s for a connection, four times as long for the answer to an upload."""
    return httpx.Timeout(seconds, connect=min(seconds, 10.0), read=seconds * 4 if is_upload else seconds)
