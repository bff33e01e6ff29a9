"""The records that the journal receives, one for each call that changes something."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class ChangeOutcome(StrEnum):
    """The end of a change: done, refused, not sent, or unknown."""

    DONE = "done"
    REFUSED = "refused"
    """The service refused: nothing changed, or in a bulk call only the things that are not refused."""
    FORBIDDEN = "forbidden"
    """The guard refused: nothing was sent."""
    NOT_SENT = "not sent"
    """The service was not reached: nothing changed."""
    UNKNOWN = "unknown"
    """No usable answer came: the service may have carried it out or not."""


class About(Struct, frozen=True):
    """Facts that the caller of a change knows about its subject; every field is optional."""

    label: str | None = None
    """The name of the subject for people."""
    before: Mapping[str, object] | None = None
    """The known state before the change, for the journal."""
    names: tuple[str, ...] = ()
    """Further names to compare with the protected patterns."""


class ChangeRecord(Struct, frozen=True):
    """One call that changed something, or tried to."""

    began_at: datetime
    ended_at: datetime
    who: str
    """The user name; empty if unknown."""
    context: str
    """The named context of the settings in which the change was made."""
    endpoint: str
    verb: str
    """`create`, `update`, `delete`, `assign`, `unassign`, `restart`, `conditional restart`, `support from`."""
    kind: str
    """`product`, `group`, `device`, `deployment`, `webhook`, `login key`, `refresh token`."""
    subject: str
    """Identifier of the changed thing; of a created one its new id, or the place it was to be created in."""
    label: str | None
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    """The requested state. It gives programs by size, and no secrets."""
    outcome: ChangeOutcome
    answer: str
    """The status and reason, or the sentence of the refusal."""


JournalSink = Callable[[ChangeRecord], None]
"""Receives each change once, after its end. The event loop calls it: it must return at once and must not raise."""
