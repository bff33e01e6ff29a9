"""Whatever anybody sends, the engine answers as it says that it does: never a fault, never anything but its own JSON.

Requests come from three places: schemathesis, which reads the engine's own description and keeps to it or breaks it;
right documents with one part exchanged for something hostile; and bytes. `IMPTUI_FUZZ_EXAMPLES=50000` sends so many.
"""

import asyncio
import copy
import json
import os
import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imptui.cloud.api.application import build_app
from imptui.cloud.api.routes import ROUTES
from imptui.cloud.rules import factory, login
from imptui.cloud.rules.account import OpenAccount, open_account
from imptui.cloud.storage.world import World
from imptui.cloud.transport import EmbeddedTransport
from tests.contract.conftest import PASSWORD, UNBOND_KEY, Described

schemathesis = pytest.importorskip("schemathesis")

EXAMPLES = int(os.environ.get("IMPTUI_FUZZ_EXAMPLES", "1200"))
BASE = "http://engine.test"
TYPES = (
    "development", "pre_production", "pre_dut", "production", "dut", "pre_factoryfixture", "factoryfixture",
)  # fmt: skip
SAID_OF_ERRORS = ("status", "code", "title", "detail")
STALE_AFTER = 150
"""Requests until what was there for them to work on is made anew: many of them delete it."""


class Target:
    """An engine with some of everything, whose every answer is checked."""

    def __init__(self) -> None:
        self.world = World.open(password_cost_log2=4)
        opening = OpenAccount("grower", "grower@example.test", PASSWORD, unbond_key=UNBOND_KEY)
        self.account = open_account(self.world, opening)
        self.app = build_app(self.world, pauses_s=())
        self.described = Described.in_dialect(self.app)
        self.runner = asyncio.Runner()
        self.client = httpx.AsyncClient(base_url=BASE, transport=EmbeddedTransport(self.app))
        self.token = login.log_in_embedded(self.world, self.account.id).access_token
        self.known: dict[str, list[str]] = {}
        self.sent, self.statuses = 0, dict[int, int]()

    def close(self) -> None:
        self.runner.run(self.client.aclose())
        self.runner.close()
        self.app.state.service.close()
        self.world.close()

    def send(self, method: str, target: str, content: bytes, headers: Any, *, has_token: bool = True) -> None:
        """Send one request, whatever it is, and hold the answer to the description."""
        if self.sent % STALE_AFTER == 0:
            self.stock()
        self.sent += 1
        given_headers = [*headers, (b"host", b"engine.test")]
        if has_token:
            given_headers.append((b"authorization", b"Bearer " + self.token.encode()))
        url = httpx.URL(BASE)
        request = httpx.Request(method, url, headers=given_headers, content=content)
        request.url = url.copy_with(raw_path=target.encode("utf-8", "surrogateescape"))
        answer = self.runner.run(self.exchange(request))
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        self.check(answer)

    async def exchange(self, request: httpx.Request) -> httpx.Response:
        answer = await self.client.send(request, stream=True)
        if not answer.headers.get("content-type", "").startswith("text/event-stream"):
            await answer.aread()
        await answer.aclose()
        return answer

    def check(self, answer: httpx.Response) -> None:
        """No fault, an error in the API's form, and nothing outside the description. Source: contract 2.3."""
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400 and answer.request.method != "HEAD":
            assert answer.headers["content-type"] in ("application/vnd.api+json", "application/json")
            errors = answer.json()["errors"]
            assert errors
            for entry in errors:
                assert all(isinstance(entry[name], str) and entry[name] for name in SAID_OF_ERRORS)
        if (
            not answer.headers.get("content-type", "").startswith("text/event-stream")
            and answer.status_code != 405
            and answer.request.method != "HEAD"
        ):
            self.described.check(answer)

    def make(self, path: str, resource: dict[str, Any]) -> str:
        headers = {"authorization": f"Bearer {self.token}", "X-Electricimp-Password": PASSWORD}
        answer = self.runner.run(self.client.post(f"/v5{path}", json={"data": resource}, headers=headers))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["data"]["id"])

    def stock(self) -> None:
        """Put some of everything there."""
        mark = f"stock {self.sent}"
        product = self.make("/products", {"type": "product", "attributes": {"name": mark}})
        groups: dict[str, str] = {}
        for kind in TYPES:
            to = {"product": ident("product", product)}
            if kind.endswith("fixture"):
                pre = "pre_" if kind.startswith("pre_") else ""
                for name, of in (("production_target", f"{pre}production"), ("dut_target", f"{pre}dut")):
                    to[name] = ident(f"{of}_devicegroup", groups[of])
            resource = {"type": f"{kind}_devicegroup", "attributes": {"name": kind}, "relationships": to}
            groups[kind] = self.make("/devicegroups", resource)
        home = ident("development_devicegroup", groups["development"])
        code = {"device_code": "return 1", "agent_code": ""}
        hook = {"url": "https://hook.example.test", "event": "deployment", "content_type": "application/json"}
        imps = [factory.add_device(self.world, "grower").device for _ in range(3)]
        deployments = [
            self.make("/deployments", {"type": "deployment", "attributes": code, "relationships": {"devicegroup": home}})
            for _ in range(2)
        ]
        webhook = self.make("/webhooks", {"type": "webhook", "attributes": hook, "relationships": {"devicegroup": home}})
        keys = self.known.get("key", [])
        if len(keys) < 5:
            keys = [*keys, self.make("/accounts/me/login_keys", {"type": "login_key", "attributes": {}})]
        self.known = {
            "product_id": [product],
            "group_id": list(groups.values()),
            "deployment_id": deployments,
            "webhook_id": [webhook],
            "device_ref": [imps[0].id, imps[1].mac_address or "", imps[2].id],
            "account_id": ["me", self.account.id],
            "token_id": ["x"],
            "key": keys,
            "stream_id": [self.make("/logstream", {})],
        }


def ident(kind: str, ref: str) -> dict[str, str]:
    return {"type": kind, "id": ref}


@pytest.fixture(scope="module")
def target():
    """One engine for all requests of this file."""
    target = Target()
    yield target
    print(f"{target.sent:,} requests answered: {dict(sorted(target.statuses.items()))}")
    target.close()


def modestly(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize="IMPTUI_FUZZ_EXAMPLES" not in os.environ,
        suppress_health_check=list(HealthCheck),
        database=None,
        print_blob=True,
    )


# What the description says, kept to and broken

DESCRIPTION = json.loads(json.dumps(Described(build_app(World.open())).document))
OPERATIONS = [found.ok() for found in schemathesis.openapi.from_dict(DESCRIPTION).get_all_operations()]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_each_call_answers_as_described(target, operation):
    """A call that keeps to the description or breaks it is answered as the description says (2.3)."""
    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
    strategies = [operation.as_strategy(generation_mode=mode) for mode in modes]

    @modestly(max(2, EXAMPLES // 2 // len(OPERATIONS)))
    @given(st.one_of(strategies), st.integers(0, 7))
    def answered(case: Any, pick: int) -> None:
        path = case.formatted_path if pick == 0 else with_known(target, case.path, pick)
        sent = case.as_transport_kwargs(base_url=BASE)
        prepared = httpx.Request("GET", BASE, params=sent.get("params") or {})
        content = sent.get("data") or b""
        if sent.get("json") is not None:
            content = json.dumps(sent["json"])
        raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else bytes(content)
        headers = [
            (name.encode("latin-1", "replace"), str(value).encode("latin-1", "replace"))
            for name, value in sent["headers"].items()
            if name.lower() not in ("authorization", "host", "content-length")
        ]
        query = prepared.url.query.decode()
        target.send(case.method, path + (f"?{query}" if query else ""), raw, headers, has_token=pick != 1)

    answered()


def with_known(target: Target, template: str, pick: int) -> str:
    """A path with ids of things that are there."""

    def one(matched: re.Match[str]) -> str:
        known = target.known.get(matched.group(1), ["x"])
        return known[pick % len(known)]

    return re.sub(r"{(\w+)}", one, template)


# What nobody would send


def nested(depth: int) -> Any:
    found: Any = "deep"
    for level in range(depth):
        found = [found] if level % 2 else {"data": found}
    return found


HOSTILE_TEXT = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "",
            "\0",
            "a\0b",
            "\x1b[2J",
            "\u202e",
            "\ud800",
            "x" * 10_000,
            "../..",
            "%",
            "%00",
            "null",
            "me",
            "1e999",
            "'; --",
            "☂" * 81,
        ]
    ),
)
NUMBERS = st.sampled_from([0, -1, 2**53, 2**63 - 1, 2**63, -(2**63) - 1, 10**400, 1e308, float("nan"), float("inf"), -0.0, 1.5])
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, HOSTILE_TEXT)
HOSTILE = st.one_of(
    LEAVES,
    st.lists(LEAVES, max_size=3),
    st.dictionaries(HOSTILE_TEXT, LEAVES, max_size=3),
    st.integers(1, 60).map(nested),
)
QUERIES = st.one_of(
    st.just(""),
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "page[number]",
                    "page[size]",
                    "filter[owner.id]",
                    "filter[tags]",
                    "filter[type]",
                    "filter[flagged]",
                    "filter[devicegroup.owner.id]",
                    "filter[sha]",
                    "filter",
                    "filter[]",
                    "format",
                    "page",
                ]
            ),
            HOSTILE_TEXT | st.sampled_from(["0", "1", "-1", "100", "101", "9" * 30, "٣", "1.5", " 1", "true", "any"]),
        ),
        max_size=3,
    ).map(lambda pairs: "&".join(f"{quote(name)}={quote(value, errors='replace')}" for name, value in pairs)),
    st.sampled_from(["%", "%zz", "%ff=%fe", "&&&", "=", "a=b;c", "page[size]=%00", "filter[tags]=" + "a," * 2000, "x&" * 200]),
)
SEGMENTS = st.one_of(
    HOSTILE_TEXT.map(lambda text: quote(text, safe="", errors="replace")),
    st.sampled_from(
        ["%00", "%ff%fe", "%2f", "%2e%2e", "%ED%A0%80", "%", "%zz", "*", "0c:2a:69:00:00:00", "%0d%0aX:%20y", "a" * 5000]
    ),
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from([b"content-type", b"x-electricimp-key", b"x-electricimp-password", b"x-electricimp-otp-token", b"accept",
                         b"last-event-id", b"content-length"]),
        st.sampled_from([b"", b"text/plain", b"application/json; charset=utf-16", b"\xff\xfe", b"x" * 5000, b"unbond-me", b"-1", b"9" * 40]),
    ),
    max_size=2,
)  # fmt: skip
CALLS = st.sampled_from([(route.method, f"/v5{route.path}", route.asks) for route in ROUTES])
SCHEMAS = DESCRIPTION["components"]["schemas"]


def right(schema: dict[str, Any], target: Target, pick: int) -> Any:
    """A document that fits a schema, about things that are there."""
    if "$ref" in schema:
        return right(SCHEMAS[schema["$ref"].rsplit("/", 1)[1]], target, pick)
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return right(schema[several][pick % len(schema[several])], target, pick)
    if "properties" in schema:
        found = {name: right(part, target, pick) for name, part in schema["properties"].items()}
        kinds = {"product": "product_id", "deployment": "deployment_id", "device": "device_ref", "account": "account_id"}
        if isinstance(found.get("type"), str) and "id" in found:
            known = target.known[kinds.get(found["type"], "group_id")]
            found["id"] = known[pick % len(known)]
        return found
    if "enum" in schema:
        return schema["enum"][pick % len(schema["enum"])]
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    return {"array": [], "boolean": True, "object": {}, "integer": 1}.get(kind, f"text {target.sent}")


def places(part: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where there is something in a document."""
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [at, *(place for key, value in inside for place in places(value, (*at, key)))]


def exchanged(document: Any, at: tuple[Any, ...], hostile: Any, how: str) -> Any:
    """The document with something hostile at a place, beside it, or with nothing there."""
    if not at:
        return hostile
    document = copy.deepcopy(document)
    around = document
    for key in at[:-1]:
        around = around[key]
    if how == "left out":
        del around[at[-1]]
    elif how == "beside" and isinstance(around, dict):
        around[str(hostile)[:50]] = hostile
    else:
        around[at[-1]] = hostile
    return document


@given(st.data())
@modestly(EXAMPLES // 2)
def test_hostile_parts_of_right_documents_are_refused_in_json(target, data):
    """A right request with one part exchanged for something hostile is done or refused, never a fault (2.3)."""
    method, template, asks = data.draw(CALLS)
    pick = data.draw(st.integers(0, 20))
    if target.sent == 0:
        target.stock()
    content = b""
    if asks:
        document = right(SCHEMAS[asks], target, pick)
        at = data.draw(st.sampled_from(places(document)))
        how = data.draw(st.sampled_from(["in its place", "in its place", "beside", "left out", "as it is"]))
        document = document if how == "as it is" else exchanged(document, at, data.draw(HOSTILE), how)
        content = json.dumps(document, ensure_ascii=data.draw(st.booleans())).encode("utf-8", "surrogatepass")
    path = with_known(target, template, pick)
    if data.draw(st.integers(0, 3)) == 0:
        path = re.sub(r"{\w+}", lambda _: data.draw(SEGMENTS), template)
    query = data.draw(QUERIES)
    headers = data.draw(HEADERS)
    target.send(method, path + (f"?{query}" if query else ""), content, headers, has_token=data.draw(st.integers(0, 9)) > 0)


BYTES = st.one_of(
    st.binary(max_size=200),
    st.sampled_from([
        b"\xff\xfe", b"\0", b"{" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"data":' * 5000, b"1e99999", b"9" * 100_000, b"NaN",
        b'{"data":{},"data":{}}', b'"\\ud800"', b'{"data":"\\u0000"}', b"nul", b"\xef\xbb\xbf{}", b"{}{}", b"-", b'"' + b"x" * 1_000_000,
        b'{"data":{"type":"product","attributes":{"name":"\xed\xa0\x80"}}}', b"[]", b"null", b"true", b"''", b"{'data':1}",
    ]),
)  # fmt: skip
VERBS = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW", "get"])


@given(CALLS, VERBS, BYTES, HEADERS, st.integers(0, 9))
@modestly(EXAMPLES // 4)
def test_any_bytes_with_any_verb_are_refused_in_json(target, call, verb, content, headers, pick):
    """Bytes that are no document, sent with any verb, are refused in the API's form (1.3, 2.2)."""
    if target.sent == 0:
        target.stock()
    method = call[0] if pick > 4 else verb
    if method == "HEAD":
        content = b""
    target.send(method, with_known(target, call[1], pick), content, headers)
