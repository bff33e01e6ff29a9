"""The fields of a saved draft, read strictly: the file may be damaged, or written by another version."""

import json

import msgspec
from msgspec import Struct

from imptui.domain.errors import Invalid
from imptui.domain.rows import SavedDraft


class StoredPrograms(Struct):
    """Both programs, to the letter."""

    agent_code: str
    device_code: str


class StoredDraft(Struct, kw_only=True):
    """The fields of a saved draft; those that a later version added have a default."""

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
        Invalid: It makes no sense; says where. It stays as it is until somebody discards it.
    """
    try:
        # half a surrogate pair, which a program may hold, is read by the standard library alone
        return msgspec.convert(json.loads(saved.body), StoredDraft)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"The review kept as {saved.key!r} is damaged ({error}). It is kept until you discard it.") from error


def trouble_in(saved: SavedDraft) -> str | None:
    """Return what is wrong with a saved draft, in a sentence; None: nothing."""
    try:
        body_of(saved)
    except Invalid as error:
        return error.reason
    return None
