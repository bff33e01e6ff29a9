"""The calls of the API about accounts."""

from collections.abc import AsyncIterator

from imptui.client.api_call import path_of
from imptui.client.codec import decode
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, ApiPage, Listing
from imptui.client.session import Session
from imptui.domain.account import Account
from imptui.domain.ids import AccountId


class AccountCalls:
    """Accounts. Source: contract 6.1."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def me(self, *, priority: Priority = Priority.LOOK) -> Account:
        """Read the account that is logged in."""
        return await self._session.read("/accounts/me", "read the own account", decode.account, priority)

    async def get(self, account_id: AccountId, *, priority: Priority = Priority.LOOK) -> Account:
        """Read one account that this one may see."""
        path, attempt = path_of("accounts", account_id), f"read account {account_id}"
        return await self._session.read(path, attempt, decode.account, priority)

    def pages(
        self, *, start_page: int = 1, page_size: int = PAGE_SIZE, priority: Priority = Priority.SYNC
    ) -> AsyncIterator[ApiPage[Account]]:
        """List the own account and those it collaborates on, page by page."""
        listing = Listing("/accounts", "list accounts", decode.accounts)
        return self._session.pages(listing, start_page, page_size, priority)
