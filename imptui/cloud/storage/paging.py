"""Paging of lists: requested and returned pages."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import force_setattr

from imptui.domain.errors import Invalid, Rule

T = TypeVar("T")
U = TypeVar("U")

MAX_PAGE_SIZE = 100
"""Maximum entries of a page. Source: contract 4.2."""


class Paging(Struct, frozen=True):
    """The requested page of a list. Source: contract 4.2."""

    number: int = 1
    size: int = 20

    def __post_init__(self) -> None:
        if self.number < 1 or self.size < 1:
            raise Invalid("Pages are numbered from 1 and hold at least one entry.", Rule.INVALID_QUERY)
        if self.number > 2**40:
            raise Invalid("There is no page with such a number.", Rule.INVALID_QUERY)
        if self.size > MAX_PAGE_SIZE:
            force_setattr(self, "size", MAX_PAGE_SIZE)

    @property
    def offset(self) -> int:
        """Number of entries before the page."""
        return (self.number - 1) * self.size


FIRST = Paging()
"""The first page, of the service's usual size."""


class ListPage(Struct, Generic[T], frozen=True):
    """One page of a list. It knows whether a further page exists, and no total."""

    items: Sequence[T]
    has_next: bool

    def map(self, change: Callable[[T], U]) -> "ListPage[U]":
        """Return the page with each entry converted."""
        return ListPage([change(item) for item in self.items], self.has_next)


def page_of(rows: Sequence[T], paging: Paging) -> ListPage[T]:
    """Return the page of some entries; one entry more than fits means that there is a next page."""
    return ListPage(rows[: paging.size], len(rows) > paging.size)
