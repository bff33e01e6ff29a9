"""The calls of the API about code libraries."""

from collections.abc import AsyncIterator

from imptui.client.codec import decode
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, ApiPage, Listing
from imptui.client.session import Session
from imptui.domain.library import Library


class LibraryCalls:
    """Code libraries. Source: contract 17."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pages(
        self, *, start_page: int = 1, page_size: int = PAGE_SIZE, priority: Priority = Priority.LOOK
    ) -> AsyncIterator[ApiPage[Library]]:
        """List the libraries that programs may require, page by page."""
        listing = Listing("/libraries", "list libraries", decode.libraries)
        return self._session.pages(listing, start_page, page_size, priority)
