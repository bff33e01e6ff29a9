"""Contract section 5: authentication."""

import time
from datetime import timedelta

import pytest


def first_error(response):
    return response.json()["errors"][0]


@pytest.mark.parametrize("user", ["grower", "grower@example.test"])
async def test_login_by_name_or_mail(api, user):
    """User name and e-mail address both log in (5.1)."""
    response = await api.post("/auth", {"id": user, "password": "not-a-real-one"}, token=None)
    assert response.status_code == 200
    answer = response.json()
    assert set(answer) == {"access_token", "expires_in", "expires_at", "refresh_token"}
    assert len(answer["access_token"]) > 40
    assert answer["expires_in"] == 3600
    assert len(answer["refresh_token"]) == 64
    assert response.headers["content-type"] == "application/json"


async def test_expiry_is_told_as_a_time(api):
    """`expires_at` is the time at which the token ends (5.1)."""
    answer = await api.log_in()
    expires_at = api.clock.now() + timedelta(seconds=3600)
    assert answer["expires_at"] == expires_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.parametrize(("user", "password"), [("grower", "wrong"), ("nobody", "not-a-real-one"), ("grower", "x" * 5000)])
async def test_wrong_credentials_are_401(api, user, password):
    """A wrong user or password is 401, never 403, and says nothing of which it was (5.1)."""
    response = await api.post("/auth", {"id": user, "password": password}, token=None)
    assert response.status_code == 401
    assert first_error(response)["code"] == "PX100"
    assert password not in response.text


@pytest.mark.parametrize(
    "body", [{}, {"id": "grower"}, {"password": "x"}, {"id": "", "password": ""}, {"id": 1, "password": 2}, [], None]
)
async def test_incomplete_credentials_are_400(api, body):
    """A missing, empty or strange member is 400 (5.1)."""
    assert (await api.post("/auth", body, token=None)).status_code == 400


@pytest.mark.parametrize("token", [None, "nonsense", "x" * 64, "é"])
async def test_calls_need_a_good_token(api, token):
    """A missing, malformed or unknown token is 401 (5.4)."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}".encode()}
    response = await api.get("/products", token=None, headers=headers)
    assert response.status_code == 401
    assert first_error(response)["code"] == "PX100"
    assert first_error(response)["title"] == "Invalid Credentials"


@pytest.mark.parametrize("header", ["Basic Z3Jvd2VyOng=", "Bearer", "token"])
async def test_other_schemes_are_401(api, header):
    """Anything but a bearer token is 401 (5.4)."""
    assert (await api.get("/products", headers={"Authorization": header})).status_code == 401


async def test_a_token_lives_an_hour(api):
    """An access token works for an hour and not longer (5.4)."""
    api.clock.advance(timedelta(minutes=59))
    assert (await api.get("/products")).status_code == 200
    api.clock.advance(timedelta(minutes=1, seconds=1))
    assert (await api.get("/products")).status_code == 401


async def test_several_tokens_are_alive_at_once(api):
    """A new login ends no older token (5.4)."""
    older = api.token
    await api.log_in()
    assert (await api.get("/products", token=older)).status_code == 200


async def test_a_refresh_token_is_exchanged(api):
    """A refresh token brings an access token, and no new refresh token, again and again (5.3)."""
    refresh = (await api.log_in())["refresh_token"]
    for _ in range(2):
        response = await api.post("/auth/token", {"token": refresh}, token=None)
        assert response.status_code == 200
        assert set(response.json()) == {"access_token", "expires_in", "expires_at"}
        assert (await api.get("/products", token=response.json()["access_token"])).status_code == 200


async def test_a_login_key_is_exchanged_and_counted(api):
    """A login key brings an access token and counts its use (5.3)."""
    body = {"data": {"type": "login_key", "attributes": {}}}
    created = await api.post("/accounts/me/login_keys", body, headers={"X-Electricimp-Password": "not-a-real-one"})
    key = created.json()["data"]["id"]
    response = await api.post("/auth/token", {"key": key}, token=None)
    assert response.status_code == 200
    assert "refresh_token" not in response.json()
    assert (await api.one(f"/accounts/me/login_keys/{key}"))["attributes"]["usages"] == 1


@pytest.mark.parametrize("body", [{"token": "0" * 64}, {"key": "0" * 16}])
async def test_unknown_tokens_and_keys_are_404(api, body):
    """An unknown refresh token or login key is 404, which clients take as "log in again" (5.3)."""
    assert (await api.post("/auth/token", body, token=None)).status_code == 404


@pytest.mark.parametrize("body", [{}, {"token": "a", "key": "b"}, None, {"token": 1}])
async def test_the_exchange_takes_exactly_one(api, body):
    """Both members, or neither, is 400 (5.3)."""
    assert (await api.post("/auth/token", body, token=None)).status_code == 400


async def test_one_time_passwords(api):
    """With one-time passwords on, the first answer is 403 PX200 with a login token, the second call logs in (5.2)."""
    secret = api.turn_on_otp()
    response = await api.post("/auth", {"id": "grower", "password": "not-a-real-one"}, token=None)
    assert response.status_code == 403
    (error,) = response.json()["errors"]
    assert (error["status"], error["code"]) == ("403", "PX200")
    assert error["meta"]["expires_at"]
    login = {"login_token": error["meta"]["login_token"]}
    response = await api.post("/auth", login, token=None, headers={"X-Electricimp-OTP-Token": api.otp(secret)})
    assert response.status_code == 200
    assert response.json()["refresh_token"]


async def test_a_wrong_one_time_password_is_401(api):
    """A wrong code is 401, and the login token stays good for another try (5.2)."""
    secret = api.turn_on_otp()
    response = await api.post("/auth", {"id": "grower", "password": "not-a-real-one"}, token=None)
    login = {"login_token": first_error(response)["meta"]["login_token"]}
    code = api.otp(secret)
    wrong = "000000" if code != "000000" else "111111"
    response = await api.post("/auth", login, token=None, headers={"X-Electricimp-OTP-Token": wrong})
    assert response.status_code == 401
    response = await api.post("/auth", login, token=None, headers={"X-Electricimp-OTP-Token": code})
    assert response.status_code == 200


async def test_a_wrong_password_is_401_with_one_time_passwords_too(api):
    """The one-time password is asked for only after the right password (2.2)."""
    api.turn_on_otp()
    response = await api.post("/auth", {"id": "grower", "password": "wrong"}, token=None)
    assert response.status_code == 401


async def test_failed_attempts_are_delayed(api):
    """After several failures a name waits before it is looked at, also with the right password, and is then let in (21.1)."""

    async def attempt(password):
        began = time.monotonic()
        response = await api.post("/auth", {"id": "grower", "password": password}, token=None)
        return response.status_code, time.monotonic() - began

    for _ in range(3):
        assert (await attempt("wrong"))[0] == 401
    status, took_s = await attempt("not-a-real-one")
    assert status == 200
    assert took_s >= 0.45
    assert (await attempt("not-a-real-one"))[0] == 200
