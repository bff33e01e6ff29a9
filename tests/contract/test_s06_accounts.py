"""Contract section 6: accounts, refresh tokens, login keys."""

import re

import pytest

PASSWORD = {"X-Electricimp-Password": "not-a-real-one"}
UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def new_key(api, **attributes):
    body = {"data": {"type": "login_key", "attributes": attributes}}
    return await api.post("/accounts/me/login_keys", body, headers=PASSWORD)


async def test_the_list_holds_the_callers_account(api):
    """The list shows user name and e-mail address of the caller's account (6.1)."""
    (account,) = await api.listed("/accounts")
    assert account["type"] == "account"
    assert account["attributes"]["username"] == "grower"
    assert account["attributes"]["email"] == "grower@example.test"


async def test_me_is_the_caller(api):
    """`me` is an alias of the caller's id (6.1)."""
    assert (await api.one("/accounts/me"))["id"] == api.account.id
    assert (await api.one(f"/accounts/{api.account.id}"))["id"] == api.account.id


@pytest.mark.parametrize("who", ["grower", "grower@example.test", UNKNOWN])
async def test_other_words_for_an_account_are_404(api, who):
    """User names, addresses and unknown ids are 404 (6.1)."""
    assert (await api.get(f"/accounts/{who}")).status_code == 404


async def test_a_stranger_is_404(api, other):
    """An account with which the caller does not collaborate is 404 (6.1)."""
    assert (await api.get(f"/accounts/{other.account.id}")).status_code == 404


async def test_a_login_makes_a_refresh_token(api):
    """After a login there is a refresh token, listed under an id that is not the token (6.2)."""
    secret = (await api.log_in())["refresh_token"]
    tokens = await api.listed("/accounts/me/refresh_tokens")
    assert tokens
    assert all(token["type"] == "refresh_token" for token in tokens)
    assert secret not in str(tokens)


async def test_a_deleted_refresh_token_is_useless(api):
    """A deleted refresh token cannot be exchanged, and access tokens stay good (6.2)."""
    for entry in await api.listed("/accounts/me/refresh_tokens"):
        assert (await api.delete(f"/accounts/me/refresh_tokens/{entry['id']}")).status_code == 204
    secret = (await api.log_in())["refresh_token"]
    (entry,) = await api.listed("/accounts/me/refresh_tokens")
    assert (await api.delete(f"/accounts/me/refresh_tokens/{entry['id']}")).status_code == 204
    assert (await api.post("/auth/token", {"token": secret}, token=None)).status_code == 404
    assert (await api.get("/products")).status_code == 200
    assert (await api.delete(f"/accounts/me/refresh_tokens/{entry['id']}")).status_code == 404


async def test_the_sixth_login_drops_the_oldest_refresh_token(api):
    """There are at most five refresh tokens; a sixth login works and the oldest goes (6.2)."""
    for entry in await api.listed("/accounts/me/refresh_tokens"):
        await api.delete(f"/accounts/me/refresh_tokens/{entry['id']}")
    secrets = [(await api.log_in())["refresh_token"] for _ in range(6)]
    assert len(await api.listed("/accounts/me/refresh_tokens")) == 5
    statuses = [(await api.post("/auth/token", {"token": secret}, token=None)).status_code for secret in secrets]
    assert statuses == [404, 200, 200, 200, 200, 200]


async def test_a_login_key_is_made(api):
    """A login key is 16 characters that are its id, unused at first (6.3)."""
    response = await new_key(api, description="ci")
    assert response.status_code == 201
    key = response.json()["data"]
    assert re.fullmatch("[0-9a-z]{16}", key["id"])
    assert key["type"] == "login_key"
    assert key["attributes"]["description"] == "ci"
    assert key["attributes"]["usages"] == 0
    assert key["relationships"]["owner"]["id"] == api.account.id
    assert await api.ids("/accounts/me/login_keys") == [key["id"]]


async def test_a_login_key_needs_no_description(api):
    """The description is optional (6.3)."""
    assert (await new_key(api)).json()["data"]["attributes"]["description"] is None


async def test_a_bare_body_makes_a_login_key(api):
    """One client sends `{"type": "login_key"}` with nothing around it (6.3)."""
    response = await api.post("/accounts/me/login_keys", {"type": "login_key"}, headers=PASSWORD)
    assert response.status_code == 201


async def test_a_login_key_is_changed_and_deleted(api):
    """Description changes by PATCH; DELETE ends the key (6.3)."""
    key = (await new_key(api)).json()["data"]["id"]
    body = {"data": {"type": "login_key", "id": key, "attributes": {"description": "ci 2"}}}
    response = await api.patch(f"/accounts/me/login_keys/{key}", body, headers=PASSWORD)
    assert response.status_code == 200
    assert response.json()["data"]["attributes"]["description"] == "ci 2"
    assert (await api.delete(f"/accounts/me/login_keys/{key}", headers=PASSWORD)).status_code == 204
    assert (await api.get(f"/accounts/me/login_keys/{key}")).status_code == 404
    assert (await api.post("/auth/token", {"key": key}, token=None)).status_code == 404


@pytest.mark.parametrize("headers", [{}, {"X-Electricimp-Password": "wrong"}])
async def test_login_keys_change_only_with_the_password(api, headers):
    """Without the right password header it is 403, never 401, which would make clients renew their token (6.3)."""
    key = (await new_key(api)).json()["data"]["id"]
    body = {"data": {"type": "login_key", "attributes": {}}}
    for response in (
        await api.post("/accounts/me/login_keys", body, headers=headers),
        await api.patch(f"/accounts/me/login_keys/{key}", body, headers=headers),
        await api.delete(f"/accounts/me/login_keys/{key}", headers=headers),
    ):
        assert response.status_code == 403
        assert response.json()["errors"][0]["code"] == "PX001"


async def test_the_eleventh_login_key_is_refused(api):
    """An account has at most ten login keys (6.3)."""
    for _ in range(10):
        assert (await new_key(api)).status_code == 201
    response = await new_key(api)
    assert response.status_code == 409
    error = response.json()["errors"][0]
    assert (error["code"], error["title"]) == ("CX006", "Account Limit Reached")


async def test_an_unknown_login_key_is_404(api):
    """Fetching, changing or deleting an unknown key is 404 (6.3)."""
    path = "/accounts/me/login_keys/0123456789abcdef"
    body = {"data": {"type": "login_key", "attributes": {}}}
    assert (await api.get(path)).status_code == 404
    assert (await api.patch(path, body, headers=PASSWORD)).status_code == 404
    assert (await api.delete(path, headers=PASSWORD)).status_code == 404
