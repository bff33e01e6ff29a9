"""Top-level documents of JSON:API."""

from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from imptui.jsonapi.links import Links

Primary = TypeVar("Primary")


class One(Struct, Generic[Primary], frozen=True, kw_only=True):
    """A document about one resource."""

    data: Primary
    links: Links | None = None
    meta: Any = None


class Many(Struct, Generic[Primary], frozen=True, kw_only=True):
    """A document with one page of a list."""

    data: list[Primary]
    links: Links | None = None
    meta: Any = None

    @property
    def has_next(self) -> bool:
        """True if the list continues after this page. Source: contract 4.2."""
        return self.links is not None and self.links.next is not None

    @property
    def total(self) -> int | None:
        """Return the length of the whole list from `meta.total`; None if it is missing."""
        total = self.meta.get("total") if isinstance(self.meta, dict) else None
        return total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None


def document(primary: object) -> bytes:
    """Encode a document around one resource, identifier, or list of them, as UTF-8."""
    return msgspec.json.encode({"data": primary})
