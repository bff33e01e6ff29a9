"""Where requests leave the process. Imports httpx: only `Connection` imports this module, at the first call."""

import re
from collections.abc import Callable
from typing import TypeAlias
from urllib.request import getproxies, proxy_bypass

import httpx

from imptui.client.errors import NoAnswer, TimedOut, Unreachable
from imptui.client.guard import Guard
from imptui.client.pace import TURN, Pace

Transport: TypeAlias = Callable[[], httpx.AsyncBaseTransport] | httpx.AsyncBaseTransport

_HARMLESS = {
    "POST": re.compile(r"/(auth|auth/token|logstream)"),
    "PUT": re.compile(r"/logstream/[^/]+/[^/]+"),
    "DELETE": re.compile(r"/logstream/[^/]+(/[^/]+)?"),
}
"""Calls other than GET that change nothing of the fleet: logging in, and what a log stream of ours shows."""


class GuardedTransport(httpx.AsyncBaseTransport):
    """The last step before the network: refuses what a read-only context must not send, and notes the budget.

    Args:
        inner: What really sends.
        endpoint: The base that paths are compared with; a request to anywhere else is never harmless.
        guard: The guard of the moment.
        pace: Hears of the budget in each reply.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, endpoint: str, guard: Callable[[], Guard], pace: Pace) -> None:
        self._inner, self._base, self._guard, self._pace = inner, httpx.URL(endpoint), guard, pace

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, unless it may change something and nothing may be changed.

        Raises:
            Forbidden: With `Rule.READ_ONLY`; nothing was sent.
        """
        path = self._path(request.url)
        if request.method not in ("GET", "HEAD") and not self._is_harmless(request.method, path):
            refusal = self._guard().forbids_changes(f"send {request.method} to the service")
            if refusal is not None:
                raise refusal
        response = await self._inner.handle_async_request(request)
        if path is None or not path.startswith("/auth"):  # those have a budget of their own (contract 3)
            self._pace.observe(response.headers, request.extensions.get(TURN))
        return response

    def _path(self, url: httpx.URL) -> str | None:
        """The path below the endpoint, still escaped; None when it is not below it."""
        base = self._base
        raw, prefix = url.raw_path.decode("ascii").partition("?")[0], base.path.rstrip("/")
        is_ours = (url.scheme, url.host, url.port) == (base.scheme, base.host, base.port) and raw.startswith(prefix)
        return raw[len(prefix) :] if is_ours else None

    @staticmethod
    def _is_harmless(method: str, path: str | None) -> bool:
        pattern = _HARMLESS.get(method)
        return pattern is not None and path is not None and pattern.fullmatch(path) is not None

    async def aclose(self) -> None:
        """Let go of all connections."""
        await self._inner.aclose()


def client(endpoint: str, transport: Transport | None, guard: Callable[[], Guard], pace: Pace) -> httpx.AsyncClient:
    """A client whose every request passes a `GuardedTransport`. Reads certificates: call it outside the event loop."""
    if transport is None:
        inner: httpx.AsyncBaseTransport = httpx.AsyncHTTPTransport(
            verify=not endpoint.startswith("http:"),  # certificates take 20 ms to read, and plain HTTP has none
            limits=httpx.Limits(max_connections=12, max_keepalive_connections=8, keepalive_expiry=30.0),
            proxy=_proxy(endpoint),
            retries=1,
        )
    else:
        inner = transport if isinstance(transport, httpx.AsyncBaseTransport) else transport()
    guarded = GuardedTransport(inner, endpoint, guard, pace)
    return httpx.AsyncClient(transport=guarded, follow_redirects=False, trust_env=False)


def _proxy(endpoint: str) -> str | None:
    """The proxy that the system's settings name for the endpoint; factory networks have them."""
    url = httpx.URL(endpoint)
    if url.host in ("localhost", "127.0.0.1", "::1") or proxy_bypass(url.host):
        return None
    return getproxies().get(url.scheme)


def timeout(seconds: float, *, is_upload: bool) -> httpx.Timeout:
    """How long to wait: for a connection always the same, for an answer to programs four times as long."""
    return httpx.Timeout(seconds, connect=min(seconds, 10.0), read=seconds * 4 if is_upload else seconds)


def trouble(error: Exception, attempt: str, endpoint: str, *, is_read: bool) -> NoAnswer:
    """What an error of httpx means to the caller. It holds the request, so it is not kept as the cause."""
    request = getattr(error, "_request", None)
    is_renewal = isinstance(request, httpx.Request) and request.url.path.endswith("/auth/token")
    sent = not isinstance(error, _NOT_SENT) and not is_renewal
    hint = "Check the network and the endpoint." if is_read else _SENT_HINT if sent else _NOT_SENT_HINT
    if isinstance(error, httpx.TimeoutException):
        why = "no connection in time" if isinstance(error, httpx.ConnectTimeout) else "no answer in time"
        return TimedOut(attempt, endpoint, why, hint, sent=sent)
    if isinstance(error, httpx.ConnectError | httpx.InvalidURL | httpx.UnsupportedProtocol):
        return Unreachable(attempt, endpoint, _why(error, "no connection"), hint, sent=sent)
    return Unreachable(attempt, endpoint, _why(error, "the connection broke"), hint, sent=sent)


_SENT_HINT = "It may have been carried out all the same: look before trying again."
_NOT_SENT_HINT = "Check the network and the endpoint; nothing was sent."

ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)
"""Everything that httpx raises."""

_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)


def _why(error: Exception, otherwise: str) -> str:
    if isinstance(error, httpx.LocalProtocolError):
        return "the request cannot be written"  # the details may show a header
    text = " ".join(str(error).split())[:200]
    return f"{otherwise} ({text})" if text else otherwise
