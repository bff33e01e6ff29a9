"""Device groups: collections of devices that all run the same code."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from imptui.domain.ids import AccountId, DeploymentId, GroupId, ProductId

NO_VARS: Mapping[str, str | int | float] = MappingProxyType({})


class GroupType(StrEnum):
    """The types of device group: five of the primer, and two DUT types of the live service.

    Source: primer, "Device Groups"; contract 8.1.
    """

    DEVELOPMENT = "development"
    PRE_FACTORY = "pre-factory"
    PRE_DUT = "pre-dut"
    PRE_PRODUCTION = "pre-production"
    FACTORY = "factory"
    DUT = "dut"
    PRODUCTION = "production"

    @property
    def is_fixtures(self) -> bool:
        """True if the group holds BlinkUp fixtures. Only such groups have targets."""
        return self in (GroupType.FACTORY, GroupType.PRE_FACTORY)

    @property
    def is_blessed(self) -> bool:
        """True if the group holds blessed devices. Devices arrive there by blessing, never by assignment from outside."""
        return self in (GroupType.PRODUCTION, GroupType.PRE_PRODUCTION)

    @property
    def is_dut(self) -> bool:
        """True if the group holds devices under test. Only the service places devices there."""
        return self in (GroupType.DUT, GroupType.PRE_DUT)

    @property
    def production_target_type(self) -> "GroupType | None":
        """Return the required type of the production target; None if the group may have none. Source: contract 8.4."""
        return {GroupType.FACTORY: GroupType.PRODUCTION, GroupType.PRE_FACTORY: GroupType.PRE_PRODUCTION}.get(self)

    @property
    def dut_target_type(self) -> "GroupType | None":
        """Return the required type of the DUT target; None if the group may have none. Source: contract 8.4."""
        return {GroupType.FACTORY: GroupType.DUT, GroupType.PRE_FACTORY: GroupType.PRE_DUT}.get(self)


FIVE_TYPES = (
    GroupType.DEVELOPMENT,
    GroupType.PRE_FACTORY,
    GroupType.PRE_PRODUCTION,
    GroupType.FACTORY,
    GroupType.PRODUCTION,
)
"""The group types of the primer, in its order."""


class DeviceGroup(Struct, frozen=True):
    """A device group. Source: primer, "The Device Group Data Structure"; contract 8."""

    id: GroupId
    type: GroupType | str
    """A plain string is the service's name for a type that this version does not know."""
    name: str
    description: str | None
    product_id: ProductId
    owner_id: AccountId
    creator_id: AccountId | None
    created_at: datetime
    updated_at: datetime | None = None
    load_code_after_blessing: bool | None = None
    """True: newly blessed devices get their program at once; False: at the first end-user BlinkUp; None: does not apply."""
    production_target_id: GroupId | None = None
    dut_target_id: GroupId | None = None
    current_deployment_id: DeploymentId | None = None
    min_supported_deployment_id: DeploymentId | None = None
    region: str | None = None
    env_vars: Mapping[str, str | int | float] = NO_VARS
