"""What is told to the journal about each call that changes something."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Outcome(StrEnum):
    """How a change ended."""

    DONE = "done"
    REFUSED = "refused"
    """The service said no: nothing changed, or in a bulk call only the things that are not refused."""
    FORBIDDEN = "forbidden"
    """The guard said no: nothing was sent."""
    NOT_SENT = "not sent"
    """The service was not reached: nothing changed."""
    UNKNOWN = "unknown"
    """No usable answer came: it may have been carried out or not."""


class About(Struct, frozen=True):
    """What the caller of a change knows about its subject; all of it optional."""

    label: str | None = None
    """What people call the subject."""
    before: Mapping[str, object] | None = None
    """How it was, as far as known, for the journal."""
    names: tuple[str, ...] = ()
    """Further names to hold against the protected patterns."""


class Change(Struct, frozen=True):
    """One call that changed something, or tried to."""

    began_at: datetime
    ended_at: datetime
    who: str
    """The user name, empty when not known."""
    context: str
    """The named context of the settings in which it was done."""
    endpoint: str
    verb: str
    """`create`, `update`, `delete`, `assign`, `unassign`, `restart`, `conditional restart`, `support from`."""
    kind: str
    """`product`, `group`, `device`, `deployment`, `webhook`, `login key`, `refresh token`."""
    subject: str
    """Identifier of what was changed; of a created thing once it is known, before that the place it was created in."""
    label: str | None
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    """What was asked for. Programs are given by size, secrets not at all."""
    outcome: Outcome
    answer: str
    """The status and reason, or the refusal's sentence."""


Journal = Callable[[Change], None]
"""Receives each change once, after its end. Called on the event loop: it must return at once and must not raise."""
