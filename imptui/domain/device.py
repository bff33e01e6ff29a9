"""Devices: imps, with their agents."""

from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, AgentId, DeviceId, GroupId, ProductId


class DeviceKind(StrEnum):
    """What a device is, from the factory's point of view. Source: primer, "Devices"; contract 11.1."""

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
    """What a device in a group of this type is; an unassigned one (None) is a development device, or a fixture to be.

    Returns:
        None for a group type that this version does not know.

    Source: primer, "Devices".
    """
    if group_type is None:
        return DeviceKind.DEVELOPMENT
    return _KIND_IN_GROUP.get(group_type) if isinstance(group_type, GroupType) else None


@lru_cache(maxsize=256)  # a fleet runs a handful of releases
def release_in(swversion: str | None) -> str | None:
    """The impOS release that a version names, such as `42.3`; None where it has another shape. Source: contract 10.2."""
    for part in (swversion or "").split(" - "):
        if part.startswith("release-"):
            return part.removeprefix("release-")
    return None


class Reading(Struct, frozen=True):
    """What a device last said about its radio and memory."""

    rssi_dbm: int | None
    """Received power, negative, nearer zero is stronger. None: not reported."""

    free_memory_bytes: int | None
    """Free Squirrel memory on the device, not the agent. None: not reported."""

    read_at: datetime
    """When *we* read it, UTC; the service does not say when it was measured."""


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
    """When the device last connected or disconnected."""
    agent_id: AgentId | None
    agent_url: str | None
    is_agent_running: bool
    agent_state_changed_at: datetime | None
    last_enrolled_at: datetime | None
    """When the device was last configured by BlinkUp."""
    owner_id: AccountId
    group_id: GroupId | None
    product_id: ProductId | None
    group_type: GroupType | str | None = None
    """Type of the group as the device's relationship names it; None when unassigned or not told."""

    @property
    def release(self) -> str | None:
        """The impOS release in `swversion`: see `release_in`."""
        return release_in(self.swversion)

    @property
    def label(self) -> str:
        """What people call it: its name, else its id."""
        return self.name or self.id
