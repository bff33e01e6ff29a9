"""A deployment that does not exist yet, and what a reviewer should know before it does."""

import json
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import asdict, replace

from imptui.domain.deployment import Deployment, Programs
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import DeploymentId, GroupId
from imptui.domain.review_mark import Verdict, live_marks, own_tags, standing, words_of
from imptui.domain.rows import Draft as Kept
from imptui.fleet.deployments.draft_codec import body_of

NO_PROGRAMS = Programs("", "")


class RestartMode(StrEnum):
    """What happens to the devices after a deployment was created."""

    NONE = "none"
    CONDITIONAL = "conditional"
    HARD = "hard"


class Caution(Struct, frozen=True):
    """Something a reviewer should know before deploying."""

    key: str
    """`production`, `protected`, `approval`, `objected`, `moved`, `below-minimum`, `same-code`, `here-before`, `empty` or
    `no-devices`."""
    text: str
    forbids: bool = False
    """Whether it will be refused; the others are for the reviewer to weigh."""


class Draft(Struct, frozen=True):
    """A deployment that does not exist yet."""

    key: str
    group: DeviceGroup
    base: Deployment | None
    """What the group is to run now, and what the programs are compared with."""
    base_programs: Programs
    programs: Programs
    source: str
    """Where the programs come from, in words: "deployment 3f2a of 1.0 Development", "meter.agent.nut"."""
    description: str = ""
    origin: str | None = None
    tags: tuple[str, ...] = ()
    is_flagged: bool = False
    restart: RestartMode = RestartMode.NONE
    cautions: tuple[Caution, ...] = ()
    source_id: DeploymentId | None = None
    """The deployment whose exact bytes these are; None: they are in none."""
    began_with: DeploymentId | None = None
    """What the group was to run when the review began, which may have been days ago."""

    @property
    def needs_name(self) -> bool:
        """Whether the group's name must be typed to confirm."""
        return self.group.type is GroupType.PRODUCTION

    @property
    def forbidden_because(self) -> str | None:
        """The first reason why deploying it will be refused; None: none is known."""
        return next((caution.text for caution in self.cautions if caution.forbids), None)


class UnfinishedReview(Struct, frozen=True):
    """A review that was begun, kept, and not deployed."""

    key: str
    group_id: GroupId
    group_name: str
    """Foreign text; the id where the group is unknown."""
    source: str
    description: str
    saved_at: datetime
    draft: Kept
    trouble: str | None = None
    """Why nobody can go on with it, in a sentence: it is damaged. It lies there until it is discarded."""


def key_of(group_id: GroupId, programs: Programs) -> str:
    """The name a draft is kept under: one for each group and pair of programs."""
    digest = sha256()
    for text in (programs.agent_code, programs.device_code):
        code = text.encode("utf-8", "surrogatepass")
        digest.update(len(code).to_bytes(8, "big") + code)
    return f"deploy {group_id} {digest.hexdigest()[:16]}"


def group_of_key(key: str) -> GroupId | None:
    """The group of a draft that is kept under this key; None: it is no review."""
    match key.split(" "):
        case ["deploy", group_id, _]:
            return GroupId(group_id)
        case _:
            return None


def kept_of(draft: Draft, now: datetime) -> Kept:
    """A draft as it is kept."""
    body = {
        "group_id": draft.group.id,
        "programs": asdict(draft.programs),
        "source": draft.source,
        "source_id": draft.source_id,
        "description": draft.description,
        "origin": draft.origin,
        "tags": list(draft.tags),
        "is_flagged": draft.is_flagged,
        "restart": draft.restart.value,
        "base_id": draft.began_with,
    }
    return Kept(draft.key, json.dumps(body), now)


def worded_like(draft: Draft, kept: Kept) -> Draft:
    """A draft with everything that a person wrote on the kept one.

    Raises:
        Invalid: The kept one is damaged.
    """
    body = body_of(kept)
    return replace(
        draft,
        key=kept.key,
        description=body.description,
        origin=body.origin,
        tags=tuple(body.tags),
        is_flagged=body.is_flagged,
        restart=RestartMode(body.restart) if body.restart in set(RestartMode) else RestartMode.NONE,
        began_with=None if body.base_id is None else DeploymentId(body.base_id),
    )


def copy_words(found: Deployment, *, is_back: bool) -> tuple[str, tuple[str, ...]]:
    """Description and tags of a copy of a deployment: what it is a copy of, and never the marks of the original."""
    verb = "Roll back to" if is_back else "Promote"
    words = f"{verb} {found.sha[:12]} {words_of(found)}".strip()[:255]
    return words, ("rollback",) if is_back else own_tags(found.tags)


class CautionContext(Struct, frozen=True):
    """What the cautions of a draft depend on, besides the draft."""

    devices: int
    source: Deployment | None
    minimum: Deployment | None
    here_before: tuple[Deployment, ...]
    """Deployments of the group with the bytes of the source, newest first."""
    protected_because: str | None
    unapproved_because: str | None


def cautions(draft: Draft, around: CautionContext) -> tuple[Caution, ...]:
    """What a reviewer should know, the worst first."""
    name, source = draft.group.name, around.source
    found = []
    if around.protected_because is not None:
        found.append(Caution("protected", around.protected_because, forbids=True))
    if around.unapproved_because is not None:
        found.append(Caution("approval", around.unapproved_because, forbids=True))
    elif source is not None and standing(source) is Verdict.OBJECTED:
        names = ", ".join(mark.who for mark in live_marks(source) if mark.verdict is Verdict.OBJECTED)
        found.append(Caution("objected", f"{names} objects to this code."))
    if draft.group.type is GroupType.PRODUCTION:
        found.append(Caution("production", f"'{name}' is a production group: these devices are in the field."))
    if draft.began_with != (draft.base.id if draft.base else None):
        found.append(Caution("moved", f"'{name}' got another deployment since this review began; compared is what is there now."))
    minimum = around.minimum
    is_of_group = source is not None and source.group_id == draft.group.id
    if source is not None and is_of_group and minimum is not None and source.created_at < minimum.created_at:
        found.append(
            Caution("below-minimum", f"This code is older than {minimum.sha[:12]}, the oldest that '{name}' is said to support.")
        )
    if draft.base is not None and draft.programs == draft.base_programs:
        found.append(Caution("same-code", "Both programs are the same as those of the current deployment."))
    elif around.here_before and not is_of_group:
        before = around.here_before[0].created_at
        found.append(Caution("here-before", f"The same code was deployed to '{name}' before, on {before:%Y-%m-%d %H:%M} UTC."))
    if not draft.programs.agent_code.strip() and not draft.programs.device_code.strip():
        found.append(Caution("empty", "Both programs are empty."))
    if around.devices == 0:
        found.append(Caution("no-devices", "No device is in this group."))
    return tuple(found)
