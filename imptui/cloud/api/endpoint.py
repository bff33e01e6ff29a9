"""Turns a request into a response: authenticate, charge, read, parse, call the handler, encode.

Reading waits on the event loop; everything else happens in a worker thread, so the loop never waits for the world. A
small body is read first and the rest happens in one go; a larger one is read only for a caller with a valid token.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, nullcontext
from functools import partial
from urllib.parse import parse_qsl

from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from imptui.cloud.api.charging import charged
from imptui.cloud.api.request_body import (
    BODY_LIMIT_BYTES,
    OPEN_BODY_LIMIT_BYTES,
    SMALL_BODY_BYTES,
    announced_size,
    check_size,
    read_body,
)
from imptui.cloud.api.responses import fault_response, method_refusal, refusal_response, response_of
from imptui.cloud.api.route import ApiCall, Route
from imptui.cloud.api.service import EngineService
from imptui.cloud.rules import account as accounts
from imptui.cloud.storage.errors import WorldUnreadable
from imptui.cloud.wire.body import accept_content_type, parse_body
from imptui.domain.account import Account
from imptui.domain.errors import Invalid, NotFound, Refused, Rule, Unauthorized

PREFIX = "/v5"
_HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
_MAX_PARAMETERS = 100


class AdmittedCaller(Struct, frozen=True):
    """A caller that was authenticated and charged before its body was read."""

    account: Account
    headers: dict[str, str]
    """What the answer says about the budget."""


class Endpoint:
    """All verbs of one path."""

    def __init__(self, service: EngineService, path: str, routes: Mapping[str, Route]) -> None:
        self._service = service
        self._path = path
        self._routes = routes
        self._allowed = [*routes, *(["HEAD"] if "GET" in routes else [])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        async with AsyncExitStack() as held:
            try:
                taken = await self._take(request, held)
            except ClientDisconnect:  # in the middle of its request: nobody is there to be answered
                return
            with self._service.world.backpressure.serving():
                response = taken if isinstance(taken, Response) else await taken()
                del taken  # the body's memory goes with it
                await held.aclose()
                await response(scope, receive, send)

    async def _take(self, request: Request, held: AsyncExitStack) -> Response | Callable[[], Awaitable[Response]]:
        """Read a request. Return what remains to be done, or the answer where that is clear already.

        Args:
            request: The request.
            held: Receives the memory that the body takes.
        """
        method = "GET" if request.method == "HEAD" else request.method
        route = self._routes.get(method)
        headers: dict[str, str] = {}
        try:
            if route is None:
                charged(self._service, request, None, headers)
                if method == "GET" and "{" in self._path:
                    # Somebody typed a name with a slash where an id goes. Source: contract 1.4.
                    raise NotFound("There is nothing to read at this path.")
                return method_refusal(request.method, PREFIX + self._path, self._allowed, headers)
            caller, raw = await self._caller_and_body(request, route, headers, held)
        except Refused as refusal:
            return refusal_response(refusal, headers)
        except WorldUnreadable as fault:
            self._service.world.faults.report(fault)
            return fault_response(fault)
        return partial(self._answered, route, request, raw, caller)

    async def _answered(self, route: Route, request: Request, raw: bytes, caller: AdmittedCaller | None) -> Response:
        """Answer a request in a worker thread."""
        return await run_in_threadpool(answer, self._service, route, request, raw, caller)

    async def _caller_and_body(
        self, request: Request, route: Route, headers: dict[str, str], held: AsyncExitStack
    ) -> tuple[AdmittedCaller | None, bytes]:
        """Read the body; before a body that is not small, check the token, the budget and the length.

        Raises:
            Refused: Nothing more is read.
        """
        size = announced_size(request)
        caller: AdmittedCaller | None = None
        try:
            if route.is_open:
                limit = OPEN_BODY_LIMIT_BYTES
            elif size is not None and size <= SMALL_BODY_BYTES:
                limit = SMALL_BODY_BYTES
            else:
                limit = BODY_LIMIT_BYTES
                caller = await run_in_threadpool(admitted, self._service, request, headers)
            check_size(size or 0, limit)
            if caller is not None:
                room = self._service.bodies.room(caller.account.id, limit if size is None else size)
                await held.enter_async_context(room)
            return caller, await read_body(request, limit)
        except Invalid:
            if caller is None:  # nobody has been charged yet
                charged(self._service, request, None, headers)
            raise


def admitted(service: EngineService, request: Request, headers: dict[str, str]) -> AdmittedCaller:
    """Authenticate and charge a caller whose body has not been read; runs in a worker thread.

    Raises:
        Unauthorized: There is no valid token.
        TooFast: The budget is spent.
    """
    account = authenticated(service, request, headers)
    charged(service, request, account, headers)
    return AdmittedCaller(account, headers)


def answer(service: EngineService, route: Route, request: Request, raw: bytes, caller: AdmittedCaller | None = None) -> Response:
    """Answer one request whose body has been read; runs in a worker thread.

    A GET reads the token and everything else in one view of the world, which is one transaction.

    Args:
        service: The engine.
        route: What was called.
        request: Its head.
        raw: Its body.
        caller: Who calls, if that was checked before the body was read.
    """
    headers: dict[str, str] = {}
    try:
        with service.world.view() if route.method == "GET" else nullcontext():
            found = route.handler(_call_of(service, route, request, raw, headers, caller))
        return response_of(found, headers)
    except Refused as refusal:
        return refusal_response(refusal, headers)
    except WorldUnreadable as fault:
        service.world.faults.report(fault)
        return fault_response(fault)


def _call_of(
    service: EngineService,
    route: Route,
    request: Request,
    raw: bytes,
    headers: dict[str, str],
    caller: AdmittedCaller | None,
) -> ApiCall:
    """Authenticate, charge and parse one request; `headers` receives what the answer says about the budget."""
    account: Account | None
    if caller is None:
        account = None if route.is_open else authenticated(service, request, headers)
        charged(service, request, account, headers)
    else:
        account = caller.account
        headers |= caller.headers
    if raw.strip():
        accept_content_type(request.headers.get("content-type"))
    return ApiCall(
        service=service,
        account=account,
        params=request.path_params,
        query=query_of(request),
        headers=request.headers,
        body=parse_body(raw),
        base=base_of(request),
        path=request.scope["path"].removeprefix(PREFIX),
    )


def authenticated(service: EngineService, request: Request, headers: dict[str, str]) -> Account:
    """Return the account of the bearer token; callers without a valid one are charged by their address.

    Raises:
        Unauthorized: The token is missing, malformed, unknown or expired.

    Source: contract 1.2, 5.4.
    """
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    try:
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthorized("This call needs an access token: Authorization: Bearer, and the token.")
        return accounts.account_of_token(service.world, token.strip())
    except Unauthorized:
        charged(service, request, None, headers)
        raise


def query_of(request: Request) -> list[tuple[str, str]]:
    """The query's pairs in order, brackets raw or encoded. Source: contract 1.4."""
    text = request.scope["query_string"].decode("latin-1")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        raise Invalid(f"The query has more than {_MAX_PARAMETERS} parameters.", Rule.INVALID_QUERY) from None
    if any("\0" in key or "\0" in value for key, value in pairs):
        raise Invalid("The query has a NUL character.", Rule.INVALID_QUERY)
    return pairs


def base_of(request: Request) -> str:
    """Return the base URL of the API for this caller, from the Host header or, if that is malformed, the socket's address."""
    host = request.headers.get("host", "")
    if _HOST.fullmatch(host) is None:
        name, port = request.scope.get("server") or ("127.0.0.1", None)
        name = f"[{name}]" if ":" in name else name
        host = name if port is None else f"{name}:{port}"
    return f"{request.scope['scheme']}://{host}{PREFIX}"
