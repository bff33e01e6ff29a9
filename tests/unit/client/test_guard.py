"""A read-only or protected context sends no change."""

import inspect
from functools import cached_property

import httpx
import pytest

from imptui.client.central import Central
from imptui.client.change import About, ChangeOutcome
from imptui.client.guard import Guard
from imptui.client.pace import Pace
from imptui.client.secret import Secret
from imptui.client.transport import GuardedTransport
from imptui.domain.deployment import Programs
from imptui.domain.errors import Forbidden, Rule
from imptui.domain.group import GroupType

LOCKED = Guard(read_only_because="the context 'plant' is locked")
SECRET = Secret("not-a-real-one")

CHANGES = {
    "products.create": lambda c: c.products.create("Greenhouse"),
    "products.update": lambda c: c.products.update("p", name="x"),
    "products.delete": lambda c: c.products.delete("p"),
    "groups.create": lambda c: c.groups.create(GroupType.DEVELOPMENT, "x", "p"),
    "groups.update": lambda c: c.groups.update("g", GroupType.DEVELOPMENT, name="x"),
    "groups.delete": lambda c: c.groups.delete("g"),
    "groups.restart": lambda c: c.groups.restart("g"),
    "groups.set_min_supported": lambda c: c.groups.set_min_supported("g", "d"),
    "groups.assign": lambda c: c.groups.assign("g", ["d"]),
    "groups.unassign": lambda c: c.groups.unassign("g", ["d"]),
    "devices.rename": lambda c: c.devices.rename("d", "x"),
    "devices.delete": lambda c: c.devices.delete("d"),
    "devices.restart": lambda c: c.devices.restart("d"),
    "deployments.create": lambda c: c.deployments.create("g", GroupType.DEVELOPMENT, Programs("", "")),
    "deployments.update": lambda c: c.deployments.update("d", description="x"),
    "deployments.delete": lambda c: c.deployments.delete("d"),
    "webhooks.create": lambda c: c.webhooks.create("g", GroupType.DEVELOPMENT, "http://x.test", "blessing"),
    "webhooks.update": lambda c: c.webhooks.update("w", url="http://x.test"),
    "webhooks.delete": lambda c: c.webhooks.delete("w"),
    "login_keys.create": lambda c: c.login_keys.create(SECRET),
    "login_keys.update": lambda c: c.login_keys.update(SECRET, SECRET, "x"),
    "login_keys.delete": lambda c: c.login_keys.delete(SECRET, SECRET),
    "tokens.delete": lambda c: c.tokens.delete("t"),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_read_only_refuses(name, make, service, journal):
    """A read-only context sends none of the calls that change something, and says why."""
    with pytest.raises(Forbidden, match="the context 'plant' is locked") as refused:
        await CHANGES[name](make(guard=LOCKED))
    assert refused.value.rule is Rule.READ_ONLY
    assert service.asked == []
    assert [change.outcome for change in journal] == [ChangeOutcome.FORBIDDEN]


def test_every_change_is_known():
    """Every method of every resource that takes an `about` is a change, and is in the list above."""
    takes_about = {
        f"{name}.{method}"
        for name, part in inspect.getmembers(Central, lambda each: isinstance(each, cached_property))
        for method, function in inspect.getmembers(part.__get__(Central(), Central), inspect.ismethod)
        if not name.startswith("_") and "about" in inspect.signature(function).parameters
    }
    assert takes_about == set(CHANGES)


def guarded(guard, asked):
    def serve(request):
        asked.append(request)
        return httpx.Response(204)

    transport = GuardedTransport(httpx.MockTransport(serve), "http://cloud.test/v5", lambda: guard, Pace())
    return httpx.AsyncClient(transport=transport)


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("POST", "/products"),
        ("PATCH", "/devices/d"),
        ("DELETE", "/devicegroups/g/relationships/devices"),
        ("PUT", "/devicegroups/g/relationships/min_supported_deployment"),
        ("POST", "/auth/tokens"),
        ("POST", "//products"),
        ("POST", "/logstream/../products"),
        ("PUT", "/logstream/%2E%2E/%2E%2E/products"),
        ("POST", "/anything/new"),
        ("BREW", "/products"),
    ],
)
async def test_last_step_refuses(verb, path):
    """The last step before the network refuses every change, however its path is written."""
    asked = []
    async with guarded(LOCKED, asked) as client:
        with pytest.raises(Forbidden):
            await client.request(verb, f"http://cloud.test/v5{path}")
    assert asked == []


async def test_last_step_refuses_elsewhere():
    """The last step before the network refuses a login to another host."""
    asked = []
    async with guarded(LOCKED, asked) as client:
        with pytest.raises(Forbidden):
            await client.post("http://elsewhere.test/v5/auth")
    assert asked == []


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/products"),
        ("POST", "/auth"),
        ("POST", "/auth/token"),
        ("POST", "/logstream"),
        ("PUT", "/logstream/s/0c:2a:69:0b:51:7e"),
        ("DELETE", "/logstream/s/d"),
    ],
)
async def test_last_step_lets_pass(verb, path):
    """Reading, logging in and log streams work in a read-only context."""
    asked = []
    async with guarded(LOCKED, asked) as client:
        await client.request(verb, f"http://cloud.test/v5{path}")
    assert len(asked) == 1


async def test_lock_in_use(central, service):
    """A context that is locked while in use refuses from then on."""
    await central.groups.restart("g")
    central.guard = LOCKED
    with pytest.raises(Forbidden):
        await central.groups.restart("g")
    assert service.lines == ["POST /v5/devicegroups/g/restart"]


async def test_protected_by_the_cache(make, service):
    """A device is protected by the name of its group, which only the cache knows."""
    names = {("device", "d"): ("bed 4", "Line 1", "Greenhouse")}
    guard = Guard(protected=("line *",), names_of=lambda kind, ref: names.get((kind, ref), ()))
    with pytest.raises(Forbidden, match="'Line 1' is protected by the pattern 'line \\*'") as refused:
        await make(guard=guard).devices.restart("d")
    assert refused.value.rule is Rule.PROTECTED
    assert service.asked == []


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("name:*live*", "'Live beds' is protected by the pattern 'name:\\*live\\*'"),
        ("type:production", "everything of type:production is protected"),
    ],
)
async def test_protected_by_name_or_type(make, service, pattern, words):
    """A pattern may be limited to names or to a type; the refusal says which one matched."""
    names = {("group", "g"): ("Live beds", "type:production", "Greenhouse")}
    guard = Guard(protected=(pattern,), names_of=lambda kind, ref: names.get((kind, ref), ()))
    with pytest.raises(Forbidden, match=words):
        await make(guard=guard).deployments.create("g", GroupType.PRODUCTION, Programs("", ""))
    assert service.asked == []


async def test_protected_target(make, service):
    """The guard refuses a deployment to a protected group, though the deployment itself has no name."""
    guard = Guard(protected=("*production*",), names_of=lambda kind, ref: ("US Production",) if ref == "g" else ())
    with pytest.raises(Forbidden):
        await make(guard=guard).deployments.create("g", GroupType.PRODUCTION, Programs("", ""))
    assert service.asked == []


async def test_protected_by_the_caller(make):
    """The guard also compares the names that the caller passes."""
    with pytest.raises(Forbidden):
        await make(guard=Guard(protected=("Line*",))).groups.delete("g", about=About(label="Line 1"))


async def test_unprotected(make, service):
    """A group that matches no pattern can be deleted."""
    await make(guard=Guard(protected=("Line*",))).groups.delete("g", about=About(label="Bench"))
    assert service.lines == ["DELETE /v5/devicegroups/g"]
