"""Contract section 11: fixtures, devices under test, blessing, first BlinkUp, unblessing, as the API shows them."""

import pytest

from imptui.cloud.rules import factory

KEY = {"X-Electricimp-Key": "unbond-me"}


async def line(api, kind="factoryfixture", **more):
    """A fixture group and a fixture in it that is online."""
    group = await api.group(kind, **more)
    return group, await api.assigned(group, is_online=True)


async def group_of(api, device_id):
    return (await api.one(f"/devices/{device_id}"))["relationships"].get("devicegroup")


def target_of(group, name="production_target"):
    return group["relationships"][name]


async def test_a_dut_appears_in_the_dut_group(api):
    """A device that a fixture configured is listed, assigned to the fixture group's DUT target."""
    group, fixture = await line(api)
    dut = factory.configure_dut(api.world, fixture).device.id
    assert await group_of(api, dut) == target_of(group, "dut_target")
    assert dut in await api.ids("/devices", **{"filter[devicegroup.type]": "dut_devicegroup"})


async def test_without_dut_target_a_dut_is_in_no_group(primer):
    """In the primer's world a device under test belongs to no group until it is blessed."""
    _, fixture = await line(primer, "factory")
    dut = factory.configure_dut(primer.world, fixture).device.id
    assert await group_of(primer, dut) is None


@pytest.mark.parametrize(("kind", "target"), [("factoryfixture", "production"), ("pre_factoryfixture", "pre_production")])
async def test_a_passed_device_is_in_the_target(either, kind, target):
    """A device that passed is in its fixture group's production target, whose type fits the fixture's."""
    group, fixture = await line(either, kind)
    (imp,) = factory.bless(either.world, fixture)
    place = await group_of(either, imp.device.id)
    assert place == target_of(group)
    assert place["type"] == f"{target}_devicegroup"


async def test_a_failed_device_is_not_assigned(api):
    """A device that failed goes to no production group."""
    group, fixture = await line(api)
    (imp,) = factory.bless(api.world, fixture, passed=False)
    assert await group_of(api, imp.device.id) != target_of(group)


async def test_the_fixtures_group_decides(api):
    """Which target applies is decided by the group of the fixture that configured the device."""
    first, one = await line(api)
    second, two = await line(api)
    for group, fixture in ((first, one), (second, two)):
        (imp,) = factory.bless(api.world, fixture)
        assert await group_of(api, imp.device.id) == target_of(group)


@pytest.mark.parametrize("at_once", [True, False])
async def test_when_a_blessed_device_gets_its_code(api, at_once):
    """load_code_after_blessing decides whether code is loaded at once or at the first end-user BlinkUp."""
    group, fixture = await line(api)
    target = target_of(group)
    body = {"data": {"type": target["type"], "attributes": {"load_code_after_blessing": at_once}}}
    await api.patch(f"/devicegroups/{target['id']}", body)
    deployment = await api.deployment(target)
    (imp,) = factory.bless(api.world, fixture)

    def running():
        with api.world.view() as view:
            return view.devices.get(imp.device.id).running_deployment_id

    assert running() == (deployment["id"] if at_once else None)
    factory.blink_up(api.world, imp.device.id)
    assert running() == deployment["id"]


async def test_a_blinkup_is_seen(api):
    """An end user's BlinkUp changes last_enrolled_at and plan_id."""
    _, fixture = await line(api)
    (imp,) = factory.bless(api.world, fixture)
    before = (await api.one(f"/devices/{imp.device.id}"))["attributes"]
    api.clock.advance(api.minute)
    factory.blink_up(api.world, imp.device.id)
    after = (await api.one(f"/devices/{imp.device.id}"))["attributes"]
    assert after["last_enrolled_at"] != before["last_enrolled_at"]
    assert after["plan_id"]


async def test_unblessing_makes_a_development_device(api):
    """Taken out with the key, a production device is unassigned, and its history tells all of it."""
    group, fixture = await line(api)
    (imp,) = factory.bless(api.world, fixture)
    device_id = imp.device.id
    assert (await api.unassign(target_of(group), device_id, headers=KEY)).status_code == 204
    assert await group_of(api, device_id) is None
    assert (await api.assign(await api.group(), device_id)).status_code == 204
    events = [entry["event"] for entry in await api.listed(f"/devices/{device_id}/history")]
    assert events[0] == "assigned"
    assert {"blessed", "unblessed", "unassigned"} <= set(events)


async def test_a_device_under_test_is_not_moved_by_hand(api):
    """Devices under test are placed by their fixture, not by a call."""
    _, fixture = await line(api)
    dut = factory.configure_dut(api.world, fixture).device.id
    response = await api.assign(await api.group(), dut)
    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "CX012"


@pytest.mark.parametrize(
    ("event", "fields"), [("blessing", {"device_id", "imp_id"}), ("blinkup", {"device_id", "plan_id", "token"})]
)
async def test_webhooks_hear_of_blessing_and_blinkup(api, event, fields):
    """Blessing and BlinkUp webhooks of the target group get their fields (13)."""
    group, fixture = await line(api)
    hook = {
        "type": "webhook",
        "attributes": {"url": "http://192.0.2.1/x", "event": event, "content_type": "application/json"},
        "relationships": {"devicegroup": target_of(group)},
    }
    await api.made_of("/webhooks", hook)
    (imp,) = factory.bless(api.world, fixture)
    factory.blink_up(api.world, imp.device.id)
    outcomes = await api.delivered(1)
    assert len(outcomes) == 1
    assert set(outcomes[0].delivery.fields) == fields
    assert outcomes[0].delivery.fields["device_id"] == imp.device.id


async def test_a_fixture_is_assigned_by_its_mac_address(either):
    """A fixture is identified by its MAC address when it is assigned, without registration anywhere."""
    group = await either.group("factory")
    device_id = either.device(mac_address="0c:2a:69:0b:51:7e")
    assert (await either.assign(group, "0c:2a:69:0b:51:7e")).status_code == 204
    assert (await group_of(either, device_id))["id"] == group["id"]
