"""Where requests leave the process. Imports httpx: only `Connection` imports this module, at the first call."""

import re
from collections.abc import Callable, Mapping
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


_USUAL_S = 5.0
"""How long a request may take that does not say."""


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


class Client:
    """Sends requests as they are and reads answers whole.

    `httpx.AsyncClient` would also look for cookies, redirects, hooks and proxies, and read each address three times; a pass over
    a large fleet has ten thousand pages, and that is a third of the time that one takes before it is understood.
    """

    def __init__(self, transport: GuardedTransport) -> None:
        self._transport = transport
        self._kinds: dict[str, httpx.Headers] = {}

    def request(
        self, verb: str, address: str, kind: str, headers: Mapping[str, str], *, body: bytes | None, timeout: httpx.Timeout
    ) -> httpx.Request:
        """A request.

        Args:
            verb: Its method.
            address: The whole address, with its query.
            kind: The media type that is asked for, and of the body.
            headers: Further ones.
            body: What it carries.
            timeout: How long it may take.
        """
        usual = self._kinds.get(kind)
        if usual is None:  # httpx copies them, which takes a tenth of reading them
            usual = self._kinds[kind] = httpx.Headers(
                {
                    "Accept": kind,
                    "Accept-Encoding": "gzip, deflate",
                    "Connection": "keep-alive",
                    "User-Agent": f"python-httpx/{httpx.__version__}",
                }
            )
        if headers or body is not None:
            usual = usual.copy()
            usual.update(headers)
            usual.update({"Content-Type": kind} if body is not None else {})
        return httpx.Request(verb, address, headers=usual, content=body, extensions={"timeout": timeout.as_dict()})

    async def send(self, request: httpx.Request, *, auth: httpx.Auth | None, stream: bool = False) -> httpx.Response:
        """Send a request, and whatever proving who we are takes before and after it.

        Args:
            request: What to send.
            auth: What proves who we are.
            stream: Leave the body of the answer to be read; the caller closes it.

        Raises:
            httpx.HTTPError: There was no answer, or not a whole one.
        """
        response = await (self._sent(request) if auth is None else self._proven(request, auth))
        if not stream:
            await _read(response)
        return response

    async def _proven(self, request: httpx.Request, auth: httpx.Auth) -> httpx.Response:
        flow = auth.async_auth_flow(request)
        try:
            asked = await anext(flow)
            while True:
                response = await self._sent(asked)
                try:
                    asked = await flow.asend(response)
                except StopAsyncIteration:
                    return response
                except BaseException:
                    await response.aclose()
                    raise
                await _read(response)
        finally:
            await flow.aclose()

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        if "timeout" not in request.extensions:
            request.extensions = {**request.extensions, "timeout": httpx.Timeout(_USUAL_S).as_dict()}
        try:
            response = await self._transport.handle_async_request(request)
        except httpx.RequestError as error:
            error.request = request
            raise
        response.request = request
        return response

    async def aclose(self) -> None:
        """Let go of all connections."""
        await self._transport.aclose()


async def _read(response: httpx.Response) -> None:
    try:
        await response.aread()
    except BaseException:
        await response.aclose()
        raise


def client(endpoint: str, transport: Transport | None, guard: Callable[[], Guard], pace: Pace) -> Client:
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
    return Client(GuardedTransport(inner, endpoint, guard, pace))


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
