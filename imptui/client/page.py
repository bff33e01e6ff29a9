"""Pages of the service's lists."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct

PAGE_SIZE = 100
"""The largest page that the service gives. Source: contract 4.2."""

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)


class ApiPage(Struct, Generic[Item_co], frozen=True):
    """One page of a list, in the service's order."""

    items: Sequence[Item_co]
    number: int
    """Counts from 1; pass `number + 1` as `start_page` to resume after a break."""
    has_next: bool
    """False on the last page: only then has the whole list been read."""
    read_at: datetime
    """The time at which the answer arrived, UTC."""
    total: int | None = None
    """Number of items in the whole list; None if the service does not report it (impCloud does not)."""


class Listing(Struct, Generic[Item], frozen=True):
    """A list of the service: its path, its name in messages, its decoder and its filters."""

    path: str
    attempt: str
    """The action of reading it, as the end of "Could not ..."."""
    decode: Callable[[bytes], tuple[Sequence[Item], bool, int | None]]
    """Returns the items of a page, whether another page follows, and the total if reported."""
    filters: tuple[tuple[str, str | None], ...] = ()
    """Names without `filter[...]`, and values; a value of None leaves the filter out."""
