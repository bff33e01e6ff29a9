"""Rules of logging in and renewing access tokens. Source: contract 5, 6.2.

Passwords are compared outside of any transaction, because the comparison is slow on purpose.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from imptui.cloud.rules.one_time_password import step_that_fits
from imptui.cloud.storage.paging import ListPage, Paging
from imptui.cloud.storage.records import RefreshTokenRecord
from imptui.cloud.storage.secret_hashing import digest, fits
from imptui.cloud.storage.world import World, WorldChange
from imptui.domain.account import Account
from imptui.domain.errors import NotFound, OtpRequired, Rule, Unauthorized
from imptui.domain.ids import AccountId

ACCESS_TOKEN_LIFE = timedelta(hours=1)
"""The lifetime of an access token. Source: contract 5.4."""

REFRESH_TOKENS = 5
"""Maximum refresh tokens of an account. Source: contract 6.2."""

LOGIN_TOKEN_LIFE = timedelta(minutes=5)
LOGIN_TOKEN_TRIES = 5
"""The number of attempts with one login token. Source: contract 5.2."""


@dataclass(frozen=True, slots=True, repr=False)
class LogIn:
    """User name or e-mail address, and password. Never printed."""

    identifier: str
    password: str


@dataclass(frozen=True, slots=True, repr=False)
class LogInWithOtp:
    """The second step: what the first one gave, and the one-time password. Never printed."""

    login_token: str
    otp: str


@dataclass(frozen=True, slots=True, repr=False)
class LoginTokens:
    """The tokens that a login returns. Never printed."""

    access_token: str
    expires_at: datetime
    lives_s: int
    refresh_token: str | None
    """The refresh token; None after the exchange of a refresh token or login key."""


def log_in(world: World, asked: LogIn) -> LoginTokens:
    """Log in with a password.

    Raises:
        Unauthorized: There is no such account, or it has another password; the answer does not say which.
        OtpRequired: The password was right; now a one-time password is needed too.

    Source: contract 5.1, 5.2.
    """
    with world.view() as view:
        account = view.accounts.called(asked.identifier) if asked.identifier.isprintable() else None
        known = None if account is None else view.accounts.credentials(account.id)
    kept = None if known is None else known.password_hash
    if not fits(asked.password, kept, world.password_cost_log2) or known is None:
        raise _wrong()
    with world.change() as tx:
        if known.otp_secret is None:
            return _new_tokens(tx, known.account.id)
        login_token, expires_at = tx.chance.access_token(), tx.now + LOGIN_TOKEN_LIFE
        tx.keys.add_login_token(digest(login_token), known.account.id, tx.now, expires_at)
    expiry = f"{expires_at:%Y-%m-%dT%H:%M:%S}.{expires_at.microsecond // 1000:03d}Z"
    raise OtpRequired("Send the one-time password with the login token.", login_token, expiry)


def log_in_with_otp(world: World, asked: LogInWithOtp) -> LoginTokens:
    """Log in with the token of the first step and a one-time password, which then is used up, as is the token.

    Raises:
        Unauthorized: The login token is unknown, five minutes old or was tried five times; or the password is wrong.

    Source: contract 5.2.
    """
    key = digest(asked.login_token)
    with world.change() as tx:  # a wrong try is counted, so the refusal comes after the transaction
        account_id = tx.keys.try_login_token(key, tx.now, LOGIN_TOKEN_TRIES)
        known = None if account_id is None else tx.accounts.credentials(account_id)
        if known is not None and known.otp_secret is not None:
            step = step_that_fits(known.otp_secret, asked.otp, tx.now, known.otp_last_step)
            if step is not None:
                tx.accounts.take_otp_step(known.account.id, step)
                tx.keys.delete_login_token(key)
                return _new_tokens(tx, known.account.id)
    raise _wrong()


def exchange_refresh_token(world: World, refresh_token: str) -> LoginTokens:
    """Return a new access token for a refresh token, which stays valid until it is deleted.

    Raises:
        NotFound: It is unknown or was deleted.

    Source: contract 5.3.
    """
    with world.change() as tx:
        account_id = tx.keys.use_refresh_token(digest(refresh_token), tx.now)
        if account_id is None:
            raise NotFound("There is no such refresh token.")
        return _access_tokens(tx, account_id, None)


def exchange_login_key(world: World, login_key: str) -> LoginTokens:
    """Return a new access token for a login key, and count the use.

    Raises:
        NotFound: It is unknown or was deleted.

    Source: contract 5.3.
    """
    with world.change() as tx:
        account_id = tx.keys.use_login_key(login_key) if login_key.isalnum() else None
        if account_id is None:
            raise NotFound("There is no such login key.")
        return _access_tokens(tx, account_id, None)


def log_in_embedded(world: World, account_id: AccountId) -> LoginTokens:
    """Return tokens without a password, for the process that owns the world.

    Raises:
        NotFound: There is no such account.
    """
    with world.change() as tx:
        if tx.accounts.get(account_id) is None:
            raise NotFound(f"No account with the id {account_id}.")
        return _new_tokens(tx, account_id)


def list_refresh_tokens(world: World, paging: Paging, actor: Account) -> ListPage[RefreshTokenRecord]:
    """List the caller's refresh tokens, oldest first, without the tokens themselves. Source: contract 6.2."""
    with world.view() as view:
        return view.keys.refresh_tokens(actor.id, paging)


def delete_refresh_token(world: World, token_id: str, actor: Account) -> None:
    """Delete a refresh token; access tokens made with it stay valid.

    Raises:
        NotFound: The caller has none with that id.

    Source: contract 6.2.
    """
    with world.change() as tx:
        if not tx.keys.delete_refresh_token(actor.id, token_id):
            raise NotFound("There is no refresh token with that id.", subject=token_id)


def _new_tokens(tx: WorldChange, account_id: AccountId) -> LoginTokens:
    """Return the tokens of a new login: a sixth refresh token replaces the oldest."""
    refresh_token = tx.chance.refresh_token()
    tx.keys.add_refresh_token(tx.chance.uuid(), digest(refresh_token), account_id, tx.now, REFRESH_TOKENS)
    return _access_tokens(tx, account_id, refresh_token)


def _access_tokens(tx: WorldChange, account_id: AccountId, refresh_token: str | None) -> LoginTokens:
    access_token, expires_at = tx.chance.access_token(), tx.now + ACCESS_TOKEN_LIFE
    tx.keys.add_access_token(digest(access_token), account_id, tx.now, expires_at)
    return LoginTokens(access_token, expires_at, int(ACCESS_TOKEN_LIFE.total_seconds()), refresh_token)


def _wrong() -> Unauthorized:
    return Unauthorized("User name, password or one-time password do not fit.", Rule.CREDENTIALS)
