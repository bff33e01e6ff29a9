"""What the user asked for: which devices, in which order. The words that a filter is made of are `imptui.query.expression`'s."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from imptui.domain.group import GroupType
from imptui.domain.ids import GroupId, ProductId
from imptui.query.expression import Expr


class Scope(Struct, frozen=True):
    """Which part of the account: all of it, a product, one type of group in a product, a group, or who belongs nowhere."""

    product_id: ProductId | None = None
    group_id: GroupId | None = None
    group_type: GroupType | str | None = None
    """With `product_id`: in that product; alone: in all products."""
    is_unassigned: bool = False


class SortColumn(StrEnum):
    """What a device list can be sorted by."""

    NAME = "name"
    STATE = "state"
    ID = "id"
    MAC = "mac"
    IP = "ip"
    RSSI = "rssi"
    FREE_MEMORY = "memory"
    IMP = "imp"
    RELEASE = "swversion"
    GROUP = "group"
    PRODUCT = "product"
    TYPE = "type"
    CHANGED = "changed"
    """When the device last connected or disconnected."""
    LAST_ENROLLED = "enrolled"


class Sort(Struct, frozen=True):
    """The order of a list. What is not reported comes last either way.

    Devices of the same name go by id; other ties, and those in a list of one group, by when the cache first saw them.
    """

    column: SortColumn = SortColumn.NAME
    descending: bool = False


class Query(Struct, frozen=True):
    """A device list: where, which, in what order. Hashable, so it can name a search."""

    scope: Scope = Scope()
    where: Expr | None = None
    sort: Sort = Sort()


class SavedFilter(Struct, frozen=True):
    """A filter with a name."""

    name: str
    text: str
    """As it was typed; read again whenever it is asked."""
    is_fixed: bool = False
    """Whether it comes from the settings, and is changed there."""
