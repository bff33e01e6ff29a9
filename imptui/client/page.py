"""Pages of the service's lists."""

from collections.abc import Sequence
from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct

PAGE_SIZE = 100
"""The largest page that the service gives. Source: contract 4.2."""

Item_co = TypeVar("Item_co", covariant=True)


class Page(Struct, Generic[Item_co], frozen=True):
    """One page of a list, in the service's order."""

    items: Sequence[Item_co]
    number: int
    """Counts from 1; give `number + 1` as `start_page` to go on after a break."""
    has_next: bool
    """False on the last page: only then has everything been seen."""
    read_at: datetime
    """When the answer arrived here, UTC."""
    total: int | None = None
    """How many items the whole list holds; None where the service does not tell (impCloud does not)."""
