"""The attributes of a device: where each of them is stored, and a device as one tuple of plain values.

A pass reads every device of the fleet in this form. Building a `Device` costs as much as all other work per device, so a pass
builds none for values that it only compares and writes.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum
from typing import Any, NamedTuple

from imptui.domain.device import Device
from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, AgentId, DeviceId, GroupId, ProductId

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_US = 86_400 * 1_000_000


def us(at: datetime) -> int:
    """Return a time as whole microseconds since 1970, UTC. The number sorts like the time and converts back without loss."""
    since = at - _EPOCH
    # four times as fast as dividing by timedelta(microseconds=1)
    return since.days * _DAY_US + since.seconds * 1_000_000 + since.microseconds


def to_us(at: datetime | None) -> int | None:
    """Return a time as microseconds since 1970, or None for None."""
    return None if at is None else us(at)


def at_us(value: int) -> datetime:
    """Return the UTC time of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=value)


def from_us(value: int | None) -> datetime | None:
    """Return the UTC time of microseconds since 1970, or None for None."""
    return None if value is None else at_us(value)


class Home(StrEnum):
    """The class that holds an attribute, with the reason."""

    DEVICE = "Device"
    """Lists of the service contain the attribute. A pass compares and stores it, and the digest of the list entry covers it."""
    READING = "Reading"
    """Only single-device answers contain the attribute, and it changes constantly. The console polls it for visible devices,
    stores the time of reading with it, and saves every value as a sample."""


class Kind(Enum):
    """The type of an attribute's values, in Python and in a column of SQLite."""

    TEXT = "TEXT"
    NUMBER = "INTEGER"
    FLAG = "0 or 1"
    TIME = "microseconds"

    @property
    def column_type(self) -> str:
        """Return the type of the column in SQLite."""
        return "TEXT" if self is Kind.TEXT else "INTEGER"

    @property
    def to_plain(self) -> Callable[[Any], Any]:
        """Return the function that turns a value of `Device` into a plain one."""
        return _TO_PLAIN[self]

    @property
    def from_plain(self) -> Callable[[Any], Any]:
        """Return the function that turns a plain value into that of `Device`."""
        return _FROM_PLAIN[self]


def _same(value: Any) -> Any:
    return value


_TO_PLAIN: dict[Kind, Callable[[Any], Any]] = {Kind.TEXT: _same, Kind.NUMBER: _same, Kind.FLAG: int, Kind.TIME: to_us}
_FROM_PLAIN: dict[Kind, Callable[[Any], Any]] = {Kind.TEXT: _same, Kind.NUMBER: _same, Kind.FLAG: bool, Kind.TIME: from_us}


class Attribute(NamedTuple):
    """One attribute. `name` is the field in its home and in `DeviceRecord`, and the column in the cache."""

    name: str
    kind: Kind
    home: Home = Home.DEVICE


ATTRIBUTES = (
    Attribute("id", Kind.TEXT),
    Attribute("name", Kind.TEXT),
    Attribute("mac_address", Kind.TEXT),
    Attribute("ip_address", Kind.TEXT),
    Attribute("imp_type", Kind.TEXT),
    Attribute("swversion", Kind.TEXT),
    Attribute("plan_id", Kind.TEXT),
    Attribute("is_online", Kind.FLAG),
    Attribute("state_changed_at", Kind.TIME),
    Attribute("agent_id", Kind.TEXT),
    Attribute("agent_url", Kind.TEXT),
    Attribute("is_agent_running", Kind.FLAG),
    Attribute("agent_state_changed_at", Kind.TIME),
    Attribute("last_enrolled_at", Kind.TIME),
    Attribute("rssi_dbm", Kind.NUMBER, Home.READING),
    Attribute("free_memory_bytes", Kind.NUMBER, Home.READING),
    Attribute("read_at", Kind.TIME, Home.READING),
)
"""All attributes of a device except its references (owner, group, product). Columns hold those as row numbers.

A new attribute needs a field of `Device`, an entry here, and a field of `DeviceRecord` at the same position. The cache then adds
its column.
"""

OF_DEVICE = tuple(each for each in ATTRIBUTES if each.home is Home.DEVICE)
OF_READING = tuple(each for each in ATTRIBUTES if each.home is Home.READING)

_FROM_PLAIN_OF_DEVICE = tuple((each.name, each.kind.from_plain) for each in OF_DEVICE)


class DeviceRecord(NamedTuple):
    """A device as the service reported it: the attributes of `OF_DEVICE` in their order, then references and digest.

    Times are microseconds (see `us`) and flags are 0 or 1, as in a column of SQLite.
    """

    id: DeviceId
    name: str | None
    mac_address: str | None
    ip_address: str | None
    imp_type: str | None
    swversion: str | None
    plan_id: str | None
    is_online: int
    state_changed_at: int | None
    agent_id: AgentId | None
    agent_url: str | None
    is_agent_running: int
    agent_state_changed_at: int | None
    last_enrolled_at: int | None
    owner_id: AccountId
    group_id: GroupId | None
    product_id: ProductId | None
    group_type: GroupType | str | None
    digest: bytes | None
    """Digest of the list entry, 8 bytes; equal means unchanged. None: the device was not read from a list."""


def record_of(device: Device) -> DeviceRecord:
    """Return the plain values of a device."""
    plain = [each.kind.to_plain(getattr(device, each.name)) for each in OF_DEVICE]
    return DeviceRecord._make([*plain, device.owner_id, device.group_id, device.product_id, device.group_type, None])


def device_of(
    plain: Iterable[object],
    owner_id: AccountId,
    group_id: GroupId | None,
    product_id: ProductId | None,
    group_type: GroupType | str | None,
) -> Device:
    """Build a device from plain values.

    Args:
        plain: The values of `OF_DEVICE`, in that order; further values are ignored.
        owner_id: The account that owns the device.
        group_id: Its group; None if it is unassigned.
        product_id: The product of that group.
        group_type: The type of that group.
    """
    values: dict[str, Any] = {name: of(value) for (name, of), value in zip(_FROM_PLAIN_OF_DEVICE, plain, strict=False)}
    return Device(**values, owner_id=owner_id, group_id=group_id, product_id=product_id, group_type=group_type)
