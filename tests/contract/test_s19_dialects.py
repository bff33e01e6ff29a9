"""Contract section 19: where the primer and the live service differ."""

import pytest

FIVE = ["development", "pre_factoryfixture", "factory", "pre_production", "production"]


def devices(*refs):
    return {"data": [{"type": "device", "id": ref} for ref in refs]}


@pytest.mark.parametrize("kind", FIVE)
async def test_the_primer_knows_five_types(primer, kind):
    """Groups of the primer's five types carry the primer's names."""
    group = await primer.group(kind)
    assert group["type"] == f"{kind}_devicegroup"


async def test_the_primer_says_factory_devicegroup(primer):
    """A factory group is a `factory_devicegroup` in the primer's dialect, however it was asked for."""
    assert (await primer.group("factoryfixture"))["type"] == "factory_devicegroup"


@pytest.mark.parametrize("kind", ["dut", "pre_dut"])
async def test_the_primer_knows_no_dut_groups(primer, kind):
    """In the primer's dialect DUT types do not exist."""
    product = await primer.product()
    resource = {
        "type": f"{kind}_devicegroup",
        "attributes": {"name": "A"},
        "relationships": {"product": {"type": "product", "id": product["id"]}},
    }
    assert (await primer.post("/devicegroups", {"data": resource})).status_code == 400
    assert (await primer.get(f"/devicegroups?filter[type]={kind}_devicegroup")).status_code == 400


async def test_the_primer_needs_no_dut_target(primer):
    """In the primer's dialect a factory group is complete with its production target, and still needs that."""
    group = await primer.group("factory")
    assert set(group["relationships"]) >= {"production_target"}
    assert "dut_target" not in group["relationships"]


async def test_the_primer_says_null_for_no_group(primer):
    """In the primer's dialect an unassigned device says `devicegroup: null`."""
    device = await primer.one(f"/devices/{primer.device()}")
    assert device["relationships"]["devicegroup"] is None
    assert device["relationships"]["product"] is None


async def test_live_leaves_it_out(api):
    """On the live service the keys are absent."""
    device = await api.one(f"/devices/{api.device()}")
    assert "devicegroup" not in device["relationships"]
    assert "product" not in device["relationships"]


async def test_the_primers_devices_have_the_primers_attributes(primer):
    """In the primer's dialect a device has exactly the attributes that the primer lists."""
    device = await primer.one(f"/devices/{primer.device()}")
    assert set(device["attributes"]) == {
        "name", "mac_address", "ip_address", "rssi", "free_memory", "imp_type", "swversion", "device_online",
        "device_state_changed_at", "agent_id", "agent_running", "agent_state_changed_at", "last_enrolled_at",
    }  # fmt: skip


async def test_the_primers_products_and_deployments_have_no_update_time(primer):
    """`updated_at` is not in the primer."""
    product = await primer.product()
    assert set(product["attributes"]) == {"name", "description", "created_at"}
    deployment = await primer.deployment(await primer.group())
    assert set(deployment["attributes"]) == {
        "sha", "description", "agent_code", "device_code", "origin", "flagged", "tags", "created_at"
    }  # fmt: skip


async def test_the_primers_groups_have_no_live_attributes(primer):
    """Region, environment variables and the minimum supported deployment are not in the primer."""
    group = await primer.group()
    await primer.deployment(group)
    group = await primer.one(f"/devicegroups/{group['id']}")
    assert set(group["attributes"]) == {"name", "description", "created_at"}
    assert "min_supported_deployment" not in group["relationships"]
    assert "current_deployment" in group["relationships"]


async def test_load_code_after_blessing_is_for_production_groups_only(primer):
    """In the primer's dialect only production groups show load_code_after_blessing."""
    assert "load_code_after_blessing" in (await primer.group("production"))["attributes"]
    assert "load_code_after_blessing" not in (await primer.group("pre_production"))["attributes"]


async def test_the_primer_demands_a_name_of_1_to_80(primer):
    """In the primer's dialect a device name has 1 to 80 characters, and cannot be emptied."""
    device_id = primer.device()
    for name, status in (("", 400), ("x" * 81, 400), ("bed 4", 200)):
        body = {"data": {"type": "device", "id": device_id, "attributes": {"name": name}}}
        assert (await primer.patch(f"/devices/{device_id}", body)).status_code == status


async def test_both_dialects_take_either_factory_name(either):
    """Either spelling of the factory type is understood, whatever is answered."""
    for kind in ("factory", "factoryfixture"):
        group = await either.group(kind)
        for name in ("factory_devicegroup", "factoryfixture_devicegroup"):
            product = group["relationships"]["product"]["id"]
            asked = {"filter[type]": name, "filter[product.id]": product}
            assert await either.ids("/devicegroups", **asked) == [group["id"]]


async def test_both_dialects_take_either_spelling_of_devicegroup(either):
    """`device_group` is understood as `devicegroup`, in relationships and in filters."""
    group, device_id = await either.group(), either.device()
    relationships = {"device_group": {"type": group["type"], "id": group["id"]}}
    body = {"data": {"type": "device", "id": device_id, "relationships": relationships}}
    assert (await either.patch(f"/devices/{device_id}", body)).status_code == 200
    assert await either.ids("/devices", **{"filter[device_group.id]": group["id"]}) == [device_id]


async def test_both_dialects_take_one_device_or_several(either):
    """Devices are assigned by a single identifier or by an array."""
    group = await either.group()
    path = f"/devicegroups/{group['id']}/relationships/devices"
    one, two = either.device(), either.device()
    assert (await either.post(path, {"data": {"type": "device", "id": one}})).status_code == 204
    assert (await either.post(path, devices(two))).status_code == 204
    assert await either.ids("/devices", **{"filter[devicegroup.id]": group["id"]}) == [one, two]


async def test_both_dialects_move_directly_and_in_two_steps(either):
    """A device moves directly between groups of a type, and by way of being unassigned."""
    first, second, device_id = await either.group(), await either.group(), either.device()
    for step in ((first, "POST"), (second, "POST"), (second, "DELETE"), (first, "POST")):
        path = f"/devicegroups/{step[0]['id']}/relationships/devices"
        assert (await either.call(step[1], path, devices(device_id))).status_code == 204
