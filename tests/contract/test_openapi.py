"""The description of the API says what the engine does."""

import pytest

from imptui.cloud.api.routes import ROUTES


async def description(api):
    response = await api.client.get(api.base.removesuffix("/v5") + "/openapi.json")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    return response.json()


async def test_it_lies_outside_the_api_and_needs_no_token(api):
    """The description is at /openapi.json, in OpenAPI 3.1."""
    assert (await description(api))["openapi"].startswith("3.1")


async def test_it_has_every_route(either):
    """Every route of the table is described, and nothing else."""
    paths = (await description(either))["paths"]
    described = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert described == {(route.method, f"/v5{route.path}") for route in ROUTES}


async def test_every_reference_leads_somewhere(either):
    """Every schema that is named is there."""
    document = await description(either)

    def references(part):
        if isinstance(part, dict):
            yield from ([part["$ref"]] if "$ref" in part else [])
            for value in part.values():
                yield from references(value)
        elif isinstance(part, list):
            for value in part:
                yield from references(value)

    names = {reference.removeprefix("#/components/schemas/") for reference in references(document)}
    assert names <= set(document["components"]["schemas"])


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.is_open], ids=lambda r: f"{r.method} {r.path}")
async def test_every_route_needs_a_token_but_the_open_ones(primer, route):
    """Each route that is described as needing a token answers 401 without one (5.4)."""
    path = route.path
    for name in (
        "product_id",
        "group_id",
        "deployment_id",
        "webhook_id",
        "device_ref",
        "stream_id",
        "account_id",
        "token_id",
        "key",
    ):
        path = path.replace(f"{{{name}}}", "x")
    assert (await primer.call(route.method, path, token=None)).status_code == 401


ABOUT_ONE = [route for route in ROUTES if "{" in route.path and not route.is_open]


@pytest.mark.parametrize("route", ABOUT_ONE, ids=lambda route: f"{route.method} {route.path}")
async def test_every_route_answers_404_for_what_is_not_there(primer, route):
    """Each route about one thing answers 404 when there is no such thing, in JSON (2.2)."""
    path = route.path
    for name in (
        "product_id",
        "group_id",
        "deployment_id",
        "webhook_id",
        "device_ref",
        "stream_id",
        "account_id",
        "token_id",
        "key",
    ):
        path = path.replace(f"{{{name}}}", "x")
    body = {"data": {"type": "device", "id": "x"}} if "relationships/devices" in path else None
    if "min_supported" in path:
        body = {"data": {"type": "deployment", "id": "x"}}
    elif route.method == "PATCH":
        types = {"products": "product", "devices": "device", "deployments": "deployment", "webhooks": "webhook"}
        kind = types.get(path.split("/")[1], "login_key" if "login_keys" in path else "development_devicegroup")
        body = {"data": {"type": kind, "id": "x", "attributes": {}}}
    response = await primer.call(route.method, path, body)
    assert response.status_code == 404
    assert response.json()["errors"][0]["code"] == "NF001"
