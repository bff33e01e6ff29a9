"""Contract section 4: resources, lists, pages, identifiers, times, filters."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from imptui.cloud.rules import account as accounts

UNKNOWN = "00000000-0000-4000-8000-000000000000"
LISTS = ["/products", "/devicegroups", "/devices", "/deployments", "/webhooks", "/accounts",
         "/accounts/me/login_keys", "/accounts/me/refresh_tokens", "/libraries"]  # fmt: skip


def linked(response):
    return response.json()["links"]


def pages_of(response):
    return {name: int(parse_qs(urlsplit(link).query)["page[number]"][0]) for name, link in linked(response).items()}


@pytest.mark.parametrize("path", LISTS)
async def test_every_list_has_data_and_links(api, path):
    """A list answers 200 with an array, perhaps empty, and an object of links (4.2)."""
    response = await api.get(path)
    assert response.status_code == 200
    assert isinstance(response.json()["data"], list)
    assert linked(response)["first"] == linked(response)["self"]
    assert "next" not in linked(response)


async def test_next_is_there_only_when_true(api):
    """`next` exists exactly while there is a further page, and is never null (4.2)."""
    for _ in range(5):
        await api.product()
    assert pages_of(await api.get("/products?page[size]=2")) == {"first": 1, "self": 1, "next": 2}
    assert pages_of(await api.get("/products?page[size]=2&page[number]=2")) == {
        "first": 1,
        "self": 2,
        "prev": 1,
        "next": 3,
    }
    assert pages_of(await api.get("/products?page[size]=2&page[number]=3")) == {"first": 1, "self": 3, "prev": 2}
    assert "next" not in linked(await api.get("/products?page[size]=5"))


async def test_following_next_sees_everything_once(api):
    """Following `next` verbatim visits every entry exactly once, in a stable order (4.2)."""
    made = [(await api.product())["id"] for _ in range(7)]
    seen, link = [], f"{api.base}/products?page[size]=3"
    while link:
        response = await api.get(link)
        seen += [entry["id"] for entry in response.json()["data"]]
        link = linked(response).get("next")
    assert seen == made


async def test_links_are_absolute_and_keep_filters(api):
    """Links are absolute and carry filters and page size along (4.2)."""
    product = await api.product()
    for _ in range(3):
        await api.group(product=product)
    response = await api.get(f"/devicegroups?filter[product.id]={product['id']}&page[size]=2")
    following = linked(response)["next"]
    assert following.startswith(api.base + "/devicegroups?")
    asked = parse_qs(urlsplit(following).query)
    assert asked["filter[product.id]"] == [product["id"]]
    assert asked["page[size]"] == ["2"]


async def test_the_default_page_has_20_entries(api):
    """Without a size a page holds 20 entries (4.2)."""
    for _ in range(21):
        await api.product()
    response = await api.get("/products")
    assert len(response.json()["data"]) == 20
    assert "next" in linked(response)


async def test_sizes_above_100_count_as_100(api):
    """A page holds at most 100 entries, whatever was asked (4.2)."""
    for _ in range(101):
        api.device()
    response = await api.get("/devices?page[size]=5000")
    assert len(response.json()["data"]) == 100
    assert "page[size]=100" in linked(response)["self"]


@pytest.mark.parametrize(
    "query", ["page[size]=0", "page[size]=-1", "page[size]=ten", "page[size]=", "page[number]=0", "page[number]=1.5"]
)
async def test_pages_that_are_no_pages_are_400(api, query):
    """A size or number below 1, or none at all, is 400 (4.2)."""
    response = await api.get(f"/products?{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "VX004"


@pytest.mark.parametrize("number", [2, 999_999_999])
async def test_a_page_past_the_end_is_empty(api, number):
    """A page past the last one is 200, empty, without `next` (4.2)."""
    await api.product()
    response = await api.get(f"/products?page[number]={number}")
    assert response.status_code == 200
    assert response.json()["data"] == []
    assert "next" not in linked(response)


async def test_relationships_are_bare(api):
    """A relationship is `{type, id}` and nothing around it (4.1)."""
    product = await api.product()
    assert product["relationships"]["owner"] == {"type": "account", "id": api.account.id}


async def test_resources_link_to_themselves(api):
    """`links.self` of a resource is absolute and leads to it (4.1)."""
    for resource in (await api.product(), await api.group(), await api.deployment(await api.group())):
        response = await api.get(resource["links"]["self"])
        assert response.json()["data"]["id"] == resource["id"]


async def test_an_empty_relationship_is_absent(api):
    """A relationship to nothing has no key (4.1)."""
    device = await api.one(f"/devices/{api.device()}")
    assert set(device["relationships"]) == {"owner"}
    group = await api.group()
    assert "current_deployment" not in group["relationships"]
    assert "min_supported_deployment" not in group["relationships"]


async def test_relationships_is_always_an_object(api):
    """`relationships` is there even when it is empty (4.1)."""
    assert (await api.one("/accounts/me"))["relationships"] == {}


async def test_an_unset_attribute_is_null(api):
    """Attributes are always there; an unset one is null (4.1)."""
    product = await api.product()
    assert product["attributes"]["description"] is None


async def test_times_have_three_digits_and_z(api):
    """Times are ISO 8601 in UTC with three fractional digits and `Z` (4.4)."""
    created_at = (await api.product())["attributes"]["created_at"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", created_at)


async def test_deployments_of_one_moment_differ_in_time(api):
    """`created_at` strictly increases among a group's deployments, though the clock stands (4.4)."""
    group = await api.group()
    times = [(await api.deployment(group))["attributes"]["created_at"] for _ in range(4)]
    assert times == sorted(set(times))


async def test_deployments_come_newest_first(api):
    """Deployments are listed newest first, all else oldest first (4.2)."""
    group = await api.group()
    made = [(await api.deployment(group))["id"] for _ in range(3)]
    assert await api.ids("/deployments") == made[::-1]


async def test_lists_hold_only_what_the_caller_may_see(api, other):
    """Nobody sees what belongs to others: not in lists, and by id it is 404 (4.5)."""
    product = await api.product()
    assert await other.ids("/products") == []
    assert (await other.get(f"/products/{product['id']}")).status_code == 404


@pytest.mark.parametrize("path", LISTS)
async def test_an_unknown_filter_is_400(api, path):
    """A filter that a list does not have is refused and named (4.6)."""
    response = await api.get(f"{path}?filter[colour]=red")
    assert response.status_code == 400
    error = response.json()["errors"][0]
    assert error["code"] == "VX004"
    assert "colour" in error["detail"]


async def test_other_parameters_are_ignored(api):
    """Query parameters that are no filters and no pages are ignored (4.6)."""
    assert (await api.get("/products?sort=name&include=owner")).status_code == 200


@pytest.mark.parametrize("owner", ["me", "id"])
async def test_products_are_filtered_by_owner(api, owner):
    """`filter[owner.id]` takes an id or `me` (4.5, 4.6)."""
    product = await api.product()
    who = api.account.id if owner == "id" else "me"
    assert await api.ids("/products", **{"filter[owner.id]": who}) == [product["id"]]
    assert await api.ids("/products", **{"filter[owner.id]": UNKNOWN}) == []


@pytest.mark.parametrize("path", ["/products", "/devicegroups", "/devices", "/deployments", "/webhooks"])
async def test_an_empty_filter_is_as_if_absent(api, path):
    """A filter without a value filters nothing (4.6)."""
    group = await api.group()
    await api.assigned(group)
    await api.deployment(group)
    name = "devicegroup.id" if path == "/webhooks" else "owner.id"
    assert await api.ids(path, **{f"filter[{name}]": ""}) == await api.ids(path)


async def test_groups_are_filtered_by_product_and_type(api):
    """Filters of a list combine with AND (4.6)."""
    first, second = await api.product(), await api.product()
    wanted = await api.group("production", first)
    await api.group("production", second)
    await api.group("development", first)
    asked = {"filter[product.id]": first["id"], "filter[type]": "production_devicegroup"}
    assert await api.ids("/devicegroups", **asked) == [wanted["id"]]


@pytest.mark.parametrize("alias", ["factory_devicegroup", "factoryfixture_devicegroup"])
async def test_the_factory_type_has_two_names(api, alias):
    """Filters take the primer's name of the factory type too (4.6)."""
    group = await api.group("factoryfixture")
    assert await api.ids("/devicegroups", **{"filter[type]": alias}) == [group["id"]]


async def test_an_unknown_type_in_a_filter_is_400(api):
    """A type that there is not is a bad filter value (2.5, 4.6)."""
    for query in ("/devicegroups?filter[type]=x", "/devices?filter[devicegroup.type]=x"):
        assert (await api.get(query)).status_code == 400


async def test_devices_are_filtered_by_group_product_and_type(api):
    """Devices can be listed by group, by product and by type of group (4.6)."""
    group, other = await api.group(), await api.group("factoryfixture")
    wanted, fixture, _ = await api.assigned(group), await api.assigned(other), api.device()
    product_id = group["relationships"]["product"]["id"]
    assert await api.ids("/devices", **{"filter[devicegroup.id]": group["id"]}) == [wanted]
    assert await api.ids("/devices", **{"filter[product.id]": product_id}) == [wanted]
    assert await api.ids("/devices", **{"filter[devicegroup.type]": "development_devicegroup"}) == [wanted]
    assert await api.ids("/devices", **{"filter[devicegroup.type]": "factory_devicegroup"}) == [fixture]
    assert await api.ids("/devices", **{"filter[devicegroup.id]": UNKNOWN}) == []


@pytest.mark.parametrize("value", ["null", ""])
async def test_unassigned_devices_are_those_whose_group_has_no_owner(api, value):
    """`filter[devicegroup.owner.id]=null`, or empty, lists unassigned devices only (4.6)."""
    await api.assigned()
    unassigned = api.device()
    assert await api.ids("/devices", **{"filter[devicegroup.owner.id]": value}) == [unassigned]


async def test_assigned_devices_are_those_whose_group_has_an_owner(api):
    """`filter[devicegroup.owner.id]` with an account lists devices in groups of that account (4.6)."""
    assigned, _ = await api.assigned(), api.device()
    assert await api.ids("/devices", **{"filter[devicegroup.owner.id]": api.account.id}) == [assigned]
    assert await api.ids("/devices", **{"filter[devicegroup.owner.id]": "me"}) == [assigned]


async def test_deployments_are_filtered_by_flag(api):
    """`filter[flagged]` is true, false or any (4.6)."""
    group = await api.group()
    flagged, plain = await api.deployment(group, flagged=True), await api.deployment(group)
    assert await api.ids("/deployments", **{"filter[flagged]": "true"}) == [flagged["id"]]
    assert await api.ids("/deployments", **{"filter[flagged]": "false"}) == [plain["id"]]
    assert len(await api.ids("/deployments", **{"filter[flagged]": "any"})) == 2
    assert len(await api.ids("/deployments")) == 2
    assert (await api.get("/deployments?filter[flagged]=maybe")).status_code == 400


async def test_deployments_are_filtered_by_all_tags(api):
    """A deployment must carry all tags asked for, given with commas or one by one (4.6)."""
    group = await api.group()
    both = await api.deployment(group, tags=["a", "b"])
    await api.deployment(group, tags=["a"])
    assert len(await api.ids("/deployments", **{"filter[tags]": "a"})) == 2
    assert await api.ids("/deployments", **{"filter[tags]": "a,b"}) == [both["id"]]
    assert await api.ids("/deployments", **{"filter[tags]": ["b", "a"]}) == [both["id"]]


async def test_deployments_are_filtered_by_sha_group_product_and_people(api):
    """Deployments can be listed by sha, group, product, creator, owner and flagger (4.6)."""
    group = await api.group()
    wanted = await api.deployment(group, "a <- 1;", flagged=True)
    await api.deployment(await api.group(), "b <- 2;")
    for name, value in (
        ("sha", wanted["attributes"]["sha"]),
        ("devicegroup.id", group["id"]),
        ("product.id", group["relationships"]["product"]["id"]),
        ("flagger.id", api.account.id),
    ):
        assert await api.ids("/deployments", **{f"filter[{name}]": value}) == [wanted["id"]], name
    for name in ("creator.id", "owner.id"):
        assert len(await api.ids("/deployments", **{f"filter[{name}]": api.account.id})) == 2, name
        assert await api.ids("/deployments", **{f"filter[{name}]": UNKNOWN}) == [], name


@pytest.mark.parametrize("form", ["0c:2a:69:0b:51:7e", "0C:2A:69:0B:51:7E", "0c-2a-69-0b-51-7e", "0c2a690b517e"])
async def test_a_device_answers_to_its_mac_address(api, form):
    """A MAC address names a device in any case, with colons, dashes or neither (4.3)."""
    device_id = api.device(mac_address="0c:2a:69:0b:51:7e")
    assert (await api.one(f"/devices/{form}"))["id"] == device_id


async def test_a_device_answers_to_its_agent_id_while_assigned(api):
    """The agent id names a device, but not while it is unassigned (4.3)."""
    group = await api.group()
    device_id = await api.assigned(group)
    agent_id = (await api.one(f"/devices/{device_id}"))["attributes"]["agent_id"]
    assert (await api.one(f"/devices/{agent_id}"))["id"] == device_id
    await api.unassign(group, device_id)
    assert (await api.get(f"/devices/{agent_id}")).status_code == 404


async def test_a_name_is_no_identifier(api):
    """The API never resolves names (4.3)."""
    device_id = api.device(name="bed 4")
    product = await api.product("Greenhouse")
    assert (await api.get("/devices/bed 4")).status_code == 404
    assert (await api.get("/products/Greenhouse")).status_code == 404
    assert device_id
    assert product


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/products", "owner.id"),
        ("/devicegroups", "product.id"),
        ("/devices", "product.id"),
        ("/devices", "devicegroup.id"),
        ("/devices", "devicegroup.owner.id"),
        ("/deployments", "devicegroup.id"),
        ("/deployments", "creator.id"),
        ("/deployments", "flagger.id"),
        ("/webhooks", "devicegroup.id"),
    ],
)
async def test_an_unknown_id_in_a_filter_lists_nothing(api, path, name):
    """A filter with a well-formed but unknown id gives an empty list, 200 (4.6)."""
    group = await api.group()
    await api.deployment(group, flagged=True)
    await api.assigned(group)
    assert await api.listed(path, **{f"filter[{name}]": "00000000-0000-4000-8000-000000000000"}) == []


async def test_lists_show_what_collaborators_share(api, other):
    """Lists return the caller's own things and those of accounts that it collaborates with; an owner filter tells (4.5)."""
    accounts.collaborate(api.world, api.account, other.account)
    mine, theirs = await api.product("Mine"), await other.product("Theirs")
    assert set(await other.ids("/products")) == {mine["id"], theirs["id"]}
    assert await other.ids("/products", **{"filter[owner.id]": "me"}) == [theirs["id"]]
    assert await api.ids("/products") == [mine["id"]]
    assert {entry["id"] for entry in await other.listed("/accounts")} == {api.account.id, other.account.id}


@pytest.mark.parametrize("path", ["/products", "/devicegroups", "/devices", "/deployments"])
async def test_account_is_an_alias_of_owner(api, other, path):
    """`filter[account.id]` means what `filter[owner.id]` means (4.6)."""
    await api.deployment(await api.group())
    api.device()
    mine = await api.ids(path, **{"filter[account.id]": api.account.id})
    assert mine == await api.ids(path, **{"filter[owner.id]": api.account.id})
    assert mine
    assert await api.ids(path, **{"filter[account.id]": other.account.id}) == []
