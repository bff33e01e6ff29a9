"""Calls about webhooks and code libraries."""

from collections.abc import AsyncIterator

from imptui.client.api_call import Call, path_of
from imptui.client.calls.resource import Calls, Listing
from imptui.client.codec import decode, encode

from imptui.client.change import About
from imptui.client.pace import Priority
from imptui.client.page import PAGE_SIZE, Page
from imptui.domain.group import GroupType
from imptui.domain.ids import GroupId, WebhookId
from imptui.domain.library import Library
from imptui.domain.webhook import Webhook


class WebhookCalls(Calls):
    """Webhooks and libraries. Source: contract 13, 17."""

    def webhook_pages(
        self,
        *,
        group_id: GroupId | None = None,
        start_page: int = 1,
        page_size: int = PAGE_SIZE,
        priority: Priority = Priority.SYNC,
    ) -> AsyncIterator[Page[Webhook]]:
        """Webhooks, of one group or all, page by page."""
        filters = (("devicegroup.id", group_id),)
        return self._pages(
            Listing("/webhooks", "list webhooks", decode.webhooks, filters), start_page, page_size, priority
        )

    async def webhook(self, webhook_id: WebhookId, *, priority: Priority = Priority.LOOK) -> Webhook:
        """One webhook."""
        return await self._read(path_of("webhooks", webhook_id), f"read webhook {webhook_id}", decode.webhook, priority)

    async def create_webhook(
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
            url: Where to post; it may hold a token, so the journal is not told it.
            event: One of `imptui.domain.webhook.EVENTS`.
            content_type: One of `imptui.domain.webhook.CONTENT_TYPES`.
            about: See `About`.
        """
        call = Call(
            "POST",
            "/webhooks",
            f"create a webhook in group {group_id}",
            body=encode.new_webhook(group_id, group_type, url, event, content_type),
        )
        after = {"event": event, "content_type": content_type, "group": group_id}
        touches = [("group", group_id)]
        reply = await self._change(
            call, "create", "webhook", group_id, about=about, after=after, touches=touches, created=decode.id_of
        )
        return self._speaker.decoded(call.attempt, reply, decode.webhook)

    async def update_webhook(
        self,
        webhook_id: WebhookId,
        *,
        url: str | None = None,
        content_type: str | None = None,
        about: About | None = None,
    ) -> Webhook:
        """Change where or how a webhook posts; None leaves as it is."""
        call = Call(
            "PATCH",
            path_of("webhooks", webhook_id),
            f"update webhook {webhook_id}",
            body=encode.changed("webhook", webhook_id, encode.given(url=url, content_type=content_type)),
        )
        after = encode.given(content_type=content_type, url=None if url is None else "another address")
        reply = await self._change(call, "update", "webhook", webhook_id, about=about, after=after)
        return self._speaker.decoded(call.attempt, reply, decode.webhook)

    async def delete_webhook(self, webhook_id: WebhookId, *, about: About | None = None) -> None:
        """Delete a webhook."""
        call = Call("DELETE", path_of("webhooks", webhook_id), f"delete webhook {webhook_id}")
        await self._change(call, "delete", "webhook", webhook_id, about=about)

    def library_pages(
        self, *, start_page: int = 1, page_size: int = PAGE_SIZE, priority: Priority = Priority.LOOK
    ) -> AsyncIterator[Page[Library]]:
        """Code libraries that programs may require, page by page."""
        return self._pages(Listing("/libraries", "list libraries", decode.libraries), start_page, page_size, priority)
