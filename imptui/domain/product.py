"""Products, which own device groups."""

from datetime import datetime

from msgspec import Struct

from imptui.domain.ids import AccountId, ProductId

NAME_LENGTH = range(1, 81)
"""Allowed lengths of the name of a product, group or device, in characters. Source: primer, "The Product Data Structure"."""

DESCRIPTION_LENGTH = range(256)
"""Allowed lengths of a description, in characters. Source: primer, "The Product Data Structure"."""


class Product(Struct, frozen=True):
    """A product, which owns device groups. Source: primer, "Products"."""

    id: ProductId
    name: str
    description: str | None
    owner_id: AccountId
    creator_id: AccountId | None
    created_at: datetime
    updated_at: datetime | None = None
