"""Errors of calls without a usable answer, and of refused ones."""

import json

import httpx
import pytest

from imptui.client.codec.refusals import refusal_in
from imptui.client.errors import Failed, Malformed, NoAnswer, TimedOut, Unreachable
from imptui.client.secret import Secret
from imptui.domain.deployment import Programs
from imptui.domain.errors import Conflict, Forbidden, Invalid, NotFound, Refused, Rule
from imptui.domain.group import GroupType

HTML = {"content-type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    ("failure", "kind", "sent"),
    [
        (httpx.ConnectError("[Errno 111] Connection refused"), Unreachable, False),
        (httpx.ConnectTimeout(""), TimedOut, False),
        (httpx.PoolTimeout(""), TimedOut, False),
        (httpx.ReadTimeout(""), TimedOut, True),
        (httpx.WriteTimeout(""), TimedOut, True),
        (httpx.ReadError(""), Unreachable, True),
        (httpx.WriteError(""), Unreachable, True),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), Unreachable, True),
        (httpx.ProxyError("502"), Unreachable, False),
    ],
)
async def test_transport_failures(failure, kind, sent, central, service):
    """The error of a deployment without an answer says whether the deployment may exist; it is sent once."""
    service.answers = [failure]
    with pytest.raises(kind) as failed:
        await central.deployments.create("g", GroupType.DEVELOPMENT, Programs("", ""))
    assert failed.value.sent is sent
    assert len(service.asked) == 1
    assert str(failed.value).startswith("Could not create a deployment in group g at http://cloud.test/v5: ")


async def test_service_in_trouble(central, service):
    """A 5xx status means that the service may have carried out the call."""
    errors = [{"status": "500", "code": "XX001", "title": "Oops", "detail": "The disk is full."}]
    service.answers = [httpx.Response(500, json={"errors": errors})]
    with pytest.raises(Failed, match="the service failed with 500: The disk is full") as failed:
        await central.groups.restart("g")
    assert (failed.value.status, failed.value.sent) == (500, True)


async def test_gateway_page(central, service):
    """The page of a gateway counts as a failure of the service, with its phrase."""
    service.answers = [httpx.Response(502, headers=HTML, content=b"<h1>Bad Gateway</h1>")]
    with pytest.raises(Failed, match="502: Bad Gateway"):
        await central.accounts.me()


@pytest.mark.parametrize("status", [200, 302, 404])
async def test_no_api(status, central, service):
    """An answer that is no JSON is malformed: the endpoint is probably wrong."""
    service.answers = [httpx.Response(status, headers=HTML, content=b"<h1>Welcome</h1>")]
    with pytest.raises(Malformed, match="Check that the endpoint is an impCentral API"):
        await central.accounts.me()


async def test_place_in_the_document(central, service):
    """The error for a wrong value names its place in the document."""
    device = {"type": "device", "id": "d", "attributes": {"name": 7}, "relationships": {}}
    service.answers = [httpx.Response(200, json={"data": [device], "links": {}})]
    with pytest.raises(Malformed) as failed:
        await anext(central.devices.pages())
    assert failed.value.where == "$.data[0].attributes.name"


async def test_missing_owner(central, service):
    """The error for a missing required field names the field and its entry of the page."""
    good = {"type": "device", "id": "d", "relationships": {"owner": {"type": "account", "id": "a"}}}
    service.answers = [httpx.Response(200, json={"data": [good, {"type": "device", "id": "e"}], "links": {}})]
    with pytest.raises(Malformed, match=r"relationships\.owner") as failed:
        await anext(central.devices.pages())
    assert failed.value.where == "$.data[1]"


async def test_empty_success(central, service):
    """The error for a success without the promised document says that the call may have been carried out."""
    service.answers = [httpx.Response(204)]
    with pytest.raises(Malformed) as failed:
        await central.products.create("x")
    assert failed.value.sent


@pytest.mark.parametrize(
    ("status", "code", "title", "kind", "rule"),
    [
        (400, "VX002", "Invalid Attribute", Invalid, Rule.INVALID_ATTRIBUTE),
        (400, "VX001", "Invalid URL", Invalid, Rule.INVALID_URL),
        (403, "PX001", "Invalid Permission", Forbidden, Rule.NO_PRODUCTION_PERMISSION),
        (404, "NF001", "Not Found", NotFound, Rule.NOT_FOUND),
        (404, "??", "Gone", NotFound, Rule.NOT_FOUND),
        (409, "CX003", "Resource Flagged", Conflict, Rule.DEPLOYMENT_FLAGGED),
        (409, "CX777", "Resource Flagged", Conflict, Rule.DEPLOYMENT_FLAGGED),
        (409, "CX777", "Something New", Conflict, Rule.OTHER),
        (413, "", "", Invalid, Rule.CODE_TOO_LARGE),
        (418, "TP001", "Teapot", Invalid, Rule.OTHER),
    ],
)
async def test_refusals(status, code, title, kind, rule, central, service):
    """Status, code and title select the class and rule of a refusal; the service's words stay."""
    entry = {"status": str(status), "code": code, "title": title, "detail": "Because \x1b[31mso."}
    service.answers = [httpx.Response(status, json={"errors": [entry]})]
    with pytest.raises(Refused) as refused:
        await central.deployments.delete("d")
    assert (type(refused.value), refused.value.rule) == (kind, rule)
    assert refused.value.reason == "Could not delete deployment d: Because \x1b[31mso."


async def test_password_of_a_login_key(central, service):
    """A wrong password in a login key call has a rule of its own, though the service's code is ambiguous."""
    entry = {"status": "403", "code": "PX001", "title": "Invalid Permission", "detail": "Wrong password."}
    service.answers = [httpx.Response(403, json={"errors": [entry]})]
    with pytest.raises(Forbidden) as refused:
        await central.login_keys.create(Secret("pw"))
    assert refused.value.rule is Rule.WRONG_PASSWORD_HEADER


async def test_endless_words(central, service):
    """A very long text of the service is cut."""
    service.answers = [httpx.Response(409, json={"errors": [{"status": "409", "detail": "x" * 100_000}]})]
    with pytest.raises(Conflict) as refused:
        await central.products.delete("p")
    assert len(refused.value.reason) <= 2000


@pytest.mark.parametrize("entry", [{}, {"status": None}, {"detail": None}, {"meta": 7}, {"status": 409, "code": 12}])
async def test_bare_errors(entry, central, service):
    """An error entry without code and title is still a refusal."""
    service.answers = [httpx.Response(409, json={"errors": [entry]})]
    with pytest.raises(Conflict):
        await central.products.delete("p")


async def test_one_device_refused(central, service):
    """The refusal of a bulk call for one device names the device, even if the service does not."""
    entry = {"status": "404", "code": "NF001", "title": "Not Found", "detail": "No such device."}
    service.answers = [httpx.Response(400, json={"errors": [entry]})]
    with pytest.raises(NotFound) as refused:
        await central.groups.assign("g", ["0c:2a:69:0b:51:7e"])
    assert [part.subject for part in refused.value.parts] == ["0c:2a:69:0b:51:7e"]


async def test_key_in_the_service_words(central, service):
    """A secret that the service repeats in its refusal is masked."""
    errors = [{"status": "404", "code": "NF001", "title": "Not Found", "detail": "No login key 4c1e77a09b2d5f38."}]
    service.answers = [httpx.Response(404, json={"errors": errors})]
    with pytest.raises(NotFound) as refused:
        await central.login_keys.delete(Secret("4c1e77a09b2d5f38"), Secret("pw"))
    assert "4c1e77" not in refused.value.reason


def test_one_tree():
    """All errors without a usable answer share one base class."""
    assert all(issubclass(kind, NoAnswer) for kind in (Unreachable, TimedOut, Malformed, Failed))
    assert not issubclass(NoAnswer, Refused)


async def test_half_a_character(central, service):
    """Code with a lone surrogate, as from a file of another encoding, is refused before it is sent."""
    with pytest.raises(Invalid, match="its character 3 is half of one"):
        await central.deployments.create("g", GroupType.DEVELOPMENT, Programs("", "ab\udc80"))
    assert service.asked == []


@pytest.mark.parametrize("key", ["pasted-key\n", "schlüssel"])
async def test_key_that_no_header_can_carry(key, central, service):
    """An unbond key with a line end is refused, and the message does not show it."""
    with pytest.raises(Invalid, match="X-Electricimp-Key") as refused:
        await central.groups.unassign("g", ["d"], unbond_key=Secret(key))
    assert key.strip() not in str(refused.value)
    assert service.asked == []


async def test_token_that_no_header_can_carry(make, service):
    """The error for a damaged token does not show it."""
    failure = httpx.LocalProtocolError("Illegal header value b'Bearer secret-token\\n'")
    service.answers = [failure]
    with pytest.raises(Unreachable) as failed:
        await make().accounts.me()
    assert "secret-token" not in str(failed.value)


@pytest.mark.parametrize(("has_token", "rule"), [(True, Rule.TOKEN), (False, Rule.CREDENTIALS)])
def test_one_code_for_every_401(*, has_token: bool, rule: Rule) -> None:
    """PX100 means a bad token where the call carried one, and a bad login otherwise."""
    entry = {"status": "401", "code": "PX100", "title": "Invalid Credentials", "detail": "The token has expired."}
    refusal = refusal_in(401, json.dumps({"errors": [entry]}).encode(), "read devices", has_token=has_token)
    assert refusal is not None
    assert refusal.rule is rule
    assert refusal.reason.endswith("Log in again.") is has_token
