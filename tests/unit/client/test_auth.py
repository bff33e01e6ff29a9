"""Access tokens: renewal, and that no secret is shown."""

import asyncio
import pickle
import traceback
from datetime import timedelta

import httpx
import pytest

from imptui.client.errors import Failed, Unreachable
from imptui.client.secret import ClientCredentials, Secret
from imptui.domain.errors import OtpRequired, Rule, Unauthorized

ME = {"data": {"type": "account", "id": "a", "attributes": {"username": "grower", "email": "g@example.test"}}}


class Cloud:
    """A service that takes one token at a time."""

    def __init__(self, good="second-token"):
        self.good, self.renewals, self.reads, self.keys = good, 0, 0, []
        self.exchange_status = 200

    async def __call__(self, request):
        await asyncio.sleep(0)
        if request.url.path.endswith("/auth/token"):
            self.renewals += 1
            self.keys.append(request.content)
            if self.exchange_status != 200:
                return httpx.Response(self.exchange_status, json={"errors": [{"status": "404", "detail": "Unknown."}]})
            return httpx.Response(200, json={"access_token": self.good, "expires_in": 3600})
        self.reads += 1
        if request.headers.get("authorization") == f"Bearer {self.good}":
            return httpx.Response(200, json=ME)
        return httpx.Response(401, json={"errors": [{"status": "401", "code": "PX101", "title": "Invalid Token"}]})


@pytest.fixture
def cloud():
    return Cloud()


@pytest.fixture
def stored():
    return []


@pytest.fixture
def connect(make, cloud, stored):
    def connected(transport=None, **known):
        credentials = ClientCredentials("grower", Secret("first-token"), **known)
        transport = transport or httpx.MockTransport(cloud)
        return make(credentials=credentials, on_credentials=stored.append, transport=transport)

    return connected


async def test_renew_on_401(connect, cloud, stored, clock):
    """A refused access token is renewed once with the refresh token, and the request is repeated."""
    central = connect(refresh_token=Secret("refresh"))
    assert (await central.accounts.me()).username == "grower"
    assert (cloud.renewals, cloud.reads) == (1, 2)
    assert stored[-1].access_token == Secret("second-token")
    assert stored[-1].refresh_token == Secret("refresh")
    assert stored[-1].expires_at == clock() + timedelta(hours=1)


async def test_renew_early(connect, cloud, clock):
    """An access token that is about to end is renewed before it is used."""
    await connect(refresh_token=Secret("refresh"), expires_at=clock() + timedelta(minutes=2)).accounts.me()
    assert (cloud.renewals, cloud.reads) == (1, 1)


async def test_not_renewed_needlessly(connect, cloud, clock):
    """A token with much time left is used as it is."""
    cloud.good = "first-token"
    await connect(refresh_token=Secret("refresh"), expires_at=clock() + timedelta(minutes=30)).accounts.me()
    assert cloud.renewals == 0


async def test_login_key(connect, cloud):
    """A login key renews as well as a refresh token."""
    await connect(login_key=Secret("the-key")).accounts.me()
    assert cloud.keys == [b'{"key":"the-key"}']


async def test_one_renewal(connect, cloud):
    """Many requests that need a new token share one renewal."""
    central = connect(refresh_token=Secret("refresh"))
    await asyncio.gather(*(central.accounts.me() for _ in range(5)))
    assert cloud.renewals == 1


async def test_refused_twice(connect, cloud):
    """A request that the service refuses with the new token as well is not repeated again."""
    cloud.good = "third-token"

    def serve(request):
        cloud.reads += 1
        if request.url.path.endswith("/auth/token"):
            return httpx.Response(200, json={"access_token": "nobody wants it"})
        return httpx.Response(401, json={"errors": [{"status": "401"}]})

    central = connect(transport=httpx.MockTransport(serve), refresh_token=Secret("refresh"))
    with pytest.raises(Unauthorized, match="Log in again"):
        await central.accounts.me()
    assert cloud.reads == 3


async def test_refresh_token_gone(connect, cloud):
    """A deleted refresh token leads to a request for a new login."""
    cloud.exchange_status = 404
    with pytest.raises(Unauthorized, match="Log in again") as refused:
        await connect(refresh_token=Secret("refresh")).accounts.me()
    assert refused.value.rule is Rule.TOKEN


async def test_key_after_refresh_token(connect, cloud, stored):
    """If the refresh token is gone, the login key is used from then on."""
    cloud.exchange_status = 404
    central = connect(refresh_token=Secret("refresh"), login_key=Secret("the-key"))
    with pytest.raises(Unauthorized):
        await central.accounts.me()
    cloud.exchange_status = 200
    await central.accounts.me()
    assert cloud.keys[-1] == b'{"key":"the-key"}'


async def test_renewal_in_trouble(connect, cloud):
    """A failure of the service during renewal is not reported as a lost login."""
    cloud.exchange_status = 503
    with pytest.raises(Failed):
        await connect(refresh_token=Secret("refresh")).accounts.me()


async def test_old_token_serves(connect, cloud, clock):
    """An access token that is still valid is used if it cannot be renewed."""
    cloud.good, cloud.exchange_status = "first-token", 503
    await connect(refresh_token=Secret("refresh"), expires_at=clock() + timedelta(minutes=1)).accounts.me()
    assert cloud.reads == 1


async def test_login(make, service, stored):
    """After a login, calls carry its token, and `on_credentials` receives it."""
    service.answers = [
        httpx.Response(200, json={"access_token": "fresh", "expires_in": 3600, "refresh_token": "again"}),
        httpx.Response(200, json=ME),
    ]
    central = make(credentials=None, on_credentials=stored.append)
    await central.login("grower", Secret("pw"))
    await central.accounts.me()
    assert stored[-1].username == "grower"
    assert service.asked[0].headers.get("authorization") is None
    assert service.asked[1].headers["authorization"] == "Bearer fresh"


async def test_wrong_password(make, service):
    """A wrong password is reported as such, and is not shown."""
    errors = [{"status": "401", "code": "PX100", "title": "Invalid Credentials", "detail": "Not hunter2-hunter2."}]
    service.answers = [httpx.Response(401, json={"errors": errors})]
    with pytest.raises(Unauthorized) as refused:
        await make(credentials=None).login("grower", Secret("hunter2-hunter2"))
    assert refused.value.rule is Rule.CREDENTIALS
    assert "hunter2" not in str(refused.value)


async def test_one_time_password(make, service):
    """An account with one-time passwords asks for one."""
    meta = {"login_token": "opaque", "expires_at": "2023-03-14T09:31:53.589Z"}
    errors = [{"status": "403", "code": "PX200", "title": "OTP Required", "detail": "x", "meta": meta}]
    service.answers = [httpx.Response(403, json={"errors": errors})]
    with pytest.raises(OtpRequired) as refused:
        await make(credentials=None).login("grower", Secret("pw"))
    assert refused.value.login_token == "opaque"


async def test_no_secret_in_a_traceback(make, service):
    """A traceback that shows local variables shows neither tokens nor passwords nor keys."""
    service.answers = [httpx.ReadTimeout("slow")] * 4
    shown = []
    central = make(credentials=ClientCredentials("grower", Secret("tok-aaaa"), refresh_token=Secret("tok-bbbb")))
    for call in (
        central.accounts.me(),
        central.login("grower", Secret("pass-cccc")),
        central.login_keys.create(Secret("pass-dddd")),
        central.groups.unassign("g", ["d"], unbond_key=Secret("key-eeee")),
    ):
        with pytest.raises(Exception) as failed:  # noqa: PT011 - whatever it is, it hides them
            await call
        shown += traceback.TracebackException.from_exception(failed.value, capture_locals=True).format()
        assert failed.value.__context__ is None
    for hidden in ("tok-aaaa", "tok-bbbb", "pass-cccc", "pass-dddd", "key-eeee"):
        assert hidden not in "".join(shown)


def test_secret_is_masked():
    """A secret shows dots wherever it is printed, and cannot be pickled."""
    secret = Secret("hunter2")
    for shown in (repr(secret), str(secret), f"{secret}", f"{secret:>10}", repr(ClientCredentials(access_token=secret))):
        assert "hunter2" not in shown
    with pytest.raises(TypeError):
        pickle.dumps(secret)


async def test_exchange_unreachable(connect, cloud, make):
    """The error of a renewal without a network says that nothing was sent."""

    def serve(request):
        raise httpx.ConnectError("no route to host", request=request)

    central = make(credentials=ClientCredentials(refresh_token=Secret("r")), transport=httpx.MockTransport(serve))
    with pytest.raises(Unreachable) as failed:
        await central.exchange()
    assert not failed.value.sent


async def test_renewal_ends_in_time(make):
    """A renewal that gets no answer ends by itself: it carries a timeout of its own."""
    timeouts = []

    def serve(request):
        timeouts.append(request.extensions["timeout"]["read"])
        return httpx.Response(200, json={"access_token": "second-token", **ME})

    central = make(credentials=ClientCredentials("g", refresh_token=Secret("r")), transport=httpx.MockTransport(serve))
    await central.accounts.me()
    assert timeouts == [5.0, 30.0]


async def test_no_secret_in_the_log(make, service, caplog):
    """A log at its finest level shows no address of a login key."""
    service.answers = [httpx.Response(200, json={"data": {"type": "login_key", "id": "key-ffff"}})]
    with caplog.at_level("DEBUG"):
        await make().login_keys.get(Secret("key-ffff"))
    assert "key-ffff" in service.lines[0]
    assert "key-ffff" not in caplog.text
