"""Devices: imps, each with its agent."""

from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, AgentId, DeviceId, GroupId, ProductId


class DeviceKind(StrEnum):
    """The role of a device in the factory. Source: primer, "Devices"; contract 11.1."""

    DEVELOPMENT = "development device"
    FIXTURE = "BlinkUp fixture"
    DUT = "device under test"
    TEST_BLESSED = "test-blessed device"
    PRODUCTION = "production device"


_KIND_IN_GROUP = {
    GroupType.DEVELOPMENT: DeviceKind.DEVELOPMENT,
    GroupType.FACTORY: DeviceKind.FIXTURE,
    GroupType.PRE_FACTORY: DeviceKind.FIXTURE,
    GroupType.DUT: DeviceKind.DUT,
    GroupType.PRE_DUT: DeviceKind.DUT,
    GroupType.PRE_PRODUCTION: DeviceKind.TEST_BLESSED,
    GroupType.PRODUCTION: DeviceKind.PRODUCTION,
}


def kind_in(group_type: GroupType | str | None) -> DeviceKind | None:
    """Return the kind of a device in a group of this type.

    Args:
        group_type: None for an unassigned device, which counts as a development device. It may be a future fixture as well.

    Returns:
        None for a group type that this version does not know.

    Source: primer, "Devices".
    """
    if group_type is None:
        return DeviceKind.DEVELOPMENT
    return _KIND_IN_GROUP.get(group_type) if isinstance(group_type, GroupType) else None


@lru_cache(maxsize=256)  # the devices of a fleet run few different releases
def release_in(swversion: str | None) -> str | None:
    """Return the impOS release in a version string, such as `42.3`; None for other strings. Source: contract 10.2."""
    for part in (swversion or "").split(" - "):
        if part.startswith("release-"):
            return part.removeprefix("release-")
    return None


class Reading(Struct, frozen=True):
    """RSSI and free memory as last reported by one device."""

    rssi_dbm: int | None
    """Received power. It is negative; nearer to zero is stronger. None: not reported."""

    free_memory_bytes: int | None
    """Free Squirrel memory on the device, not the agent. None: not reported."""

    read_at: datetime
    """UTC time at which the console read it. The service does not report the time of measurement."""


class Device(Struct, frozen=True):
    """One imp and its agent, as the service describes it. Source: primer, "Device Data Structure"; contract 10."""

    id: DeviceId
    name: str | None
    mac_address: str | None
    ip_address: str | None
    imp_type: str | None
    swversion: str | None
    plan_id: str | None
    is_online: bool
    state_changed_at: datetime | None
    """Time at which the device last connected or disconnected."""
    agent_id: AgentId | None
    agent_url: str | None
    is_agent_running: bool
    agent_state_changed_at: datetime | None
    last_enrolled_at: datetime | None
    """Time at which BlinkUp last configured the device."""
    owner_id: AccountId
    group_id: GroupId | None
    product_id: ProductId | None
    group_type: GroupType | str | None = None
    """Type of the group, from the device's relationship. None: the device is unassigned, or the service left it out."""

    @property
    def release(self) -> str | None:
        """Return the impOS release in `swversion`; see `release_in`."""
        return release_in(self.swversion)

    @property
    def label(self) -> str:
        """Return the device's name, or its id if it has no name."""
        return self.name or self.id
