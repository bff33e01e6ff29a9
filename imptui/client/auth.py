"""The access token on each request, and its renewal."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from imptui.client.codec import encode
from imptui.client.codec.refusals import refusal_in
from imptui.client.codec.tokens import credentials_in
from imptui.client.errors import Failed, Malformed, NoAnswer
from imptui.client.identity import Identity
from imptui.client.lean_httpx import httpx
from imptui.client.secret import ClientCredentials, Secret
from imptui.domain.errors import NotFound, Refused, Rule, TooFast, Unauthorized

RENEW_EARLY = timedelta(minutes=3)
"""The time before its end at which an access token is renewed. Source: contract 5.4."""

RENEWAL_TIMEOUT_S = 5.0
"""The time limit of a renewal; the client's own timeout does not apply to requests of an `httpx.Auth`."""

ATTEMPT = "renew the login"


class Bearer(httpx.Auth):
    """Puts the access token on requests; renews it shortly before its end, and once when the service refuses it.

    One renewal runs at a time: requests that need it wait for it and use its result.

    Args:
        endpoint: The base of all paths.
        identity: Holds the credentials of the moment, and receives new ones.
        clock: Returns the time of day, aware UTC.
    """

    def __init__(self, endpoint: str, identity: Identity, clock: Callable[[], datetime]) -> None:
        self._endpoint, self._identity, self._clock = endpoint, identity, clock
        self._one_at_a_time = asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Yield the request with a token, with renewals before and after it as needed."""
        if self._known.can_renew and self._is_due(RENEW_EARLY):
            async with self._one_at_a_time:
                if self._is_due(RENEW_EARLY):
                    problem = await self._take((yield self._exchange()))
                    if problem is not None and self._is_due(timedelta(0)):
                        raise problem
        used = self._known.access_token
        response = yield _with_token(request, used)
        if response.status_code != 401 or not self._known.can_renew:
            return
        async with self._one_at_a_time:
            if self._known.access_token == used:
                problem = await self._take((yield self._exchange()))
                if problem is not None:
                    raise problem
        yield _with_token(request, self._known.access_token)

    @property
    def _known(self) -> ClientCredentials:
        return self._identity.credentials

    def _is_due(self, early: timedelta) -> bool:
        return self._known.is_due(self._clock(), early)

    def _exchange(self) -> httpx.Request:
        return exchange_request(self._endpoint, self._known.refresh_token, self._known.login_key)

    async def _take(self, response: httpx.Response) -> Refused | NoAnswer | None:
        """Adopt the tokens of a renewal, or return the reason why it brought none."""
        await response.aread()
        try:
            self._identity.adopt(renewed(response, self._known, self._endpoint, self._clock()))
        except (Refused, NoAnswer) as problem:
            if isinstance(problem, Unauthorized) and self._known.refresh_token and self._known.login_key:
                # The key outlives the refresh token: the next renewal uses it.
                self._identity.adopt(replace(self._known, refresh_token=None))
            return problem.with_traceback(None)
        return None


def exchange_request(endpoint: str, refresh_token: Secret | None, login_key: Secret | None) -> httpx.Request:
    """Build the request for a new access token. Source: contract 5.3."""
    return httpx.Request(
        "POST",
        f"{endpoint}/auth/token",
        content=encode.exchange(refresh_token, login_key),
        headers={"Content-Type": "application/json", "Accept": "application/json"},
        extensions={"timeout": httpx.Timeout(RENEWAL_TIMEOUT_S).as_dict()},
    )


def renewed(response: httpx.Response, known: ClientCredentials, endpoint: str, now: datetime) -> ClientCredentials:
    """Return the known credentials with the token that a renewal brought.

    Raises:
        Unauthorized: The service refuses the refresh token or login key. Source: contract 5.3.
        TooFast, Failed, Malformed: The service does not say whether it accepts them.
    """
    status = response.status_code
    if status == 429:
        raise TooFast(f"Could not {ATTEMPT}: too many logins. Wait a little.", 1.0)
    if 400 <= status < 500:
        refusal = refusal_in(status, response.content, ATTEMPT) or NotFound("")
        reason = refusal.reason or f"Could not {ATTEMPT}: the service answered {status}."
        raise Unauthorized(f"{reason.removesuffix(' Log in again.')} Log in again.", Rule.TOKEN)
    if status >= 500:
        raise Failed(ATTEMPT, endpoint, status, response.reason_phrase or "no reason was given")
    try:
        return credentials_in(response.content, known, now)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(ATTEMPT, endpoint, "there is no access token in it", sent=False) from None


def _with_token(request: httpx.Request, token: Secret | None) -> httpx.Request:
    if token is None:
        request.headers.pop("Authorization", None)
        return request
    if not (token.reveal().isascii() and token.reveal().isprintable()):
        raise Unauthorized("The stored access token is damaged. Log in again.", Rule.TOKEN)
    request.headers["Authorization"] = f"Bearer {token.reveal()}"
    return request
