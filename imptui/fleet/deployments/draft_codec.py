"""Decodes the fields of a saved draft strictly, because the file may be damaged or come from another version."""

import json

import msgspec
from msgspec import Struct

from imptui.domain.errors import Invalid
from imptui.domain.rows import SavedDraft


class StoredPrograms(Struct):
    """Both programs of a saved draft, unchanged."""

    agent_code: str
    device_code: str


class StoredDraft(Struct, kw_only=True):
    """The fields of a saved draft; fields that a later version added have a default."""

    group_id: str
    programs: StoredPrograms
    source: str
    source_id: str | None = None
    description: str = ""
    origin: str | None = None
    tags: list[str] = []
    is_flagged: bool = False
    restart: str = "none"
    base_id: str | None = None


def body_of(saved: SavedDraft) -> StoredDraft:
    """Return the fields of a saved draft.

    Raises:
        Invalid: The draft is damaged; the message names the place. It stays until it is discarded.
    """
    try:
        # a program may hold half a surrogate pair, which only the standard library decodes
        return msgspec.convert(json.loads(saved.body), StoredDraft)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"The review kept as {saved.key!r} is damaged ({error}). It is kept until you discard it.") from error


def trouble_in(saved: SavedDraft) -> str | None:
    """Return a sentence about the damage of a saved draft; None: it is intact."""
    try:
        body_of(saved)
    except Invalid as error:
        return error.reason
    return None
