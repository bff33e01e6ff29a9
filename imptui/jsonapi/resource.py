"""One resource object of JSON:API."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from msgspec import Struct

from imptui.jsonapi.links import Links

Attributes = TypeVar("Attributes")
Relationships = TypeVar("Relationships")


class Resource(Struct, Generic[Attributes, Relationships], frozen=True, kw_only=True):
    """A decoded resource. The codec names the attributes and relationships that it knows; others are ignored.

    Source: contract 4.1, 2.6.
    """

    type: str
    id: str
    attributes: Attributes | None = None
    relationships: Relationships | None = None
    links: Links | None = None
    meta: Any = None
    """In impCentral, warnings of a successful call."""


def resource(
    type_word: str,
    ident: str | None = None,
    attributes: Mapping[str, object] | None = None,
    relationships: Mapping[str, object] | None = None,
    links: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """Return a resource to encode; members that are None are left out."""
    members = {"id": ident, "links": links, "attributes": attributes, "relationships": relationships}
    return {"type": type_word, **{key: value for key, value in members.items() if value is not None}}
