"""Contract section 9: putting devices in groups."""

import pytest

UNKNOWN = "00000000-0000-4000-8000-000000000000"
KEY = {"X-Electricimp-Key": "unbond-me"}


def path_of(group):
    return f"/devicegroups/{group['id']}/relationships/devices"


async def group_of(api, device_id):
    device = await api.one(f"/devices/{device_id}")
    return device["relationships"].get("devicegroup", {}).get("id")


async def test_a_device_is_assigned(api):
    """Assigning answers 204 and sets group, specific type and product together (9.1, 9.2)."""
    group = await api.group()
    device_id = api.device()
    response = await api.assign(group, device_id)
    assert response.status_code == 204
    assert response.content == b""
    placed = (await api.one(f"/devices/{device_id}"))["relationships"]
    assert placed["devicegroup"] == {"type": "development_devicegroup", "id": group["id"]}
    assert placed["product"] == group["relationships"]["product"]


async def test_one_identifier_will_do(api):
    """The body may hold a single identifier instead of an array (9.1)."""
    group, device_id = await api.group(), api.device()
    response = await api.post(path_of(group), {"data": {"type": "device", "id": device_id}})
    assert response.status_code == 204
    assert await group_of(api, device_id) == group["id"]
    response = await api.delete(path_of(group), {"data": {"type": "device", "id": device_id}})
    assert response.status_code == 204
    assert await group_of(api, device_id) is None


async def test_an_empty_array_does_nothing(api):
    """An empty array is 204 (9.1)."""
    assert (await api.post(path_of(await api.group()), {"data": []})).status_code == 204


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"data": "x"},
        {"data": [1]},
        {"data": [{"id": "x"}]},
        {"data": [{"type": "device"}]},
        {"data": [{"type": "device", "id": 7}]},
    ],
)
async def test_ill_formed_bodies_are_400(api, body):
    """A body without identifiers is 400."""
    assert (await api.post(path_of(await api.group()), body)).status_code == 400


async def test_mac_and_agent_id_identify_too(api):
    """Devices are named by id, MAC address or agent id (9.1)."""
    group = await api.group()
    device_id = api.device(mac_address="0c:2a:69:0b:51:7e")
    assert (await api.assign(group, "0c:2a:69:0b:51:7e")).status_code == 204
    agent_id = (await api.one(f"/devices/{device_id}"))["attributes"]["agent_id"]
    assert (await api.unassign(group, agent_id)).status_code == 204
    assert await group_of(api, device_id) is None


async def test_an_agent_comes_with_assignment(api):
    """An assigned device has an agent, even in a group without deployment, in lists too (9.2)."""
    device_id = await api.assigned()
    attributes = (await api.one(f"/devices/{device_id}"))["attributes"]
    assert len(attributes["agent_id"]) == 12
    assert attributes["agent_url"].endswith("/" + attributes["agent_id"])
    (entry,) = await api.listed("/devices")
    assert entry["attributes"]["agent_id"] == attributes["agent_id"]


async def test_the_agent_id_is_for_life(api):
    """Assigned again, wherever, a device has the same agent id (9.2)."""
    first, second = await api.group(), await api.group()
    device_id = await api.assigned(first)
    agent_id = (await api.one(f"/devices/{device_id}"))["attributes"]["agent_id"]
    await api.unassign(first, device_id)
    await api.assign(second, device_id)
    assert (await api.one(f"/devices/{device_id}"))["attributes"]["agent_id"] == agent_id


async def test_unassigning_takes_the_agent_away(api):
    """An unassigned device has no agent id, no agent URL and no running agent (9.2)."""
    group = await api.group()
    device_id = await api.assigned(group)
    await api.unassign(group, device_id)
    attributes = (await api.one(f"/devices/{device_id}"))["attributes"]
    assert attributes["agent_id"] is None
    assert attributes["agent_url"] is None
    assert attributes["agent_running"] is False


async def test_adding_again_succeeds(api):
    """Adding a device to the group it is in succeeds, and restarts it (9.2)."""
    group = await api.group()
    device_id = await api.assigned(group)
    api.clock.advance(api.minute)
    assert (await api.assign(group, device_id)).status_code == 204
    said = [entry["msg"] for entry in await api.listed(f"/devices/{device_id}/logs")]
    assert said.count("Agent restarted: reload.") == 2


async def test_a_direct_move_within_a_type(api):
    """A device moves directly between groups of one type, across products too (9.3)."""
    first, second = await api.group(), await api.group()
    device_id = await api.assigned(first)
    assert (await api.assign(second, device_id)).status_code == 204
    assert await group_of(api, device_id) == second["id"]
    assert await api.ids("/devices", **{"filter[devicegroup.id]": first["id"]}) == []


async def test_no_direct_move_between_types(api):
    """To change type a device must be unassigned first (9.3)."""
    development, factory = await api.group(), await api.group("factoryfixture")
    device_id = await api.assigned(development)
    response = await api.assign(factory, device_id)
    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "CX012"
    await api.unassign(development, device_id)
    assert (await api.assign(factory, device_id)).status_code == 204


@pytest.mark.parametrize("kind", ["production", "pre_production", "dut", "pre_dut"])
async def test_nothing_gets_there_by_hand(api, kind):
    """No device is first assigned by hand to a (pre-)production or (pre-)DUT group (9.3)."""
    group, device_id = await api.group(kind), api.device()
    response = await api.assign(group, device_id)
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert (error["status"], error["code"], error["title"]) == ("409", "CX012", "Invalid Assignment")
    assert device_id in error["detail"]


async def test_an_imp001_is_no_fixture(api):
    """An imp001 cannot be used in factory groups (9.3)."""
    device_id = api.device(imp_type="imp001")
    assert (await api.assign(await api.group("factoryfixture"), device_id)).status_code == 400
    assert (await api.assign(await api.group(), device_id)).status_code == 204


async def test_a_call_for_several_is_not_atomic(api):
    """Those that can be assigned are, and the answer is 400 with one entry for each that cannot (9.4)."""
    group = await api.group()
    good, elsewhere = api.device(), await api.assigned(await api.group("factoryfixture"))
    response = await api.assign(group, good, "0c:2a:69:ff:ff:ff", elsewhere)
    assert response.status_code == 400
    errors = response.json()["errors"]
    assert [(error["status"], error["code"]) for error in errors] == [("404", "NF001"), ("409", "CX012")]
    assert "0c:2a:69:ff:ff:ff" in errors[0]["detail"]
    assert all(error["title"] and error["detail"] for error in errors)
    assert await group_of(api, good) == group["id"]


async def test_each_entry_names_its_device(api):
    """An entry of a call for several says which device it is about (9.4)."""
    response = await api.assign(await api.group(), "0c:2a:69:ff:ff:ff")
    assert response.json()["errors"][0]["meta"]["device_id"] == "0c:2a:69:ff:ff:ff"


async def test_removing_what_is_not_there_is_404_entries(api):
    """Removing devices that are elsewhere or unknown is 400 with entries of 404 only (9.4)."""
    group = await api.group()
    elsewhere = await api.assigned()
    response = await api.unassign(group, elsewhere, api.device(), "5000d8c46a57ffff")
    assert response.status_code == 400
    assert [error["status"] for error in response.json()["errors"]] == ["404"] * 3
    assert await group_of(api, elsewhere) is not None


async def test_an_unknown_group_is_404(api):
    """Calls about a group that is not there are plain 404 (9.4)."""
    for method in ("POST", "DELETE"):
        body = {"data": [{"type": "device", "id": api.device()}]}
        response = await api.call(method, f"/devicegroups/{UNKNOWN}/relationships/devices", body)
        assert response.status_code == 404


async def test_devices_of_others_are_404(api, other):
    """A device of another owner cannot be assigned: it is not there (9.3)."""
    response = await api.assign(await api.group(), other.device())
    assert response.status_code == 400
    assert response.json()["errors"][0]["status"] == "404"


@pytest.mark.parametrize("headers", [{}, {"X-Electricimp-Key": "wrong"}, {"X-Electricimp-Key": ""}])
async def test_leaving_production_takes_the_key(api, headers):
    """Without the unbond key a device stays in its production group: PX002 (9.5)."""
    group, device_id = await api.blessed()
    response = await api.unassign(group, device_id, headers=headers)
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert (error["status"], error["code"]) == ("403", "PX002")
    assert await group_of(api, device_id) == group["id"]


async def test_leaving_production_makes_a_development_device(api):
    """With the key the device is unblessed: unassigned, and fit for a development group (9.5)."""
    group, device_id = await api.blessed()
    assert (await api.unassign(group, device_id, headers=KEY)).status_code == 204
    assert await group_of(api, device_id) is None
    assert (await api.assign(await api.group(), device_id)).status_code == 204


async def test_leaving_pre_production_takes_no_key(api):
    """Pre-production groups are left without a key (9.5)."""
    group, device_id = await api.blessed("pre_")
    assert (await api.unassign(group, device_id)).status_code == 204


async def test_the_key_is_ignored_elsewhere(api):
    """A key, even a wrong one, does not matter to other groups (1.2)."""
    group = await api.group()
    device_id = await api.assigned(group)
    assert (await api.unassign(group, device_id, headers={"X-Electricimp-Key": "wrong"})).status_code == 204


async def test_production_devices_move_between_production_groups(api):
    """A blessed device can be moved by hand to another production group of its product (9.3)."""
    group, device_id = await api.blessed()
    second = await api.group("production", group["relationships"]["product"])
    assert (await api.assign(second, device_id)).status_code == 204
    assert await group_of(api, device_id) == second["id"]


@pytest.mark.parametrize("spelling", ["devicegroup", "device_group"])
async def test_assignment_through_the_device(api, spelling):
    """Setting the device's own relationship assigns it, null unassigns it (9.1; primer, "Device Endpoints")."""
    group, device_id = await api.group(), api.device()
    resource = {"type": "device", "id": device_id}
    target = {"type": group["type"], "id": group["id"]}
    response = await api.patch(f"/devices/{device_id}", {"data": resource | {"relationships": {spelling: target}}})
    assert response.status_code == 200
    assert response.json()["data"]["relationships"]["devicegroup"] == target
    response = await api.patch(f"/devices/{device_id}", {"data": resource | {"relationships": {spelling: None}}})
    assert response.status_code == 200
    assert await group_of(api, device_id) is None


async def test_production_devices_stay_in_their_product(either):
    """The live service moves a production device within its product only; the primer knows no such rule (9.3, 19)."""
    _, device_id = await either.blessed()
    elsewhere = await either.group("production")
    is_live = either.app.state.service.dialect.is_live
    resource = {"type": "device", "relationships": {"devicegroup": {"type": elsewhere["type"], "id": elsewhere["id"]}}}
    if is_live:
        response = await either.assign(elsewhere, device_id)
        assert response.status_code == 400
        assert response.json()["errors"][0]["code"] == "CX012"
        assert (await either.patch(f"/devices/{device_id}", {"data": resource})).status_code == 409
    else:
        assert (await either.assign(elsewhere, device_id)).status_code == 204


async def test_fixtures_become_development_devices(api):
    """A fixture can be unassigned and then used as a development device (9.3, 11.2)."""
    line, bench = await api.group("factoryfixture"), await api.group()
    device_id = await api.assigned(line)
    assert (await api.unassign(line, device_id)).status_code == 204
    assert (await api.assign(bench, device_id)).status_code == 204
