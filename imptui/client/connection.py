"""The connection to one endpoint: calls to requests of httpx, and responses to replies or errors of this room."""

from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlencode

from imptui.client.api_call import ApiCall
from imptui.client.auth import ATTEMPT, Bearer, exchange_request, renewed
from imptui.client.codec.refusals import bounded, refusal_in
from imptui.client.connection_settings import ConnectionSettings
from imptui.client.errors import Failed, Malformed, NoAnswer, Unreachable
from imptui.client.http_errors import HTTPX_ERRORS, no_answer
from imptui.client.lean_httpx import httpx
from imptui.client.pace import TURN, Priority, http_date
from imptui.client.proxies import proxy_label
from imptui.client.reply import Reply, Stream
from imptui.client.secret import MASK, ClientCredentials
from imptui.client.transport import open_client, timeout
from imptui.domain.errors import Invalid, Refused

Answer = TypeVar("Answer")

CLOCK_SKEW = timedelta(minutes=10)
"""A smaller difference of clocks harms neither tokens nor ages."""

UPLOAD_BYTES = 100_000
"""A body longer than this is an upload of programs, whose answer takes longer."""


class HttpConnection:
    """Sends one call at a time, in turn and with a token. Make it outside the event loop: see `open_client`."""

    def __init__(self, settings: ConnectionSettings) -> None:
        self._settings = settings
        self._client = open_client(settings)
        self._proxy = proxy_label(settings.endpoint) if settings.transport is None else None
        self._has_told_skew = False
        self._bearer = Bearer(settings.endpoint, settings.identity, settings.clock)

    async def send(self, call: ApiCall, priority: Priority) -> Reply:
        """Send a call once, as soon as the budget allows.

        Raises:
            Refused, NoAnswer: See `Central`.
        """
        return await self._translated(call.attempt, self._answer(call, priority), is_read=call.verb == "GET")

    async def send_login(self, call: ApiCall) -> Reply:
        """Send a login once: without a token, and outside the budget. Source: contract 3, 5.1.

        Raises:
            Refused, NoAnswer: See `Central`.
        """
        return await self._translated(call.attempt, self._login_answer(call))

    async def renew(self, known: ClientCredentials) -> ClientCredentials:
        """Exchange the refresh token or login key of the credentials for an access token.

        Raises:
            Refused, NoAnswer: See `renewed`.
        """
        return await self._translated(ATTEMPT, self._renewal(known))

    async def open_stream(self, call: ApiCall, silence_s: float) -> Stream:
        """Open an event stream, without a token; its path is the secret. Source: contract 5.4, 14.1.

        Args:
            call: The stream.
            silence_s: The connection counts as lost after that long without a byte.

        Raises:
            Refused, NoAnswer: It cannot be opened.
        """
        response = await self._translated(call.attempt, self._opened(call, silence_s))
        return Stream(response, lambda error: no_answer(error, call.attempt, self._settings.endpoint, is_read=True), HTTPX_ERRORS)

    async def close(self) -> None:
        """Close all connections. Calls under way fail."""
        await self._client.aclose()

    async def _answer(self, call: ApiCall, priority: Priority) -> Reply:
        request = self._request(call)
        async with self._settings.pace.turn(priority) as turn:
            request.extensions[TURN] = turn
            response = await self._client.send(request, auth=self._bearer)
            self._compare_clocks(response)
            return self._reply(call, response)

    async def _login_answer(self, call: ApiCall) -> Reply:
        response = await self._client.send(self._request(call), auth=None)
        self._compare_clocks(response)
        return self._reply(call, response)

    def _compare_clocks(self, response: httpx.Response) -> None:
        """Report once if this machine's clock differs from the Date of a reply by more than `CLOCK_SKEW`."""
        notify, at = self._settings.on_clock_skew, http_date(response.headers.get("date"))
        if notify is None or at is None or self._has_told_skew:
            return
        ahead = self._settings.clock() - at
        if abs(ahead) > CLOCK_SKEW:
            self._has_told_skew = True
            notify(ahead)

    async def _renewal(self, known: ClientCredentials) -> ClientCredentials:
        endpoint = self._settings.endpoint
        request = exchange_request(endpoint, known.refresh_token, known.login_key)
        return renewed(await self._client.send(request, auth=None), known, endpoint, self._settings.clock())

    async def _opened(self, call: ApiCall, silence_s: float) -> httpx.Response:
        request = self._request(call)
        request.headers.update({"Accept": "text/event-stream", "Cache-Control": "no-cache"})
        request.extensions["timeout"] |= {"read": silence_s}
        response = await self._client.send(request, auth=None, stream=True)
        if response.status_code == 200:
            return response
        try:
            await response.aread()
            self._reply(call, response)
        finally:
            await response.aclose()
        why = f"{response.status_code} instead of an event stream"
        raise Malformed(call.attempt, self._settings.endpoint, why)

    def _request(self, call: ApiCall) -> httpx.Request:
        """Build the request of httpx. Its address may be secret: do not keep it where a traceback could show it."""
        for name, value in call.headers.items():
            # Whatever refuses it further on would show it.
            if not (value.isascii() and value.isprintable()):
                raise Invalid(f"Could not {call.attempt}: the value for {name} has characters that no header may have.")
        kind = {} if call.body is None else {"Content-Type": call.media_type}
        return self._client.build_request(
            call.verb,
            self._settings.endpoint + call.path + ("?" + urlencode(call.params) if call.params else ""),
            headers={"Accept": call.media_type, **call.headers, **kind},
            content=call.body,
            timeout=timeout(self._settings.timeout_s, is_upload=call.body is not None and len(call.body) > UPLOAD_BYTES),
        )

    async def _translated(self, attempt: str, answer: Awaitable[Answer], *, is_read: bool = True) -> Answer:
        """Await an answer; turn errors of httpx into ours and cut the traceback and context of all of them.

        Frames of httpx hold headers and bodies, with tokens and passwords; a traceback that shows local variables, as
        Textual's does, must not reach them.
        """
        try:
            return await answer
        except (Refused, NoAnswer) as error:
            problem: Exception = error.with_traceback(None)
        except HTTPX_ERRORS as error:
            problem = no_answer(error, attempt, self._settings.endpoint, is_read=is_read, proxy=self._proxy)
        problem.__context__ = None
        raise problem

    def _reply(self, call: ApiCall, response: httpx.Response) -> Reply:
        """Return the reply of a successful response.

        Raises:
            Refused, Failed, Malformed: The response is none.
        """
        status, body = response.status_code, response.content
        if 200 <= status < 300:
            return Reply(status, body, self._settings.clock())
        for secret in call.secrets:
            body = body.replace(secret.reveal().encode(), MASK.encode())
        endpoint = self._settings.endpoint
        if status == 407 and self._proxy is not None:
            why = f"the {self._proxy} refuses: it asks for a user and a password"
            raise Unreachable(call.attempt, endpoint, why, "Write them into the variable: http://USER:PASSWORD@HOST.", sent=False)
        if status >= 500:
            has_time = status == 503 and "retry-after" in response.headers
            after_s = self._settings.pace.spent(response.headers) if has_time else None
            raise Failed(call.attempt, endpoint, status, _reason(call, body, response.reason_phrase), retry_after_s=after_s)
        wait_s = self._settings.pace.spent(response.headers) if status == 429 else 0.0
        has_password = "X-Electricimp-Password" in call.headers
        refusal = refusal_in(
            status,
            body,
            call.attempt,
            retry_after_s=wait_s,
            refs=call.refs,
            has_password=has_password,
            has_token=not call.path.startswith("/auth"),
        )
        if refusal is not None and status >= 400:
            raise refusal
        kind = response.headers.get("content-type", "nothing that says what it is").partition(";")[0]
        raise Malformed(call.attempt, endpoint, bounded(f"{status} with {kind} instead of a JSON error document"))


def _reason(call: ApiCall, body: bytes, phrase: str) -> str:
    refusal = refusal_in(400, body, call.attempt)
    return (refusal.reason.partition(": ")[2] if refusal is not None else phrase or "no reason was given").rstrip(".")
