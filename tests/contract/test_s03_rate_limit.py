"""Contract section 3: the request budget."""

import pytest

from imptui.cloud.api.request_body import BODY_LIMIT_BYTES


@pytest.fixture
def app_options():
    return {"rate_limit": 3}


async def test_every_answer_tells_the_budget(api):
    """Limit, what is left and whole seconds until the reset stand on successes and refusals alike."""
    api.pulse.now += 1
    for path, status in (("/products", 200), ("/products/nothing", 404)):
        response = await api.get(path)
        assert response.status_code == status
        assert response.headers["X-RateLimit-Limit"] == "3"
        assert response.headers["X-RateLimit-Remaining"] in ("2", "1")
        assert int(response.headers["X-RateLimit-Reset"]) >= 1


async def test_requests_over_the_budget_are_429(api):
    """The request after the last one is 429 with the usual body and Retry-After."""
    api.pulse.now += 1
    for _ in range(3):
        assert (await api.get("/products")).status_code == 200
    response = await api.get("/products")
    assert response.status_code == 429
    assert response.json()["errors"][0]["code"] == "PX429"
    assert response.headers["Retry-After"] == response.headers["X-RateLimit-Reset"] == "1"
    assert response.headers["X-RateLimit-Remaining"] == "0"


async def test_waiting_for_the_reset_is_enough(api):
    """After the seconds that were told, requests are answered again."""
    api.pulse.now += 1
    for _ in range(5):
        response = await api.get("/products")
    api.pulse.now += int(response.headers["Retry-After"])
    assert (await api.get("/products")).status_code == 200


async def test_auth_calls_are_counted_by_address(api):
    """Auth calls are counted per remote address, apart from the account."""
    api.pulse.now += 1
    for _ in range(3):
        await api.post("/auth", {"id": "grower", "password": "wrong"}, token=None)
    assert (await api.post("/auth", {"id": "grower", "password": "wrong"}, token=None)).status_code == 429
    assert (await api.get("/products")).status_code == 200


async def test_answers_without_a_token_tell_the_budget_too(api):
    """A 401 carries the headers of the address's budget."""
    api.pulse.now += 1
    response = await api.get("/products", token=None)
    assert response.status_code == 401
    assert response.headers["X-RateLimit-Limit"] == "3"


@pytest.mark.parametrize("path", ["/nothing", "/products/a/b"])
async def test_unknown_paths_tell_the_budget_too(api, path):
    """A 404 for a path that leads nowhere carries the headers."""
    api.pulse.now += 1
    assert "X-RateLimit-Remaining" in (await api.get(path)).headers


async def test_a_wrong_verb_tells_the_budget_too(api):
    """A 405 carries the headers."""
    api.pulse.now += 1
    assert "X-RateLimit-Remaining" in (await api.call("PUT", "/products")).headers


async def test_a_body_that_is_too_large_tells_the_budget_too(api):
    """A 413, which is said before anybody is known, carries the headers of the address's budget."""
    api.pulse.now += 1
    response = await api.call("POST", "/products", content=b" " * (BODY_LIMIT_BYTES + 1))
    assert response.status_code == 413
    assert "X-RateLimit-Remaining" in response.headers


class TestNoLimit:
    """Switched off, the budget is one that nobody can spend."""

    @pytest.fixture
    def app_options(self):
        return {}

    @pytest.mark.parametrize("path", ["/products", "/products/nothing", "/nothing", "/logstream/none"])
    async def test_every_answer_has_the_headers(self, api, path):
        """Without a limit too, limit, what is left and the reset stand on every response (1.5)."""
        headers = (await api.get(path)).headers
        assert headers["X-RateLimit-Limit"] == headers["X-RateLimit-Remaining"] == "1000000"
        assert headers["X-RateLimit-Reset"] == "1"


UNBOND = {"X-Electricimp-Key": "unbond-me"}


class TestLeavingProductionGroups:
    """The stricter limit of calls that take devices out of production groups."""

    @pytest.fixture
    def app_options(self):
        return {"unbond_limit": 2}

    async def test_it_has_a_limit_of_its_own(self, api):
        """The call after the last one of a minute is 429, and the device stays (3, 9.5)."""
        group, device_id = await api.blessed()
        for _ in range(2):
            assert (await api.unassign(group, "5000d8c46a57ffff", headers=UNBOND)).status_code == 400
        response = await api.unassign(group, device_id, headers=UNBOND)
        assert response.status_code == 429
        assert response.json()["errors"][0]["code"] == "PX429"
        assert 1 <= int(response.headers["Retry-After"]) <= 60
        assert "devicegroup" in (await api.one(f"/devices/{device_id}"))["relationships"]

    async def test_waiting_is_enough(self, api):
        """After the seconds that were told the call is answered again (3)."""
        group, device_id = await api.blessed()
        for _ in range(3):
            response = await api.unassign(group, "5000d8c46a57ffff", headers=UNBOND)
        api.pulse.now += int(response.headers["Retry-After"])
        assert (await api.unassign(group, device_id, headers=UNBOND)).status_code == 204

    async def test_the_devices_own_relationship_counts_too(self, api):
        """Unassigning by an update of the device is no way around it (3, 9.1)."""
        group, device_id = await api.blessed()
        for _ in range(2):
            await api.unassign(group, "5000d8c46a57ffff", headers=UNBOND)
        body = {"data": {"type": "device", "relationships": {"devicegroup": None}}}
        assert (await api.patch(f"/devices/{device_id}", body, headers=UNBOND)).status_code == 429

    @pytest.mark.parametrize("kind", ["development", "pre_production"])
    async def test_other_groups_have_no_such_limit(self, api, kind):
        """Only production groups count, and nothing else does (3)."""
        group = await api.group(kind)
        for _ in range(5):
            assert (await api.unassign(group, "5000d8c46a57ffff", headers=UNBOND)).status_code == 400
            assert (await api.get("/devices")).status_code == 200


async def test_an_open_event_stream_counts_once(api):
    """Opening a stream is one call, charged to the caller's address; what it carries costs nothing (3)."""
    api.pulse.now += 1
    stream = (await api.post("/logstream")).json()["data"]
    device_id = api.device()
    async with api.client.stream("GET", stream["attributes"]["url"]) as response:
        assert response.headers["X-RateLimit-Remaining"] == "2"
        await api.put(f"/logstream/{stream['id']}/{device_id}")
        for number in range(10):
            api.say(device_id, "server.log", str(number))
        assert (await api.get("/products")).headers["X-RateLimit-Remaining"] == "0"
