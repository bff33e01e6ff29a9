"""Messages that widgets post to the application, because they do not open screens themselves."""

from dataclasses import dataclass

from textual.message import Message

from imptui.domain.ids import DeploymentId, DeviceId, GroupId


@dataclass
class FleetChanged(Message):
    """The cache has a newer generation. The message carries no data, so several can be merged into one."""

    generation: int

    def can_replace(self, message: Message) -> bool:
        """Replace an older message by a newer one."""
        return isinstance(message, FleetChanged)


@dataclass
class OpenDevice(Message):
    """Ask for the screen of a device."""

    device_id: DeviceId


@dataclass
class OpenCode(Message):
    """Ask for the programs of a deployment."""

    deployment_id: DeploymentId


@dataclass
class OpenReview(Message):
    """Ask for the review of a deployment to a group."""

    group_id: GroupId
    source_id: DeploymentId | None = None


@dataclass
class ShowMessage(Message):
    """Ask for one sentence on the bottom line."""

    text: str
