"""Drafts as they were kept: read strictly, for the file they lie in may have been damaged, or written by another version."""

import json

import msgspec
from msgspec import Struct

from imptui.domain.errors import Invalid
from imptui.domain.rows import Draft as Kept


class StoredPrograms(Struct):
    """Both programs, to the letter."""

    agent_code: str
    device_code: str


class StoredDraft(Struct, kw_only=True):
    """What is kept of a draft; what a later version added has a default."""

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


def body_of(kept: Kept) -> StoredDraft:
    """What a kept draft says.

    Raises:
        Invalid: It makes no sense; says where. It stays as it is until somebody discards it.
    """
    try:
        # half a surrogate pair, which a program may hold, is read by the standard library alone
        return msgspec.convert(json.loads(kept.body), StoredDraft)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"The review kept as {kept.key!r} is damaged ({error}). It is kept until you discard it.") from error


def trouble_in(kept: Kept) -> str | None:
    """What is wrong with a kept draft, in a sentence; None: nothing."""
    try:
        body_of(kept)
    except Invalid as error:
        return error.reason
    return None
