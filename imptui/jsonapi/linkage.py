"""Relationships: the resource that each points at."""

from collections.abc import Sequence

from msgspec import Struct


class Linkage(Struct, frozen=True, kw_only=True, gc=False):
    """A resource identifier, bare (`{type, id}`, as impCentral sends it) or wrapped in `data` (as JSON:API does).

    Source: contract 4.1.
    """

    type: str | None = None
    id: str | None = None
    data: "Identifier | None" = None

    @property
    def target(self) -> "Identifier | None":
        """Return the resource it points at in either form; None for none."""
        if self.id is not None:
            return Identifier(id=self.id, type=self.type or "")
        return self.data


class Identifier(Struct, frozen=True, gc=False):
    """Type and id of a resource; the type is empty if it was left out."""

    id: str
    type: str = ""


def target_of(*spellings: Linkage | None) -> Identifier | None:
    """Return the target of the first spelling of a relationship that has one.

    Absence, `null`, and an object without an id all mean that there is no target.
    """
    for linkage in spellings:
        if linkage is not None and (target := linkage.target) is not None:
            return target
    return None


def identifier(type_word: str, ident: str) -> dict[str, str]:
    """Return a bare resource identifier to encode."""
    return {"type": type_word, "id": ident}


def identifiers(type_word: str, idents: Sequence[str]) -> list[dict[str, str]]:
    """Return a list of bare resource identifiers to encode."""
    return [identifier(type_word, ident) for ident in idents]
