"""What the console sends: exactly the documents of the contract."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from imptui.client.central import Central
from imptui.client.secret import ClientCredentials, Secret
from imptui.domain.deployment import Programs
from imptui.domain.group import GroupType

WIRE = Path(__file__).parent.parent / "data" / "wire"
ME = "b6f9a0de-1b7f-4c55-8a0f-4b4cf3f0f001"
PRODUCT = "5d0c7c52-7a1f-4c0b-b1a1-0c3f6ad2e7b4"
DEV = "3c6d5e44-7f2a-4a43-8b2a-55cd3a2f4444"
PROD = "0d9d3a1e-3a43-4b43-9a47-2f5a0cb3a111"
DUT = "1a8b7c66-9d0e-4e21-8d0c-77ab5e0d2222"
FIXTURES = "2b7c6d55-8e1f-4f32-9c1b-66bc4f1e3333"
DEPLOYMENT = "4d5e4f33-6a3b-4b54-7a3b-44de2b1a5555"
DEVICE = "5000d8c46a5711aa"
TWO = [DEVICE, "0c:2a:69:0b:51:7e"]
PASSWORD = Secret("not-a-real-one")

Ask = Callable[[Central], Awaitable[object]]
ASKED: dict[str, tuple[str | None, Ask]] = {
    "ask_login": ("tokens", lambda c: c.login("grower", PASSWORD)),
    "ask_login_otp": ("tokens", lambda c: c.login_otp(Secret("opaque"), Secret("123456"))),
    "ask_exchange_token": ("tokens", lambda c: c.exchange(refresh_token=Secret("the refresh token"))),
    "ask_exchange_key": ("tokens", lambda c: c.exchange(login_key=Secret("the login key"))),
    "ask_new_product": ("product", lambda c: c.products.create("Greenhouse", "Soil and air sensing", owner_id=ME)),
    "ask_new_factory_group": (
        "group_factory",
        lambda c: c.groups.create(
            GroupType.FACTORY,
            "Line 1 fixtures",
            PRODUCT,
            description="North hall",
            production_target=PROD,
            dut_target=DUT,
        ),
    ),
    "ask_changed_group": (
        "group_production",
        lambda c: c.groups.update(PROD, GroupType.PRODUCTION, env_vars={"feedVersion": 3}, load_code_after_blessing=True),
    ),
    "ask_new_target": (
        "group_factory",
        lambda c: c.groups.update(FIXTURES, GroupType.PRE_FACTORY, production_target=PROD),
    ),
    "ask_rename_device": ("device", lambda c: c.devices.rename(DEVICE, "bed 4")),
    "ask_assign": (None, lambda c: c.groups.assign(DEV, TWO)),
    "ask_unassign": (None, lambda c: c.groups.unassign(PROD, TWO, unbond_key=Secret("unbond"))),
    "ask_restart_group": (None, lambda c: c.groups.restart(DEV)),
    "ask_restart_device_conditionally": (None, lambda c: c.devices.restart(TWO[1], conditional=True)),
    "ask_min_supported": (None, lambda c: c.groups.set_min_supported(DEV, DEPLOYMENT)),
    "ask_new_deployment": (
        "deployment",
        lambda c: c.deployments.create(
            DEV,
            GroupType.DEVELOPMENT,
            Programs(agent_code="", device_code='server.log("bed 4 up");'),
            description="first light",
            origin="git:7c1e",
            tags=("v0.1", "lab"),
        ),
    ),
    "ask_flag_deployment": ("deployment", lambda c: c.deployments.update(DEPLOYMENT, tags=[], is_flagged=True)),
    "ask_new_webhook": (
        "webhook",
        lambda c: c.webhooks.create(PROD, GroupType.PRODUCTION, "https://hooks.example.test/in", "blessing"),
    ),
    "ask_new_login_key": ("login_key", lambda c: c.login_keys.create(PASSWORD, "ci")),
    "ask_delete_login_key": (None, lambda c: c.login_keys.delete(Secret("4c1e77a09b2d5f38"), PASSWORD)),
}


def document(name: str) -> dict:
    return json.loads((WIRE / f"{name}.json").read_text())


@pytest.mark.parametrize("name", ASKED)
async def test_request(name):
    """Each call sends the verb, path, headers and document that the contract shows, once."""
    seen: list[httpx.Request] = []
    reply, ask = ASKED[name]

    def serve(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204) if reply is None else httpx.Response(200, json=document(reply)["answer"])

    transport = httpx.MockTransport(serve)
    known = ClientCredentials("grower", Secret("a token"))
    async with Central("http://cloud.test/v5", credentials=known, transport=transport) as central:
        await ask(central)
    expected = document(name)["request"]
    (request,) = seen
    assert (request.method, request.url.raw_path.decode()) == (expected["verb"], expected["path"])
    assert (json.loads(request.content) if request.content else None) == expected["body"]
    for header, value in expected.get("headers", {}).items():
        assert request.headers[header] == value
    is_login = expected["path"].startswith("/v5/auth")
    assert request.headers.get("authorization") == (None if is_login else "Bearer a token")


def test_every_document_is_used():
    """No document of a request lies about without a call that sends it."""
    assert {path.stem for path in WIRE.glob("ask_*.json")} == set(ASKED)
