"""Webhooks: addresses to which the service posts events of a group."""

from datetime import datetime

from msgspec import Struct

from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, GroupId, ProductId, WebhookId

EVENTS = ("blessing", "blinkup", "deployment")
CONTENT_TYPES = ("application/json", "application/x-www-form-urlencoded")


class Webhook(Struct, frozen=True):
    """An address that receives one kind of event of one group. Source: contract 13."""

    id: WebhookId
    url: str
    event: str
    content_type: str
    group_id: GroupId
    group_type: GroupType | str
    product_id: ProductId | None
    owner_id: AccountId
    creator_id: AccountId | None
    created_at: datetime
    updated_at: datetime | None = None
