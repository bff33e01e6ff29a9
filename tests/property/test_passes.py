"""Passes over the service and single reads in any order, cut or not, leave a cache that is equal to the service."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

import httpx
import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.codec import decode
from imptui.client.errors import NoAnswer
from imptui.client.secret import ClientCredentials, Secret
from imptui.domain.device import Device
from imptui.domain.device_record import DeviceRecord, record_of
from imptui.domain.ids import GroupId
from imptui.fleet.fleet import Fleet
from imptui.fleet.status import Context
from imptui.query.query import Query

NAMES = st.sampled_from([None, "Pump", "pump 10", "Ofen ä", "lathe 2"])
GROUPS = st.sampled_from([None, "g1", "g2", "g3"])
PAGE = 3


def plain(device: Device) -> DeviceRecord:
    """A device without what the cache fills in from its group."""
    return record_of(device)._replace(product_id=None, group_type=None)


class Service(httpx.AsyncBaseTransport):
    """Devices in a list, three to a page; the line breaks before the page that is told."""

    def __init__(self) -> None:
        self.devices: dict[str, dict[str, Any]] = {}
        self.breaks_at: int | None = None
        self.is_wrapped = False
        self.born = 0

    def document(self, ident: str, *, alone: bool = False) -> dict[str, Any]:
        said = dict(self.devices[ident])
        group = said.pop("group")
        link = None if group is None else {"type": "dut_devicegroup", "id": group}
        if alone:
            said |= {"rssi": -60, "free_memory": 20000}
        owner = {"type": "account", "id": "me"}
        relationships = {"owner": owner, "devicegroup": {"data": link} if self.is_wrapped else link}
        return {"type": "device", "id": ident, "attributes": said, "relationships": relationships}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        kind = {"content-type": "application/vnd.api+json"}
        path = request.url.path
        if "/devices/" in path:
            ident = path.rpartition("/")[2]
            if ident not in self.devices:
                error = {"errors": [{"status": "404", "code": "CR001", "title": "Not found", "detail": "no such device"}]}
                return httpx.Response(404, headers=kind, content=msgspec.json.encode(error))
            return httpx.Response(200, headers=kind, content=msgspec.json.encode({"data": self.document(ident, alone=True)}))
        listed: list[dict[str, Any]] = []
        links = {"first": "x", "self": "x"}
        if path.endswith("/devices"):
            number = int(request.url.params["page[number]"])
            if number == self.breaks_at:
                self.breaks_at = None
                raise httpx.ConnectError("cut", request=request)
            wanted = request.url.params.get("filter[devicegroup.id]")
            members = [each for each in self.devices if wanted is None or self.devices[each]["group"] == wanted]
            listed = [self.document(each) for each in members[PAGE * (number - 1) : PAGE * number]]
            if len(members) > PAGE * number:
                links["next"] = "z"
        return httpx.Response(200, headers=kind, content=msgspec.json.encode({"data": listed, "links": links}))


class Passes(RuleBasedStateMachine):
    """What a person, the service and the line may do."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.service, self.cache = Service(), Cache.in_memory()
        credentials = ClientCredentials("me", access_token=Secret("x"))
        self.central = Central("http://here.test/v5", transport=self.service, credentials=credentials)
        self.fleet = Fleet(self.cache, self.central, Context("here", "http://here.test/v5", "me"))

    def teardown(self) -> None:
        self.run(self.fleet.close())
        self.loop.close()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    @initialize(count=st.integers(0, 8))
    def begins(self, count: int) -> None:
        for _ in range(count):
            self.comes("Pump", "g1")

    @rule(name=NAMES, group=GROUPS)
    def comes(self, name: str | None, group: str | None) -> None:
        self.service.born += 1
        said = {"name": name, "device_online": True, "device_state_changed_at": "2026-01-01T00:00:00Z", "group": group}
        self.service.devices[f"{self.service.born:016x}"] = said

    @rule(which=st.integers(0, 7), name=NAMES, group=GROUPS, is_online=st.booleans())
    def changes(self, which: int, name: str | None, group: str | None, *, is_online: bool) -> None:
        if (ident := self.one(which)) is not None:
            self.service.devices[ident] |= {"name": name, "group": group, "device_online": is_online}

    @rule(which=st.integers(0, 7), is_read_between=st.booleans())
    def changes_there_and_back(self, which: int, *, is_read_between: bool) -> None:
        if (ident := self.one(which)) is not None:
            before = dict(self.service.devices[ident])
            self.service.devices[ident] |= {"name": "for a moment", "group": "g9"}
            if is_read_between:
                self.run(self.fleet.seek_device(ident))
            self.service.devices[ident] = before

    @rule(which=st.integers(0, 7))
    def goes(self, which: int) -> None:
        if (ident := self.one(which)) is not None:
            del self.service.devices[ident]

    def one(self, which: int) -> str | None:
        there = list(self.service.devices)
        return there[which % len(there)] if there else None

    @rule()
    def changes_dialect(self) -> None:
        self.service.is_wrapped = not self.service.is_wrapped

    @rule(which=st.integers(0, 7))
    def reads_one(self, which: int) -> None:
        if (ident := self.one(which)) is not None:
            self.run(self.fleet.seek_device(ident))

    @rule(group=st.sampled_from(["g1", "g2"]))
    def reads_a_group(self, group: str) -> None:
        async def read() -> None:
            async for page in self.central.devices.pages(group_id=GroupId(group)):
                self.cache.devices.store(page.items, page.read_at)

        self.run(read())

    @rule(page=st.integers(1, 4))
    def is_cut(self, page: int) -> None:
        self.service.breaks_at = page
        with contextlib.suppress(NoAnswer):
            self.run(self.fleet.sync.run())
        self.service.breaks_at = None

    @rule()
    def passes(self) -> None:
        self.run(self.fleet.sync.run())
        self.run(self.fleet.sync.run())  # the first may only have ended one that was cut
        self.agrees()

    def agrees(self) -> None:
        """The cache holds the devices of the service, as the service tells of them, and no others."""
        rows = self.cache.devices.window(Query(), 0, 1000, self.fleet.changes.now())
        documents = (msgspec.json.encode({"data": self.service.document(ident)}) for ident in self.service.devices)
        wanted = {device.id: plain(device) for device in map(decode.device, documents)}
        assert {row.device.id: plain(row.device) for row in rows} == wanted

    @invariant()
    def tallies_agree(self) -> None:
        devices = self.cache.devices.window(Query(), 0, 1000, self.fleet.changes.now())
        total = self.cache.groups.tree().total
        assert total.devices == len(devices)
        assert total.online == sum(row.device.is_online for row in devices)


TestPasses = Passes.TestCase
TestPasses.settings = settings(max_examples=60, stateful_step_count=15, deadline=None)
