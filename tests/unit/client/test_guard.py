"""What a read-only context keeps from leaving the process."""

import inspect

import httpx
import pytest
from imptui.client.transport import GuardedTransport

from imptui.client.central import Central
from imptui.client.change import About, Outcome
from imptui.client.guard import Guard
from imptui.client.pace import Pace
from imptui.client.secret import Secret
from imptui.domain.deployment import Programs
from imptui.domain.errors import Forbidden, Rule
from imptui.domain.group import GroupType

LOCKED = Guard(read_only_because="the context 'plant' is locked")
SECRET = Secret("not-a-real-one")

CHANGES = {
    "create_product": lambda c: c.create_product("Greenhouse"),
    "update_product": lambda c: c.update_product("p", name="x"),
    "delete_product": lambda c: c.delete_product("p"),
    "create_group": lambda c: c.create_group(GroupType.DEVELOPMENT, "x", "p"),
    "update_group": lambda c: c.update_group("g", GroupType.DEVELOPMENT, name="x"),
    "delete_group": lambda c: c.delete_group("g"),
    "restart_group": lambda c: c.restart_group("g"),
    "set_min_supported": lambda c: c.set_min_supported("g", "d"),
    "assign": lambda c: c.assign("g", ["d"]),
    "unassign": lambda c: c.unassign("g", ["d"]),
    "rename_device": lambda c: c.rename_device("d", "x"),
    "delete_device": lambda c: c.delete_device("d"),
    "restart_device": lambda c: c.restart_device("d"),
    "create_deployment": lambda c: c.create_deployment("g", GroupType.DEVELOPMENT, Programs("", "")),
    "update_deployment": lambda c: c.update_deployment("d", description="x"),
    "delete_deployment": lambda c: c.delete_deployment("d"),
    "create_webhook": lambda c: c.create_webhook("g", GroupType.DEVELOPMENT, "http://x.test", "blessing"),
    "update_webhook": lambda c: c.update_webhook("w", url="http://x.test"),
    "delete_webhook": lambda c: c.delete_webhook("w"),
    "create_login_key": lambda c: c.create_login_key(SECRET),
    "update_login_key": lambda c: c.update_login_key(SECRET, SECRET, "x"),
    "delete_login_key": lambda c: c.delete_login_key(SECRET, SECRET),
    "delete_refresh_token": lambda c: c.delete_refresh_token("t"),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_read_only_refuses(name, make, service, journal):
    """A read-only context sends none of the calls that change something, and says why."""
    with pytest.raises(Forbidden, match="the context 'plant' is locked") as refused:
        await CHANGES[name](make(guard=LOCKED))
    assert refused.value.rule is Rule.READ_ONLY
    assert service.asked == []
    assert [change.outcome for change in journal] == [Outcome.FORBIDDEN]


def test_every_change_is_known():
    """Whatever method takes an `about` changes something, and is in the list above."""
    methods = inspect.getmembers(Central, inspect.isfunction)
    takes_about = {name for name, method in methods if "about" in inspect.signature(method).parameters}
    assert {name for name in takes_about if not name.startswith("_")} == set(CHANGES)


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
    """The last step before the network lets no forgotten call slip by, however its path is written."""
    asked = []
    async with guarded(LOCKED, asked) as client:
        with pytest.raises(Forbidden):
            await client.request(verb, f"http://cloud.test/v5{path}")
    assert asked == []


async def test_last_step_refuses_elsewhere():
    """A login call to another host is no login of ours."""
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
    await central.restart_group("g")
    central.guard = LOCKED
    with pytest.raises(Forbidden):
        await central.restart_group("g")
    assert service.lines == ["POST /v5/devicegroups/g/restart"]


async def test_protected_by_the_cache(make, service):
    """A device is protected by the name of its group, which only the cache knows."""
    names = {("device", "d"): ("bed 4", "Line 1", "Greenhouse")}
    guard = Guard(protected=("line *",), names_of=lambda kind, ref: names.get((kind, ref), ()))
    with pytest.raises(Forbidden, match="'Line 1' is protected by the pattern 'line \\*'") as refused:
        await make(guard=guard).restart_device("d")
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
    """A pattern may say that it means names, or a type; the sentence says which of them it was."""
    names = {("group", "g"): ("Live beds", "type:production", "Greenhouse")}
    guard = Guard(protected=(pattern,), names_of=lambda kind, ref: names.get((kind, ref), ()))
    with pytest.raises(Forbidden, match=words):
        await make(guard=guard).create_deployment("g", GroupType.PRODUCTION, Programs("", ""))
    assert service.asked == []


async def test_protected_target(make, service):
    """Deploying to a protected group is refused though the deployment itself has no name."""
    guard = Guard(protected=("*production*",), names_of=lambda kind, ref: ("US Production",) if ref == "g" else ())
    with pytest.raises(Forbidden):
        await make(guard=guard).create_deployment("g", GroupType.PRODUCTION, Programs("", ""))
    assert service.asked == []


async def test_protected_by_the_caller(make):
    """A name that the caller knows counts as well."""
    with pytest.raises(Forbidden):
        await make(guard=Guard(protected=("Line*",))).delete_group("g", about=About(label="Line 1"))


async def test_unprotected(make, service):
    """What fits no pattern is changed."""
    await make(guard=Guard(protected=("Line*",))).delete_group("g", about=About(label="Bench"))
    assert service.lines == ["DELETE /v5/devicegroups/g"]
