"""A draft of a deployment, with the cautions of its review."""

import json
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import asdict, replace

from imptui.domain.deployment import Deployment, Programs
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import DeploymentId, GroupId
from imptui.domain.review_mark import description_of, own_tags
from imptui.domain.rows import SavedDraft
from imptui.fleet.deployments.draft_codec import body_of

NO_PROGRAMS = Programs("", "")


class RestartMode(StrEnum):
    """The restart that follows the creation of a deployment."""

    NONE = "none"
    CONDITIONAL = "conditional"
    HARD = "hard"


class Caution(Struct, frozen=True):
    """One fact that a reviewer should weigh before deploying."""

    key: str
    """`production`, `protected`, `approval`, `objected`, `moved`, `below-minimum`, `same-code`, `here-before`, `empty` or
    `no-devices`."""
    text: str
    forbids: bool = False
    """True if deploying will be refused; otherwise the reviewer decides."""


class Draft(Struct, frozen=True):
    """The group, programs and words of a deployment to create."""

    key: str
    group: DeviceGroup
    base: Deployment | None
    """The current deployment of the group, which the programs are compared with."""
    base_programs: Programs
    programs: Programs
    source: str
    """The origin of the programs, in words: "deployment 3f2a of 1.0 Development", "meter.agent.nut"."""
    description: str = ""
    origin: str | None = None
    tags: tuple[str, ...] = ()
    is_flagged: bool = False
    restart: RestartMode = RestartMode.NONE
    cautions: tuple[Caution, ...] = ()
    source_id: DeploymentId | None = None
    """The deployment whose exact bytes these are; None: they are in none."""
    began_with: DeploymentId | None = None
    """The group's current deployment when the review began, possibly days ago."""

    @property
    def needs_name(self) -> bool:
        """True if the user must type the group's name to confirm."""
        return self.group.type is GroupType.PRODUCTION

    @property
    def forbidden_because(self) -> str | None:
        """The first reason why deploying will be refused; None: no reason is known."""
        return next((caution.text for caution in self.cautions if caution.forbids), None)


class UnfinishedReview(Struct, frozen=True):
    """A saved review that was neither deployed nor discarded."""

    key: str
    group_id: GroupId
    group_name: str
    """The name of the group, or its id if it is unknown. Text from outside."""
    source: str
    description: str
    saved_at: datetime
    draft: SavedDraft
    trouble: str | None = None
    """A sentence that says why a damaged draft cannot be resumed; None: it can. It stays until it is discarded."""


def key_of(group_id: GroupId, programs: Programs) -> str:
    """Return the key of a saved draft: one for each group and pair of programs."""
    digest = sha256()
    for text in (programs.agent_code, programs.device_code):
        code = text.encode("utf-8", "surrogatepass")
        digest.update(len(code).to_bytes(8, "big") + code)
    return f"deploy {group_id} {digest.hexdigest()[:16]}"


def group_of_key(key: str) -> GroupId | None:
    """Return the group in the key of a saved draft; None: the key is not one of a draft."""
    match key.split(" "):
        case ["deploy", group_id, _]:
            return GroupId(group_id)
        case _:
            return None


def saved_of(draft: Draft, now: datetime) -> SavedDraft:
    """Return a draft in the form in which the cache stores it."""
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
    return SavedDraft(draft.key, json.dumps(body), now)


def worded_like(draft: Draft, saved: SavedDraft) -> Draft:
    """Return a draft with the description, tags and choices of the saved one.

    Raises:
        Invalid: The saved one is damaged.
    """
    body = body_of(saved)
    return replace(
        draft,
        key=saved.key,
        description=body.description,
        origin=body.origin,
        tags=tuple(body.tags),
        is_flagged=body.is_flagged,
        restart=RestartMode(body.restart) if body.restart in set(RestartMode) else RestartMode.NONE,
        began_with=None if body.base_id is None else DeploymentId(body.base_id),
    )


def copy_words(found: Deployment, *, is_back: bool) -> tuple[str, tuple[str, ...]]:
    """Return description and tags for a copy of a deployment: they name the original and leave out its marks."""
    verb = "Roll back to" if is_back else "Promote"
    words = f"{verb} {found.sha[:12]} {description_of(found)}".strip()[:255]
    return words, ("rollback",) if is_back else own_tags(found.tags)
