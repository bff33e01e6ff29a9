"""The attributes of a device: where each of them lives, and a device as one tuple of plain values.

Every pass brings every device of the fleet past here, so what is only compared and written is not built into a `Device`
first: that costs as much as all else that a device costs.
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
    """A time as whole microseconds since 1970, UTC: compares as a number, and comes back exactly."""
    since = at - _EPOCH
    return since.days * _DAY_US + since.seconds * 1_000_000 + since.microseconds  # four times as quick as dividing


def to_us(at: datetime | None) -> int | None:
    """The same of a time that may not be known."""
    return None if at is None else us(at)


def at_us(value: int) -> datetime:
    """The time again."""
    return _EPOCH + timedelta(microseconds=value)


def from_us(value: int | None) -> datetime | None:
    """The same of a time that may not be known."""
    return None if value is None else at_us(value)


class Home(StrEnum):
    """The class in which an attribute lives, and why there."""

    DEVICE = "Device"
    """The service tells it in lists. A pass compares and stores it, and the digest of the document covers it."""
    READING = "Reading"
    """The service tells it of one device at a time, and it changes all the while. Visible devices are polled for it; it has
    the time at which it was read, and every value is saved as a sample."""


class Kind(Enum):
    """What the values of an attribute are, here and in a column of SQLite."""

    TEXT = "TEXT"
    NUMBER = "INTEGER"
    FLAG = "0 or 1"
    TIME = "microseconds"

    @property
    def column_type(self) -> str:
        """The type of a column of SQLite."""
        return "TEXT" if self is Kind.TEXT else "INTEGER"

    @property
    def to_plain(self) -> Callable[[Any], Any]:
        """Turns a value of `Device` into a plain one."""
        return _TO_PLAIN[self]

    @property
    def from_plain(self) -> Callable[[Any], Any]:
        """Turns a plain value into that of `Device`."""
        return _FROM_PLAIN[self]


def _same(value: Any) -> Any:
    return value


_TO_PLAIN: dict[Kind, Callable[[Any], Any]] = {Kind.TEXT: _same, Kind.NUMBER: _same, Kind.FLAG: int, Kind.TIME: to_us}
_FROM_PLAIN: dict[Kind, Callable[[Any], Any]] = {Kind.TEXT: _same, Kind.NUMBER: _same, Kind.FLAG: bool, Kind.TIME: from_us}


class Attribute(NamedTuple):
    """One attribute. Its name is that of the field in its home and in `DeviceRecord`, and of the column in the cache."""

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
"""Every attribute of a device but its references (owner, group, product), which columns hold as numbers of other rows.

A new attribute is a field of `Device`, a line here and a field of `DeviceRecord` at the same place; the cache adds its column.
"""

OF_DEVICE = tuple(each for each in ATTRIBUTES if each.home is Home.DEVICE)
OF_READING = tuple(each for each in ATTRIBUTES if each.home is Home.READING)

_FROM_PLAIN_OF_DEVICE = tuple((each.name, each.kind.from_plain) for each in OF_DEVICE)


class DeviceRecord(NamedTuple):
    """A device as the service told of it: the attributes of `OF_DEVICE` in their order, then references and digest.

    Times are microseconds (see `us`), flags are 0 or 1: as a column holds them.
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
    """Of the document in a list that told this, 8 bytes: a later list with the same tells the same. None: not from a list."""


def told_of(device: Device) -> DeviceRecord:
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
    """Return the device of plain values.

    Args:
        plain: The values of `OF_DEVICE`; what follows them is ignored.
        owner_id: Whose it is.
        group_id: Its group, as for the next two.
        product_id: The product.
        group_type: The type.
    """
    values: dict[str, Any] = {name: of(value) for (name, of), value in zip(_FROM_PLAIN_OF_DEVICE, plain, strict=False)}
    return Device(**values, owner_id=owner_id, group_id=group_id, product_id=product_id, group_type=group_type)
