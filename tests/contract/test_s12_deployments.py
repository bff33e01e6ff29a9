"""Contract section 12: deployments."""

import asyncio
import hashlib

import pytest

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def first_error(response):
    return response.json()["errors"][0]


def ident(resource):
    return {"type": resource["type"], "id": resource["id"]}


async def change(api, deployment, **attributes):
    body = {"data": {"type": "deployment", "id": deployment["id"], "attributes": attributes}}
    return await api.patch(f"/deployments/{deployment['id']}", body)


async def create(api, group, **attributes):
    attributes = {"device_code": "", "agent_code": ""} | attributes
    attributes = {name: value for name, value in attributes.items() if value is not ...}
    relationships = {"devicegroup": ident(group)}
    return await api.post(
        "/deployments", {"data": {"type": "deployment", "attributes": attributes, "relationships": relationships}}
    )


async def support(api, group, deployment):
    body = {"data": {"type": "deployment", "id": deployment["id"]}}
    return await api.put(f"/devicegroups/{group['id']}/relationships/min_supported_deployment", body)


async def test_a_deployment_is_answered_as_documented(api):
    """A new deployment has the attributes and relationships of the contract's example (12.4)."""
    group = await api.group()
    deployment = await api.deployment(
        group,
        'server.log("bed 4 up");',
        "",
        description="first light",
        origin="git:7c1e",
        tags=["v0.1", "lab"],
        flagged=False,
    )
    attributes = deployment["attributes"]
    assert set(attributes) == {
        "sha",
        "description",
        "device_code",
        "agent_code",
        "origin",
        "flagged",
        "tags",
        "created_at",
        "updated_at",
    }
    assert attributes["device_code"] == 'server.log("bed 4 up");'
    assert attributes["origin"] == "git:7c1e"
    assert attributes["tags"] == ["v0.1", "lab"]
    assert attributes["flagged"] is False
    relationships = deployment["relationships"]
    assert set(relationships) == {"product", "devicegroup", "owner", "creator"}
    assert relationships["devicegroup"] == ident(group)
    assert relationships["product"] == group["relationships"]["product"]


async def test_defaults(api):
    """Without them: no description, no origin, no tags, no flag (12.2)."""
    attributes = (await api.deployment(await api.group()))["attributes"]
    assert (attributes["description"], attributes["origin"], attributes["tags"], attributes["flagged"]) == (
        None,
        None,
        [],
        False,
    )


async def test_the_sha_depends_on_code_and_owner_alone(api):
    """The sha is 256 bits over both programs and the owner: same code, same sha, new id (12.3)."""
    first = await api.deployment(await api.group(), "a <- 1;", "b <- 2;")
    second = await api.deployment(await api.group(), "a <- 1;", "b <- 2;", description="again")
    third = await api.deployment(await api.group(), "b <- 2;", "a <- 1;")
    assert first["attributes"]["sha"] == second["attributes"]["sha"] != third["attributes"]["sha"]
    assert first["id"] != second["id"]
    expected = hashlib.sha256(b"\0".join((b"a <- 1;", b"b <- 2;", api.account.id.encode()))).hexdigest()
    assert first["attributes"]["sha"] == expected


async def test_lists_have_no_code(api):
    """List entries leave the programs out; one deployment has them (12.2)."""
    deployment = await api.deployment(await api.group())
    (entry,) = await api.listed("/deployments")
    assert not {"device_code", "agent_code"} & set(entry["attributes"])
    assert {"device_code", "agent_code"} <= set((await api.one(f"/deployments/{deployment['id']}"))["attributes"])


@pytest.mark.parametrize(
    "attributes",
    [
        {"device_code": ...}, {"agent_code": ...}, {"device_code": None}, {"device_code": 5},
        {"description": "x" * 256}, {"flagged": "yes"}, {"tags": "a"}, {"tags": ["a b"]}, {"tags": [1]},
        {"tags": ["x" * 501]}, {"tags": [""]}, {"origin": 5}, {"sha": "0"}, {"created_at": "2023-03-14T09:26:53.589Z"},
    ],
)  # fmt: skip
async def test_ill_formed_attributes_are_400(api, attributes):
    """Attributes that break their form are 400, and nothing is stored (12.2)."""
    group = await api.group()
    response = await create(api, group, **attributes)
    assert response.status_code == 400
    assert await api.ids("/deployments") == []


async def test_empty_programs_are_fine(api):
    """Both programs may be empty (12.4)."""
    assert (await create(api, await api.group())).status_code == 201


@pytest.mark.parametrize("program", ["device_code", "agent_code"])
async def test_a_program_has_4_mb_at_most(api, program):
    """One byte over 4 MB of UTF-8 is too large (12.2)."""
    group = await api.group()
    limit = 4 * 1024 * 1024
    response = await create(api, group, **{program: "//" + "x" * (limit - 1)})
    assert response.status_code == 413
    response = await create(api, group, **{program: "//" + "é" * (limit // 2)})
    assert response.status_code == 413


async def test_the_group_is_required(api):
    """A deployment without a group is 400, for an unknown one 404 (12.2)."""
    body = {"data": {"type": "deployment", "attributes": {"device_code": "", "agent_code": ""}}}
    assert (await api.post("/deployments", body)).status_code == 400
    assert (await create(api, {"type": "development_devicegroup", "id": UNKNOWN})).status_code == 404


async def test_the_groups_type_must_fit(api):
    """Naming the group with another type than it has is 409 (12.2)."""
    group = await api.group()
    assert (await create(api, group | {"type": "production_devicegroup"})).status_code == 409


@pytest.mark.parametrize(("program", "row"), [("device_code", 2), ("agent_code", 3)])
async def test_code_that_does_not_compile_is_refused(api, program, row):
    """Code that does not compile is CX005 with one entry per message, and nothing is stored (12.4)."""
    code = "\n" * (row - 1) + "local x = (1 + ;"
    response = await create(api, await api.group(), **{program: code})
    assert response.status_code == 400
    error = first_error(response)
    assert (error["status"], error["code"], error["title"]) == ("400", "CX005", "Compilation Error")
    assert error["meta"]
    for message in error["meta"]:
        assert set(message) == {"file", "row", "column", "type", "text"}
    assert error["meta"][0]["file"] == program
    assert error["meta"][0]["row"] == row
    assert error["meta"][0]["column"] >= 1
    assert await api.ids("/deployments") == []


async def test_a_deployment_becomes_current(api):
    """The newest deployment is the group's current one at once (12.5)."""
    group = await api.group()
    for _ in range(2):
        deployment = await api.deployment(group)
        relationships = (await api.one(f"/devicegroups/{group['id']}"))["relationships"]
        assert relationships["current_deployment"] == ident(deployment)


async def test_the_first_deployment_becomes_the_minimum(api):
    """The first deployment sets the minimum supported one, later ones leave it (12.6)."""
    group = await api.group()
    first = await api.deployment(group)
    await api.deployment(group)
    relationships = (await api.one(f"/devicegroups/{group['id']}"))["relationships"]
    assert relationships["min_supported_deployment"] == ident(first)


async def test_the_minimum_moves_forward(api):
    """The minimum can be set to a newer deployment or the same, answering the identifier; never back (12.6)."""
    group = await api.group()
    first, second = await api.deployment(group), await api.deployment(group)
    for deployment in (first, second, second):
        response = await support(api, group, deployment)
        assert response.status_code == 200
        assert response.json()["data"] == ident(deployment)
    response = await support(api, group, first)
    assert response.status_code == 409
    assert first_error(response)["code"] == "CX013"


async def test_the_minimum_is_of_the_group(api):
    """A foreign deployment is 409, an unknown one 404 (12.6)."""
    group = await api.group()
    await api.deployment(group)
    foreign = await api.deployment(await api.group())
    assert (await support(api, group, foreign)).status_code == 409
    assert (await support(api, group, {"id": UNKNOWN})).status_code == 404


async def test_flag_first_then_minimum(api):
    """A flagged deployment is refused to the letter, then the minimum and newer, and older ones go (2.5, 12.7)."""
    group = await api.group()
    first, second, third = [await api.deployment(group) for _ in range(3)]
    await support(api, group, second)
    await change(api, first, flagged=True)
    response = await api.delete(f"/deployments/{first['id']}")
    assert response.status_code == 409
    error = first_error(response)
    assert (error["code"], error["title"]) == ("CX003", "Resource Flagged")
    assert error["detail"] == "You cannot delete flagged deployments; set the flagged attribute to false and try again."
    for newer in (second, third):
        response = await api.delete(f"/deployments/{newer['id']}")
        assert response.status_code == 409
        assert first_error(response)["code"] == "CX009"
    await change(api, first, flagged=False)
    assert (await api.delete(f"/deployments/{first['id']}")).status_code == 204
    assert (await api.delete(f"/deployments/{first['id']}")).status_code == 404


async def test_simultaneous_changes_are_judged_each_on_its_own(api):
    """A new minimum and the deletion of an older deployment at one moment never fail by locks (12.6)."""
    group = await api.group()
    made = [await api.deployment(group) for _ in range(6)]
    await support(api, group, made[3])
    answers = await asyncio.gather(
        support(api, group, made[4]),
        support(api, group, made[5]),
        *(api.delete(f"/deployments/{deployment['id']}") for deployment in made[:3]),
    )
    assert [answer.status_code for answer in answers[2:]] == [204] * 3
    assert {answer.status_code for answer in answers[:2]} <= {200, 409}


async def test_what_can_be_changed(api):
    """Description, tags and flag change; origin and code do not (12.1, 12.2)."""
    deployment = await api.deployment(await api.group(), tags=["a"])
    response = await change(api, deployment, description="later", tags=["b", "c"], flagged=True)
    assert response.status_code == 200
    attributes = response.json()["data"]["attributes"]
    assert (attributes["description"], attributes["tags"], attributes["flagged"]) == ("later", ["b", "c"], True)
    for fixed in ("origin", "device_code", "agent_code", "sha"):
        assert (await change(api, deployment, **{fixed: "x"})).status_code == 400


async def test_changes_do_not_touch_the_rest(api):
    """Changing one attribute leaves the others (1.3)."""
    deployment = await api.deployment(await api.group(), description="x", tags=["a"], flagged=True)
    attributes = (await change(api, deployment, description="y")).json()["data"]["attributes"]
    assert (attributes["tags"], attributes["flagged"]) == (["a"], True)
    assert (await change(api, deployment)).status_code == 200


async def test_tags_keep_their_order_once_each(api):
    """Tags keep the order sent, the first of each (12.2)."""
    deployment = await api.deployment(await api.group(), tags=["b", "a", "b", "v1.0", "x_*-y"])
    assert deployment["attributes"]["tags"] == ["b", "a", "v1.0", "x_*-y"]


async def test_the_flagger_is_who_changed_the_flag(api):
    """There is no flagger until somebody sets the flag, at creation too (12.2)."""
    group = await api.group()
    deployment = await api.deployment(group)
    assert "flagger" not in deployment["relationships"]
    changed = (await change(api, deployment, flagged=True)).json()["data"]
    assert changed["relationships"]["flagger"] == {"type": "account", "id": api.account.id}
    assert "flagger" in (await api.deployment(group, flagged=True))["relationships"]
