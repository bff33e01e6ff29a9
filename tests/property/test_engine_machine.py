"""Any order of calls keeps the engine what it must be: driven over HTTP beside a naive model.

`IMPTUI_MACHINE_RUNS=2000` makes so many runs instead of the few that always happen.
"""

import asyncio
import os
from datetime import timedelta
from typing import Any

import httpx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from imptui.cloud.api.application import build_app
from imptui.cloud.environment.chance import Chance
from imptui.cloud.environment.clock import ManualClock
from imptui.cloud.rules import factory, login
from imptui.cloud.rules.account import OpenAccount, open_account
from imptui.cloud.simulation import life
from imptui.cloud.simulation.log_replay import ProgramReplay
from imptui.cloud.storage.world import World
from imptui.cloud.transport import EmbeddedTransport
from imptui.domain.errors import Refused
from tests.property.naive_engine import (
    BY_HAND,
    FACTORY,
    KEY,
    PRE_FACTORY,
    TARGETS,
    Deployment,
    Device,
    Group,
    NaiveEngine,
    Product,
)

RUNS = int(os.environ.get("IMPTUI_MACHINE_RUNS", "50"))
STEPS = 40

PICK = st.integers(0, 59)
NAMES = st.sampled_from(["Meter", "Pump", "Döner ☂", "x" * 80])
MOSTLY = st.sampled_from([True, True, False])
KEYS = st.sampled_from([None, "wrong", KEY])
WORDS = st.sampled_from([None, "", "first light"])
POLITE = "server.onshutdown(@(r) imp.wakeup(5, @() server.restart()));"
KEEPS = 'nv.n <- "n" in nv ? nv.n + 1 : 0; function g() { while (true) yield nv.n } foreach (n in g()) { server.log(n); break }'
CODE = st.sampled_from(["", 'server.log("up");', "local x = 1;", "// ☂ für alle\n", "return null", POLITE, KEEPS])
TAGS = st.lists(st.sampled_from(["v1", "lab", "a.b*c", "_-"]), max_size=3)
SPELLINGS = st.sampled_from(["id", "mac", "MAC-", "agent", "nobody"])


class EngineMachine(RuleBasedStateMachine):
    """An engine, a model of it, and everything a client may ask of both."""

    dialect = "live"

    def __init__(self) -> None:
        super().__init__()
        self.world = World.open(clock=ManualClock(), chance=Chance("machine", has_predictable_secrets=True), password_cost_log2=4, replay=ProgramReplay())
        opening = OpenAccount("grower", "grower@example.test", "not-a-real-one", unbond_key=KEY)
        self.account_id = open_account(self.world, opening).id
        self.app = build_app(self.world, dialect=self.dialect)
        self.runner = asyncio.Runner()
        self.client = httpx.AsyncClient(base_url="http://engine.test/v5", transport=EmbeddedTransport(self.app))
        self.log_in()
        self.model = NaiveEngine(is_live=self.dialect == "live")
        self.steps = 0
        for number in range(4):
            imp_type = "imp001" if number == 3 else "imp005"
            device = factory.add_device(self.world, "grower", imp_type=imp_type).device
            self.model.devices[device.id] = Device(device.mac_address or "", imp_type=imp_type)
        self.make_product("Meter")
        for number, kind in sorted(enumerate(self.model.types), key=lambda one: one[1] in TARGETS):  # targets first
            self.make_group(number, 0, kind, (0, 0), is_fitting=True)
        for pick, kind in enumerate((FACTORY, PRE_FACTORY)):
            self.model.assign(self.a_group(0, kind) or "", [self.a_device(pick)])
            body = {"data": {"type": "device", "id": self.a_device(pick)}}
            self.agree(self.call("POST", f"/devicegroups/{self.a_group(0, kind)}/relationships/devices", body), [], 204)
        for pick in (0, 1, 0):
            self.a_fixture_works(pick, is_blessed=True)

    def teardown(self) -> None:
        self.runner.run(self.client.aclose())
        self.runner.close()
        self.app.state.service.close()
        self.world.close()

    # Words

    def log_in(self) -> None:
        token = login.log_in_embedded(self.world, self.account_id).access_token
        self.client.headers["authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None, key: str | None = None) -> httpx.Response:
        headers = {} if key is None else {"X-Electricimp-Key": key}
        answer = self.runner.run(self.client.request(method, path, json=body, headers=headers))
        assert answer.status_code < 500, answer.text
        return answer

    def agree(self, answer: httpx.Response, codes: list[str], done: int) -> None:
        """The engine refused what the model refuses, for the same reasons, and did the rest."""
        said = [] if answer.is_success else [entry["code"] for entry in answer.json()["errors"]]
        assert said == codes, answer.text
        assert answer.status_code == done or codes

    def a_product(self, pick: int) -> str:
        return sorted(self.model.products)[pick % len(self.model.products)]

    def a_group(self, pick: int, *types: str) -> str | None:
        found = [ref for ref, group in sorted(self.model.groups.items()) if not types or group.type in types]
        return found[pick % len(found)] if found else None

    def a_device(self, pick: int) -> str:
        return sorted(self.model.devices)[pick % len(self.model.devices)]

    def spelled(self, pick: int, spelling: str) -> str:
        device_id = self.a_device(pick)
        device = self.model.devices[device_id]
        mac = device.mac
        spellings = {"id": device_id, "mac": mac, "MAC-": mac.upper().replace(":", "-"), "nobody": "0c:2a:69:00:00:00"}
        return spellings.get(spelling) or device.agent or device_id

    def group_identifier(self, group: str) -> dict[str, str]:
        return {"type": self.type_name(self.model.groups[group].type), "id": group}

    def type_name(self, kind: str) -> str:
        """How the dialect spells a type. Source: contract 19."""
        return "factory_devicegroup" if kind == FACTORY and not self.model.is_live else kind

    # Products

    @rule(name=NAMES)
    def make_product(self, name: str) -> None:
        codes = self.model.name_product(None, name)
        answer = self.call("POST", "/products", {"data": {"type": "product", "attributes": {"name": name}}})
        self.agree(answer, codes, 201)
        if not codes:
            self.model.products[answer.json()["data"]["id"]] = Product(name)

    @precondition(lambda self: self.model.products)
    @rule(pick=PICK, name=NAMES)
    def rename_product(self, pick: int, name: str) -> None:
        product = self.a_product(pick)
        codes = self.model.name_product(product, name)
        body = {"data": {"type": "product", "id": product, "attributes": {"name": name}}}
        self.agree(self.call("PATCH", f"/products/{product}", body), codes, 200)

    @precondition(lambda self: self.model.products)
    @rule(pick=PICK)
    def delete_product(self, pick: int) -> None:
        product = self.a_product(pick)
        codes = self.model.delete_product(product)
        self.agree(self.call("DELETE", f"/products/{product}"), codes, 204)

    # Groups

    def targets_for(self, kind: str, picks: tuple[int, int], *, is_fitting: bool) -> tuple[str | None, str | None]:
        if not is_fitting:
            production, dut = (None if pick % 5 == 0 else self.a_group(pick) for pick in picks)
        elif kind in TARGETS:
            wanted = zip(picks, self.model.target_types(kind) or (), strict=True)
            production, dut = (a_type and self.a_group(pick, a_type) for pick, a_type in wanted)
        else:
            production, dut = None, None
        return production, dut if self.model.is_live else None

    def relationships(self, targets: tuple[str | None, str | None]) -> dict[str, Any]:
        named = zip(("production_target", "dut_target"), targets, strict=True)
        return {name: self.group_identifier(target) for name, target in named if target is not None}

    @precondition(lambda self: self.model.products)
    @rule(type_pick=PICK, pick=PICK, name=NAMES, picks=st.tuples(PICK, PICK), is_fitting=MOSTLY)
    def make_group(self, type_pick: int, pick: int, name: str, picks: tuple[int, int], is_fitting: bool) -> None:
        kind = self.model.types[type_pick % len(self.model.types)]
        product = self.a_product(pick)
        targets = self.targets_for(kind, picks, is_fitting=is_fitting)
        codes = self.model.check_targets(kind, product, targets) or self.model.check_group_name(None, product, name)
        relationships = {"product": {"type": "product", "id": product}, **self.relationships(targets)}
        body = {"data": {"type": kind, "attributes": {"name": name}, "relationships": relationships}}
        answer = self.call("POST", "/devicegroups", body)
        self.agree(answer, codes, 201)
        if not codes:
            self.model.groups[answer.json()["data"]["id"]] = Group(kind, product, name, targets)

    @precondition(lambda self: self.model.groups)
    @rule(pick=PICK, name=NAMES, picks=st.none() | st.tuples(PICK, PICK), is_fitting=st.booleans())
    def change_group(self, pick: int, name: str, picks: tuple[int, int] | None, is_fitting: bool) -> None:
        ref = self.a_group(pick) or ""
        group = self.model.groups[ref]
        asked = (None, None) if picks is None else self.targets_for(group.type, picks, is_fitting=is_fitting)
        targets = (asked[0] or group.targets[0], asked[1] or group.targets[1])
        codes = self.model.check_targets(group.type, group.product, targets) if any(asked) else []
        codes = codes or self.model.check_group_name(ref, group.product, name)
        body = {"type": group.type, "id": ref, "attributes": {"name": name}, "relationships": self.relationships(asked)}
        self.agree(self.call("PATCH", f"/devicegroups/{ref}", {"data": body}), codes, 200)
        if not codes:
            group.name, group.targets = name, targets

    @precondition(lambda self: self.model.groups)
    @rule(pick=PICK)
    def delete_group(self, pick: int) -> None:
        group = self.a_group(pick) or ""
        codes = self.model.delete_group(group)
        self.agree(self.call("DELETE", f"/devicegroups/{group}"), codes, 204)

    @precondition(lambda self: self.model.groups)
    @rule(pick=PICK, verb=st.sampled_from(["restart", "conditional_restart"]))
    def restart_group(self, pick: int, verb: str) -> None:
        self.agree(self.call("POST", f"/devicegroups/{self.a_group(pick)}/{verb}"), [], 204)

    # Devices

    @precondition(lambda self: self.model.groups)
    @rule(pick=PICK, refs=st.lists(st.tuples(PICK, SPELLINGS), min_size=1, max_size=3), is_for_any=st.booleans())
    def assign(self, pick: int, refs: list[tuple[int, str]], is_for_any: bool) -> None:
        group = self.a_group(pick, *(BY_HAND if is_for_any else ())) or self.a_group(pick) or ""
        references = [self.spelled(*ref) for ref in refs]
        codes = self.model.assign(group, references)
        body = {"data": [{"type": "device", "id": reference} for reference in references]}
        answer = self.call("POST", f"/devicegroups/{group}/relationships/devices", body)
        self.agree(answer, codes, 204)
        assert answer.status_code == (400 if codes else 204)

    @precondition(lambda self: self.model.groups)
    @rule(pick=PICK, refs=st.lists(st.tuples(PICK, SPELLINGS), min_size=1, max_size=3), key=KEYS, is_home=st.booleans())
    def unassign(self, pick: int, refs: list[tuple[int, str]], key: str | None, is_home: bool) -> None:
        references = [self.spelled(*ref) for ref in refs]
        home = self.model.found(references[0])
        group = (home.group if home is not None and is_home else None) or self.a_group(pick) or ""
        codes = self.model.unassign(group, references, key)
        body = {"data": [{"type": "device", "id": reference} for reference in references]}
        self.agree(self.call("DELETE", f"/devicegroups/{group}/relationships/devices", body, key), codes, 204)

    @precondition(lambda self: self.model.devices)
    @rule(pick=PICK, spelling=SPELLINGS, group_pick=st.none() | PICK, key=KEYS)
    def regroup_by_relationship(self, pick: int, spelling: str, group_pick: int | None, key: str | None) -> None:
        reference = self.spelled(pick, spelling)
        group = None if group_pick is None else self.a_group(group_pick)
        codes = self.model.regroup(reference, group, key)
        named = None if group is None else self.group_identifier(group)
        body = {"data": {"type": "device", "id": reference, "relationships": {"devicegroup": named}}}
        self.agree(self.call("PATCH", f"/devices/{reference}", body, key), codes, 200)

    @precondition(lambda self: self.model.devices)
    @rule(pick=PICK, name=st.sampled_from([None, "", "bed 4", "☂", "x" * 80, "x" * 81]))
    def rename_device(self, pick: int, name: str | None) -> None:
        ref = self.a_device(pick)
        body = {"data": {"type": "device", "id": ref, "attributes": {"name": name}}}
        self.agree(self.call("PATCH", f"/devices/{ref}", body), self.model.name_device(ref, name), 200)

    @precondition(lambda self: self.model.devices)
    @rule(pick=PICK, spelling=SPELLINGS, verb=st.sampled_from(["restart", "conditional_restart"]))
    def restart_device(self, pick: int, spelling: str, verb: str) -> None:
        reference = self.spelled(pick, spelling)
        device = self.model.found(reference)
        codes = ["NF001"] if device is None else [] if device.group else ["CX011"]
        self.agree(self.call("POST", f"/devices/{reference}/{verb}"), codes, 204)

    @precondition(lambda self: len(self.model.devices) > 2)
    @rule(pick=PICK)
    def delete_device(self, pick: int) -> None:
        ref = self.a_device(pick)
        codes = self.model.delete_device(ref)
        self.agree(self.call("DELETE", f"/devices/{ref}"), codes, 204)

    @precondition(lambda self: self.a_group(0, FACTORY, PRE_FACTORY))
    @rule(pick=PICK, is_blessed=st.booleans())
    def a_fixture_works(self, pick: int, is_blessed: bool) -> None:
        """A fixture configures a device, or has one blessed, as happens on the line and not through the API."""
        fixtures = [
            (ref, self.model.groups[device.group])
            for ref, device in sorted(self.model.devices.items())
            if device.group and self.model.groups[device.group].type in TARGETS
        ]
        if not fixtures or len(self.model.devices) > 12:
            return
        fixture, group = fixtures[pick % len(fixtures)]
        factory.connect(self.world, fixture)
        try:
            imp = factory.bless(self.world, fixture)[0] if is_blessed else factory.configure_dut(self.world, fixture)
        except Refused:  # the target of the device that waits is gone
            return
        new = Device(imp.device.mac_address or "", group=group.targets[1], is_dut=True, target=group.targets[0])
        device = self.model.devices.setdefault(imp.device.id, new)
        if is_blessed:
            device.group, device.is_dut = device.target, False

    # Deployments

    @precondition(lambda self: self.model.groups)
    @rule(pick=PICK, device_code=CODE, agent_code=CODE, is_flagged=st.booleans(), tags=TAGS)
    def deploy(self, pick: int, device_code: str, agent_code: str, is_flagged: bool, tags: list[str]) -> None:
        group = self.a_group(pick) or ""
        attributes = {"device_code": device_code, "agent_code": agent_code, "flagged": is_flagged, "tags": tags}
        relationships = {"devicegroup": self.group_identifier(group)}
        body = {"data": {"type": "deployment", "attributes": attributes, "relationships": relationships}}
        answer = self.call("POST", "/deployments", body)
        self.agree(answer, [], 201)
        made = answer.json()["data"]
        said = made["attributes"]
        assert (said["device_code"], said["agent_code"]) == (device_code, agent_code)
        own = self.model.groups[group]
        newest = self.model.deployments[own.current].created_at if own.current else ""
        assert said["created_at"] > newest, "created_at of the deployments of a group is strictly increasing"
        own.deployments.append(made["id"])
        own.minimum = own.minimum or made["id"]
        kept = Deployment(group, device_code, agent_code, said["sha"], said["created_at"], is_flagged, list(dict.fromkeys(tags)))
        self.model.deployments[made["id"]] = kept

    @precondition(lambda self: self.model.groups)
    @rule(pick=PICK, broken=st.sampled_from(["function (", "local = 1", '"']), is_agent=st.booleans())
    def deploy_what_does_not_compile(self, pick: int, broken: str, is_agent: bool) -> None:
        attributes = {"device_code": "" if is_agent else broken, "agent_code": broken if is_agent else ""}
        relationships = {"devicegroup": self.group_identifier(self.a_group(pick) or "")}
        body = {"data": {"type": "deployment", "attributes": attributes, "relationships": relationships}}
        self.agree(self.call("POST", "/deployments", body), ["CX005"], 400)

    def a_deployment(self, pick: int) -> str:
        return sorted(self.model.deployments)[pick % len(self.model.deployments)]

    @precondition(lambda self: self.model.deployments)
    @rule(pick=PICK, is_flagged=st.none() | st.booleans(), tags=st.none() | TAGS, description=WORDS)
    def annotate(self, pick: int, is_flagged: bool | None, tags: list[str] | None, description: str | None) -> None:
        ref = self.a_deployment(pick)
        asked = {"flagged": is_flagged, "tags": tags, "description": description}
        attributes = {name: value for name, value in asked.items() if value is not None}
        body = {"data": {"type": "deployment", "id": ref, "attributes": attributes}}
        self.agree(self.call("PATCH", f"/deployments/{ref}", body), [], 200)
        kept = self.model.deployments[ref]
        kept.is_flagged = kept.is_flagged if is_flagged is None else is_flagged
        kept.tags = kept.tags if tags is None else list(dict.fromkeys(tags))
        kept.description = kept.description if description is None else description

    @precondition(lambda self: self.model.deployments)
    @rule(pick=PICK)
    def rewrite_code(self, pick: int) -> None:
        ref = self.a_deployment(pick)
        body = {"data": {"type": "deployment", "id": ref, "attributes": {"device_code": "return 1"}}}
        self.agree(self.call("PATCH", f"/deployments/{ref}", body), ["VX002"], 400)

    @precondition(lambda self: self.model.deployments)
    @rule(pick=PICK)
    def delete_deployment(self, pick: int) -> None:
        ref = self.a_deployment(pick)
        codes = self.model.delete_deployment(ref)
        self.agree(self.call("DELETE", f"/deployments/{ref}"), codes, 204)

    @precondition(lambda self: self.model.deployments)
    @rule(pick=PICK, group_pick=st.none() | PICK)
    def support_from(self, pick: int, group_pick: int | None) -> None:
        ref = self.a_deployment(pick)
        group = self.model.deployments[ref].group if group_pick is None else self.a_group(group_pick) or ""
        codes = self.model.support_from(group, ref)
        body = {"data": {"type": "deployment", "id": ref}}
        path = f"/devicegroups/{group}/relationships/min_supported_deployment"
        self.agree(self.call("PUT", path, body), codes, 200)

    # Time, and what is gone

    @rule(milliseconds=st.sampled_from([1, 20, 1_000, 86_400_000]))
    def time_passes(self, milliseconds: int) -> None:
        life.advance_clock(self.world, timedelta(milliseconds=milliseconds))
        self.log_in()

    @precondition(lambda self: self.model.gone)
    @rule(pick=PICK, verb=st.sampled_from(["GET", "DELETE"]))
    def what_is_gone_stays_gone(self, pick: int, verb: str) -> None:
        self.agree(self.call(verb, self.model.gone[pick % len(self.model.gone)]), ["NF001"], 404)

    # What always holds

    def walk(self, path: str, size: int) -> list[dict[str, Any]]:
        """All of a list, page by page, by its own links."""
        found: list[dict[str, Any]] = []
        following: str | None = f"{path}{'&' if '?' in path else '?'}page[size]={size}"
        while following is not None:
            page = self.call("GET", following).json()
            assert len(page["data"]) <= size
            found += page["data"]
            following = page["links"].get("next")
        ids = [entry["id"] for entry in found]
        assert len(set(ids)) == len(ids), f"{path} names something twice"
        return found

    @invariant()
    def it_is_what_the_model_is(self) -> None:
        self.steps += 1
        size = (2, 7, 100)[self.steps // 4 % 3]
        (self.same_products, self.same_groups, self.same_devices, self.same_deployments)[self.steps % 4](size)
        if self.steps % 4 == 0 and self.model.deployments:
            self.same_code(self.a_deployment(self.steps))

    def same_products(self, size: int) -> None:
        said = {entry["id"]: entry["attributes"]["name"] for entry in self.walk("/products", size)}
        assert said == {ref: product.name for ref, product in self.model.products.items()}

    def same_groups(self, size: int) -> None:
        said, wanted = {}, {}
        for entry in self.walk("/devicegroups", size):
            to = {name: link["id"] for name, link in entry["relationships"].items() if link is not None}
            of = ("product", "production_target", "dut_target", "current_deployment", "min_supported_deployment")
            said[entry["id"]] = (entry["type"], entry["attributes"]["name"], *(to.get(name) for name in of))
        for ref, group in self.model.groups.items():
            minimum = group.minimum if self.model.is_live else None
            wanted[ref] = (self.type_name(group.type), group.name, group.product, *group.targets, group.current, minimum)
        assert said == wanted

    def same_devices(self, size: int) -> None:
        said, wanted = {}, {}
        for entry in self.walk("/devices", size):
            links = entry["relationships"]
            assert ("devicegroup" in links) == (not self.model.is_live or self.model.devices[entry["id"]].group is not None)
            to = {name: (link["type"], link["id"]) for name, link in links.items() if link is not None}
            said[entry["id"]] = (entry["attributes"]["name"], to.get("devicegroup"), to.get("product"))
            self.same_agent(self.model.devices[entry["id"]], entry["attributes"]["agent_id"])
        for ref, device in self.model.devices.items():
            group = None if device.group is None else (self.type_name(self.model.groups[device.group].type), device.group)
            product = None if device.group is None else ("product", self.model.groups[device.group].product)
            wanted[ref] = (device.name, group, product)
        assert said == wanted
        for ref in self.model.groups:
            in_group = {entry["id"] for entry in self.walk(f"/devices?filter[devicegroup.id]={ref}", size)}
            assert in_group == {device_id for device_id, device in self.model.devices.items() if device.group == ref}
        unassigned = {entry["id"] for entry in self.walk("/devices?filter[devicegroup.owner.id]=null", size)}
        assert unassigned == {ref for ref, device in self.model.devices.items() if device.group is None}

    def same_agent(self, device: Device, agent: str | None) -> None:
        assert (agent is not None) == (device.group is not None)
        assert agent is None or device.agent in (None, agent), "a device has the same agent for life"
        device.agent = agent or device.agent

    def same_deployments(self, size: int) -> None:
        said, wanted = {}, {}
        entries = self.walk("/deployments", size)
        for entry in entries:
            of = entry["attributes"]
            assert "device_code" not in of
            marks = (of["sha"], of["created_at"], of["flagged"], of["tags"], of["description"])
            said[entry["id"]] = (entry["relationships"]["devicegroup"]["id"], *marks)
        for ref, kept in self.model.deployments.items():
            wanted[ref] = (kept.group, kept.sha, kept.created_at, kept.is_flagged, kept.tags, kept.description)
        assert said == wanted
        made = [entry["attributes"]["created_at"] for entry in entries]
        assert made == sorted(made, reverse=True), "deployments are listed newest first"

    def same_code(self, ref: str) -> None:
        of = self.call("GET", f"/deployments/{ref}").json()["data"]["attributes"]
        kept = self.model.deployments[ref]
        assert (of["device_code"], of["agent_code"], of["sha"]) == (kept.device_code, kept.agent_code, kept.sha)


class PrimerMachine(EngineMachine):
    """The same in the primer's own words. Source: contract 19."""

    dialect = "primer"


TestEngine, TestPrimer = EngineMachine.TestCase, PrimerMachine.TestCase
TestEngine.settings = TestPrimer.settings = settings(
    max_examples=RUNS,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize="IMPTUI_MACHINE_RUNS" not in os.environ,
    print_blob=True,
)
