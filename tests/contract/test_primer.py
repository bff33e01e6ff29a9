"""One test for each rule that the primer states, in both dialects unless the primer stands alone."""

import pytest


def ident(resource):
    return {"type": resource["type"], "id": resource["id"]}


def first_error(response):
    return response.json()["errors"][0]


async def placed(api, device_id):
    return (await api.one(f"/devices/{device_id}"))["relationships"].get("devicegroup")


# Products


async def test_products_live_at_products(either):
    """Products are reached at /products and /products/{id}, by GET, POST, PATCH and DELETE ("Product Endpoints")."""
    product = await either.product("Connected Meter 400")
    path = f"/products/{product['id']}"
    assert await either.ids("/products") == [product["id"]]
    assert (await either.one(path))["attributes"]["name"] == "Connected Meter 400"
    body = {"data": ident(product) | {"attributes": {"name": "Connected Meter 500"}}}
    assert (await either.patch(path, body)).status_code == 200
    assert (await either.delete(path)).status_code == 204


@pytest.mark.parametrize(("length", "status"), [(0, 400), (1, 201), (80, 201), (81, 400)])
async def test_a_product_name_has_1_to_80_characters(either, length, status):
    """A product's name has 1 to 80 characters ("The Product Data Structure")."""
    body = {"data": {"type": "product", "attributes": {"name": "é" * length}}}
    assert (await either.post("/products", body)).status_code == status


@pytest.mark.parametrize(("length", "status"), [(0, 201), (255, 201), (256, 400)])
async def test_a_product_description_has_0_to_255_characters(either, length, status):
    """A product's description is optional and has up to 255 characters ("The Product Data Structure")."""
    body = {"data": {"type": "product", "attributes": {"name": "A", "description": "x" * length}}}
    assert (await either.post("/products", body)).status_code == status


async def test_the_system_sets_creator_owner_and_time(either):
    """Id, type, creation time, creator and owner of a product are the system's ("The Product Data Structure")."""
    product = await either.product()
    assert product["type"] == "product"
    assert product["attributes"]["created_at"]
    account = {"type": "account", "id": either.account.id}
    assert product["relationships"] == {"creator": account, "owner": account}


# Device groups


async def test_a_product_has_any_number_of_groups(either):
    """Groups are added to and removed from a product at any time ("Device Groups")."""
    product = await either.product()
    groups = [await either.group(product=product) for _ in range(3)]
    assert (await either.delete(f"/devicegroups/{groups[1]['id']}")).status_code == 204
    asked = {"filter[product.id]": product["id"]}
    assert await either.ids("/devicegroups", **asked) == [groups[0]["id"], groups[2]["id"]]


async def test_a_group_must_be_empty_to_be_deleted(either):
    """A device group that contains devices cannot be removed ("Device Groups")."""
    group = await either.group()
    device_id = await either.assigned(group)
    assert (await either.delete(f"/devicegroups/{group['id']}")).status_code == 409
    await either.unassign(group, device_id)
    assert (await either.delete(f"/devicegroups/{group['id']}")).status_code == 204


async def test_a_group_tells_its_product(either):
    """relationships.product of a group is its product, set at creation ("Device Group Endpoints")."""
    product = await either.product()
    group = await either.group(product=product)
    assert group["relationships"]["product"] == {"type": "product", "id": product["id"]}


@pytest.mark.parametrize(
    "kind",
    [
        "development_devicegroup",
        "pre_production_devicegroup",
        "production_devicegroup",
        "pre_factoryfixture_devicegroup",
        "factory_devicegroup",
    ],
)
async def test_there_are_five_types_of_group(primer, kind):
    """The five types have the primer's names ("The Device Group Data Structure")."""
    group = await primer.group(kind.removesuffix("_devicegroup"))
    assert (await primer.one(f"/devicegroups/{group['id']}"))["type"] == kind


@pytest.mark.parametrize(("length", "status"), [(0, 400), (1, 201), (80, 201), (81, 400)])
async def test_a_group_name_has_1_to_80_characters(either, length, status):
    """A group's name has 1 to 80 characters ("The Device Group Data Structure")."""
    product = await either.product()
    resource = {
        "type": "development_devicegroup",
        "attributes": {"name": "x" * length},
        "relationships": {"product": ident(product)},
    }
    assert (await either.post("/devicegroups", {"data": resource})).status_code == status


async def test_load_code_after_blessing_is_true_by_default(either):
    """A production group loads application code after blessing unless told otherwise ("Devices")."""
    assert (await either.group("production"))["attributes"]["load_code_after_blessing"] is True


@pytest.mark.parametrize("kind", ["development", "factory"])
async def test_load_code_after_blessing_is_for_blessed_devices(either, kind):
    """Groups that hold no blessed devices have no load_code_after_blessing ("The Device Group Data Structure")."""
    group = await either.group(kind)
    assert "load_code_after_blessing" not in group["attributes"]
    body = {"data": ident(group) | {"attributes": {"load_code_after_blessing": True}}}
    assert (await either.patch(f"/devicegroups/{group['id']}", body)).status_code == 400


@pytest.mark.parametrize("kind", ["factory_devicegroup", "pre_factoryfixture_devicegroup"])
async def test_a_production_target_is_mandatory(either, kind):
    """Factory and pre-factory groups need a production target ("Assigning Production Devices")."""
    resource = {
        "type": kind,
        "attributes": {"name": "A"},
        "relationships": {"product": ident(await either.product())},
    }
    response = await either.post("/devicegroups", {"data": resource})
    assert response.status_code == 400
    assert "production_target" in first_error(response)["detail"]


async def test_a_production_target_is_for_fixture_groups_only(either):
    """Other groups take no production target ("The Device Group Data Structure")."""
    product = await either.product()
    resource = {
        "type": "development_devicegroup",
        "attributes": {"name": "A"},
        "relationships": {
            "product": ident(product),
            "production_target": ident(await either.group("production", product)),
        },
    }
    assert (await either.post("/devicegroups", {"data": resource})).status_code == 400


@pytest.mark.parametrize(("kind", "target"), [("factory", "production"), ("pre_factoryfixture", "pre_production")])
async def test_fixtures_bless_into_their_sibling_type(either, kind, target):
    """Factory groups target production, pre-factory pre-production groups ("Deploying Factory Firmware ...")."""
    group = await either.group(kind)
    assert group["relationships"]["production_target"]["type"] == f"{target}_devicegroup"


# Devices in groups


async def test_a_device_is_in_one_group_at_a_time(either):
    """A device can be assigned to only one group at a time ("Device Groups")."""
    first, second = await either.group(), await either.group()
    device_id = await either.assigned(first)
    await either.assign(second, device_id)
    assert (await placed(either, device_id))["id"] == second["id"]
    assert await either.ids("/devices", **{"filter[devicegroup.id]": first["id"]}) == []


async def test_assigned_devices_stay_within_their_type(either):
    """An assigned device moves only to groups of the same type ("Device Groups")."""
    device_id = await either.assigned(await either.group())
    response = await either.assign(await either.group("factory"), device_id)
    assert response.status_code == 400
    assert first_error(response)["status"] == "409"
    assert (await placed(either, device_id))["type"] == "development_devicegroup"


@pytest.mark.parametrize("kind", ["factory", "pre_factoryfixture"])
async def test_fixtures_can_become_development_devices(either, kind):
    """Fixtures can be unassigned and then assigned to development groups ("Device Groups")."""
    group = await either.group(kind)
    device_id = await either.assigned(group)
    assert (await either.unassign(group, device_id)).status_code == 204
    assert (await either.assign(await either.group(), device_id)).status_code == 204


async def test_an_unblessed_device_is_unassigned(primer):
    """A production device that is unblessed has no group, and can go to a development group ("Device Groups")."""
    group, device_id = await primer.blessed()
    assert (await primer.unassign(group, device_id, headers={"X-Electricimp-Key": "unbond-me"})).status_code == 204
    assert await placed(primer, device_id) is None
    assert (await primer.assign(await primer.group(), device_id)).status_code == 204


@pytest.mark.parametrize("many", [False, True])
async def test_assigning_takes_an_identifier_or_an_array(either, many):
    """One identifier, or an array, is sent to relationships/devices ("Assigning Devices To A Device Group")."""
    group, device_id = await either.group(), either.device()
    one = {"type": "device", "id": device_id}
    path = f"/devicegroups/{group['id']}/relationships/devices"
    assert (await either.post(path, {"data": [one] if many else one})).status_code == 204
    assert (await placed(either, device_id))["id"] == group["id"]
    assert (await either.delete(path, {"data": [one] if many else one})).status_code == 204
    assert await placed(either, device_id) is None


async def test_the_identifiers_type_is_always_device(either):
    """The type of a device identifier is always "device" ("Assigning Devices To A Device Group")."""
    group, device_id = await either.group(), either.device()
    path = f"/devicegroups/{group['id']}/relationships/devices"
    assert (await either.post(path, {"data": {"type": "imp", "id": device_id}})).status_code == 409


async def test_new_devices_are_unassigned(either):
    """Devices that join an account are unassigned ("Assigning Devices To A Device Group", "Devices")."""
    assert await placed(either, either.device()) is None


@pytest.mark.parametrize("kind", ["development", "factory", "pre_factoryfixture"])
async def test_unassigned_devices_go_to_development_and_fixture_groups(either, kind):
    """An unassigned device can be assigned to any development, factory or pre-factory group ("Devices")."""
    assert await either.assigned(await either.group(kind))


@pytest.mark.parametrize("kind", ["production", "pre_production"])
async def test_production_devices_arrive_by_blessing_only(either, kind):
    """No device is first assigned by hand to a production or pre-production group ("Devices")."""
    response = await either.assign(await either.group(kind), either.device())
    assert response.status_code == 400
    assert first_error(response)["status"] == "409"


async def test_production_devices_can_be_moved_later(either):
    """A production device can be moved by hand to another production group ("Devices")."""
    group, device_id = await either.blessed()
    second = await either.group("production", group["relationships"]["product"])
    assert (await either.assign(second, device_id)).status_code == 204
    assert (await placed(either, device_id))["id"] == second["id"]


async def test_blessing_assigns_to_the_target(either):
    """A blessed device is in the target of its fixture's group ("Assigning Production Devices")."""
    group, device_id = await either.blessed()
    assert (await placed(either, device_id)) == ident(group)


async def test_a_dut_is_in_no_group(primer):
    """A device under test is not assigned to a group until it is blessed ("Devices")."""
    device_id = await primer.under_test()
    assert await placed(primer, device_id) is None


@pytest.mark.parametrize("spelling", ["devicegroup", "device_group"])
async def test_setting_the_relationship_assigns(either, spelling):
    """Setting a device's relationship to a group assigns it, and its product follows ("Device Endpoints")."""
    group, device_id = await either.group(), either.device()
    body = {"data": {"type": "device", "id": device_id, "relationships": {spelling: ident(group)}}}
    response = await either.patch(f"/devices/{device_id}", body)
    assert response.status_code == 200
    assert response.json()["data"]["relationships"]["product"] == group["relationships"]["product"]


# Devices


async def test_devices_live_at_devices(either):
    """Devices are reached at /devices and /devices/{id} ("Device Endpoints")."""
    device_id = either.device()
    assert await either.ids("/devices") == [device_id]
    assert (await either.one(f"/devices/{device_id}"))["type"] == "device"


@pytest.mark.parametrize(
    "name",
    [
        "name", "mac_address", "ip_address", "rssi", "free_memory", "imp_type", "swversion", "device_online",
        "device_state_changed_at", "agent_id", "agent_running", "agent_state_changed_at", "last_enrolled_at",
    ],
)  # fmt: skip
async def test_a_device_has_each_attribute(either, name):
    """A device has every attribute of the primer's table ("Device Data Structure")."""
    assert name in (await either.one(f"/devices/{either.device()}"))["attributes"]


@pytest.mark.parametrize("name", ["rssi", "free_memory"])
async def test_readings_are_not_in_lists(either, name):
    """Signal strength and free memory are in single records only ("Device Data Structure", its footnote)."""
    either.device()
    (entry,) = await either.listed("/devices")
    assert name not in entry["attributes"]


async def test_one_device_restarts(either):
    """POST /devices/{id}/restart restarts one device ("Restarting Devices")."""
    assert (await either.post(f"/devices/{await either.assigned()}/restart")).status_code == 204


async def test_all_devices_of_a_group_restart(either):
    """POST /devicegroups/{id}/restart restarts all devices of a group ("Restarting Devices")."""
    group = await either.group()
    ids = [await either.assigned(group, is_online=True) for _ in range(2)]
    before = [len(await either.listed(f"/devices/{device_id}/logs")) for device_id in ids]
    assert (await either.post(f"/devicegroups/{group['id']}/restart")).status_code == 204
    after = [len(await either.listed(f"/devices/{device_id}/logs")) for device_id in ids]
    assert all(now > then for now, then in zip(after, before, strict=True))


async def test_a_list_holds_all_devices_and_filters_limit_it(either):
    """The list has production devices too; a filter leaves development devices ("Filtering Devices")."""
    _, blessed = await either.blessed()
    development, drawer = await either.assigned(), either.device()
    assert {blessed, development, drawer} <= set(await either.ids("/devices"))
    asked = {"filter[devicegroup.type]": "development_devicegroup"}
    assert await either.ids("/devices", **asked) == [development]


async def test_lists_are_paged(either):
    """Lists of devices, products, groups and deployments come in pages ("Filtering Devices")."""
    group = await either.group()
    for _ in range(2):
        either.device()
        await either.group()
        await either.deployment(group)
    for path in ("/devices", "/products", "/devicegroups", "/deployments"):
        response = await either.get(f"{path}?page[size]=1")
        assert len(response.json()["data"]) == 1
        assert "next" in response.json()["links"]


# Deployments


async def test_deployments_live_at_deployments(either):
    """Deployments are reached at /deployments and /deployments/{id} ("Deployment Endpoints")."""
    deployment = await either.deployment(await either.group())
    assert await either.ids("/deployments") == [deployment["id"]]
    assert (await either.one(f"/deployments/{deployment['id']}"))["type"] == "deployment"


async def test_a_group_refers_to_one_deployment_at_a_time(either):
    """A new deployment replaces the group's code by becoming its current one ("Deployments")."""
    group = await either.group()
    for _ in range(2):
        deployment = await either.deployment(group)
        current = (await either.one(f"/devicegroups/{group['id']}"))["relationships"]["current_deployment"]
        assert current == ident(deployment)


async def test_same_code_same_sha_other_id_and_time(either):
    """Unchanged code has the same SHA, but another id and timestamp; changed code another SHA ("Deployments")."""
    group = await either.group()
    first, same, other = [await either.deployment(group, code) for code in ("a <- 1;", "a <- 1;", "a <- 2;")]
    assert first["attributes"]["sha"] == same["attributes"]["sha"] != other["attributes"]["sha"]
    assert first["id"] != same["id"]
    assert first["attributes"]["created_at"] != same["attributes"]["created_at"]


async def test_a_sha_has_256_bits(either):
    """The SHA has 256 bits ("Deployment Data Structure")."""
    sha = (await either.deployment(await either.group()))["attributes"]["sha"]
    assert len(bytes.fromhex(sha)) == 32


async def test_creating_a_deployment_takes_a_group(either):
    """Creating a deployment involves naming its group ("Deployment Endpoints")."""
    resource = {"type": "deployment", "attributes": {"device_code": "", "agent_code": ""}}
    assert (await either.post("/deployments", {"data": resource})).status_code == 400


@pytest.mark.parametrize("fixed", ["agent_code", "device_code", "origin", "sha", "created_at"])
async def test_only_description_tags_and_flag_change(either, fixed):
    """Of a deployment only description, tags and flag can be modified ("Deployment Endpoints")."""
    deployment = await either.deployment(await either.group())
    path = f"/deployments/{deployment['id']}"
    changes = {"description": "x", "tags": ["a"], "flagged": True}
    assert (await either.patch(path, {"data": ident(deployment) | {"attributes": changes}})).status_code == 200
    assert (await either.patch(path, {"data": ident(deployment) | {"attributes": {fixed: "x"}}})).status_code == 400


async def test_programs_have_4_mb_at_most(primer):
    """A deployment takes up to 4 MB of agent code and up to 4 MB of device code ("Deployment Endpoints")."""
    group = await primer.group()
    full = "//" + "x" * (4 * 1024 * 1024 - 2)
    assert await primer.deployment(group, full, full)
    attributes = {"device_code": full + "x", "agent_code": ""}
    resource = {"type": "deployment", "attributes": attributes, "relationships": {"devicegroup": ident(group)}}
    assert (await primer.post("/deployments", {"data": resource})).status_code == 413


async def test_a_flagged_deployment_cannot_be_deleted(either):
    """The flag says that a deployment cannot be deleted; it is false by default ("Deployment Data Structure")."""
    group = await either.group()
    deployment = await either.deployment(group)
    assert deployment["attributes"]["flagged"] is False
    flagged = await either.deployment(group, flagged=True)
    assert flagged["relationships"]["flagger"]["id"] == either.account.id
    assert (await either.delete(f"/deployments/{flagged['id']}")).status_code == 409


async def test_origin_is_the_users(either):
    """The origin is what the user says, and nothing by itself ("Deployments")."""
    group = await either.group()
    assert (await either.deployment(group))["attributes"]["origin"] is None
    assert (await either.deployment(group, origin="sha or id"))["attributes"]["origin"] == "sha or id"


async def test_tags_are_the_users(either):
    """Tags are an array of strings, set by the user ("Deployment Data Structure")."""
    assert (await either.deployment(await either.group(), tags=["a", "b"]))["attributes"]["tags"] == ["a", "b"]


async def test_a_deployment_tells_group_product_and_people(either):
    """A deployment's relationships tell product, group, creator and owner ("Deployment Data Structure")."""
    group = await either.group()
    relationships = (await either.deployment(group))["relationships"]
    assert relationships["devicegroup"] == ident(group)
    assert relationships["product"] == group["relationships"]["product"]
    assert relationships["creator"]["id"] == relationships["owner"]["id"] == either.account.id


async def test_promoting_is_deploying_the_same_code_elsewhere(either):
    """The same code is made available to production by another deployment in a production group ("Deploying Code")."""
    product = await either.product()
    development, production = await either.group(product=product), await either.group("production", product)
    source = await either.deployment(development, "a <- 1;")
    promoted = await either.deployment(production, "a <- 1;", origin=source["id"])
    assert promoted["attributes"]["sha"] == source["attributes"]["sha"]
    assert promoted["relationships"]["devicegroup"] == ident(production)
