"""The engine behind both doors: within the process, and on a real socket."""

import asyncio
import json
import re
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, ClassVar

import httpx
import pytest
from msgspec.structs import replace

from imptui.cloud.api.application import build_app
from imptui.cloud.api.openapi import description_of
from imptui.cloud.api.routes import ROUTES
from imptui.cloud.api.webhook_deliveries import DeliveryOutcome
from imptui.cloud.environment.chance import device_id_for
from imptui.cloud.environment.clock import ManualClock
from imptui.cloud.rules import account as accounts
from imptui.cloud.rules import device_log, login
from imptui.cloud.rules import one_time_password as otp
from imptui.cloud.rules.assignment import place
from imptui.cloud.serve import bound_socket, endpoint_of, server_of
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.world import World
from imptui.cloud.transport import EmbeddedTransport
from imptui.domain.device import Device, DeviceKind

try:
    import jsonschema_rs
except ImportError:  # comes with schemathesis, which not everybody has
    jsonschema_rs = None

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""The engine speaks plain HTTP; reading certificates for each client would take longer than most tests."""

USER, EMAIL, PASSWORD, UNBOND_KEY = "grower", "grower@example.test", "not-a-real-one", "unbond-me"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


class Switch:
    """A served application that can be exchanged, so that one server does for all tests."""

    def __init__(self) -> None:
        self.app: Any = None

    async def __call__(self, scope, receive, send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def socket_door() -> Iterator[tuple[Switch, str]]:
    """One uvicorn in a thread, and where it listens."""
    listening = bound_socket("127.0.0.1", 0)
    switch = Switch()
    server = server_of(switch, lambda: None)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield switch, endpoint_of(listening)
    server.should_exit = True
    thread.join(10)
    listening.close()


class Described:
    """What the engine's own description of its API says about an answer; asked about every answer of every test."""

    _known: ClassVar[dict[str, "Described"]] = {}

    def __init__(self, app: Any) -> None:
        dialect = app.state.service.dialect
        self.document = json.loads(json.dumps(description_of(ROUTES, dialect, "/v5")))
        self.paths = [(re.compile(re.sub(r"{\w+}", "[^/]+", path)), path) for path in self.document["paths"]]
        self.paths.sort(key=lambda entry: entry[1].count("{"))
        self.validators: dict[tuple[str, str, str], Any] = {}

    @classmethod
    def in_dialect(cls, app: Any) -> "Described":
        name = app.state.service.dialect.name
        return cls._known.setdefault(name, cls(app)) if name not in cls._known else cls._known[name]

    def check(self, response: httpx.Response) -> None:
        """Refuse an answer whose status or body is not described for its call."""
        path = re.sub("/+", "/", response.request.url.path).rstrip("/")
        template = next((template for pattern, template in self.paths if pattern.fullmatch(path)), None)
        method = response.request.method.lower()
        if template is None or method not in self.document["paths"][template]:
            return
        answers = self.document["paths"][template][method]["responses"]
        status = str(response.status_code)
        assert status in answers, f"{method} {template} answered {status}, which is not described: {response.text}"
        content = answers[status].get("content")
        if content is None:
            assert response.content == b""
            return
        (kind, described), *_ = content.items()
        assert response.headers["content-type"].startswith(kind)
        if jsonschema_rs is not None and kind != "text/event-stream":
            self._validator(template, method, status, described["schema"]).validate(response.json())

    def _validator(self, template: str, method: str, status: str, schema: dict[str, Any]) -> Any:
        key = (template, method, status)
        if key not in self.validators:
            whole = {**schema, "components": self.document["components"]}
            self.validators[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        return self.validators[key]


class Api:
    """What a client of the API says, and what the tests read from the answers."""

    minute = timedelta(minutes=1)

    def __init__(self, client: httpx.AsyncClient, world: Any, clock: Any, app: Any, account: Any, base: str) -> None:
        self.client, self.world, self.clock, self.app, self.account, self.base = (
            client,
            world,
            clock,
            app,
            account,
            base,
        )
        self.token: str | None = None
        self.made = 0
        self.described = Described.in_dialect(app)

    async def log_in(self, user: str = USER, password: str = PASSWORD) -> dict[str, Any]:
        response = await self.client.post("/auth", json={"id": user, "password": password})
        assert response.status_code == 200, response.text
        self.token = response.json()["access_token"]
        return response.json()

    async def call(self, method: str, path: str, body: Any = None, *, token: str | None = "", **more: Any) -> httpx.Response:
        headers = {"Content-type": "application/vnd.api+json", **more.pop("headers", {})}
        bearer = self.token if token == "" else token
        if bearer is not None:
            headers.setdefault("Authorization", f"Bearer {bearer}")
        if body is not None:
            more["json"] = body
        response = await self.client.request(method, path, headers=headers, **more)
        assert response.status_code < 500, response.text
        self.described.check(response)
        return response

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.call("GET", path, **more)

    async def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return await self.call("POST", path, body, **more)

    async def patch(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return await self.call("PATCH", path, body, **more)

    async def put(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return await self.call("PUT", path, body, **more)

    async def delete(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return await self.call("DELETE", path, body, **more)

    async def one(self, path: str) -> dict[str, Any]:
        response = await self.get(path)
        assert response.status_code == 200, response.text
        return response.json()["data"]

    async def listed(self, path: str, **params: Any) -> list[dict[str, Any]]:
        response = await self.get(path, params=params)
        assert response.status_code == 200, response.text
        return response.json()["data"]

    async def ids(self, path: str, **params: Any) -> list[str]:
        return [entry["id"] for entry in await self.listed(path, **params)]

    async def made_of(self, path: str, resource: dict[str, Any]) -> dict[str, Any]:
        response = await self.post(path, {"data": resource})
        assert response.status_code == 201, response.text
        return response.json()["data"]

    async def product(self, name: str | None = None, **attributes: Any) -> dict[str, Any]:
        self.made += 1
        attributes["name"] = name or f"Product {self.made}"
        return await self.made_of("/products", {"type": "product", "attributes": attributes})

    async def group(
        self, kind: str = "development", product: dict[str, Any] | None = None, name: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """A group of a wire type without `_devicegroup`; fixture groups get targets made for them."""
        product = product or await self.product()
        self.made += 1
        name = name or f"Group {self.made}"
        relationships = {"product": ident(product)}
        if kind in ("factoryfixture", "pre_factoryfixture", "factory"):
            pre = "pre_" if kind.startswith("pre_") else ""
            if "production_target" not in more:
                more["production_target"] = await self.group(f"{pre}production", product)
            if "dut_target" not in more and self.app.state.service.dialect.name == "live":
                more["dut_target"] = await self.group(f"{pre}dut", product)
        for target in ("production_target", "dut_target"):
            if target in more:
                relationships[target] = ident(more.pop(target))
        attributes = {"name": name, **more}
        resource = {"type": f"{kind}_devicegroup", "attributes": attributes, "relationships": relationships}
        return await self.made_of("/devicegroups", resource)

    async def deployment(
        self, group: dict[str, Any], device: str = 'server.log("up");', agent: str = "", **more: Any
    ) -> dict[str, Any]:
        resource = {
            "type": "deployment",
            "attributes": {"device_code": device, "agent_code": agent, **more},
            "relationships": {"devicegroup": ident(group)},
        }
        return await self.made_of("/deployments", resource)

    async def assign(self, group: dict[str, Any], *refs: str, **more: Any) -> httpx.Response:
        return await self.post(f"/devicegroups/{group['id']}/relationships/devices", devices(*refs), **more)

    async def unassign(self, group: dict[str, Any], *refs: str, **more: Any) -> httpx.Response:
        return await self.delete(f"/devicegroups/{group['id']}/relationships/devices", devices(*refs), **more)

    async def assigned(self, group: dict[str, Any] | None = None, **more: Any) -> str:
        """A device in a group."""
        group = group or await self.group()
        device_id = self.device(**more)
        response = await self.assign(group, device_id)
        assert response.status_code == 204, response.text
        return device_id

    def device(self, **facts: Any) -> str:
        """A new unassigned device of the account, as the mobile app adds it; its id."""
        return self._enrol(**facts).device.id

    def _enrol(self, *, kind: DeviceKind = DeviceKind.DEVELOPMENT, **facts: Any) -> Imp:
        with self.world.change() as tx:
            mac_address = facts.pop("mac_address", None) or tx.chance.mac_address()
            device = Device(
                id=device_id_for(mac_address),
                name=facts.pop("name", None),
                mac_address=mac_address,
                ip_address="192.0.2.44",
                imp_type=facts.pop("imp_type", "imp005"),
                swversion="9f1c2b7 - release-42.3 - Tue Jan 10 12:00:00 2023 - production",
                plan_id=None,
                is_online=facts.pop("is_online", True),
                state_changed_at=tx.now,
                agent_id=None,
                agent_url=None,
                is_agent_running=False,
                agent_state_changed_at=None,
                last_enrolled_at=tx.now,
                owner_id=self.account.id,
                group_id=None,
                product_id=None,
            )
            imp = Imp(device, kind, tx.chance.agent_id(), seed=7, **facts)
            tx.devices.add(imp)
        return imp

    async def blessed(self, pre: str = "") -> tuple[dict[str, Any], str]:
        """A (pre-)production group and a blessed device in it."""
        group = await self.group(f"{pre}production")
        kind = DeviceKind.TEST_BLESSED if pre else DeviceKind.PRODUCTION
        imp = self._enrol(kind=kind)
        with self.world.change() as tx:
            imp = replace(imp, blessed_at=tx.now)
            place(tx, imp, tx.groups.get(group["id"]), None, kind=kind)
        return group, imp.device.id

    async def under_test(self) -> str:
        """A device under test that belongs to no group."""
        group = await self.group("factory")
        return self._enrol(kind=DeviceKind.DUT, target_group_id=group["relationships"]["production_target"]["id"]).device.id

    def say(self, device_id: str, kind: str, *lines: str) -> None:
        """Have a device log lines."""
        with self.world.change() as tx:
            device_log.say(tx, tx.devices.get(device_id), [(kind, line) for line in lines])

    async def delivered(self, count: int) -> list[DeliveryOutcome]:
        """The outcomes of webhook posts, when there are so many."""
        outcomes = self.app.state.service.deliveries.outcomes
        for _ in range(500):
            if len(outcomes) >= count:
                return list(outcomes)
            await asyncio.sleep(0.01)
        raise AssertionError(f"{len(outcomes)} webhook posts were made, not {count}.")

    def forbid_production(self) -> None:
        """Take away the permission for production work."""
        accounts.change_account(self.world, accounts.ChangeAccount(self.account.id, may_do_production=False))

    def turn_on_otp(self) -> str:
        """Ask the account for one-time passwords from now on; the secret they are made of."""
        secret = "JBSWY3DPEHPK3PXP"
        accounts.change_account(self.world, accounts.ChangeAccount(self.account.id, otp_secret=secret))
        return secret

    def otp(self, secret: str) -> str:
        """The one-time password of this moment."""
        return otp.password(secret, otp.step_of(self.clock.now()))


def ident(resource: dict[str, Any]) -> dict[str, str]:
    return {"type": resource["type"], "id": resource["id"]}


def devices(*refs: str) -> dict[str, Any]:
    return {"data": [{"type": "device", "id": ref} for ref in refs]}


class Pulse:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def app_options() -> dict[str, Any]:
    """What the application is made with, beyond the usual."""
    return {}


@asynccontextmanager
async def door(name: str, app: Any, request: pytest.FixtureRequest) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """A client of the application, through one of its doors."""
    if name == "socket":
        switch, base = request.getfixturevalue("socket_door")
        switch.app = app
        async with httpx.AsyncClient(base_url=base, verify=_NO_TLS, trust_env=False, timeout=60) as client:
            yield client, base
    else:
        base = "http://engine.test/v5"
        async with httpx.AsyncClient(base_url=base, transport=EmbeddedTransport(app)) as client:
            yield client, base


@asynccontextmanager
async def engine(
    name: str, dialect: str, world: World, clock: ManualClock, options: dict[str, Any], request: pytest.FixtureRequest
) -> AsyncIterator[Api]:
    """An engine with one account, whose client is logged in."""
    pulse = Pulse()
    app = build_app(world, dialect=dialect, **{"pulse": pulse, "pauses_s": (0.01,)} | options)
    opening = accounts.OpenAccount(USER, EMAIL, PASSWORD, tier="developer", unbond_key=UNBOND_KEY)
    account = accounts.open_account(world, opening)
    async with door(name, app, request) as (client, base):
        api = Api(client, world, clock, app, account, base)
        api.pulse = pulse
        api.token = login.log_in_embedded(world, account.id).access_token
        yield api
    app.state.service.close()


@pytest.fixture(params=["embedded", "socket"])
async def api(request, world, clock, app_options) -> AsyncIterator[Api]:
    """The live dialect, through both doors."""
    async with engine(request.param, "live", world, clock, app_options, request) as found:
        yield found


@pytest.fixture
async def primer(request, world, clock, app_options) -> AsyncIterator[Api]:
    """The primer's dialect."""
    async with engine("embedded", "primer", world, clock, app_options, request) as found:
        yield found


@pytest.fixture(params=["live", "primer"])
async def either(request, world, clock, app_options) -> AsyncIterator[Api]:
    """Each dialect in turn."""
    async with engine("embedded", request.param, world, clock, app_options, request) as found:
        yield found


@pytest.fixture
async def quick_keep_alive(request, world, clock) -> AsyncIterator[Api]:
    """An engine that keeps silent log streams alive ten times a second."""
    async with engine("embedded", "live", world, clock, {"keep_alive_s": 0.1}, request) as found:
        yield found


@pytest.fixture
async def other(api: Api) -> Api:
    """Somebody else, with an account of their own, through the same door."""
    account = accounts.open_account(api.world, accounts.OpenAccount("stranger", "stranger@example.test", PASSWORD))
    stranger = Api(api.client, api.world, api.clock, api.app, account, api.base)
    stranger.token = login.log_in_embedded(api.world, account.id).access_token
    return stranger
