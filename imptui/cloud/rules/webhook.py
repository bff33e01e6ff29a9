"""Rules of webhooks; `api/webhook_deliveries.py` posts them. Source: contract 13."""

from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from imptui.cloud.rules.visibility import group_for, owners_for, webhook_for, well_formed
from imptui.cloud.storage.paging import FIRST, ListPage, Paging
from imptui.cloud.storage.records import UNSET, Unset
from imptui.cloud.storage.world import World
from imptui.domain.account import Account
from imptui.domain.errors import Invalid, Rule
from imptui.domain.ids import GroupId, WebhookId
from imptui.domain.webhook import CONTENT_TYPES, EVENTS, Webhook

_URL_LENGTH = 2_000


class CreateWebhook(Struct, frozen=True):
    """A webhook to create."""

    group_id: GroupId
    url: str
    event: str
    content_type: str


class UpdateWebhook(Struct, frozen=True):
    """A webhook's new address, content type, both or neither."""

    webhook_id: WebhookId
    url: str | Unset = UNSET
    content_type: str | Unset = UNSET


class ListWebhooks(Struct, frozen=True):
    """Webhooks, of one group or of all that the caller sees."""

    group_id: GroupId | None = None
    paging: Paging = FIRST


def list_webhooks(world: World, asked: ListWebhooks, actor: Account) -> ListPage[Webhook]:
    """List the webhooks that the caller sees, oldest first."""
    with world.view() as view:
        return view.webhooks.page(owners_for(view, actor), asked.group_id, asked.paging)


def get_webhook(world: World, webhook_id: str, actor: Account) -> Webhook:
    """Return one webhook by its id.

    Raises:
        NotFound: There is none with that id for this account.
    """
    with world.view() as view:
        return webhook_for(view, webhook_id, actor)


def create_webhook(world: World, asked: CreateWebhook, actor: Account) -> Webhook:
    """Create a webhook for one kind of event in one group; several for the same event are allowed.

    Raises:
        Invalid: Address, event or content type have the wrong form.
        NotFound: There is no such group for this account.
    """
    _check(asked.url, asked.content_type)
    if asked.event not in EVENTS:
        raise Invalid(f"The event of a webhook is one of {', '.join(EVENTS)}.")
    with world.change() as tx:
        group = group_for(tx, asked.group_id, actor)
        webhook = Webhook(
            id=WebhookId(tx.chance.uuid()),
            url=asked.url,
            event=asked.event,
            content_type=asked.content_type,
            group_id=group.id,
            group_type=group.type,
            product_id=group.product_id,
            owner_id=group.owner_id,
            creator_id=actor.id,
            created_at=tx.now,
            updated_at=tx.now,
        )
        tx.webhooks.put(webhook)
    return webhook


def update_webhook(world: World, asked: UpdateWebhook, actor: Account) -> Webhook:
    """Change the address or the content type; the event stays.

    Raises:
        Invalid: Address or content type have the wrong form.
        NotFound: There is no such webhook for this account.
    """
    with world.change() as tx:
        old = webhook_for(tx, asked.webhook_id, actor)
        url = old.url if isinstance(asked.url, Unset) else asked.url
        content_type = old.content_type if isinstance(asked.content_type, Unset) else asked.content_type
        _check(url, content_type)
        if (url, content_type) == (old.url, old.content_type):
            return old
        webhook = replace(old, url=url, content_type=content_type, updated_at=tx.now)
        tx.webhooks.put(webhook)
    return webhook


def delete_webhook(world: World, webhook_id: str, actor: Account) -> None:
    """Delete a webhook by its id.

    Raises:
        NotFound: There is no such webhook for this account.
    """
    with world.change() as tx:
        tx.webhooks.delete(webhook_for(tx, webhook_id, actor).id)


def _check(url: str, content_type: str) -> None:
    if not _is_address(url):
        raise Invalid("The provided URL is invalid.", Rule.INVALID_URL)
    if content_type not in CONTENT_TYPES:
        raise Invalid(f"The content_type of a webhook is one of {', '.join(CONTENT_TYPES)}.")


def _is_address(url: str) -> bool:
    """Return True if it is an http or https address with a host, of printable characters."""
    well_formed(url, "url")
    if len(url) > _URL_LENGTH or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
