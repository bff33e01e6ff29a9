"""The connection to one endpoint: how a call becomes a request, and a response becomes a reply or an error of ours."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from types import ModuleType
from typing import TYPE_CHECKING, TypedDict, TypeVar, Unpack
from urllib.parse import urlencode

from imptui.client.api_call import Call
from imptui.client.codec.refusals import bounded, refusal_in
from imptui.client.errors import Failed, Malformed, NoAnswer
from imptui.client.guard import Guard
from imptui.client.pace import TURN, Pace, Priority
from imptui.client.reply import Reply, Stream
from imptui.client.secret import MASK, Credentials
from imptui.domain.errors import Invalid, Refused

if TYPE_CHECKING:
    import httpx

    from imptui.client.transport import Client, Transport

Answer = TypeVar("Answer")

_VENDOR_TYPE = "application/vnd.api+json"


class How(TypedDict):
    """How an endpoint is spoken with; see `Central` for each."""

    credentials: Credentials
    on_credentials: Callable[[Credentials], None] | None
    guard: Guard
    transport: "Transport | None"
    pace: Pace
    clock: Callable[[], datetime]
    timeout_s: float


class Connection:
    """Sends one call at a time, in turn and with a token."""

    def __init__(self, endpoint: str, **how: Unpack[How]) -> None:
        self.endpoint = endpoint.rstrip("/")
        self.credentials = how["credentials"]
        self.guard = how["guard"]
        self.pace = how["pace"]
        self.now = how["clock"]
        self._on_credentials = how["on_credentials"]
        self._transport = how["transport"]
        self._timeout_s = how["timeout_s"]
        self._dialling = asyncio.Lock()
        self._client: Client | None = None
        self._bearer: httpx.Auth | None = None

    async def close(self) -> None:
        """Let go of all connections; the next call dials anew."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def adopt(self, credentials: Credentials) -> None:
        """Use these from now on, and have them stored."""
        self.credentials = credentials
        if self._on_credentials is not None:
            self._on_credentials(credentials)

    async def open_stream(self, call: Call, silence_s: float) -> "Stream":
        """Open an event stream, without a token; its path is the secret. Source: contract 5.4, 14.1.

        Args:
            call: What to open.
            silence_s: After how long without a byte the connection counts as lost.

        Raises:
            Refused, NoAnswer: It cannot be opened.
        """
        transport = await self._dial()
        response = await self._cleaned(transport, call.attempt, self._opened(call, transport, silence_s))
        return Stream(
            response, lambda error: transport.trouble(error, call.attempt, self.endpoint, is_read=True), transport.ERRORS
        )

    async def _opened(self, call: Call, transport: ModuleType, silence_s: float) -> "httpx.Response":
        request = self._request(call, transport)
        request.headers.update({"Accept": "text/event-stream", "Cache-Control": "no-cache"})
        request.extensions["timeout"] |= {"read": silence_s}
        response = await self._connected.send(request, auth=None, stream=True)
        if response.status_code == 200:
            return response
        try:
            await response.aread()
            self._check(call, response)
        finally:
            await response.aclose()
        raise Malformed(call.attempt, self.endpoint, f"{response.status_code} instead of an event stream")

    async def _send(self, call: Call, priority: Priority | None) -> Reply:
        """Send once, in turn; a login (no priority) has no turn and no token."""
        transport = await self._dial()
        answering = self._answered(call, self._request(call, transport), priority)
        return await self._cleaned(transport, call.attempt, answering, is_read=call.verb == "GET" or priority is None)

    def _request(self, call: Call, transport: ModuleType) -> "httpx.Request":
        """The request of httpx. Nobody may keep it in a variable that a traceback could show: its address may be secret."""
        kind = _VENDOR_TYPE if call.is_vendor_type else "application/json"
        for name, value in call.headers.items():
            # Whatever refuses it further on would show it.
            if not (value.isascii() and value.isprintable()):
                raise Invalid(f"Could not {call.attempt}: the value for {name} has characters that no header may have.")
        return self._connected.request(
            call.verb,
            self.endpoint + call.path + ("?" + urlencode(call.params) if call.params else ""),
            kind,
            call.headers,
            body=call.body,
            timeout=transport.timeout(self._timeout_s, is_upload=call.body is not None and len(call.body) > 100_000),
        )

    async def _answered(self, call: Call, request: "httpx.Request", priority: Priority | None) -> Reply:
        if priority is None:
            return self._check(call, await self._connected.send(request, auth=None))
        async with self.pace.turn(priority) as turn:
            request.extensions[TURN] = turn
            return self._check(call, await self._connected.send(request, auth=self._bearer))

    async def _cleaned(
        self, transport: ModuleType, attempt: str, answering: Awaitable[Answer], *, is_read: bool = True
    ) -> Answer:
        """Await an answer; turn errors of httpx into ours and cut the traceback and context of all of them.

        Frames of httpx hold headers and bodies, with tokens and passwords; a traceback that shows local variables, as
        Textual's does, must not reach them.
        """
        try:
            return await answering
        except (Refused, NoAnswer) as error:
            problem: Exception = error.with_traceback(None)
        except transport.ERRORS as error:
            problem = transport.trouble(error, attempt, self.endpoint, is_read=is_read)
        problem.__context__ = None
        raise problem

    def _check(self, call: Call, response: "httpx.Response") -> Reply:
        """The reply, or what is wrong with it."""
        status, body = response.status_code, response.content
        if 200 <= status < 300:
            return Reply(status, body, self.now())
        for secret in call.secrets:
            body = body.replace(secret.reveal().encode(), MASK.encode())
        if status >= 500:
            raise Failed(call.attempt, self.endpoint, status, _fault(call, body, response.reason_phrase))
        wait_s = self.pace.spent(response.headers) if status == 429 else 0.0
        has_password = "X-Electricimp-Password" in call.headers
        refusal = refusal_in(status, body, call.attempt, retry_after_s=wait_s, refs=call.refs, has_password=has_password)
        if refusal is not None and status >= 400:
            raise refusal
        kind = response.headers.get("content-type", "nothing that says what it is").partition(";")[0]
        raise Malformed(call.attempt, self.endpoint, bounded(f"{status} with {kind} instead of a JSON error document"))

    @property
    def _connected(self) -> "Client":
        if self._client is None:
            raise RuntimeError("The connection was closed.")
        return self._client

    async def _dial(self) -> ModuleType:
        """The transport, with httpx imported and certificates read outside the event loop: together they take 0.3 s."""
        if self._client is None:
            async with self._dialling:
                if self._client is None:
                    await asyncio.to_thread(self._connect)
        from imptui.client import transport

        return transport

    def _connect(self) -> None:
        from imptui.client import auth, transport

        self._bearer = auth.Bearer(self.endpoint, lambda: self.credentials, self.adopt, self.now)
        self._client = transport.client(self.endpoint, self._transport, lambda: self.guard, self.pace)


def _fault(call: Call, body: bytes, phrase: str) -> str:
    refusal = refusal_in(400, body, call.attempt)
    return (refusal.reason.partition(": ")[2] if refusal is not None else phrase or "no reason was given").rstrip(".")
