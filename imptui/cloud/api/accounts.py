"""Endpoints for accounts, their refresh tokens and login keys, and code libraries. Source: contract 6, 17."""

from typing import Any

from imptui.cloud.api.route import NO_CONTENT, ApiAnswer, AuthenticatedCall, Route, one
from imptui.cloud.rules import account as rules
from imptui.cloud.rules import login, login_key
from imptui.cloud.wire.decode import document_of, filters_of

PASSWORD = "X-Electricimp-Password"  # noqa: S105 - the name of a header


def list_accounts(call: AuthenticatedCall) -> ApiAnswer:
    """List the caller's own account and its collaborators."""
    filters_of(call.query, ())
    return call.listed(rules.list_accounts(call.world, call.paging, call.actor), call.encode.account)


def get_account(call: AuthenticatedCall) -> ApiAnswer:
    """Return one account; `me` is the caller's."""
    return one(call.encode.account(rules.get_account(call.world, call.params["account_id"], call.actor)))


def list_refresh_tokens(call: AuthenticatedCall) -> ApiAnswer:
    """List the caller's refresh tokens, without the tokens themselves."""
    filters_of(call.query, ())
    return call.listed(login.list_refresh_tokens(call.world, call.paging, call.actor), call.encode.refresh_token)


def delete_refresh_token(call: AuthenticatedCall) -> ApiAnswer:
    """Delete a refresh token, so that it can no longer be exchanged."""
    login.delete_refresh_token(call.world, call.params["token_id"], call.actor)
    return NO_CONTENT


def list_login_keys(call: AuthenticatedCall) -> ApiAnswer:
    """List the caller's login keys."""
    filters_of(call.query, ())
    return call.listed(login_key.list_login_keys(call.world, call.paging, call.actor), call.encode.login_key)


def get_login_key(call: AuthenticatedCall) -> ApiAnswer:
    """Return one login key of the caller."""
    return one(call.encode.login_key(login_key.get_login_key(call.world, call.params["key"], call.actor)))


def create_login_key(call: AuthenticatedCall) -> ApiAnswer:
    """Create a login key, with the password; one client sends its document unwrapped. Source: contract 6.3."""
    document = document_of(call.body, may_be_bare=True)
    document.expect("login_key")
    document.only(("description",))
    asked = login_key.CreateLoginKey(document.text("description"), call.headers.get(PASSWORD))
    return one(call.encode.login_key(login_key.create_login_key(call.world, asked, call.actor)), 201)


def update_login_key(call: AuthenticatedCall) -> ApiAnswer:
    """Describe a login key, with the password."""
    key = call.params["key"]
    document = document_of(call.body, may_be_bare=True)
    document.expect("login_key", key)
    document.only(("description",))
    changes: dict[str, Any] = document.changes({"description": document.text})
    asked = login_key.UpdateLoginKey(key, call.headers.get(PASSWORD), **changes)
    return one(call.encode.login_key(login_key.update_login_key(call.world, asked, call.actor)))


def delete_login_key(call: AuthenticatedCall) -> ApiAnswer:
    """Delete a login key, with the password."""
    asked = login_key.DeleteLoginKey(call.params["key"], call.headers.get(PASSWORD))
    login_key.delete_login_key(call.world, asked, call.actor)
    return NO_CONTENT


def list_libraries(call: AuthenticatedCall) -> ApiAnswer:
    """List code libraries, the same for all accounts."""
    filters_of(call.query, ())
    return call.listed(rules.list_libraries(call.world, call.paging), call.encode.library)


_TOKENS, _KEYS = "/accounts/me/refresh_tokens", "/accounts/me/login_keys"
_KEY = f"{_KEYS}/{{key}}"

ROUTES = (
    Route("GET", "/accounts", list_accounts, "List accounts", "Account", is_list=True),
    Route("GET", "/accounts/{account_id}", get_account, "Read an account", "Account"),
    Route("GET", _TOKENS, list_refresh_tokens, "List refresh tokens", "RefreshToken", is_list=True),
    Route("DELETE", f"{_TOKENS}/{{token_id}}", delete_refresh_token, "Delete a refresh token", status=204),
    Route("GET", _KEYS, list_login_keys, "List login keys", "LoginKey", is_list=True),
    Route("POST", _KEYS, create_login_key, "Make a login key", "LoginKey", "LoginKeyCreation", 201, headers=(PASSWORD,),
          refusals=(403, 409)),
    Route("GET", _KEY, get_login_key, "Read a login key", "LoginKey"),
    Route("PATCH", _KEY, update_login_key, "Describe a login key", "LoginKey", "LoginKeyUpdate", headers=(PASSWORD,),
          refusals=(403, 409)),
    Route("DELETE", _KEY, delete_login_key, "Delete a login key", status=204, headers=(PASSWORD,), refusals=(403,)),
    Route("GET", "/libraries", list_libraries, "List code libraries", "Library", is_list=True),
)  # fmt: skip
