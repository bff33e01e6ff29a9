"""The calls of the API about login keys."""

from collections.abc import AsyncIterator

from imptui.client.api_call import ApiCall, path_of
from imptui.client.change import About
from imptui.client.change_request import ChangeRequest
from imptui.client.codec import decode, encode
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, ApiPage, Listing
from imptui.client.secret import Secret
from imptui.client.session import Session
from imptui.domain.account import LoginKey

_PATH = "/accounts/me/login_keys"


class LoginKeyCalls:
    """Login keys; each change carries the account's password. Source: contract 6.3."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pages(
        self, *, start_page: int = 1, page_size: int = PAGE_SIZE, priority: Priority = Priority.LOOK
    ) -> AsyncIterator[ApiPage[LoginKey]]:
        """List login keys, page by page."""
        listing = Listing(_PATH, "list login keys", decode.login_keys)
        return self._session.pages(listing, start_page, page_size, priority)

    async def get(self, key: Secret, *, priority: Priority = Priority.LOOK) -> LoginKey:
        """Read one login key."""
        call = ApiCall("GET", _path_of(key), "read a login key", secrets=(key,))
        reply = await self._session.fetch(call, priority)
        return self._session.decode(call.attempt, reply.body, decode.login_key)

    async def create(self, password: Secret, description: str | None = None, *, about: About | None = None) -> LoginKey:
        """Create a login key; an account has at most ten."""
        after = encode.given(description=description)
        call = ApiCall(
            "POST",
            _PATH,
            "create a login key",
            body=encode.created("login_key", after),
            headers=_proof(password),
            secrets=(password,),
        )
        change = ChangeRequest(call, "create", "login key", description or "", about, after)
        return await self._session.change_and_decode(change, decode.login_key)

    async def update(self, key: Secret, password: Secret, description: str, *, about: About | None = None) -> LoginKey:
        """Describe a login key."""
        after = {"description": description}
        call = ApiCall(
            "PATCH",
            _path_of(key),
            "update a login key",
            body=encode.changed("login_key", key.reveal(), after),
            headers=_proof(password),
            secrets=(key, password),
        )
        change = ChangeRequest(call, "update", "login key", _ending(key), about, after)
        return await self._session.change_and_decode(change, decode.login_key)

    async def delete(self, key: Secret, password: Secret, *, about: About | None = None) -> None:
        """Delete a login key: scripts that use it lose access."""
        call = ApiCall(
            "DELETE", _path_of(key), "delete a login key", headers=_proof(password), secrets=(key, password)
        )
        await self._session.change(ChangeRequest(call, "delete", "login key", _ending(key), about))


def _path_of(key: Secret) -> str:
    return path_of("accounts", "me", "login_keys", key.reveal())


def _proof(password: Secret) -> dict[str, str]:
    return {"X-Electricimp-Password": password.reveal()}


def _ending(key: Secret) -> str:
    # Enough to tell ten keys apart, too little to use one.
    return f"…{key.reveal()[-4:]}"
