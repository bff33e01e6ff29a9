"""A call that changes something, with what the guard and the journal have to know about it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from msgspec import Struct

from imptui.client.api_call import ApiCall
from imptui.client.change import About, ChangeOutcome, ChangeRecord
from imptui.client.connection_settings import ConnectionSettings
from imptui.domain.errors import Forbidden

Condition = Callable[[], Awaitable[Forbidden | None]]
"""Asks whether a change may be sent: returns the refusal, or None."""

NOTHING_KNOWN = About()


class ChangeRequest(Struct, frozen=True):
    """One change, as `Session.change` receives it."""

    call: ApiCall
    verb: str
    """The journal's word for the change, see `ChangeRecord.verb`."""
    kind: str
    """The kind of the subject."""
    subject: str
    """Identifier of the changed thing; of a new one the place it is created in, or its name."""
    about: About | None = None
    """Facts that the caller knows about the subject."""
    after: Mapping[str, object] | None = None
    """The requested state, without programs and secrets."""
    touches: tuple[tuple[str, str], ...] = ()
    """Kind and identifier of whatever else the guard protects this change for."""
    member_groups: tuple[str, ...] = ()
    """Groups whose members the change reaches, too."""
    created_id: Callable[[bytes], str] | None = None
    """Finds the id of the new thing in the answer."""
    condition: Condition | None = None
    """Asked after the guard, because it may have to read from the service."""

    @property
    def protected_things(self) -> tuple[tuple[str, str], ...]:
        """Kind and identifier of the subject and of everything else that the change touches."""
        return ((self.kind, self.subject), *self.touches)

    @property
    def known_names(self) -> tuple[str, ...]:
        """The names of the subject that the caller knows."""
        about = self.about or NOTHING_KNOWN
        return about.names if about.label is None else (about.label, *about.names)


class ChangeReport:
    """Reports the end of one change to the journal.

    Args:
        request: The change.
        settings: The journal, and the session that the change belongs to.
    """

    def __init__(self, request: ChangeRequest, settings: ConnectionSettings) -> None:
        self._request, self._settings = request, settings
        self._began_at: datetime = settings.clock()

    def end(self, outcome: ChangeOutcome, answer: str, created_id: str | None = None) -> None:
        """Report how the change ended.

        Args:
            outcome: How it ended.
            answer: See `ChangeRecord.answer`.
            created_id: The id of the new thing, where known.
        """
        settings, request, about = self._settings, self._request, self._request.about or NOTHING_KNOWN
        if settings.journal is None:
            return
        settings.journal(
            ChangeRecord(
                began_at=self._began_at,
                ended_at=settings.clock(),
                who=settings.identity.credentials.username,
                context=settings.context,
                endpoint=settings.endpoint,
                verb=request.verb,
                kind=request.kind,
                subject=created_id or request.subject,
                label=about.label,
                before=about.before,
                after=request.after,
                outcome=outcome,
                answer=answer,
            )
        )
