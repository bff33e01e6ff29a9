"""Which other resource a relationship points at."""

from collections.abc import Sequence

from msgspec import Struct


class Linkage(Struct, frozen=True, kw_only=True, gc=False):
    """A resource identifier, bare (`{type, id}`, as impCentral says it) or wrapped in `data` (as JSON:API does).

    Source: contract 4.1.
    """

    type: str | None = None
    id: str | None = None
    data: "Identifier | None" = None

    @property
    def target(self) -> "Identifier | None":
        """What it points at, whichever way it was said; None when it points at nothing."""
        if self.id is not None:
            return Identifier(id=self.id, type=self.type or "")
        return self.data


class Identifier(Struct, frozen=True, gc=False):
    """Type and id of a resource; the type is empty where it was left out."""

    id: str
    type: str = ""


def target_of(*spellings: Linkage | None) -> Identifier | None:
    """What the first of several spellings of one relationship that is there points at.

    Absent, `null`, and an object without an id all mean: nothing.
    """
    for linkage in spellings:
        if linkage is not None and (target := linkage.target) is not None:
            return target
    return None


def identifier(type_word: str, ident: str) -> dict[str, str]:
    """A bare resource identifier, to be written."""
    return {"type": type_word, "id": ident}


def identifiers(type_word: str, idents: Sequence[str]) -> list[dict[str, str]]:
    """Several bare resource identifiers, to be written."""
    return [identifier(type_word, ident) for ident in idents]
