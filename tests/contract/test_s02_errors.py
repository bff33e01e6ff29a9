"""Contract section 2: statuses and error bodies."""

import json

import httpx
import pytest

from imptui.client.codec.decode import created_deployment
from imptui.client.codec.refusals import refusal_in
from imptui.cloud.api.application import build_app
from imptui.cloud.transport import EmbeddedTransport
from imptui.cloud.wire.problems import PROBLEMS, error_entry, errors_of, problem_of, status_of
from imptui.domain.errors import CompileMessage, Conflict, Forbidden, Invalid, NotFound, OtpRequired, Refused, Rule

KNOWN = {
    Rule.DUPLICATE_PRODUCT_NAME: (409, "CX001", "Duplicate Resource"),
    Rule.DUPLICATE_GROUP_NAME: (409, "CX001", "Duplicate Resource"),
    Rule.PRODUCT_HAS_GROUPS: (409, "CX002", "Dependent Devicegroups Exist"),
    Rule.DEPLOYMENT_FLAGGED: (409, "CX003", "Resource Flagged"),
    Rule.GROUP_HAS_FLAGGED: (409, "CX004", "Flagged Deployments Exist"),
    Rule.COMPILATION: (400, "CX005", "Compilation Error"),
    Rule.LOGIN_KEY_LIMIT: (409, "CX006", "Account Limit Reached"),
    Rule.GROUP_HAS_DEVICES: (409, "CX007", "Devices Assigned"),
    Rule.GROUP_IS_TARGET: (409, "CX008", "Devicegroup Targeted"),
    Rule.DEPLOYMENT_IN_USE: (409, "CX009", "Deployment In Use"),
    Rule.DEVICE_ASSIGNED: (409, "CX010", "Device Assigned"),
    Rule.DEVICE_UNASSIGNED: (409, "CX011", "Device Unassigned"),
    Rule.WRONG_KIND_FOR_GROUP: (409, "CX012", "Invalid Assignment"),
    Rule.WRONG_MINIMUM: (409, "CX013", "Invalid Minimum Supported Deployment"),
    Rule.INVALID_URL: (400, "VX001", "Invalid URL"),
    Rule.INVALID_ATTRIBUTE: (400, "VX002", "Invalid Attribute"),
    Rule.ATTRIBUTE_NOT_FOR_TYPE: (400, "VX003", "Invalid Attribute"),
    Rule.INVALID_QUERY: (400, "VX004", "Invalid Query"),
    Rule.NO_PRODUCTION_PERMISSION: (403, "PX001", "Invalid Permission"),
    Rule.UNBOND_KEY: (403, "PX002", "Invalid Unbond Key"),
    Rule.CREDENTIALS: (401, "PX100", "Invalid Credentials"),
    Rule.TOKEN: (401, "PX100", "Invalid Credentials"),
    Rule.OTP_REQUIRED: (403, "PX200", "OTP Required"),
    Rule.RATE_LIMIT: (429, "PX429", "Rate Limit Exceeded"),
    Rule.NOT_FOUND: (404, "NF001", "Not Found"),
}


@pytest.mark.parametrize("rule", KNOWN, ids=lambda rule: rule.name)
def test_the_catalogue_is_kept(rule):
    """Each rule's refusal has the status, code and title of the catalogue (2.5)."""
    problem = problem_of(Refused("x", rule))
    assert (problem.status, problem.code, problem.title) == KNOWN[rule]


@pytest.mark.parametrize("rule", Rule, ids=lambda rule: rule.name)
def test_every_rule_has_a_problem(rule):
    """Whatever rule refuses, the answer is a refusal, with a code of two letters and digits (2.3, 2.4)."""
    problem = problem_of(Refused("x", rule))
    assert 400 <= problem.status < 500
    assert problem.code[:2] in ("VX", "CX", "NF", "PX")
    assert problem.title


@pytest.mark.parametrize(("kind", "status"), [(Conflict, 409), (Forbidden, 403), (NotFound, 404), (Invalid, 400)])
def test_an_unknown_reason_goes_by_its_kind(kind, status):
    """A refusal without a rule of its own is answered by its kind."""
    assert status_of(kind("x", Rule.OTHER)) == status


def test_entries_are_strings_all_through():
    """Status, code, title and detail are strings (2.3)."""
    (entry,) = errors_of(NotFound("gone"))
    meta = entry.pop("meta")
    assert entry == {"status": "404", "code": "NF001", "title": "Not Found", "detail": "gone"}
    assert meta == [{"type": "error", "text": "gone"}]


def test_a_call_for_several_is_400_with_an_entry_each():
    """A refusal of several things is 400, whatever its parts are, one entry for each (9.4)."""
    parts = [NotFound("no a", subject="a"), Forbidden("no key", Rule.UNBOND_KEY, subject="b")]
    refusal = Invalid("two", parts=parts)
    assert status_of(refusal) == 400
    assert [(e["status"], e["meta"]["device_id"]) for e in errors_of(refusal)] == [("404", "a"), ("403", "b")]


def test_compiler_messages_are_an_array():
    """What the compiler said is an array with file, row, column, type and text (12.4)."""
    said = CompileMessage("device", 3, 12, "error", "expected ')'")
    (entry,) = errors_of(Invalid("x", Rule.COMPILATION, compile_messages=[said]))
    assert entry["meta"] == [{"file": "device_code", "row": 3, "column": 12, "type": "error", "text": "expected ')'"}]


def test_the_login_token_is_an_object():
    """The one-time password refusal has login token and expiry as an object (5.2)."""
    (entry,) = errors_of(OtpRequired("x", "opaque", "2023-03-14T09:31:53.589Z"))
    assert entry["meta"] == {"login_token": "opaque", "expires_at": "2023-03-14T09:31:53.589Z"}
    assert (entry["status"], entry["code"]) == ("403", "PX200")


@pytest.mark.parametrize("rule", list(PROBLEMS), ids=lambda rule: rule.name)
def test_meta_is_never_empty(rule):
    """Every entry has a `meta` that is not empty: one client prints nothing otherwise (2.3)."""
    (entry,) = errors_of(Invalid("why", rule))
    assert entry["meta"] == [{"type": "error", "text": "why"}]


def test_meta_is_no_message_of_the_compiler():
    """Our client does not take the `meta` of other refusals for compiler messages (12.4)."""
    body = json.dumps({"errors": errors_of(NotFound("gone"))}).encode()
    assert refusal_in(404, body, "look").compile_messages == ()


def test_no_code_means_two_titles():
    """A code stands for one title only."""
    titles = {}
    for problem in PROBLEMS.values():
        titles.setdefault(problem.code, set()).add(problem.title)
    assert all(len(found) == 1 for found in titles.values())


async def test_no_production_permission(api):
    """An account that may not do production makes development groups only: Invalid Permission (2.5, 6.1)."""
    api.forbid_production()
    product = await api.product()
    assert await api.group("development", product)
    resource = {
        "type": "production_devicegroup",
        "attributes": {"name": "A"},
        "relationships": {"product": {"type": "product", "id": product["id"]}},
    }
    response = await api.post("/devicegroups", {"data": resource})
    assert response.status_code == 403
    error = response.json()["errors"][0]
    assert (error["code"], error["title"]) == ("PX001", "Invalid Permission")


async def test_a_fault_of_ours_is_json_too(world):
    """When the engine itself fails, the answer is 500 in JSON, tells nothing of the inside, and the fault surfaces (2.2)."""
    app = build_app(world)
    world.close()
    headers = {"Authorization": "Bearer x"}
    async with (
        httpx.AsyncClient(transport=EmbeddedTransport(app), base_url="http://engine/v5") as client,
        client.stream("GET", "/products", headers=headers) as response,
    ):
        assert response.status_code == 500
        pieces = response.aiter_raw()
        (entry,) = json.loads(await anext(pieces))["errors"]
        with pytest.raises(RuntimeError, match="closed"):
            await anext(pieces)
    assert (entry["status"], entry["code"]) == ("500", "XX001")
    assert "closed" not in entry["detail"]


_OURS = {Rule.READ_ONLY, Rule.WRONG_PASSWORD_HEADER, Rule.DUPLICATE_GROUP_NAME}
"""Rules that share the code of another: told apart by the call or by the words, each with a test elsewhere."""


@pytest.mark.parametrize("rule", [rule for rule in PROBLEMS if rule not in _OURS])
def test_the_console_knows_every_code_of_the_engine(rule):
    """What the engine refuses by a rule, the client understands as refused by that rule (2.5)."""
    problem = PROBLEMS[rule]
    body = json.dumps({"errors": [error_entry(problem, "Not like this.")]}).encode()
    refusal = refusal_in(problem.status, body, "do this", has_token=rule is Rule.TOKEN)
    assert refusal.rule is rule
    assert "Not like this." in refusal.reason


REQUIRES = """// a head
#require "Rocky.agent.lib.nut:3.0.1"
  #require "Promise.lib.nut:4.0.0"
#require "Promise.lib.nut:4.0.0"
#require Broken
server.log("#require in the text is none");
#require "Late.lib.nut:1.0.0"
"""


async def test_a_success_may_carry_warnings(api):
    """What is remarked about code that compiles comes in the new resource's `meta`, shaped like errors (2.6)."""
    group = await api.group()
    made = await api.deployment(group, REQUIRES)
    (warning,) = made["meta"]
    assert warning["status"] == "201"
    assert warning["code"].startswith("WA")
    assert warning["title"]
    assert warning["detail"]
    assert [(said["file"], said["row"], said["column"], said["type"]) for said in warning["meta"]] == [
        ("device_code", 2, 1, "warning"),
        ("device_code", 3, 3, "warning"),
        ("device_code", 4, 1, "warning"),
        ("device_code", 5, 1, "warning"),
    ]
    assert "Rocky.agent.lib.nut:3.0.1" in warning["meta"][0]["text"]
    assert "twice" in warning["meta"][2]["text"]


async def test_without_warnings_there_is_no_meta(api):
    """A resource without warnings has no `meta`; nor has one that is read again (2.6)."""
    group = await api.group()
    assert "meta" not in await api.deployment(group)
    warned = await api.deployment(group, REQUIRES)
    assert "meta" not in await api.one(f"/deployments/{warned['id']}")


async def test_warnings_of_both_programs(api):
    """Warnings name the program they are about, and the console reads them (2.6)."""
    group = await api.group()
    resource = {
        "type": "deployment",
        "attributes": {"device_code": '#require "A:1.0"', "agent_code": '#require "B:2.0"'},
        "relationships": {"devicegroup": {"type": group["type"], "id": group["id"]}},
    }
    response = await api.post("/deployments", {"data": resource})
    _, messages = created_deployment(response.content)
    assert [(said.program, said.row, said.kind) for said in messages] == [("device", 1, "warning"), ("agent", 1, "warning")]
