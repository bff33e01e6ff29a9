"""Draft, check, create, restart, watch the rollout, go back.

A review is made from a `Draft`: which group, which two programs, compared with which base. On deploy the group is read
again; if its current deployment is no longer the base, `BaseMoved` brings the new one and nothing is created. A creation
whose answer was lost is looked up by sha and origin before anything is tried again: never two deployments from one review.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from imptui.model.deployment import Deployment, Programs
from imptui.model.group import DeviceGroup
from imptui.model.ids import DeploymentId, DeviceId, GroupId
from imptui.model.line import DeviceRow


class Restart(StrEnum):
    """What happens to the devices after a deployment was created."""

    NONE = "none"
    CONDITIONAL = "conditional"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Warning:
    """Something a reviewer should know before deploying; none of them forbids it."""

    key: str
    """`production`, `below-minimum`, `same-code`, `base-moved`, `no-devices`, `protected`."""
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A deployment that does not exist yet."""

    id: str
    group: DeviceGroup
    base: Deployment | None
    """What the group runs now, and what the programs are compared with."""
    base_programs: Programs
    programs: Programs
    source: str
    """Where the programs come from, in words: "deployment 3f2a of 1.0 Development", "meter.agent.nut"."""
    description: str
    origin: str | None
    tags: tuple[str, ...]
    is_flagged: bool
    restart: Restart
    warnings: tuple[Warning, ...]


@dataclass(frozen=True, slots=True)
class Rollout:
    """How far a deployment has come among the devices of its group, as far as can be inferred."""

    deployment: Deployment
    group: DeviceGroup
    total: int
    restarted: int
    """Devices whose last restart we know to be after the deployment."""
    waiting: int
    """Online, not restarted since."""
    offline: int
    """Offline: they take the deployment when they next connect."""
    started_at: datetime
    stuck: tuple[DeviceRow, ...]
    """The first devices that wait longest."""


class Deploys:
    """
    async programs(deployment_id) -> Programs           from the cache, else fetched and kept
    async draft(group_id, *, programs: Programs, source: str, description="", origin=None, tags=()) -> Draft
    async draft_from_deployment(group_id, deployment_id, ...) -> Draft          promote or roll back: the exact bytes
    async keep(draft) / async drafts() / async drop(draft_id)
    async deploy(draft) -> Deployed(deployment, restart_failure: Exception|None)
    async rollout(deployment_id) -> Rollout
    """
