"""Requests that cross widgets: whoever has no business with screens posts one of these, the application answers."""

from dataclasses import dataclass

from textual.message import Message

from imptui.domain.ids import DeploymentId, DeviceId, GroupId


@dataclass
class FleetChanged(Message):
    """The cache has a newer generation. May be collapsed with others, so it carries nothing else."""

    generation: int

    def can_replace(self, message: Message) -> bool:
        """A newer one makes an older one needless."""
        return isinstance(message, FleetChanged)


@dataclass
class OpenDevice(Message):
    """Show one device."""

    device_id: DeviceId


@dataclass
class OpenCode(Message):
    """Show the programs of a deployment."""

    deployment_id: DeploymentId


@dataclass
class OpenReview(Message):
    """Review what would be deployed to a group."""

    group_id: GroupId
    source_id: DeploymentId | None = None


@dataclass
class Say(Message):
    """One sentence for the bottom line."""

    text: str
