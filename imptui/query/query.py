"""A query: which devices, in which order. `imptui.query.expression` has the nodes of its filter."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from imptui.domain.group import GroupType
from imptui.domain.ids import GroupId, ProductId
from imptui.query.expression import Expr


class Scope(Struct, frozen=True):
    """A part of the account: all, a product, the groups of one type, a group, or the unassigned devices."""

    product_id: ProductId | None = None
    group_id: GroupId | None = None
    group_type: GroupType | str | None = None
    """With `product_id`: groups of this type in that product. Alone: in all products."""
    is_unassigned: bool = False


class SortColumn(StrEnum):
    """A column by which a device list can be sorted."""

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
    """Time at which the device last connected or disconnected."""
    LAST_ENROLLED = "enrolled"


class Sort(Struct, frozen=True):
    """The order of a list. Values that were not reported come last in both directions.

    Devices of the same name are sorted by id. Other ties, and ties in a list of one group, are sorted by the time at which the
    cache first stored the device.
    """

    column: SortColumn = SortColumn.NAME
    descending: bool = False


class Query(Struct, frozen=True):
    """A scope, a filter and an order. A query is hashable, so it can be the key of a search."""

    scope: Scope = Scope()
    where: Expr | None = None
    sort: Sort = Sort()


class SavedFilter(Struct, frozen=True):
    """A filter that was saved under a name."""

    name: str
    text: str
    """The text as typed; it is parsed again at each use."""
    is_fixed: bool = False
    """True if the filter comes from the settings and can only be changed there."""
