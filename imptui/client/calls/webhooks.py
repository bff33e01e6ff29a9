"""The calls of the API about webhooks."""

from collections.abc import AsyncIterator

from imptui.client.api_call import ApiCall, path_of
from imptui.client.change import About
from imptui.client.change_request import ChangeRequest
from imptui.client.codec import decode, encode
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, ApiPage, Listing
from imptui.client.session import Session
from imptui.domain.group import GroupType
from imptui.domain.ids import GroupId, WebhookId
from imptui.domain.webhook import Webhook


class WebhookCalls:
    """Webhooks. Source: contract 13."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pages(
        self,
        *,
        group_id: GroupId | None = None,
        start_page: int = 1,
        page_size: int = PAGE_SIZE,
        priority: Priority = Priority.SYNC,
    ) -> AsyncIterator[ApiPage[Webhook]]:
        """List the webhooks of one group or of all, page by page."""
        listing = Listing("/webhooks", "list webhooks", decode.webhooks, (("devicegroup.id", group_id),))
        return self._session.pages(listing, start_page, page_size, priority)

    async def get(self, webhook_id: WebhookId, *, priority: Priority = Priority.LOOK) -> Webhook:
        """Read one webhook by its id."""
        path, attempt = path_of("webhooks", webhook_id), f"read webhook {webhook_id}"
        return await self._session.read(path, attempt, decode.webhook, priority)

    async def create(
        self,
        group_id: GroupId,
        group_type: GroupType | str,
        url: str,
        event: str,
        content_type: str = "application/json",
        *,
        about: About | None = None,
    ) -> Webhook:
        """Have one kind of event of a group posted to an address.

        Args:
            group_id: The group whose events count.
            group_type: Its type.
            url: Where to post. It may hold a token, so the journal does not receive it.
            event: One of `imptui.domain.webhook.EVENTS`.
            content_type: One of `imptui.domain.webhook.CONTENT_TYPES`.
            about: See `About`.
        """
        call = ApiCall(
            "POST",
            "/webhooks",
            f"create a webhook in group {group_id}",
            body=encode.new_webhook(group_id, group_type, url, event, content_type),
        )
        after = {"event": event, "content_type": content_type, "group": group_id}
        change = ChangeRequest(
            call, "create", "webhook", group_id, about, after, (("group", group_id),), created_id=decode.id_of
        )
        return await self._session.change_and_decode(change, decode.webhook)

    async def update(
        self,
        webhook_id: WebhookId,
        *,
        url: str | None = None,
        content_type: str | None = None,
        about: About | None = None,
    ) -> Webhook:
        """Change where or how a webhook posts; None leaves an attribute as it is."""
        call = ApiCall(
            "PATCH",
            path_of("webhooks", webhook_id),
            f"update webhook {webhook_id}",
            body=encode.changed("webhook", webhook_id, encode.given(url=url, content_type=content_type)),
        )
        after = encode.given(content_type=content_type, url=None if url is None else "another address")
        change = ChangeRequest(call, "update", "webhook", webhook_id, about, after)
        return await self._session.change_and_decode(change, decode.webhook)

    async def delete(self, webhook_id: WebhookId, *, about: About | None = None) -> None:
        """Delete a webhook; the service posts to it no more."""
        call = ApiCall("DELETE", path_of("webhooks", webhook_id), f"delete webhook {webhook_id}")
        await self._session.change(ChangeRequest(call, "delete", "webhook", webhook_id, about))
