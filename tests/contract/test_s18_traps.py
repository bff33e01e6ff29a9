"""Contract section 18: the traps, one test each, in its order."""

import asyncio

READINGS = ("rssi", "free_memory")


def first_error(response):
    return response.json()["errors"][0]


def ident(resource):
    return {"type": resource["type"], "id": resource["id"]}


async def test_01_null_bodies_on_get_and_delete(api):
    """Bodies of `null` on GET and DELETE are no bodies."""
    product = await api.product()
    assert (await api.call("GET", f"/products/{product['id']}", content=b"null")).status_code == 200
    assert (await api.call("DELETE", f"/products/{product['id']}", content=b"null")).status_code == 204


async def test_02_unknown_routes_and_odd_identifiers(api):
    """Unknown routes and odd identifiers are 404 with JSON errors."""
    for path in ("/nowhere", "/products/A/B", "/devices/my device"):
        response = await api.get(path)
        assert response.status_code == 404
        assert first_error(response)["status"] == "404"


async def test_03_links_always_next_only_when_true(api):
    """`links` is always there, `next` only when there is more."""
    await api.product()
    await api.product()
    assert "next" not in (await api.get("/products")).json()["links"]
    assert "next" in (await api.get("/products?page[size]=1")).json()["links"]


async def test_04_bare_relationships_empty_ones_absent(api):
    """Relationships are bare, and absent when empty."""
    group = await api.group()
    assert set(group["relationships"]["product"]) == {"type", "id"}
    assert "current_deployment" not in group["relationships"]


async def test_05_absent_attributes_are_null(api):
    """Attributes without a value are null, in a fixed set per type."""
    sets = [set((await api.one(f"/devices/{device}"))["attributes"]) for device in (api.device(), await api.assigned())]
    assert sets[0] == sets[1]
    assert (await api.one(f"/devices/{api.device()}"))["attributes"]["agent_id"] is None


async def test_06_agent_and_mac_in_lists(api):
    """Agent id and MAC address are in list entries too."""
    await api.assigned()
    (entry,) = await api.listed("/devices")
    assert entry["attributes"]["agent_id"]
    assert entry["attributes"]["mac_address"]


async def test_07_the_same_agent_id_again(api):
    """The agent id is the same after reassignment and null in between."""
    group = await api.group()
    device_id = await api.assigned(group)
    before = (await api.one(f"/devices/{device_id}"))["attributes"]["agent_id"]
    await api.unassign(group, device_id)
    assert (await api.one(f"/devices/{device_id}"))["attributes"]["agent_id"] is None
    await api.assign(group, device_id)
    assert (await api.one(f"/devices/{device_id}"))["attributes"]["agent_id"] == before


async def test_08_first_deployment_is_minimum_and_times_increase(api):
    """The first deployment sets the minimum; `created_at` strictly increases."""
    group = await api.group()
    first, second = await api.deployment(group), await api.deployment(group)
    assert first["attributes"]["created_at"] < second["attributes"]["created_at"]
    relationships = (await api.one(f"/devicegroups/{group['id']}"))["relationships"]
    assert relationships["min_supported_deployment"]["id"] == first["id"]


async def test_09_direct_reassignment_and_adding_again(api):
    """Devices move directly between groups of a type, and adding again succeeds."""
    first, second = await api.group(), await api.group()
    device_id = await api.assigned(first)
    assert (await api.assign(second, device_id)).status_code == 204
    assert (await api.assign(second, device_id)).status_code == 204


async def test_10_bulk_failures(api):
    """A call for several devices that fails for some is 400 with an entry for each of those."""
    response = await api.assign(await api.group(), api.device(), "5000d8c46a57fff1", "5000d8c46a57fff2")
    assert response.status_code == 400
    assert [error["status"] for error in response.json()["errors"]] == ["404", "404"]


async def test_11_empty_updates(api):
    """Empty updates succeed on everything that can be updated."""
    product, group = await api.product(), await api.group()
    resources = [product, group, await api.deployment(group), await api.one(f"/devices/{api.device()}")]
    for resource in resources:
        body = {"data": ident(resource) | {"attributes": {}}}
        response = await api.patch(resource["links"]["self"], body)
        assert response.status_code == 200, resource["type"]
        after = response.json()["data"]["attributes"]
        assert all(after[name] == value for name, value in resource["attributes"].items() if name not in READINGS)


async def test_12_event_streams(api):
    """An event stream opens without a token, says its event, and speaks JSON when asked to."""
    stream = (await api.post("/logstream")).json()["data"]
    async with api.client.stream("GET", stream["attributes"]["url"] + "?format=json") as response:
        assert response.status_code == 200
        first = await asyncio.wait_for(anext(response.aiter_raw()), 60)
    assert first == b'event: state_change\ndata: {"state":"opened"}\n\n'


async def test_13_404_for_a_bad_refresh_token_or_login_key(api):
    """A bad refresh token or login key is 404, not 401."""
    for body in ({"token": "0" * 64}, {"key": "0" * 16}):
        assert (await api.post("/auth/token", body, token=None)).status_code == 404


async def test_14_never_403_for_a_wrong_password(api):
    """403 at /auth means one-time password, so a wrong password is 401."""
    response = await api.post("/auth", {"id": "grower", "password": "wrong"}, token=None)
    assert response.status_code == 401


async def test_15_never_401_for_a_wrong_password_header(api):
    """401 elsewhere means a new token, so a wrong X-Electricimp-Password is 403."""
    body = {"data": {"type": "login_key", "attributes": {}}}
    response = await api.post("/accounts/me/login_keys", body, headers={"X-Electricimp-Password": "wrong"})
    assert response.status_code == 403


async def test_16_restarting_next_to_nothing(api):
    """Restarting a group without deployment or devices succeeds."""
    group = await api.group()
    assert (await api.post(f"/devicegroups/{group['id']}/restart")).status_code == 204
    await api.assigned(group)
    assert (await api.post(f"/devicegroups/{group['id']}/restart")).status_code == 204


async def test_17_names_are_never_resolved(api):
    """Names given as identifiers are 404."""
    await api.product("Greenhouse")
    await api.group(name="Bench")
    api.device(name="bed")
    for path in ("/products/Greenhouse", "/devicegroups/Bench", "/devices/bed"):
        assert (await api.get(path)).status_code == 404


async def test_18_a_group_takes_its_deployments_along(api):
    """Deleting a group deletes its unflagged deployments, minimum or not."""
    group = await api.group()
    made = [await api.deployment(group) for _ in range(2)]
    assert (await api.delete(f"/devicegroups/{group['id']}")).status_code == 204
    for deployment in made:
        assert (await api.get(f"/deployments/{deployment['id']}")).status_code == 404


async def test_other_endpoints(api):
    """The list of libraries is paged like any other, and enrolment is not offered (17)."""
    assert (await api.get("/libraries")).status_code == 200
    assert (await api.post("/enroll", {"type": "production_token"})).status_code == 404
