"""Decodes documents and queries of a request to plain Python values of checked form.

The rules check values (the length of a name, the type of a target); this module checks spelling: known keys, the type of
each, the form of a page. It accepts the spellings of both dialects.

Source: contract 1.3, 4.2, 4.6, 8.1, 9.1.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from msgspec import Struct

from imptui.cloud.storage.paging import Paging
from imptui.cloud.wire.dialect import Dialect
from imptui.domain.errors import Conflict, Invalid, Rule
from imptui.domain.group import GroupType

T = TypeVar("T")

_WHOLE = re.compile(r"[0-9]{1,9}")
_FILTER = re.compile(r"filter\[(.*)\]", re.DOTALL)
_SPELLINGS = {"device_group": "devicegroup"}
"""The primer uses both spellings. Source: contract 10.3."""
_FILTER_ALIASES = {"account.id": "owner.id"}
"""Other spellings of filters. Source: contract 4.6."""


def paging_of(query: Sequence[tuple[str, str]]) -> Paging:
    """Return the page that a query requests.

    Raises:
        Invalid: A size below 1, or a value that is not a number. Sizes above 100 count as 100.

    Source: contract 4.2.
    """
    asked = dict(query)
    number = _positive(asked.get("page[number]"), "page[number]", 1)
    size = _positive(asked.get("page[size]"), "page[size]", 20)
    return Paging(number, size)


def _positive(text: str | None, name: str, default: int) -> int:
    if text is None:
        return default
    if _WHOLE.fullmatch(text) is None or int(text) < 1:
        raise Invalid(f"{name} must be a whole number from 1, not {text[:40]!r}.", Rule.INVALID_QUERY)
    return int(text)


def filters_of(query: Sequence[tuple[str, str]], allowed: Collection[str]) -> dict[str, list[str]]:
    """Return the filters of a list, values in the order given; empty values count as absent but for the group's owner.

    Raises:
        Invalid: A filter that this list does not have.

    Source: contract 4.6.
    """
    found: dict[str, list[str]] = {}
    for key, value in query:
        if not (key == "filter" or key.startswith("filter[")):
            continue
        matched = _FILTER.fullmatch(key)
        name = matched.group(1) if matched else key
        name = _primer_spelling(_FILTER_ALIASES.get(name, name))
        if name not in allowed:
            known = f"it has {', '.join(sorted(allowed))}" if allowed else "it has none"
            raise Invalid(f"This list has no filter {name[:80]!r}; {known}.", Rule.INVALID_QUERY)
        if value or name == "devicegroup.owner.id":
            found.setdefault(name, []).append(value)
    return found


def _primer_spelling(name: str) -> str:
    head, dot, tail = name.partition(".")
    return _SPELLINGS.get(head, head) + dot + tail


class ResourceReference(Struct, frozen=True):
    """A resource identifier object of a request."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Document:
    """The `data` of a creation or an update."""

    type: str | None
    id: str | None
    attributes: Mapping[str, Any] = field(repr=False)
    relationships: Mapping[str, Any]

    def only(self, attributes: Collection[str], relationships: Collection[str] = ()) -> None:
        """Refuse attributes and relationships other than these, naming the first. Source: contract 1.3."""
        for kind, given, known in (
            ("attribute", self.attributes, attributes),
            ("relationship", self.relationships, relationships),
        ):
            for name in given:
                if name not in known:
                    raise Invalid(f"The {kind} {name[:80]!r} is unknown or cannot be set here.")

    def expect(self, kind: str, identifier: str | None = None) -> None:
        """Refuse a document whose type or id differs from the path.

        Raises:
            Invalid: A creation without `type`.
            Conflict: `type` or `id` differ.

        Source: contract 1.3.
        """
        if self.type is None and identifier is None:
            raise Invalid(f"The member 'type' is missing; it must be {kind!r}.")
        if self.type is not None and self.type != kind:
            raise Conflict(f"The document is of type {self.type[:80]!r}; here it must be {kind!r}.", Rule.TYPE_MISMATCH)
        if identifier is not None and self.id is not None and self.id.lower() != identifier.lower():
            raise Conflict("The id in the document is not the id in the path.", Rule.TYPE_MISMATCH)

    def text(self, name: str, *, is_required: bool = False) -> str | None:
        """A string or null."""
        value = self._value(name, is_required=is_required)
        if value is not None and not isinstance(value, str):
            raise Invalid(f"The attribute {name!r} must be a string.")
        return value

    def required_text(self, name: str) -> str:
        """A string that must be there."""
        value = self.text(name, is_required=True)
        if value is None:
            raise Invalid(f"The attribute {name!r} must be a string, not null.")
        return value

    def flag(self, name: str) -> bool | None:
        """A Boolean; None when absent."""
        if name not in self.attributes:
            return None
        value = self.attributes[name]
        if not isinstance(value, bool):
            raise Invalid(f"The attribute {name!r} must be true or false.")
        return value

    def texts(self, name: str) -> list[str] | None:
        """An array of strings; None when absent or null."""
        value = self._value(name)
        if value is not None and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            raise Invalid(f"The attribute {name!r} must be an array of strings.")
        return value

    def table(self, name: str) -> dict[str, Any] | None:
        """An object; None when absent or null."""
        value = self._value(name)
        if value is not None and not isinstance(value, dict):
            raise Invalid(f"The attribute {name!r} must be an object.")
        return value

    def changes(self, readers: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
        """The attributes that are there, each read by its reader: absent means unchanged. Source: contract 1.3."""
        return {name: read(name) for name, read in readers.items() if name in self.attributes}

    def relationship(self, name: str, *, is_required: bool = False) -> ResourceReference | None:
        """Return the resource that a relationship points to; None if absent or null.

        Raises:
            Invalid: It is required and absent, or no identifier object.
        """
        value = self.relationships.get(name)
        if value is None:
            if is_required:
                raise Invalid(f"The relationship {name!r} is missing.")
            return None
        if isinstance(value, dict) and isinstance(value.get("data"), dict):
            value = value["data"]  # JSON:API's own form, which the service does not use
        return _identifier(value, f"The relationship {name!r}")

    def _value(self, name: str, *, is_required: bool = False) -> Any:
        if is_required and name not in self.attributes:
            raise Invalid(f"The attribute {name!r} is missing.")
        return self.attributes.get(name)


def document_of(body: Any, *, may_be_bare: bool = False) -> Document:
    """Return the one resource in a body.

    Args:
        body: As parsed.
        may_be_bare: True if the wrapping `data` may be missing, as one client does for login keys. Contract 6.3.

    Raises:
        Invalid: The body has another shape.
    """
    if may_be_bare and isinstance(body, dict) and "data" not in body:
        body = {"data": body}
    if not isinstance(body, dict) or not isinstance(body.get("data"), dict):
        raise Invalid("The body must be an object with one resource as its member 'data'.", Rule.MALFORMED)
    resource = body["data"]
    for member in resource:
        if member not in ("type", "id", "attributes", "relationships", "links", "meta"):
            raise Invalid(f"The member {member[:80]!r} is unknown in a resource.", Rule.MALFORMED)
    kind, identifier = resource.get("type"), resource.get("id")
    if not isinstance(kind, str | None) or not isinstance(identifier, str | None):
        raise Invalid("The members 'type' and 'id' must be strings.", Rule.MALFORMED)
    attributes, relationships = resource.get("attributes"), resource.get("relationships")
    if not isinstance(attributes, dict | None) or not isinstance(relationships, dict | None):
        raise Invalid("The members 'attributes' and 'relationships' must be objects.", Rule.MALFORMED)
    given: dict[str, Any] = relationships or {}
    spelled = {_SPELLINGS.get(name, name): value for name, value in given.items()}
    return Document(kind, identifier, attributes or {}, spelled)


def identifiers_of(body: Any, kind: str) -> list[str]:
    """The ids of one identifier object or an array of them, in order, all of one type.

    Source: primer, "Assigning Devices To A Device Group"; contract 9.1.

    Raises:
        Invalid: The body has another shape.
        Conflict: An identifier is of another type.
    """
    found = body.get("data") if isinstance(body, dict) else None
    if found is None:
        raise Invalid(f"The body must have one {kind} identifier, or an array of them, as its member 'data'.", Rule.MALFORMED)
    identifiers = [_identifier(item, f"Each {kind}") for item in (found if isinstance(found, list) else [found])]
    for identifier in identifiers:
        if identifier.type != kind:
            raise Conflict(f"{identifier.id[:80]!r} is said to be a {identifier.type[:80]!r}, not a {kind}.", Rule.TYPE_MISMATCH)
    return [identifier.id for identifier in identifiers]


def _identifier(value: Any, what: str) -> ResourceReference:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str) or not isinstance(value.get("id"), str):
        raise Invalid(f"{what} must be an object with the strings 'type' and 'id'.", Rule.MALFORMED)
    return ResourceReference(value["type"], value["id"])


def of_type(found: ResourceReference | None, kind: str, name: str) -> str | None:
    """The id in a relationship that points to one type of resource."""
    if found is not None and found.type != kind:
        raise Conflict(f"The relationship {name!r} must point to a {kind}, not to a {found.type[:80]!r}.", Rule.TYPE_MISMATCH)
    return None if found is None else found.id


def group_of(found: ResourceReference | None, dialect: Dialect) -> tuple[GroupType, str] | None:
    """Type and id in a relationship that points to a group, in either spelling."""
    return None if found is None else (dialect.group_type(found.type), found.id)


def required_group(document: Document, dialect: Dialect) -> tuple[GroupType, str]:
    """Type and id of the group that a document is made for."""
    found = group_of(document.relationship("devicegroup", is_required=True), dialect)
    if found is None:
        raise Invalid("The relationship 'devicegroup' is missing.")
    return found


def id_of(filters: Mapping[str, list[str]], name: str, kind: Callable[[str], T]) -> T | None:
    """The id in a filter; the last, where it was repeated."""
    value = last_of(filters, name)
    return None if value is None else kind(value)


def last_of(filters: Mapping[str, list[str]], name: str) -> str | None:
    """The value of a filter that takes one; the last, where it was repeated."""
    return filters[name][-1] if filters.get(name) else None
