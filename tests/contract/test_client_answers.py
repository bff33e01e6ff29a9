"""What the console makes of the service's documents, in both dialects."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from imptui.client.codec import decode
from imptui.client.codec.refusals import refusal_in
from imptui.domain.account import Account, LoginKey, RefreshToken
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.device import Device, Reading
from imptui.domain.errors import CompileMessage, Conflict, Invalid, NotFound, OtpRequired, Rule
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.library import Library
from imptui.domain.log import Enrolment, LogEntry
from imptui.domain.product import Product
from imptui.domain.webhook import Webhook

WIRE = Path(__file__).parent.parent / "data" / "wire"
ME = "b6f9a0de-1b7f-4c55-8a0f-4b4cf3f0f001"
PRODUCT = "5d0c7c52-7a1f-4c0b-b1a1-0c3f6ad2e7b4"
DEV = "3c6d5e44-7f2a-4a43-8b2a-55cd3a2f4444"
PROD = "0d9d3a1e-3a43-4b43-9a47-2f5a0cb3a111"
DUT = "1a8b7c66-9d0e-4e21-8d0c-77ab5e0d2222"
FIXTURES = "2b7c6d55-8e1f-4f32-9c1b-66bc4f1e3333"
DEPLOYMENT = "4d5e4f33-6a3b-4b54-7a3b-44de2b1a5555"
AT = datetime(2023, 3, 14, 9, 26, 53, 589000, UTC)
READ_AT = datetime(2026, 1, 1, tzinfo=UTC)


def answer(name: str) -> bytes:
    return json.dumps(json.loads((WIRE / f"{name}.json").read_text())["answer"]).encode()


GREENHOUSE = Product(PRODUCT, "Greenhouse", "Soil and air sensing", ME, ME, AT, AT)
LINE = DeviceGroup(
    id=FIXTURES,
    type=GroupType.FACTORY,
    name="Line 1 fixtures",
    description="North hall",
    product_id=PRODUCT,
    owner_id=ME,
    creator_id=ME,
    created_at=datetime(2023, 3, 14, 9, 30, tzinfo=UTC),
    updated_at=datetime(2023, 3, 14, 9, 30, tzinfo=UTC),
    production_target_id=PROD,
    dut_target_id=DUT,
)
BED = Device(
    id="5000d8c46a5711aa",
    name="bed 4",
    mac_address="d8:c4:6a:57:11:aa",
    ip_address="192.0.2.44",
    imp_type="imp005",
    swversion="9f1c2b7 - release-42.3 - Tue Jan 10 12:00:00 2023 - production",
    plan_id="a1b2c3d4e5f60718",
    is_online=True,
    state_changed_at=datetime(2023, 3, 14, 8, 0, 11, 120000, UTC),
    agent_id="Qm3x_8ZkT1-a",
    agent_url="https://agent.electricimp.com/Qm3x_8ZkT1-a",
    is_agent_running=True,
    agent_state_changed_at=datetime(2023, 3, 14, 8, 0, 10, 4000, UTC),
    last_enrolled_at=datetime(2023, 2, 1, 15, 20, tzinfo=UTC),
    owner_id=ME,
    group_id=DEV,
    product_id=PRODUCT,
    group_type=GroupType.DEVELOPMENT,
)
FIRST_LIGHT = Deployment(
    id=DEPLOYMENT,
    sha="9a0b5c1d" * 8,
    description="first light",
    origin="git:7c1e",
    is_flagged=False,
    tags=("v0.1", "lab"),
    created_at=datetime(2023, 3, 14, 9, 40, 0, 1000, UTC),
    updated_at=datetime(2023, 3, 14, 9, 40, 0, 1000, UTC),
    group_id=DEV,
    group_type=GroupType.DEVELOPMENT,
    product_id=PRODUCT,
    creator_id=ME,
    owner_id=ME,
)


def test_product():
    """A product is read with its owner and times."""
    assert decode.product(answer("product")) == GREENHOUSE


def test_product_primer():
    """A product without the attributes that the primer leaves out has None for them, and wrapped owners are found."""
    assert decode.product(answer("product_primer")) == replace(GREENHOUSE, description=None, updated_at=None)


def test_page_in_the_middle():
    """A page with a next link says that the list goes on."""
    items, has_next, total = decode.products(answer("products_page"))
    assert (items, has_next, total) == ([replace(GREENHOUSE, description=None)], True, None)


def test_last_page():
    """A page without a next link is the last one, even an empty one."""
    assert decode.products(answer("products_last_page")) == ([], False, None)


def test_factory_group():
    """A factory group of the live service names both its targets among the relationships."""
    assert decode.group(answer("group_factory")) == LINE


def test_factory_group_primer():
    """A factory group of the primer has another type word and its target among the attributes."""
    expected = replace(LINE, updated_at=None, dut_target_id=None)
    assert decode.group(answer("group_factory_primer")) == expected


def test_production_group():
    """A production group is read with region, variables, both deployments and when code is loaded."""
    group = decode.group(answer("group_production"))
    assert group == DeviceGroup(
        id=PROD,
        type=GroupType.PRODUCTION,
        name="Field",
        description="",
        product_id=PRODUCT,
        owner_id=ME,
        creator_id=ME,
        created_at=AT,
        updated_at=AT,
        load_code_after_blessing=False,
        current_deployment_id=DEPLOYMENT,
        min_supported_deployment_id=DEPLOYMENT,
        region="eu",
        env_vars={"feedURL": "https://feed.example.test/v2", "feedVersion": 2},
    )


def test_group_of_unknown_type():
    """A group of a type that this version does not know keeps the service's word for it."""
    assert decode.group(answer("group_of_unknown_type")).type == "orbital_devicegroup"


def test_device_with_reading():
    """One device comes with its reading, which lists do not have."""
    assert decode.device_and_reading(answer("device"), READ_AT) == (BED, Reading(-58, 81234, READ_AT))


def test_device_unassigned():
    """An unassigned device of the live service simply lacks its group."""
    device, reading = decode.device_and_reading(answer("device_unassigned"), READ_AT)
    assert (device.group_id, device.product_id, device.group_type, device.agent_id) == (None, None, None, None)
    assert reading == Reading(None, None, READ_AT)


def test_device_unassigned_primer():
    """An unassigned device of the primer has null for its group; what it does not tell is None."""
    device = decode.device(answer("device_unassigned_primer"))
    assert (device.group_id, device.product_id, device.agent_url, device.last_enrolled_at) == (None, None, None, None)
    assert device.is_online


def test_device_primer():
    """The spelling `device_group` and the primer's type word are understood."""
    device = decode.device(answer("device_primer"))
    assert device == replace(BED, agent_url=None, plan_id=None, group_id=FIXTURES, group_type=GroupType.FACTORY)


def test_devices_page():
    """A page of devices keeps the service's order."""
    items, has_next, _ = decode.devices(answer("devices_page"))
    assert [device.label for device in items] == ["bed 4", "5000d8c46a5711ab"]
    assert has_next


def test_deployment_with_programs():
    """One deployment comes with both programs."""
    deployment, programs = decode.deployment_and_programs(answer("deployment"))
    assert deployment == FIRST_LIGHT
    assert programs == Programs(agent_code="", device_code='server.log("bed 4 up");')


def test_deployment_with_warnings():
    """What the compiler warned of comes with the new deployment."""
    deployment, warnings = decode.created_deployment(answer("deployment_with_warnings"))
    assert deployment == FIRST_LIGHT
    assert warnings == (CompileMessage("device", 1, 3, "warning", "unused variable"),)


def test_deployment_primer():
    """A deployment of the primer says `device_group`, and who flagged it."""
    deployment, programs = decode.deployment_and_programs(answer("deployment_primer"))
    assert (deployment.group_id, deployment.flagger_id, deployment.is_flagged, deployment.tags) == (DEV, ME, True, ())
    assert programs == Programs(agent_code="a", device_code="b")


def test_zombie():
    """A deployment whose group is gone has none, and in a list no programs."""
    items, has_next, _ = decode.deployments(answer("deployments_page_with_zombie"))
    assert items == [replace(FIRST_LIGHT, group_id=None, group_type=None)]
    assert not has_next


def test_account():
    """An account is read with its tier, and without times that are not told."""
    assert decode.account(answer("account")) == Account(ME, "grower", "grower@example.test", "developer")


def test_webhook():
    """A webhook is read with its group and event."""
    assert decode.webhook(answer("webhook")) == Webhook(
        id="6f7a6b55-8c5d-4d76-9c5d-66fa4d3c7777",
        url="https://hooks.example.test/in",
        event="blessing",
        content_type="application/json",
        group_id=PROD,
        group_type=GroupType.PRODUCTION,
        product_id=PRODUCT,
        owner_id=ME,
        creator_id=ME,
        created_at=AT,
        updated_at=AT,
    )


def test_login_key():
    """A login key is its own id, and does not show it."""
    key = decode.login_key(answer("login_key"))
    assert key == LoginKey("4c1e77a09b2d5f38", "ci", 0, AT, AT)
    assert "4c1e77a09b2d5f38" not in repr(key)


def test_refresh_tokens():
    """Refresh tokens are listed by id."""
    assert decode.refresh_tokens(answer("refresh_tokens_page"))[0] == [RefreshToken("rt-1", AT, None)]


def test_libraries():
    """A library lists its versions, newest first."""
    expected = Library("Twilio", "Twilio", is_supported=True, versions=("Twilio:1.2.3", "Twilio:1.0.0"))
    assert decode.libraries(answer("libraries_page"))[0] == [expected]


def test_logs():
    """Earlier log lines come newest first and carry the device that was asked for."""
    items, has_next, _ = decode.logs(answer("logs_page"), "5000d8c46a5711aa")
    assert items[0] == LogEntry("5000d8c46a5711aa", datetime(2023, 3, 14, 9, 41, 12, 400000, UTC), "server.log", "second")
    assert [entry.text for entry in items] == ["second", "first"]
    assert has_next


def test_history():
    """A device's history says what happened and who did it."""
    items, _, _ = decode.history(answer("history_page"), "5000d8c46a5711aa")
    assert items == [Enrolment("5000d8c46a5711aa", AT, "assigned", ME, ME)]


def test_refused_compilation():
    """Code that does not compile comes back with place and text of each error."""
    refusal = refusal_in(400, answer("refused_compilation"), "create a deployment in group g")
    assert isinstance(refusal, Invalid)
    assert refusal.rule is Rule.COMPILATION
    assert refusal.compile_messages == (CompileMessage("device", 3, 12, "error", "expected ')'"),)
    assert refusal.reason == "Could not create a deployment in group g: Device code compilation failed."


def test_refused_bulk():
    """A bulk call is refused device by device, each with its own kind, rule and subject."""
    refs = ["5000d8c46a5711aa", "0c:2a:69:ff:ff:ff", "5000d8c46a5711ac"]
    refusal = refusal_in(400, answer("refused_bulk"), "assign 3 devices to group g", refs=refs)
    assert [(type(part), part.rule, part.subject) for part in refusal.parts] == [
        (NotFound, Rule.NOT_FOUND, "0c:2a:69:ff:ff:ff"),
        (Conflict, Rule.WRONG_KIND_FOR_GROUP, "5000d8c46a5711aa"),
    ]
    assert refusal.reason.startswith("Could not assign 3 devices to group g: 2 of 3 refused. No device with")


def test_refused_otp():
    """A login that needs a one-time password hands on the login token, and does not show it."""
    refusal = refusal_in(403, answer("refused_otp"), "log in as grower")
    assert isinstance(refusal, OtpRequired)
    assert (refusal.login_token, refusal.expires_at) == ("opaque", "2023-03-14T09:31:53.589Z")
    assert "opaque" not in str(refusal)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("refused_duplicate_group", Rule.DUPLICATE_GROUP_NAME),
        ("refused_duplicate_product", Rule.DUPLICATE_PRODUCT_NAME),
    ],
)
def test_refused_duplicates(name, rule):
    """One code stands for duplicate names of products and of groups; the words tell which."""
    refusal = refusal_in(409, answer(name), "create it")
    assert isinstance(refusal, Conflict)
    assert refusal.rule is rule
