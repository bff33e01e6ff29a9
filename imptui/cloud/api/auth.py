"""Endpoints that log in and renew access tokens. Source: contract 5."""

from typing import Any

from imptui.cloud.api.route import FLAT_TYPE, ApiAnswer, AuthenticatedCall, Route
from imptui.cloud.rules import login as rules
from imptui.cloud.wire.encode import time_text
from imptui.domain.errors import Invalid

OTP = "X-Electricimp-OTP-Token"


def log_in(call: AuthenticatedCall) -> ApiAnswer:
    """Log in with user and password, or with the login token and a one-time password."""
    body = _flat(call.body)
    if "login_token" in body:
        asked = rules.LogInWithOtp(_member(body, "login_token"), call.headers.get(OTP, ""))
        return _answer(rules.log_in_with_otp(call.world, asked))
    return _answer(rules.log_in(call.world, rules.LogIn(_member(body, "id"), _member(body, "password"))))


def exchange(call: AuthenticatedCall) -> ApiAnswer:
    """Return an access token for a refresh token or a login key."""
    body = _flat(call.body)
    if ("token" in body) == ("key" in body):
        raise Invalid("The body must have either 'token' or 'key'.")
    if "token" in body:
        return _answer(rules.exchange_refresh_token(call.world, _member(body, "token")))
    return _answer(rules.exchange_login_key(call.world, _member(body, "key")))


def _flat(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Invalid("The body must be an object.")
    return body


def _member(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Invalid(f"The member {name!r} must be a string with something in it.")
    return value


def _answer(tokens: rules.LoginTokens) -> ApiAnswer:
    """Return a flat object, with a refresh token after a password login only. Source: contract 5.1, 5.3."""
    said = {
        "access_token": tokens.access_token,
        "expires_in": tokens.lives_s,
        "expires_at": time_text(tokens.expires_at),
    }
    if tokens.refresh_token is not None:
        said["refresh_token"] = tokens.refresh_token
    return ApiAnswer(200, said, FLAT_TYPE)


ROUTES = (
    Route("POST", "/auth", log_in, "Log in", "Login", "LoginRequest", is_open=True, is_flat=True,
          content_type=FLAT_TYPE, headers=(OTP,), refusals=(401, 403)),
    Route("POST", "/auth/token", exchange, "Get a new access token", "Token", "TokenRequest", is_open=True,
          is_flat=True, content_type=FLAT_TYPE, refusals=(404,)),
)  # fmt: skip
