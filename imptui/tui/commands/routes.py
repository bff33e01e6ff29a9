"""Destinations of the navigator: one type for each screen, with the ids that it needs."""

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from imptui.domain.ids import DeploymentId, DeviceId, GroupId, ProductId

if TYPE_CHECKING:
    from imptui.fleet.deployments.draft import UnfinishedReview


class CodePlace(Struct, frozen=True):
    """A line in one of the programs of a deployment."""

    program: str
    """The name of the program, `agent` or `device`."""
    line: int
    """The number of the line, from 1."""
    needle: str = ""
    """The text to search there; empty: none."""


class DeviceRoute(Struct, frozen=True):
    """The device screen. It replaces a device screen that is in front."""

    device_id: DeviceId


class CodeRoute(Struct, frozen=True):
    """The code screen of a deployment, at a place in it."""

    deployment_id: DeploymentId
    place: CodePlace | None = None


class RolloutRoute(Struct, frozen=True):
    """The rollout screen of a deployment."""

    deployment_id: DeploymentId
    before_id: DeploymentId | None = None
    """The deployment that `B` rolls back to."""


class LineageRoute(Struct, frozen=True):
    """The lineage of a product, with a group chosen."""

    product_id: ProductId
    group_id: GroupId | None = None


class CleaningRoute(Struct, frozen=True):
    """The clean-up of old deployments of a group."""

    group_id: GroupId


class CodeSearchRoute(Struct, frozen=True):
    """The search in all code; for an empty text, the screen asks."""

    text: str = ""


class ReviewRoute(Struct, frozen=True):
    """The review of a deployment to a group.

    Without a source the screen asks for one; `unfinished` resumes a saved review.
    """

    group_id: GroupId
    source_id: DeploymentId | None = None
    unfinished: "UnfinishedReview | None" = None


class DeploymentsRoute(Struct, frozen=True):
    """The history of a group or a product."""

    group_id: GroupId | None = None
    product_id: ProductId | None = None


class LogsRoute(Struct, frozen=True):
    """The live log of some devices, or of every device of a group."""

    device_ids: tuple[DeviceId, ...]
    title: str
    group_id: GroupId | None = None


class FactoryLineRoute(Struct, frozen=True):
    """The production line of a fixture group."""

    group_id: GroupId


Route: TypeAlias = (
    DeviceRoute
    | CodeRoute
    | RolloutRoute
    | LineageRoute
    | CleaningRoute
    | CodeSearchRoute
    | ReviewRoute
    | DeploymentsRoute
    | LogsRoute
    | FactoryLineRoute
)
"""Every destination that a command or a screen can name."""
