"""Contract section 1: what comes over the connection."""

import pytest

NULL = b"null"
VENDOR = "application/vnd.api+json"


def problem_of(response):
    errors = response.json()["errors"]
    assert errors
    for entry in errors:
        assert all(isinstance(entry[key], str) and entry[key] for key in ("status", "code", "title", "detail"))
    return errors[0]


@pytest.mark.parametrize("path", ["//products", "/products/", "///products//"])
async def test_slashes_do_not_matter(api, path):
    """Repeated slashes collapse and one at the end is ignored (1.1)."""
    assert (await api.get(api.base + path)).status_code == 200


@pytest.mark.parametrize("path", ["/devices", "/products", "/accounts/me"])
async def test_a_get_may_carry_null(api, path):
    """A GET whose body is the four bytes `null` is a GET without a body (1.3)."""
    for _ in range(2):
        response = await api.call("GET", path, content=NULL)
        assert response.status_code == 200


async def test_a_delete_may_carry_null(api):
    """A DELETE whose body is `null` is a DELETE without a body (1.3)."""
    product = await api.product()
    assert (await api.call("DELETE", f"/products/{product['id']}", content=NULL)).status_code == 204


@pytest.mark.parametrize("content", [NULL, b"", b"  \n", None])
async def test_a_restart_takes_every_kind_of_no_body(api, content):
    """`null`, an empty body, blanks and no body at all mean the same to POST (1.3)."""
    group = await api.group()
    response = await api.call("POST", f"/devicegroups/{group['id']}/restart", content=content)
    assert response.status_code == 204


async def test_a_204_has_no_bytes(api):
    """A 204 carries no body at all, so that the connection can be used again (1.1)."""
    product = await api.product()
    response = await api.delete(f"/products/{product['id']}")
    assert response.status_code == 204
    assert response.content == b""
    assert "content-type" not in response.headers


async def test_an_update_without_attributes_succeeds(api):
    """An update with empty attributes answers 200 and the unchanged resource (1.3)."""
    product = await api.product(description="as it was")
    response = await api.patch(f"/products/{product['id']}", {"data": {"type": "product", "id": product["id"], "attributes": {}}})
    assert response.status_code == 200
    assert response.json()["data"]["attributes"]["description"] == "as it was"


@pytest.mark.parametrize("kind", ["application/json", VENDOR, "application/json; charset=utf-8", "Application/JSON"])
async def test_json_types_are_taken(api, kind):
    """Bodies may call themselves JSON or vendor JSON, with parameters, in any case (1.2)."""
    body = {"data": {"type": "product", "attributes": {"name": "A"}}}
    assert (await api.post("/products", body, headers={"Content-type": kind})).status_code == 201


async def test_a_missing_content_type_is_json(api):
    """A body that does not say what it is counts as JSON (1.2)."""
    request = api.client.build_request(
        "POST",
        "/products",
        content=b'{"data":{"type":"product","attributes":{"name":"A"}}}',
        headers={"Authorization": f"Bearer {api.token}"},
    )
    request.headers.pop("content-type", None)
    assert (await api.client.send(request)).status_code == 201


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_other_types_are_refused(api, kind):
    """A body that says it is something other than JSON is 415 with a JSON error (1.2)."""
    response = await api.call("POST", "/products", content=b"name=A", headers={"Content-type": kind})
    assert response.status_code == 415
    assert problem_of(response)["status"] == "415"


@pytest.mark.parametrize("accept", ["application/json", "text/html", "*/*", VENDOR])
async def test_no_accept_header_is_refused(api, accept):
    """Whatever a client accepts, it is never told 406 (1.2)."""
    response = await api.get("/products", headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"] == VENDOR


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_scheme_is_taken_in_any_case(api, scheme):
    """`bearer` counts as `Bearer` (1.2)."""
    assert (await api.get("/products", headers={"Authorization": f"{scheme} {api.token}"})).status_code == 200


HOSTILE = {
    "deep": b"[" * 100_000,
    "deep and closed": b'{"data":' + b"[" * 200 + b"]" * 200 + b"}",
    "nan": b'{"data": NaN}',
    "infinity": b'{"data": 1e999}',
    "huge integer": b'{"data": ' + b"9" * 6000 + b"}",
    "integer over 64 bits": b'{"data": 18446744073709551616}',
    "invalid utf-8": b'{"data": "\xff"}',
    "lone surrogate": b'{"data": "\\ud800"}',
    "encoded surrogate": b'{"data": "\xed\xa0\x80"}',
    "repeated key": b'{"data": 1, "data": 2}',
    "nul": b'{"data": {"type": "product", "attributes": {"name": "a\\u0000b"}}}',
    "torn": b'{"data": ',
    "two documents": b"{} {}",
    "byte order mark": b"\xef\xbb\xbf{}",
    "utf-16": '{"data": 1}'.encode("utf-16"),
    "no object": b'"data"',
    "array": b"[]",
    "number": b"0",
    "data is null": b'{"data": null}',
    "data is text": b'{"data": "product"}',
    "attributes are text": b'{"data": {"type": "product", "attributes": "x"}}',
    "type is a number": b'{"data": {"type": 1, "attributes": {}}}',
    "unknown member": b'{"data": {"type": "product", "surprise": 1}}',
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
async def test_hostile_bodies_are_400(api, content):
    """Whatever is sent as a body, the answer is 400 in JSON and never a fault of ours (1.3)."""
    response = await api.call("POST", "/products", content=content)
    assert response.status_code == 400
    assert problem_of(response)["code"].startswith("VX")


async def test_a_refused_body_is_not_quoted(api):
    """What is wrong with a body is said without repeating it: it may hold a password (1.3)."""
    response = await api.call("POST", "/auth", content=b'{"id": "grower", "password": "hunter2\\ud800"}', token=None)
    assert response.status_code == 400
    assert "hunter2" not in response.text


async def test_bodies_over_the_limit_are_413(api):
    """A body of more than the limit is refused as too large, in JSON (2.2)."""

    async def pieces():
        for _ in range(26):
            yield b" " * 1024 * 1024

    response = await api.call("POST", "/products", content=pieces())
    assert response.status_code == 413
    assert problem_of(response)["status"] == "413"


async def test_two_programs_of_full_size_fit(api):
    """A deployment of twice 4 MB, escaped, comes through (12.2)."""
    group = await api.group()
    code = "//" + '\t"é"\n//' * ((4 * 1024 * 1024 - 2) // 8)
    deployment = await api.deployment(group, code, code)
    assert len(deployment["attributes"]["device_code"].encode()) <= 4 * 1024 * 1024
    assert deployment["attributes"]["device_code"] == code


@pytest.mark.parametrize(
    "path",
    [
        "/products/Connected Meter 400",
        "/products/a/b",
        "/products/caf%C3%A9%20%7Bx%7D",
        "/products/%00",
        "/products/%ff",
        "/products/" + "x" * 3000,
        "/devicegroups/Line 1 fixtures",
        "/devicegroups/a/b/c",
        "/deployments/v1.0.0",
        "/deployments/git:7c1e",
        "/devices/bed 4",
        "/devices/a/b",
        "/accounts/grower@example.test",
        "/accounts/grower",
        "/webhooks/nothing",
        "/devices/bed/restart",
        "/devices/bed/conditional_restart",
        "/devicegroups/north/hall/restart",
        "/devicegroups/hall/restart",
        "/devicegroups/hall/relationships/devices",
        "/logstream/a/b",
        "/nothing",
        "/nothing/at/all",
    ],
)
async def test_odd_identifiers_are_404(api, path):
    """A path that leads nowhere, whatever a person typed, is 404 with a JSON body (1.4)."""
    response = await api.get(path)
    assert response.status_code == 404
    assert problem_of(response)["code"] == "NF001"


async def test_a_question_mark_in_a_name_is_404(api):
    """A name with `?` leaks into the query, and still is 404 (1.4)."""
    assert (await api.get("/products/what?is this")).status_code == 404


async def test_paths_outside_the_api_are_404(api):
    """What lies outside /v5 is 404 with a JSON body too (2.3)."""
    root = api.base.removesuffix("/v5")
    for path in ("/", "/v4", "/v4/products", "/favicon.ico", "/products"):
        response = await api.client.get(root + path)
        assert response.status_code == 404
        assert problem_of(response)["status"] == "404"


@pytest.mark.parametrize("path", ["/v5", "/v5/", "//v5//"])
async def test_the_base_address_answers(api, path):
    """The base address itself is 200 with a small document, without a token (1.1)."""
    response = await api.client.get(api.base.removesuffix("/v5") + path)
    assert response.status_code == 200
    assert response.headers["content-type"] == VENDOR
    assert int(response.headers["content-length"]) < 1000
    assert response.json()["jsonapi"] == {"version": "1.0"}
    refused = await api.client.post(api.base.removesuffix("/v5") + path)
    assert refused.status_code == 405
    assert set(refused.headers["allow"].split(", ")) == {"GET", "HEAD"}
    assert problem_of(refused)["status"] == "405"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/products", {"GET", "POST", "HEAD"}),
        ("POST", "/devices", {"GET", "HEAD"}),
        ("GET", "/auth", {"POST"}),
        ("TRACE", "/products", {"GET", "POST", "HEAD"}),
        ("BREW", "/products", {"GET", "POST", "HEAD"}),
    ],
)
async def test_a_wrong_verb_is_405(api, method, path, allowed):
    """A verb that a known path lacks is 405 with Allow and a JSON body (2.2)."""
    response = await api.call(method, path)
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == allowed
    assert problem_of(response)["status"] == "405"


async def test_head_is_get_without_a_body(api):
    """HEAD answers like GET, without the body."""
    response = await api.call("HEAD", "/products")
    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize("query", ["filter[owner.id]={}", "filter%5Bowner.id%5D={}"])
async def test_brackets_come_raw_or_encoded(api, query):
    """Query keys are understood with raw and with encoded brackets (1.4)."""
    product = await api.product()
    response = await api.get(f"/products?{query.format(api.account.id)}")
    assert [entry["id"] for entry in response.json()["data"]] == [product["id"]]


@pytest.mark.parametrize(
    "query", ["filter[sha]=%00", "filter[sha]=%ff%fe", "a=1&" * 200, "&&&", "%", "filter[sha]=" + "x" * 5000]
)
async def test_odd_queries_are_no_fault(api, query):
    """No query makes the engine fail: it is understood or 400."""
    response = await api.get(f"/deployments?{query}")
    assert response.status_code in (200, 400)


async def test_links_follow_the_host_of_the_request(api):
    """Links are built from the address that the request was sent to (4.1)."""
    response = await api.get("/products", headers={"Host": "cloud.example.test:8080"})
    assert response.json()["links"]["self"].startswith("http://cloud.example.test:8080/v5/products?")


async def test_a_strange_host_is_not_repeated(api):
    """A Host header that is no host is not put into links."""
    response = await api.get("/products", headers={"Host": 'evil"/><x'})
    assert "evil" not in response.text


async def test_mac_addresses_come_with_raw_colons(api):
    """A MAC address in a path keeps its colons (1.4)."""
    device_id = api.device(mac_address="0c:2a:69:0b:51:7e")
    assert (await api.one("/devices/0c:2a:69:0b:51:7e"))["id"] == device_id


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"type": "device"}, 409),
        ({"id": "00000000-0000-4000-8000-000000000000"}, 409),
        ({"type": None}, 200),
        ({"id": None}, 200),
    ],
)
async def test_body_and_path_agree(api, change, status):
    """An update whose type or id is not the path's is 409 (1.3)."""
    product = await api.product()
    resource = {"type": "product", "id": product["id"], "attributes": {"name": "B"}} | change
    resource = {key: value for key, value in resource.items() if value is not None}
    assert (await api.patch(f"/products/{product['id']}", {"data": resource})).status_code == status


@pytest.mark.parametrize("name", ["created_at", "sha", "surprise", "updated_at"])
async def test_unknown_attributes_are_named(api, name):
    """An attribute that is unknown, or the system's alone, is 400 and named (1.3)."""
    response = await api.post("/products", {"data": {"type": "product", "attributes": {"name": "A", name: "x"}}})
    assert response.status_code == 400
    assert name in problem_of(response)["detail"]
    assert problem_of(response)["code"] == "VX002"


async def test_resources_say_what_they_are(api):
    """Answers of resource endpoints, refusals too, are vendor JSON of a known length (1.1, 1.5)."""
    product = await api.product()
    for path in ("/products", f"/products/{product['id']}", "/devices", "/products/nothing"):
        response = await api.get(path)
        assert response.headers["content-type"] == "application/vnd.api+json"
        assert int(response.headers["content-length"]) == len(response.content)
