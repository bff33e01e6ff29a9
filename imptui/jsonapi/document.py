"""Top-level documents."""

from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from imptui.jsonapi.links import Links

Primary = TypeVar("Primary")


class One(Struct, Generic[Primary], frozen=True, kw_only=True):
    """A document about one thing."""

    data: Primary
    links: Links | None = None
    meta: Any = None


class Many(Struct, Generic[Primary], frozen=True, kw_only=True):
    """A document that is one page of a list."""

    data: list[Primary]
    links: Links | None = None
    meta: Any = None

    @property
    def has_next(self) -> bool:
        """Whether the list goes on after this page. Source: contract 4.2."""
        return self.links is not None and self.links.next is not None

    @property
    def total(self) -> int | None:
        """How many things the whole list holds, where `meta.total` tells."""
        total = self.meta.get("total") if isinstance(self.meta, dict) else None
        return total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None


def document(primary: object) -> bytes:
    """A document around one resource, identifier, or list of them, as UTF-8."""
    return msgspec.json.encode({"data": primary})
