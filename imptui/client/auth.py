"""Proving who we are: the access token, and new ones before and after it ends.

Imports httpx: only the dial imports this module.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
from msgspec.structs import replace

from imptui.client.codec import encode
from imptui.client.codec.refusals import refusal_in
from imptui.client.errors import Failed, Malformed, NoAnswer
from imptui.client.secret import Credentials, Secret
from imptui.domain.errors import NotFound, Refused, Rule, TooFast, Unauthorized

RENEW_EARLY = timedelta(minutes=3)
"""How long before its end an access token is renewed. Source: contract 5.4."""

ATTEMPT = "renew the login"


class _Tokens(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int | float | None = None
    expires_at: datetime | None = None
    refresh_token: str | None = None

    def __repr__(self) -> str:
        return "_Tokens(•••)"


_decoder = msgspec.json.Decoder(_Tokens)


def credentials_in(body: bytes, known: Credentials, now: datetime) -> Credentials:
    """What is known, with the tokens of an answer to a login or an exchange.

    Raises:
        msgspec.DecodeError: The answer is none.

    Source: contract 5.1, 5.3.
    """
    tokens = _decoder.decode(body)
    expires_at = tokens.expires_at
    if tokens.expires_in is not None:
        # Our clock may differ from the service's: a duration is safer than a time of day.
        expires_at = now + timedelta(seconds=min(float(tokens.expires_in), 10.0**9))
    elif expires_at is not None and expires_at.tzinfo is None:
        expires_at = expires_at.replace(tzinfo=UTC)
    refresh_token = known.refresh_token if tokens.refresh_token is None else Secret(tokens.refresh_token)
    return replace(known, access_token=Secret(tokens.access_token), expires_at=expires_at, refresh_token=refresh_token)


class Bearer(httpx.Auth):
    """Puts the access token on requests; renews it shortly before its end, and once when it is refused.

    One renewal runs at a time: requests that need it wait for it and use its result.

    Args:
        endpoint: The base of all paths.
        known: The credentials of the moment.
        adopt: Receives new ones.
        now: The time of day, aware UTC.
    """

    def __init__(
        self,
        endpoint: str,
        known: Callable[[], Credentials],
        adopt: Callable[[Credentials], None],
        now: Callable[[], datetime],
    ) -> None:
        self._endpoint, self._known, self._adopt, self._now = endpoint, known, adopt, now
        self._one_at_a_time = asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """The request with a token, with renewals before and after it as needed."""
        if self._known().can_renew and self._known().is_due(self._now(), RENEW_EARLY):
            async with self._one_at_a_time:
                if self._known().is_due(self._now(), RENEW_EARLY):
                    problem = await self._take((yield self._exchange(self._known())))
                    if problem is not None and self._known().is_due(self._now(), timedelta(0)):
                        raise problem
        used = self._known().access_token
        response = yield _with(request, used)
        if response.status_code != 401 or not self._known().can_renew:
            return
        async with self._one_at_a_time:
            if self._known().access_token == used:
                problem = await self._take((yield self._exchange(self._known())))
                if problem is not None:
                    raise problem
        yield _with(request, self._known().access_token)

    def _exchange(self, known: Credentials) -> httpx.Request:
        return exchange_request(self._endpoint, known.refresh_token, known.login_key)

    async def _take(self, response: httpx.Response) -> Refused | NoAnswer | None:
        """Adopt the tokens of a renewal, or say why there are none."""
        await response.aread()
        try:
            self._adopt(renewed(response, self._known(), self._endpoint, self._now()))
        except (Refused, NoAnswer) as problem:
            if isinstance(problem, Unauthorized) and self._known().refresh_token and self._known().login_key:
                # The key outlives the refresh token: the next renewal uses it.
                self._adopt(replace(self._known(), refresh_token=None))
            return problem.with_traceback(None)
        return None


def exchange_request(endpoint: str, refresh_token: Secret | None, login_key: Secret | None) -> httpx.Request:
    """The request that asks for a new access token. Source: contract 5.3."""
    return httpx.Request(
        "POST",
        f"{endpoint}/auth/token",
        content=encode.exchange(refresh_token, login_key),
        headers={"Content-Type": "application/json", "Accept": "application/json"},
    )


def renewed(response: httpx.Response, known: Credentials, endpoint: str, now: datetime) -> Credentials:
    """What is known, with the token of a renewal's answer.

    Raises:
        Unauthorized: The refresh token or login key is not taken any longer. Source: contract 5.3.
        TooFast, Failed, Malformed: Nothing is known about it.
    """
    status = response.status_code
    if status == 429:
        raise TooFast(f"Could not {ATTEMPT}: too many logins. Wait a little.", 1.0)
    if 400 <= status < 500:
        refusal = refusal_in(status, response.content, ATTEMPT) or NotFound("")
        said = refusal.reason or f"Could not {ATTEMPT}: the service answered {status}."
        raise Unauthorized(f"{said.removesuffix(' Log in again.')} Log in again.", Rule.TOKEN)
    if status >= 500:
        raise Failed(ATTEMPT, endpoint, status, response.reason_phrase or "no reason was given")
    try:
        return credentials_in(response.content, known, now)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(ATTEMPT, endpoint, "there is no access token in it", sent=False) from None


def _with(request: httpx.Request, token: Secret | None) -> httpx.Request:
    if token is None:
        request.headers.pop("Authorization", None)
        return request
    if not (token.reveal().isascii() and token.reveal().isprintable()):
        raise Unauthorized("The stored access token is damaged. Log in again.", Rule.TOKEN)
    request.headers["Authorization"] = f"Bearer {token.reveal()}"
    return request
