"""Contract section 8: device groups."""

import pytest

from imptui.cloud.rules import account as accounts

UNKNOWN = "00000000-0000-4000-8000-000000000000"
LIVE_TYPES = ["development", "pre_factoryfixture", "factoryfixture", "pre_dut", "dut", "pre_production", "production"]


def first_error(response):
    return response.json()["errors"][0]


def update(group, attributes=None, **relationships):
    resource = {"type": group["type"], "id": group["id"], "attributes": attributes or {}}
    if relationships:
        resource["relationships"] = relationships
    return {"data": resource}


def ident(resource):
    return {"type": resource["type"], "id": resource["id"]}


async def change(api, group, attributes=None, **relationships):
    return await api.patch(f"/devicegroups/{group['id']}", update(group, attributes, **relationships))


async def create(api, kind, attributes=None, **relationships):
    resource = {"type": kind, "attributes": {"name": "A"} | (attributes or {}), "relationships": relationships}
    return await api.post("/devicegroups", {"data": resource})


@pytest.mark.parametrize("kind", LIVE_TYPES)
async def test_every_type_can_be_made(api, kind):
    """Seven types exist; the resource's type tells which (8.1)."""
    group = await api.group(kind)
    assert group["type"] == f"{kind}_devicegroup"
    assert (await api.one(f"/devicegroups/{group['id']}"))["type"] == group["type"]


async def test_the_primers_factory_type_is_an_alias(api):
    """`factory_devicegroup` is taken and answered as `factoryfixture_devicegroup` (8.1)."""
    assert (await api.group("factory"))["type"] == "factoryfixture_devicegroup"


@pytest.mark.parametrize("kind", ["devicegroup", "release_devicegroup", "", "Development_devicegroup"])
async def test_an_unknown_type_is_400(api, kind):
    """A type that there is not is 400 (8.1)."""
    response = await create(api, kind, product=ident(await api.product()))
    assert response.status_code == 400
    assert first_error(response)["code"] == "VX002"


async def test_a_group_is_answered_as_documented(api):
    """A new fixture group has the attributes and relationships of the contract's example (8.6)."""
    group = await api.group("factoryfixture", name="Line 1 fixtures", description="North hall")
    assert set(group["attributes"]) == {"name", "description", "region", "env_vars", "created_at", "updated_at"}
    assert group["attributes"]["region"] is None
    assert group["attributes"]["env_vars"] == {}
    assert set(group["relationships"]) == {"product", "owner", "creator", "production_target", "dut_target"}
    assert group["relationships"]["production_target"]["type"] == "production_devicegroup"
    assert group["relationships"]["dut_target"]["type"] == "dut_devicegroup"


async def test_the_product_is_required(api):
    """A group without a product is 400, of an unknown product 404 (8.3, 8.6)."""
    assert (await create(api, "development_devicegroup")).status_code == 400
    unknown = {"type": "product", "id": UNKNOWN}
    assert (await create(api, "development_devicegroup", product=unknown)).status_code == 404


async def test_a_name_is_unique_in_its_product(api):
    """A second group of the same name in a product is refused to the letter; another product may use it (2.5)."""
    product = await api.product()
    await api.group(product=product, name="A")
    response = await create(api, "production_devicegroup", product=ident(product))
    assert response.status_code == 409
    error = first_error(response)
    assert (error["code"], error["title"]) == ("CX001", "Duplicate Resource")
    assert error["detail"] == "Devicegroups must have unique names."
    assert await api.group(name="A")


@pytest.mark.parametrize(
    "attributes",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"name": None},
        {"description": "x" * 256},
        {"region": "x" * 81},
        {"env_vars": []},
        {"load_code_after_blessing": "yes"},
    ],
)
async def test_ill_formed_attributes_are_400(api, attributes):
    """Attributes that break their form are 400 (8.2)."""
    response = await create(api, "production_devicegroup", attributes, product=ident(await api.product()))
    assert response.status_code == 400


@pytest.mark.parametrize("kind", ["production", "pre_production"])
async def test_blessed_groups_choose_when_code_is_loaded(api, kind):
    """load_code_after_blessing is true by default in production and pre-production groups, and can be changed (8.2)."""
    group = await api.group(kind)
    assert group["attributes"]["load_code_after_blessing"] is True
    response = await change(api, group, {"load_code_after_blessing": False})
    assert response.json()["data"]["attributes"]["load_code_after_blessing"] is False
    assert (await api.group(kind, load_code_after_blessing=False))["attributes"]["load_code_after_blessing"] is False


@pytest.mark.parametrize("kind", ["development", "dut", "factoryfixture"])
async def test_other_groups_do_not(api, kind):
    """Elsewhere the attribute is absent, and setting it is VX003 (8.2)."""
    group = await api.group(kind)
    assert "load_code_after_blessing" not in group["attributes"]
    response = await change(api, group, {"load_code_after_blessing": True})
    assert response.status_code == 400
    assert first_error(response)["code"] == "VX003"


async def test_a_region_is_for_blessed_groups(api):
    """A region can be given to production groups at creation, to development groups not (8.2)."""
    assert (await api.group("production", region="us-east"))["attributes"]["region"] == "us-east"
    response = await create(api, "development_devicegroup", {"region": "x"}, product=ident(await api.product()))
    assert response.status_code == 400


async def test_a_region_is_not_updated(api):
    """A region never changes (8.2)."""
    assert (await change(api, await api.group("production"), {"region": "x"})).status_code == 400


async def test_environment_variables_come_back_exactly(api):
    """Environment variables come back as sent, numbers as numbers, and are replaced as a whole (8.5)."""
    sent = {"feedURL": "https://feed.example.test/v2", "feedVersion": 2, "ratio": 0.5}
    group = await api.group(env_vars=sent)
    assert group["attributes"]["env_vars"] == sent
    response = await change(api, group, {"env_vars": {"other": "x"}})
    assert response.json()["data"]["attributes"]["env_vars"] == {"other": "x"}


@pytest.mark.parametrize(
    "env_vars", [{"a": True}, {"a": None}, {"a": []}, {"a": {}}, {"1a": 1}, {"": 1}, {"a b": 1}, {"a_b": 1}, {"a": "x" * 17_000}]
)
async def test_environment_variables_have_their_form(api, env_vars):
    """Keys are letters and digits after a letter, values strings or numbers, all within the limit (8.5)."""
    response = await change(api, await api.group(), {"env_vars": env_vars})
    assert response.status_code == 400


@pytest.mark.parametrize("kind", ["factoryfixture", "pre_factoryfixture"])
async def test_fixture_groups_need_both_targets(api, kind):
    """A (pre-)factory group without production or DUT target is refused (8.3)."""
    product = await api.product()
    pre = "pre_" if kind.startswith("pre_") else ""
    targets = {
        "production_target": ident(await api.group(f"{pre}production", product)),
        "dut_target": ident(await api.group(f"{pre}dut", product)),
    }
    for missing in targets:
        given = {name: target for name, target in targets.items() if name != missing}
        response = await create(api, f"{kind}_devicegroup", product=ident(product), **given)
        assert response.status_code == 400, missing
    assert (await create(api, f"{kind}_devicegroup", product=ident(product), **targets)).status_code == 201


async def test_targets_have_the_right_type(api):
    """A factory group blesses into a production group, never into a pre-production one (8.4)."""
    product = await api.product()
    dut = ident(await api.group("dut", product))
    for kind in ("pre_production", "development"):
        wrong = ident(await api.group(kind, product))
        response = await create(
            api, "factoryfixture_devicegroup", product=ident(product), production_target=wrong, dut_target=dut
        )
        assert response.status_code == 400
        assert first_error(response)["code"] == "VX003"


async def test_targets_are_of_the_same_product(api):
    """A target in another product is refused (8.4)."""
    product = await api.product()
    response = await create(
        api,
        "factoryfixture_devicegroup",
        product=ident(product),
        production_target=ident(await api.group("production")),
        dut_target=ident(await api.group("dut", product)),
    )
    assert response.status_code in (400, 409)


async def test_other_groups_have_no_targets(api):
    """A target on a group of another type is VX003 (8.4)."""
    product = await api.product()
    target = ident(await api.group("production", product))
    response = await create(api, "development_devicegroup", product=ident(product), production_target=target)
    assert response.status_code == 400
    assert first_error(response)["code"] == "VX003"


async def test_one_target_changes_and_the_other_stays(api):
    """On update each target may be given alone (8.4)."""
    group = await api.group("factoryfixture")
    before = group["relationships"]
    target = await api.group("production", before["product"])
    response = await change(api, group, production_target=ident(target))
    assert response.status_code == 200
    after = response.json()["data"]["relationships"]
    assert after["production_target"]["id"] == target["id"]
    assert after["dut_target"] == before["dut_target"]


async def test_an_unknown_target_is_404(api):
    """A target that does not exist is 404."""
    group = await api.group("factoryfixture")
    response = await change(api, group, production_target={"type": "production_devicegroup", "id": UNKNOWN})
    assert response.status_code == 404


async def test_a_type_never_changes(api):
    """An update that calls the group something else is refused (8.1)."""
    group = await api.group()
    body = update(group | {"type": "production_devicegroup"}, {"name": "B"})
    assert (await api.patch(f"/devicegroups/{group['id']}", body)).status_code == 409


async def test_a_product_never_changes(api):
    """An update cannot move a group to another product (8.3)."""
    group = await api.group()
    response = await change(api, group, product=ident(await api.product()))
    assert response.status_code == 400


async def test_a_group_with_devices_stays(api):
    """A group with devices cannot be deleted (8.7)."""
    group = await api.group()
    device_id = await api.assigned(group)
    response = await api.delete(f"/devicegroups/{group['id']}")
    assert response.status_code == 409
    assert first_error(response)["code"] == "CX007"
    await api.unassign(group, device_id)
    assert (await api.delete(f"/devicegroups/{group['id']}")).status_code == 204


async def test_a_group_with_flagged_deployments_stays(api):
    """A group with flagged deployments cannot be deleted, in the words clients know (2.5, 8.7)."""
    group = await api.group()
    await api.deployment(group, flagged=True)
    response = await api.delete(f"/devicegroups/{group['id']}")
    assert response.status_code == 409
    error = first_error(response)
    assert (error["code"], error["title"]) == ("CX004", "Flagged Deployments Exist")
    assert error["detail"] == "Cannot delete a devicegroup with flagged deployments; delete those first."


async def test_a_target_stays(api):
    """A group that is another's target cannot be deleted (8.7)."""
    group = await api.group("factoryfixture")
    for name in ("production_target", "dut_target"):
        response = await api.delete(f"/devicegroups/{group['relationships'][name]['id']}")
        assert response.status_code == 409
        assert first_error(response)["code"] == "CX008"


async def test_reasons_come_in_order(api):
    """Devices are reported before flagged deployments (8.7)."""
    group = await api.group()
    await api.assigned(group)
    await api.deployment(group, flagged=True)
    assert first_error(await api.delete(f"/devicegroups/{group['id']}"))["code"] == "CX007"


async def test_deployments_and_webhooks_go_with_the_group(api):
    """Unflagged deployments and webhooks go with their group, the minimum supported one too (8.7)."""
    group = await api.group()
    deployment = await api.deployment(group)
    hook = {
        "type": "webhook",
        "attributes": {"url": "http://127.0.0.1:1/x", "event": "deployment", "content_type": "application/json"},
        "relationships": {"devicegroup": ident(group)},
    }
    hook = await api.made_of("/webhooks", hook)
    assert (await api.delete(f"/devicegroups/{group['id']}")).status_code == 204
    assert (await api.get(f"/deployments/{deployment['id']}")).status_code == 404
    assert (await api.get(f"/webhooks/{hook['id']}")).status_code == 404
    assert (await api.delete(f"/devicegroups/{group['id']}")).status_code == 404


async def test_only_the_owner_edits_environment_variables(api, other):
    """Who collaborates may rename a group, but not change its environment variables: Invalid Permission (8.5)."""
    accounts.collaborate(api.world, api.account, other.account)
    group = await api.group(env_vars={"zone": "north"})
    path, kind = f"/devicegroups/{group['id']}", {"type": group["type"]}
    same = {"name": "renamed", "env_vars": {"zone": "north"}}
    assert (await other.patch(path, {"data": kind | {"attributes": same}})).status_code == 200
    response = await other.patch(path, {"data": kind | {"attributes": {"env_vars": {"zone": "south"}}}})
    assert response.status_code == 403
    assert response.json()["errors"][0]["title"] == "Invalid Permission"
    assert (await api.patch(path, {"data": kind | {"attributes": {"env_vars": {"zone": "south"}}}})).status_code == 200
