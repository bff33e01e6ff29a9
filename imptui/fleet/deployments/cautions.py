"""Rules about a draft: what a reviewer should know before deploying it.

Each rule looks at the draft and its surroundings and returns one caution or none. `RULES` lists them, the worst first.
"""

from collections.abc import Callable
from dataclasses import dataclass

from imptui.domain.deployment import Deployment
from imptui.domain.group import GroupType
from imptui.domain.review_mark import Verdict, live_marks, verdict_of
from imptui.fleet.deployments.draft import Caution, Draft


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the cautions of a draft depend on, besides the draft."""

    devices: int
    source: Deployment | None
    minimum: Deployment | None
    here_before: tuple[Deployment, ...]
    """Deployments of the group with the bytes of the source, newest first."""
    protected_because: str | None
    unapproved_because: str | None

    def is_source_of(self, draft: Draft) -> bool:
        """Return True if the source is a deployment of the draft's own group: a way back."""
        return self.source is not None and self.source.group_id == draft.group.id


def cautions(draft: Draft, around: Surroundings) -> tuple[Caution, ...]:
    """Return what a reviewer should know, the worst first."""
    found = (rule(draft, around) for rule in RULES)
    return tuple(caution for caution in found if caution is not None)


def _protected(_: Draft, around: Surroundings) -> Caution | None:
    if around.protected_because is None:
        return None
    return Caution("protected", around.protected_because, forbids=True)


def _unapproved(_: Draft, around: Surroundings) -> Caution | None:
    if around.unapproved_because is None:
        return None
    return Caution("approval", around.unapproved_because, forbids=True)


def _objected(_: Draft, around: Surroundings) -> Caution | None:
    """Name the reviewers who object; where approval is missing, that already says so."""
    source = around.source
    if source is None or around.unapproved_because is not None or verdict_of(source) is not Verdict.OBJECTED:
        return None
    names = ", ".join(mark.who for mark in live_marks(source) if mark.verdict is Verdict.OBJECTED)
    return Caution("objected", f"{names} objects to this code.")


def _production(draft: Draft, _: Surroundings) -> Caution | None:
    if draft.group.type is not GroupType.PRODUCTION:
        return None
    return Caution("production", f"'{draft.group.name}' is a production group: these devices are in the field.")


def _moved(draft: Draft, _: Surroundings) -> Caution | None:
    if draft.began_with == (draft.base.id if draft.base else None):
        return None
    name = draft.group.name
    return Caution("moved", f"'{name}' got another deployment since this review began; compared is what is there now.")


def _below_minimum(draft: Draft, around: Surroundings) -> Caution | None:
    source, minimum = around.source, around.minimum
    if source is None or minimum is None or not around.is_source_of(draft) or source.created_at >= minimum.created_at:
        return None
    oldest = f"{minimum.sha[:12]}, the oldest that '{draft.group.name}' is said to support"
    return Caution("below-minimum", f"This code is older than {oldest}.")


def _is_same_code(draft: Draft) -> bool:
    return draft.base is not None and draft.programs == draft.base_programs


def _same_code(draft: Draft, _: Surroundings) -> Caution | None:
    if not _is_same_code(draft):
        return None
    return Caution("same-code", "Both programs are the same as those of the current deployment.")


def _here_before(draft: Draft, around: Surroundings) -> Caution | None:
    if _is_same_code(draft) or not around.here_before or around.is_source_of(draft):
        return None
    before = around.here_before[0].created_at
    return Caution("here-before", f"The same code was deployed to '{draft.group.name}' before, on {before:%Y-%m-%d %H:%M} UTC.")


def _empty(draft: Draft, _: Surroundings) -> Caution | None:
    if draft.programs.agent_code.strip() or draft.programs.device_code.strip():
        return None
    return Caution("empty", "Both programs are empty.")


def _no_devices(_: Draft, around: Surroundings) -> Caution | None:
    return None if around.devices else Caution("no-devices", "No device is in this group.")


RULES: tuple[Callable[[Draft, Surroundings], Caution | None], ...] = (
    _protected,
    _unapproved,
    _objected,
    _production,
    _moved,
    _below_minimum,
    _same_code,
    _here_before,
    _empty,
    _no_devices,
)
