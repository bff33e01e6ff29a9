"""What is news of a device."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from imptui.domain.device import Device, Reading
from imptui.domain.ids import AccountId, DeviceId, GroupId
from imptui.domain.rows import DeviceRow
from imptui.tui.present.news import news

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DEVICE = Device(
    id=DeviceId("5000d8c46a56cfca"), name="Boiler", mac_address=None, ip_address=None, imp_type="imp005", swversion=None,
    plan_id=None, is_online=True, state_changed_at=NOW, agent_id=None, agent_url=None, is_agent_running=True,
    agent_state_changed_at=None, last_enrolled_at=None, owner_id=AccountId("a"), group_id=GroupId("g1"), product_id=None,
)  # fmt: skip
ROW = DeviceRow(DEVICE, "bench", "Greenhouse", Reading(-60, 20_000, NOW), NOW + timedelta(hours=1), 1)
LATER = NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        (None, "Boiler is gone from the account."),
        (replace(ROW, device=replace(DEVICE, is_online=False)), "Boiler is offline."),
        (replace(ROW, device=replace(DEVICE, group_id=GroupId("g2")), group_name="shelf"), "Boiler is in shelf now."),
        (replace(ROW, device=replace(DEVICE, group_id=None), group_name=None), "Boiler is in no group now."),
        (
            replace(ROW, device=replace(DEVICE, state_changed_at=LATER, agent_state_changed_at=LATER)),
            "Boiler has restarted since the deployment.",
        ),
    ],
)
def test_what_happens_to_a_device_is_one_sentence(after: DeviceRow | None, sentence: str) -> None:
    """Going, coming, moving and restarting are news, each in the words of the floor."""
    assert news(ROW, after) == sentence


def test_readings_are_no_news() -> None:
    """Signal and memory change all the time."""
    assert news(ROW, replace(ROW, reading=Reading(-90, 9_000, NOW))) is None
