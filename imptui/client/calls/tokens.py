"""The calls of the API about refresh tokens."""

from collections.abc import AsyncIterator

from imptui.client.api_call import ApiCall, path_of
from imptui.client.change import About
from imptui.client.change_request import ChangeRequest
from imptui.client.codec import decode
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, ApiPage, Listing
from imptui.client.session import Session
from imptui.domain.account import RefreshToken


class TokenCalls:
    """Refresh tokens: the logins of the account that can still be renewed. Source: contract 6.2."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pages(
        self, *, start_page: int = 1, page_size: int = PAGE_SIZE, priority: Priority = Priority.LOOK
    ) -> AsyncIterator[ApiPage[RefreshToken]]:
        """List refresh tokens, page by page."""
        listing = Listing("/accounts/me/refresh_tokens", "list refresh tokens", decode.refresh_tokens)
        return self._session.pages(listing, start_page, page_size, priority)

    async def delete(self, token_id: str, *, about: About | None = None) -> None:
        """End a login: its token is renewed no more; access tokens stay valid until they end."""
        path = path_of("accounts", "me", "refresh_tokens", token_id)
        call = ApiCall("DELETE", path, f"delete refresh token {token_id}")
        await self._session.change(ChangeRequest(call, "delete", "refresh token", token_id, about))
