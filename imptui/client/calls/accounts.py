"""Calls about accounts, and about proving who one is."""

from collections.abc import AsyncIterator
from enum import Enum

from imptui.client.api_call import Call, path_of
from imptui.client.calls.resource import Calls, Listing
from imptui.client.codec import decode, encode

from imptui.client.change import About
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, Page
from imptui.client.secret import Credentials, Secret
from imptui.domain.account import Account, LoginKey, RefreshToken
from imptui.domain.errors import Unauthorized
from imptui.domain.ids import AccountId

_PASSWORD = "X-Electricimp-Password"  # noqa: S105 - the name of a header
_KEYS = "/accounts/me/login_keys"
_TOKENS = "/accounts/me/refresh_tokens"


class LoginEnd(Enum):
    """What became of a login at the service."""

    REVOKED = "the service forgot it"
    UNKNOWN_THERE = "the service did not know it any longer"
    IS_KEY = "it was a login key, which its owner deletes with the password"
    UNCLEAR = "the service does not tell which of its logins this one is"


class AccountCalls(Calls):
    """Logging in, accounts, refresh tokens and login keys. Source: contract 5, 6."""

    async def login(self, username: str, password: Secret) -> Credentials:
        """Log in with a user name or e-mail address; later calls use the result, `on_credentials` receives it.

        Raises:
            Unauthorized: Name and password do not fit.
            OtpRequired: They do, and a one-time password is asked for: go on with `login_otp`.
        """
        return await self._speaker.log_in(
            Call("POST", "/auth", f"log in as {username}", body=encode.login(username, password), secrets=(password,)),
            username,
        )

    async def login_otp(self, login_token: Secret, one_time_password: Secret, *, username: str = "") -> Credentials:
        """The second step of a login, within five minutes. Source: contract 5.2."""
        call = Call(
            "POST",
            "/auth",
            "log in with the one-time password",
            body=encode.login_again(login_token),
            headers={"X-Electricimp-OTP-Token": one_time_password.reveal()},
            secrets=(login_token, one_time_password),
        )
        return await self._speaker.log_in(call, username)

    async def exchange(self, *, refresh_token: Secret | None = None, login_key: Secret | None = None) -> Credentials:
        """A new access token for a refresh token or a login key; give one, or none to use those known.

        Raises:
            Unauthorized: The token or key is unknown or was deleted: log in again.

        Source: contract 5.3.
        """
        return await self._speaker.renew(refresh_token, login_key)

    async def end_login(self) -> LoginEnd:
        """Have the service forget the refresh token of this login; access tokens that are out live on until they end.

        The service lists logins without saying which is whose: ours is the one that is used at this moment. Where that
        cannot be told, nothing is deleted.

        Source: contract 5.3, 5.4, 6.2.
        """
        known = self._speaker.credentials
        if known.refresh_token is None:
            return LoginEnd.UNKNOWN_THERE if known.login_key is None else LoginEnd.IS_KEY
        try:
            before = {each.id: each.last_used_at for each in await self._logins()}
            await self.exchange(refresh_token=known.refresh_token)
            after = {each.id: each.last_used_at for each in await self._logins()}
        except Unauthorized:
            return LoginEnd.UNKNOWN_THERE
        mine = [each for each, used_at in after.items() if each in before and used_at != before[each]] or list(after)
        if len(mine) != 1:
            return LoginEnd.UNCLEAR
        await self.delete_refresh_token(mine[0])
        return LoginEnd.REVOKED

    async def _logins(self) -> list[RefreshToken]:
        return [each async for page in self.refresh_token_pages() for each in page.items]

    async def me(self, *, priority: Priority = Priority.LOOK) -> Account:
        """The account that is logged in."""
        return await self._read("/accounts/me", "read the own account", decode.account, priority)

    async def account(self, account_id: AccountId, *, priority: Priority = Priority.LOOK) -> Account:
        """One account that this one may see."""
        return await self._read(path_of("accounts", account_id), f"read account {account_id}", decode.account, priority)

    def account_pages(
        self, *, start_page: int = 1, page_size: int = PAGE_SIZE, priority: Priority = Priority.SYNC
    ) -> AsyncIterator[Page[Account]]:
        """The own account and those it collaborates on, page by page."""
        return self._pages(Listing("/accounts", "list accounts", decode.accounts), start_page, page_size, priority)

    def refresh_token_pages(
        self, *, start_page: int = 1, page_size: int = PAGE_SIZE, priority: Priority = Priority.LOOK
    ) -> AsyncIterator[Page[RefreshToken]]:
        """Logins that can still be renewed, page by page."""
        return self._pages(Listing(_TOKENS, "list refresh tokens", decode.refresh_tokens), start_page, page_size, priority)

    async def delete_refresh_token(self, token_id: str, *, about: About | None = None) -> None:
        """End a login: its token is renewed no more; access tokens live on until they end."""
        call = Call("DELETE", path_of(*_TOKENS[1:].split("/"), token_id), f"delete refresh token {token_id}")
        await self._change(call, "delete", "refresh token", token_id, about=about)

    def login_key_pages(
        self, *, start_page: int = 1, page_size: int = PAGE_SIZE, priority: Priority = Priority.LOOK
    ) -> AsyncIterator[Page[LoginKey]]:
        """Login keys, page by page."""
        return self._pages(Listing(_KEYS, "list login keys", decode.login_keys), start_page, page_size, priority)

    async def login_key(self, key: Secret, *, priority: Priority = Priority.LOOK) -> LoginKey:
        """One login key."""
        call = Call("GET", _key_path(key), "read a login key", secrets=(key,))
        return self._speaker.decoded(call.attempt, await self._speaker.read(call, priority), decode.login_key)

    async def create_login_key(self, password: Secret, description: str | None = None, *, about: About | None = None) -> LoginKey:
        """A new login key; an account has at most ten."""
        after = encode.given(description=description)
        call = Call(
            "POST",
            _KEYS,
            "create a login key",
            body=encode.created("login_key", after),
            headers=_proof(password),
            secrets=(password,),
        )
        reply = await self._change(call, "create", "login key", description or "", about=about, after=after)
        return self._speaker.decoded(call.attempt, reply, decode.login_key)

    async def update_login_key(self, key: Secret, password: Secret, description: str, *, about: About | None = None) -> LoginKey:
        """Describe a login key."""
        after = {"description": description}
        call = Call(
            "PATCH",
            _key_path(key),
            "update a login key",
            body=encode.changed("login_key", key.reveal(), after),
            headers=_proof(password),
            secrets=(key, password),
        )
        reply = await self._change(call, "update", "login key", _ending(key), about=about, after=after)
        return self._speaker.decoded(call.attempt, reply, decode.login_key)

    async def delete_login_key(self, key: Secret, password: Secret, *, about: About | None = None) -> None:
        """Delete a login key: scripts that use it are shut out."""
        call = Call("DELETE", _key_path(key), "delete a login key", headers=_proof(password), secrets=(key, password))
        await self._change(call, "delete", "login key", _ending(key), about=about)


def _key_path(key: Secret) -> str:
    return path_of(*_KEYS[1:].split("/"), key.reveal())


def _proof(password: Secret) -> dict[str, str]:
    return {_PASSWORD: password.reveal()}


def _ending(key: Secret) -> str:
    # Enough to tell ten keys apart, too little to use one.
    return f"…{key.reveal()[-4:]}"
