"""Contract section 10: devices."""

import re
from datetime import timedelta

import pytest

from imptui.cloud.rules import factory
from imptui.cloud.simulation import life

LISTED = {
    "name",
    "agent_id",
    "agent_url",
    "agent_running",
    "agent_state_changed_at",
    "device_online",
    "device_state_changed_at",
    "last_enrolled_at",
    "imp_type",
    "ip_address",
    "mac_address",
    "swversion",
    "plan_id",
}


def rename(device_id, name):
    return {"data": {"type": "device", "id": device_id, "attributes": {"name": name}}}


async def test_a_device_is_answered_as_documented(api):
    """A single device has every attribute, with signal strength and free memory (10.2)."""
    device = await api.one(f"/devices/{api.device()}")
    assert device["type"] == "device"
    assert set(device["attributes"]) == LISTED | {"rssi", "free_memory"}


async def test_lists_have_no_readings(api):
    """Signal strength and free memory are not in lists; agent id and MAC address are (10.2)."""
    api.device(mac_address="0c:2a:69:0b:51:7e")
    (entry,) = await api.listed("/devices")
    assert set(entry["attributes"]) == LISTED
    assert entry["attributes"]["mac_address"] == "0c:2a:69:0b:51:7e"


async def test_readings_of_an_online_device_are_plausible(api):
    """An online device reports dBm below zero and bytes above (10.2)."""
    attributes = (await api.one(f"/devices/{api.device(is_online=True)}"))["attributes"]
    assert -100 <= attributes["rssi"] < 0
    assert attributes["free_memory"] > 0


async def test_the_software_version_has_four_parts(api):
    """Swversion splits into four parts, the second a release (10.2)."""
    swversion = (await api.one(f"/devices/{api.device()}"))["attributes"]["swversion"]
    parts = swversion.split(" - ")
    assert len(parts) == 4
    assert re.fullmatch(r"release-[0-9.]+", parts[1])


async def test_a_device_is_renamed(api):
    """The name can be set, and is the only attribute that can (10.1)."""
    device_id = api.device()
    response = await api.patch(f"/devices/{device_id}", rename(device_id, "bed 4"))
    assert response.status_code == 200
    assert response.json()["data"]["attributes"]["name"] == "bed 4"
    assert "rssi" in response.json()["data"]["attributes"]
    body = {"data": {"type": "device", "attributes": {"mac_address": "0c:2a:69:0b:51:7e"}}}
    assert (await api.patch(f"/devices/{device_id}", body)).status_code == 400


async def test_a_name_is_cleared(api):
    """The empty string clears a name to null, and null keeps null (10.2)."""
    device_id = api.device(name="bed 4")
    for nothing in ("", None):
        response = await api.patch(f"/devices/{device_id}", rename(device_id, nothing))
        assert response.status_code == 200
        assert response.json()["data"]["attributes"]["name"] is None


async def test_names_need_not_be_unique(api):
    """Two devices may have one name."""
    for _ in range(2):
        device_id = api.device()
        assert (await api.patch(f"/devices/{device_id}", rename(device_id, "twin"))).status_code == 200


async def test_a_name_has_80_characters_at_most(api):
    """A name of 81 characters is 400 (10.2)."""
    device_id = api.device()
    assert (await api.patch(f"/devices/{device_id}", rename(device_id, "é" * 80))).status_code == 200
    assert (await api.patch(f"/devices/{device_id}", rename(device_id, "x" * 81))).status_code == 400


async def test_any_reference_will_do_in_the_body(api):
    """An update may name the device by another of its identifiers (1.3)."""
    device_id = api.device(mac_address="0c:2a:69:0b:51:7e")
    body = rename("0c:2a:69:0b:51:7e", "bed 4")
    assert (await api.patch(f"/devices/{device_id}", body)).status_code == 200
    assert (await api.patch("/devices/0c:2a:69:0b:51:7e", rename(device_id, "bed 5"))).status_code == 200
    assert (await api.patch(f"/devices/{device_id}", rename(api.device(), "x"))).status_code == 409


async def test_only_an_unassigned_device_leaves(api):
    """An assigned device cannot be removed; an unassigned one goes and is 404 afterwards (10.4)."""
    group = await api.group()
    device_id = await api.assigned(group)
    response = await api.delete(f"/devices/{device_id}")
    assert response.status_code == 409
    assert response.json()["errors"][0]["code"] == "CX010"
    await api.unassign(group, device_id)
    assert (await api.delete(f"/devices/{device_id}")).status_code == 204
    assert (await api.get(f"/devices/{device_id}")).status_code == 404
    assert (await api.delete(f"/devices/{device_id}")).status_code == 404


async def test_there_is_no_creation(api):
    """Devices join by BlinkUp, never by a call (10.1)."""
    assert (await api.post("/devices", {"data": {"type": "device"}})).status_code == 405


@pytest.mark.parametrize("verb", ["restart", "conditional_restart"])
@pytest.mark.parametrize("is_online", [True, False])
async def test_a_device_restarts(api, verb, is_online):
    """A restart is accepted, by any reference, again and again, offline too (10.4)."""
    group = await api.group()
    await api.deployment(group)
    device_id = await api.assigned(group, mac_address="0c:2a:69:0b:51:7e", is_online=is_online)
    agent_id = (await api.one(f"/devices/{device_id}"))["attributes"]["agent_id"]
    for reference in (device_id, "0c:2a:69:0b:51:7e", agent_id, device_id):
        response = await api.post(f"/devices/{reference}/{verb}")
        assert response.status_code == 204
        assert response.content == b""


@pytest.mark.parametrize("verb", ["restart", "conditional_restart"])
async def test_an_unassigned_device_does_not_restart(api, verb):
    """An unassigned device cannot be restarted (10.4)."""
    response = await api.post(f"/devices/{api.device()}/{verb}")
    assert response.status_code == 409
    assert response.json()["errors"][0]["code"] == "CX011"


@pytest.mark.parametrize("verb", ["restart", "conditional_restart"])
async def test_a_group_restarts(api, verb):
    """A group restart is fine with no devices, and with no deployment (10.4)."""
    group = await api.group()
    path = f"/devicegroups/{group['id']}/{verb}"
    assert (await api.post(path)).status_code == 204
    await api.assigned(group)
    assert (await api.post(path)).status_code == 204
    await api.deployment(group)
    assert (await api.post(path)).status_code == 204


@pytest.mark.parametrize("path", ["/devices/{}", "/devices/{}/logs", "/devices/{}/history"])
async def test_devices_of_others_are_404(api, other, path):
    """Another owner's device is not there."""
    assert (await api.get(path.format(other.device()))).status_code == 404


POLITE = """server.onshutdown(function(reason) {
    server.log("asked: " + (reason == SHUTDOWN_NEWSQUIRREL));
    imp.wakeup(5, function() { server.log("ready"); server.restart(); });
});"""


async def said_by(api, device_id):
    """What is in a device's log, oldest first."""
    return [entry["msg"] for entry in reversed(await api.listed(f"/devices/{device_id}/logs"))]


async def pass_time(api, seconds):
    api.clock.advance(timedelta(seconds=seconds))
    life.catch_up(api.world)


@pytest.mark.parametrize("whole_group", [False, True])
async def test_a_conditional_restart_asks_first(api, whole_group):
    """A supported program with a shutdown handler hears why, and restarts when it lets go (10.4)."""
    group = await api.group()
    await api.deployment(group, POLITE)
    device_id = await api.assigned(group)
    await pass_time(api, 60)
    path = f"/devicegroups/{group['id']}" if whole_group else f"/devices/{device_id}"
    before = (await api.one(f"/devices/{device_id}"))["attributes"]["agent_state_changed_at"]
    assert (await api.post(f"{path}/conditional_restart")).status_code == 204
    await pass_time(api, 3)
    assert (await api.one(f"/devices/{device_id}"))["attributes"]["agent_state_changed_at"] == before
    assert (await said_by(api, device_id))[-1] == "asked: true"
    await pass_time(api, 3)
    assert (await api.one(f"/devices/{device_id}"))["attributes"]["agent_state_changed_at"] > before
    said = await said_by(api, device_id)
    assert said[said.index("ready") + 1].startswith("Agent restarted")


async def test_a_forced_restart_does_not_ask(api):
    """A restart starts device and agent over, whatever shutdown handler the code has (10.4)."""
    group = await api.group()
    await api.deployment(group, POLITE)
    device_id = await api.assigned(group)
    await pass_time(api, 60)
    await api.post(f"/devices/{device_id}/restart")
    assert "asked: true" not in await said_by(api, device_id)
    assert sum(line.startswith("Agent restarted") for line in await said_by(api, device_id)) == 2


async def test_an_older_deployment_is_not_asked(api):
    """What is older than the minimum supported deployment is restarted by force (10.4)."""
    group = await api.group()
    await api.deployment(group, POLITE)
    device_id = await api.assigned(group)
    newer = await api.deployment(group)
    body = {"data": {"type": "deployment", "id": newer["id"]}}
    await api.put(f"/devicegroups/{group['id']}/relationships/min_supported_deployment", body)
    await pass_time(api, 60)
    await api.post(f"/devices/{device_id}/conditional_restart")
    said = await said_by(api, device_id)
    assert "asked: true" not in said
    assert "Agent restarted: new_bytecode_version." in said[1:]


async def test_the_agents_address_is_made_of_its_id(api):
    """`agent_url` ends in the agent id, in lists and alone, and is null with it (10.2)."""
    device_id = await api.assigned()
    alone = (await api.one(f"/devices/{device_id}"))["attributes"]
    (listed,) = await api.listed("/devices")
    assert alone["agent_url"] == listed["attributes"]["agent_url"] == f"https://agent.electricimp.com/{alone['agent_id']}"
    assert (await api.one(f"/devices/{api.device()}"))["attributes"]["agent_url"] is None


async def test_an_offline_device_picks_the_code_up_when_it_connects(api):
    """A restart of an offline device is accepted, and takes place at its next connection (10.4)."""
    group = await api.group()
    device_id = await api.assigned(group, is_online=False)
    await api.deployment(group, 'server.log("new code");')
    assert (await api.post(f"/devices/{device_id}/restart")).status_code == 204
    await pass_time(api, 60)
    assert "new code" not in await said_by(api, device_id)
    factory.connect(api.world, device_id)
    await pass_time(api, 60)
    assert "new code" in await said_by(api, device_id)
