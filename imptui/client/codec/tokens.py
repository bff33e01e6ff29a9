"""The answers to logins and renewals. Source: contract 5.1, 5.3."""

from datetime import UTC, datetime, timedelta

import msgspec
from msgspec.structs import replace

from imptui.client.secret import ClientCredentials, Secret


class _Tokens(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int | float | None = None
    expires_at: datetime | None = None
    refresh_token: str | None = None

    def __repr__(self) -> str:
        return "_Tokens(•••)"


_decoder = msgspec.json.Decoder(_Tokens)


def credentials_in(body: bytes, known: ClientCredentials, now: datetime) -> ClientCredentials:
    """Return the known credentials with the tokens of an answer to a login or an exchange.

    Raises:
        msgspec.DecodeError: The body is no such answer.
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
