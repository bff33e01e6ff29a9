"""Contract section 16: what code can see, and what of it can be seen."""

from datetime import timedelta

import pytest

NAMES = (
    "PRODUCT_ID",
    "PRODUCT_NAME",
    "DEVICEGROUP_ID",
    "DEVICEGROUP_NAME",
    "DEVICEGROUP_TYPE",
    "DEPLOYMENT_ID",
    "DEPLOYMENT_SHA",
    "DEPLOYMENT_CREATED_AT",
)


async def said_by(api, device_id, kind):
    """A device's lines of one kind, oldest first, when its programs have had time to speak."""
    api.clock.advance(timedelta(seconds=30))
    entries = await api.listed(f"/devices/{device_id}/logs", **{"page[size]": 100})
    return [entry["msg"] for entry in reversed(entries) if entry["type"] == kind]


async def restarted(api, group, **facts):
    """A device that has started over with the group's deployment."""
    device_id = await api.assigned(group, **facts)
    await api.post(f"/devices/{device_id}/restart")
    return device_id


async def test_code_knows_its_deployment(api):
    """`__EI` holds ids, names, type, sha and time of what runs, all strings."""
    product = await api.product("Greenhouse")
    group = await api.group(product=product, name="Beds")
    code = "".join(f"server.log(typeof __EI.{name} + __EI.{name});" for name in NAMES)
    made = await api.deployment(group, code)
    said = await said_by(api, await api.assigned(group), "server.log")
    facts = [
        product["id"],
        "Greenhouse",
        group["id"],
        "Beds",
        "development",
        made["id"],
        made["attributes"]["sha"],
        made["attributes"]["created_at"],
    ]
    assert said == [f"string{fact}" for fact in facts]


@pytest.mark.parametrize("member", ["__EI.NOTHING", "__EI"])
async def test_other_members_do_not_compile(api, member):
    """`__EI` is an enumeration that is there when code is compiled."""
    group = await api.group()
    resource = {
        "type": "deployment",
        "attributes": {"device_code": f"\nserver.log({member});", "agent_code": ""},
        "relationships": {"devicegroup": {"type": group["type"], "id": group["id"]}},
    }
    response = await api.post("/deployments", {"data": resource})
    (error,) = response.json()["errors"]
    assert error["code"] == "CX005"
    assert error["meta"][0]["row"] == 2


async def test_code_reads_the_groups_variables(api):
    """The group's environment variables are the table `__VARS`, numbers as numbers (8.5)."""
    group = await api.group(env_vars={"zone": "north", "beds": 4})
    await api.deployment(group, "server.log(__VARS.zone + (__VARS.beds + 1));")
    assert await said_by(api, await api.assigned(group), "server.log") == ["north5"]


async def test_a_changed_variable_comes_with_the_next_deployment(api):
    """A new value, like a new name, takes effect with the next deployment and a restart; the past stays (8.5)."""
    group = await api.group(name="Beds", env_vars={"zone": "north"})
    code = 'server.log(__VARS.zone + " of " + __EI.DEVICEGROUP_NAME);'
    await api.deployment(group, code)
    device_id = await api.assigned(group)
    api.clock.advance(timedelta(seconds=30))
    attributes = {"name": "Boxes", "env_vars": {"zone": "south"}}
    await api.patch(f"/devicegroups/{group['id']}", {"data": {"type": group["type"], "attributes": attributes}})
    await api.post(f"/devices/{device_id}/restart")
    assert await said_by(api, device_id, "server.log") == ["north of Beds"] * 2
    await api.deployment(group, code)
    await api.post(f"/devices/{device_id}/restart")
    assert await said_by(api, device_id, "server.log") == ["north of Beds"] * 2 + ["south of Boxes"]


async def test_top_level_lines_come_after_every_restart(api):
    """Statements and simple loops log on either side, each time device and agent start over."""
    group = await api.group()
    await api.deployment(group, "for (local i = 0; i < 3; i++) server.log(i);", 'server.log("agent");')
    device_id = await restarted(api, group)
    api.clock.advance(timedelta(seconds=30))
    await api.post(f"/devices/{device_id}/restart")
    assert (await said_by(api, device_id, "agent.log"))[-2:] == ["agent"] * 2
    assert (await said_by(api, device_id, "server.log"))[-6:] == ["0", "1", "2"] * 2


async def test_an_agent_runs_without_its_device(api):
    """An agent is in the cloud: it logs although its device is offline."""
    group = await api.group()
    await api.deployment(group, 'server.log("device");', 'server.log("agent");')
    device_id = await restarted(api, group, is_online=False)
    assert await said_by(api, device_id, "agent.log")
    assert await said_by(api, device_id, "server.log") == []


@pytest.mark.parametrize(
    ("device", "agent", "kind", "file"),
    [
        ('\nserver.error("bad"); local t = {}; t.foo();', "", "server.error", "device_code:2"),
        ("", '\nserver.error("bad"); local t = {}; t.foo();', "agent.error", "agent_code:2"),
    ],
)
async def test_errors_name_their_place(api, device, agent, kind, file):
    """`server.error`, and errors that nobody caught with their place, are lines of their side's error type (14.5)."""
    group = await api.group()
    await api.deployment(group, device, agent)
    said = await said_by(api, await api.assigned(group), kind)
    assert said[:2] == ["bad", "ERROR: the index 'foo' does not exist"]
    assert file in said[2]


async def test_what_an_agent_saves_is_there_after_a_restart(api):
    """`server.save` and `nv` outlive restarts."""
    group = await api.group()
    count = 'local s = server.load(); local n = "n" in s ? s.n + 1 : 1; server.save({n = n}); server.log(n);'
    await api.deployment(group, 'nv.n <- ("n" in nv ? nv.n : 0) + 1; server.log(nv.n);', count)
    device_id = await api.assigned(group)
    for _ in range(2):
        api.clock.advance(timedelta(seconds=30))
        await api.post(f"/devices/{device_id}/restart")
    assert await said_by(api, device_id, "agent.log") == ["1", "2", "3"]
    assert await said_by(api, device_id, "server.log") == ["1", "2", "3"]
