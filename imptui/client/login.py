"""Logging in, renewing and ending a login. Source: contract 5."""

from collections.abc import Callable
from enum import Enum

from msgspec.structs import replace

from imptui.client.api_call import ApiCall
from imptui.client.calls.tokens import TokenCalls
from imptui.client.codec import encode
from imptui.client.codec.tokens import credentials_in
from imptui.client.secret import ClientCredentials, Secret
from imptui.client.session import Session
from imptui.domain.account import RefreshToken
from imptui.domain.errors import Rule, Unauthorized


class LoginEnd(Enum):
    """The state of a login at the service after it was ended here."""

    REVOKED = "the service forgot it"
    UNKNOWN_THERE = "the service did not know it any longer"
    IS_KEY = "it was a login key, which its owner deletes with the password"
    UNCLEAR = "the service does not tell which of its logins this one is"


class SessionLogin:
    """Logs a session in and out; later calls use the new credentials, and `on_credentials` receives them."""

    def __init__(self, session: Session, tokens: TokenCalls) -> None:
        self._session, self._tokens = session, tokens
        self._identity = session.settings.identity

    async def with_password(self, username: str, password: Secret) -> ClientCredentials:
        """Log in with a user name or e-mail address.

        Raises:
            Unauthorized: Name and password do not fit.
            OtpRequired: They do, and the service asks for a one-time password: go on with `with_one_time_password`.
        """
        call = ApiCall(
            "POST",
            "/auth",
            f"log in as {username}",
            body=encode.login(username, password),
            is_vendor_type=False,
            secrets=(password,),
        )
        return await self._log_in(call, username)

    async def with_one_time_password(
        self, login_token: Secret, one_time_password: Secret, username: str
    ) -> ClientCredentials:
        """Do the second step of a login, within five minutes. Source: contract 5.2."""
        call = ApiCall(
            "POST",
            "/auth",
            "log in with the one-time password",
            body=encode.login_again(login_token),
            headers={"X-Electricimp-OTP-Token": one_time_password.reveal()},
            is_vendor_type=False,
            secrets=(login_token, one_time_password),
        )
        return await self._log_in(call, username)

    async def exchange(self, refresh_token: Secret | None, login_key: Secret | None) -> ClientCredentials:
        """Get a new access token for a refresh token or a login key; give one, or neither to use those known.

        Raises:
            Unauthorized: The token or key is unknown or was deleted: log in again.

        Source: contract 5.3.
        """
        known = self._identity.credentials
        if refresh_token is not None or login_key is not None:
            known = replace(known, refresh_token=refresh_token, login_key=login_key)
        if not known.can_renew:
            words = "Could not renew the login: there is no refresh token and no login key. Log in."
            raise Unauthorized(words, Rule.TOKEN)
        self._identity.adopt(await (await self._session.connect()).renew(known))
        return self._identity.credentials

    async def end(self) -> LoginEnd:
        """Have the service forget the refresh token of this login; access tokens stay valid until they end.

        The service lists logins without saying which is whose: ours is the one that is used at this moment. If that
        cannot be told, nothing is deleted.

        Source: contract 5.3, 5.4, 6.2.
        """
        known = self._identity.credentials
        if known.refresh_token is None:
            return LoginEnd.UNKNOWN_THERE if known.login_key is None else LoginEnd.IS_KEY
        try:
            before = {each.id: each.last_used_at for each in await self._refresh_tokens()}
            await self.exchange(known.refresh_token, None)
            after = {each.id: each.last_used_at for each in await self._refresh_tokens()}
        except Unauthorized:
            return LoginEnd.UNKNOWN_THERE
        mine = [each for each, used_at in after.items() if each in before and used_at != before[each]] or list(after)
        if len(mine) != 1:
            return LoginEnd.UNCLEAR
        await self._tokens.delete(mine[0])
        return LoginEnd.REVOKED

    async def _refresh_tokens(self) -> list[RefreshToken]:
        return [each async for page in self._tokens.pages() for each in page.items]

    async def _log_in(self, call: ApiCall, username: str) -> ClientCredentials:
        reply = await (await self._session.connect()).send_login(call)
        before = self._identity.credentials
        known = ClientCredentials(username=username or before.username, login_key=before.login_key)
        self._identity.adopt(self._session.decode(call.attempt, reply.body, self._reading_for(known)))
        return self._identity.credentials

    def _reading_for(self, known: ClientCredentials) -> Callable[[bytes], ClientCredentials]:
        return lambda body: credentials_in(body, known, self._session.settings.clock())
