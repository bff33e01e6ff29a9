"""A small fleet in a cache."""

from datetime import UTC, datetime

from msgspec.structs import replace

from imptui.domain.device import Device
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import AccountId, AgentId, DeviceId, GroupId, ProductId
from imptui.domain.product import Product

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OWNER = AccountId("00000000-0000-4000-8000-000000000001")
BOILER = Product(ProductId("boiler"), "Boiler", None, OWNER, None, NOW)
LINE = DeviceGroup(GroupId("line"), GroupType.PRODUCTION, "Line 3", None, BOILER.id, OWNER, None, NOW)
PUMP = Device(
    id=DeviceId("50000c2a690b517e"),
    name="Pump 1",
    mac_address="0c:2a:69:0b:51:7e",
    ip_address="192.0.2.1",
    imp_type="imp005",
    swversion="9f1c2b7 - release-42.3 - Tue Jan 10 12:00:00 2023 - production",
    plan_id=None,
    is_online=True,
    state_changed_at=NOW,
    agent_id=AgentId("Qm3x_8ZkT1-a"),
    agent_url="https://agent.electricimp.com/Qm3x_8ZkT1-a",
    is_agent_running=True,
    agent_state_changed_at=NOW,
    last_enrolled_at=None,
    owner_id=OWNER,
    group_id=LINE.id,
    product_id=BOILER.id,
    group_type=GroupType.PRODUCTION,
)


def pumps(count: int) -> list[Device]:
    return [
        replace(PUMP, id=DeviceId(f"50000c2a69{number:06x}"), name=f"Pump {number}", mac_address=f"0c:2a:69:00:00:{number:02x}")
        for number in range(count)
    ]
