"""The table of attributes."""

from datetime import UTC, datetime, timedelta

import pytest

from imptui.domain.device import Device, Reading
from imptui.domain.device_record import ATTRIBUTES, OF_DEVICE, OF_READING, DeviceRecord, Home, device_of, told_of
from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, AgentId, DeviceId, GroupId, ProductId

AT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
PUMP = Device(
    DeviceId("5000d8c46a56cf01"), "Pump", "0c:2a:69:05:11:a2", "10.0.0.7", "imp006", "9f1c2b7 - release-42.3", "plan", True, AT,
    AgentId("a1"), "https://agent.example/a1", False, AT - timedelta(days=1), None, AccountId("me"), GroupId("g"),
    ProductId("p"), GroupType.PRODUCTION,
)  # fmt: skip
REFERENCES = ("owner_id", "group_id", "product_id", "group_type")


def names_in(home: type) -> set[str]:
    return {name for name in home.__annotations__ if not name.startswith("_")}


def test_every_attribute_of_a_device_is_in_the_table() -> None:
    """Each field of `Device` is a line of the table or a reference, so that the cache has a column for it."""
    assert {each.name for each in OF_DEVICE} | set(REFERENCES) == names_in(Device)


def test_every_attribute_of_a_reading_is_in_the_table() -> None:
    """Each field of `Reading` is a line of the table."""
    assert {each.name for each in OF_READING} == names_in(Reading)


def test_the_record_has_the_attributes_in_the_order_of_the_table() -> None:
    """A record begins with the attributes of a device in their order, then come references and digest."""
    assert DeviceRecord._fields == (*(each.name for each in OF_DEVICE), *REFERENCES, "digest")


def test_a_device_survives_its_record() -> None:
    """A device read back from its plain values is the same, to the microsecond."""
    told = told_of(PUMP)
    assert device_of(told, told.owner_id, told.group_id, told.product_id, told.group_type) == PUMP


@pytest.mark.parametrize("each", ATTRIBUTES, ids=lambda each: each.name)
def test_a_home_is_the_name_of_its_class(each: object) -> None:
    """The table names the class of the model in which an attribute is a field."""
    assert each.name in names_in({Home.DEVICE: Device, Home.READING: Reading}[each.home])  # type: ignore[attr-defined]
