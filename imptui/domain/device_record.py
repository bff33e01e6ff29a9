"""What a document of the service tells of a device, as plain values in one tuple.

Every pass brings every device of the fleet past here, so what is only compared and written down is not built into a
`Device` first: that costs as much as all else that a device costs.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from imptui.domain.device import Device
from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, AgentId, DeviceId, GroupId, ProductId

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_US = 86_400 * 1_000_000


def us(at: datetime) -> int:
    """A time as whole microseconds since 1970, UTC: compares as a number, and comes back exactly."""
    since = at - _EPOCH
    return since.days * _DAY_US + since.seconds * 1_000_000 + since.microseconds  # four times as quick as dividing


def to_us(at: datetime | None) -> int | None:
    """The same of a time that may not be known."""
    return None if at is None else us(at)


def at_us(value: int) -> datetime:
    """The time again."""
    return _EPOCH + timedelta(microseconds=value)


class DeviceRecord(NamedTuple):
    """A device as the service told of it; see `imptui.domain.device.Device` for what the parts mean.

    Times are microseconds, see `us`.
    """

    id: DeviceId
    name: str | None
    mac_address: str | None
    ip_address: str | None
    imp_type: str | None
    swversion: str | None
    plan_id: str | None
    is_online: bool
    state_changed_us: int | None
    agent_id: AgentId | None
    agent_url: str | None
    is_agent_running: bool
    agent_state_changed_us: int | None
    last_enrolled_us: int | None
    owner_id: AccountId
    group_id: GroupId | None
    product_id: ProductId | None
    group_type: GroupType | str | None
    digest: bytes | None
    """Of the document in a list that told this, 8 bytes: a later list with the same tells the same. None: not from a list."""


def told_of(device: Device) -> DeviceRecord:
    """What a device that is at hand tells."""
    return DeviceRecord(
        device.id, device.name, device.mac_address, device.ip_address, device.imp_type, device.swversion, device.plan_id,
        device.is_online, to_us(device.state_changed_at), device.agent_id, device.agent_url, device.is_agent_running,
        to_us(device.agent_state_changed_at), to_us(device.last_enrolled_at), device.owner_id, device.group_id,
        device.product_id, device.group_type, None,
    )  # fmt: skip
