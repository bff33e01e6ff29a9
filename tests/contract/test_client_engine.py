"""Console and engine, each written on its own from the same contract, understand each other."""

import asyncio
import time
from typing import ClassVar

import pytest

from imptui.client.calls.devices import UNASSIGNED
from imptui.client.central import Central
from imptui.client.codec.logstream_events import StreamEvent, StreamState
from imptui.client.secret import ClientCredentials, Secret
from imptui.cloud.transport import EmbeddedTransport
from imptui.domain.deployment import Programs
from imptui.domain.errors import Conflict, Forbidden, Invalid, NotFound, OtpRequired, Refused, Rule, Unauthorized
from imptui.domain.group import GroupType
from imptui.domain.log import LogEntry

PASSWORD, KEY = Secret("not-a-real-one"), Secret("unbond-me")


@pytest.fixture
async def central(either, clock):
    """The client of a console, logged in, in front of an engine of either dialect."""
    known = ClientCredentials("grower", Secret(either.token))
    transport = EmbeddedTransport(either.app)
    async with Central("http://engine.test/v5", credentials=known, transport=transport, clock=clock.now) as found:
        yield found


async def listed(pages):
    return [item async for page in pages for item in page.items]


async def factory(central, product_id, *, pre, has_duts):
    """A fixture group with what it needs; the primer knows no groups of devices under test."""
    blessed, under, fixtures = (
        (GroupType.PRE_PRODUCTION, GroupType.PRE_DUT, GroupType.PRE_FACTORY)
        if pre
        else (GroupType.PRODUCTION, GroupType.DUT, GroupType.FACTORY)
    )
    production = await central.groups.create(blessed, "Blessed", product_id)
    dut = await central.groups.create(under, "DUTs", product_id) if has_duts else None
    group = await central.groups.create(
        fixtures, "Fixtures", product_id, production_target=production.id, dut_target=dut.id if dut else None
    )
    return group, production, dut


async def test_who_am_i(central):
    """The account that is logged in is read."""
    assert (await central.accounts.me()).username == "grower"
    assert [account.username for account in await listed(central.accounts.pages())] == ["grower"]


async def test_login_and_renewal(either, clock):
    """A password makes tokens, a refresh token and a login key make new ones."""
    async with Central("http://engine.test/v5", transport=EmbeddedTransport(either.app), clock=clock.now) as central:
        await central.login("grower@example.test", PASSWORD)
        assert (await central.accounts.me()).email == "grower@example.test"
        assert len(await listed(central.tokens.pages())) >= 1
        key = await central.login_keys.create(PASSWORD, "ci")
        await central.exchange(login_key=Secret(key.id))
        assert (await central.login_keys.get(Secret(key.id))).usages == 1
        assert (await central.login_keys.update(Secret(key.id), PASSWORD, "ci 2")).description == "ci 2"
        with pytest.raises(Forbidden) as refused:
            await central.login_keys.delete(Secret(key.id), Secret("wrong"))
        assert refused.value.rule is Rule.WRONG_PASSWORD_HEADER
        await central.login_keys.delete(Secret(key.id), PASSWORD)
        assert await listed(central.login_keys.pages()) == []


async def test_wrong_password(central):
    """A wrong password is refused as such."""
    with pytest.raises(Unauthorized) as refused:
        await central.login("grower", Secret("wrong"))
    assert refused.value.rule is Rule.CREDENTIALS


async def test_deleted_refresh_token(central):
    """A refresh token that is unknown asks for a new login."""
    with pytest.raises(Unauthorized):
        await central.exchange(refresh_token=Secret("0" * 64))


async def test_one_time_password(either, central):
    """An account with one-time passwords is logged in to in two steps."""
    secret = either.turn_on_otp()
    with pytest.raises(OtpRequired) as asked:
        await central.login("grower", PASSWORD)
    await central.login_otp(Secret(asked.value.login_token), Secret(either.otp(secret)), username="grower")
    assert (await central.accounts.me()).username == "grower"


async def test_product(central):
    """A product is made, changed, listed and deleted."""
    product = await central.products.create("Greenhouse", "Soil")
    assert await central.products.get(product.id) == product
    changed = await central.products.update(product.id, name="Hothouse", description="")
    assert (changed.name, changed.description or "") == ("Hothouse", "")
    assert [found.id for found in await listed(central.products.pages())] == [product.id]
    await central.products.delete(product.id)
    with pytest.raises(NotFound):
        await central.products.get(product.id)


async def test_duplicate_names(central):
    """Names that are taken are refused by the rule that they break."""
    product = await central.products.create("Greenhouse")
    await central.groups.create(GroupType.DEVELOPMENT, "Bench", product.id)
    with pytest.raises(Conflict) as first:
        await central.products.create("Greenhouse")
    with pytest.raises(Conflict) as second:
        await central.groups.create(GroupType.DEVELOPMENT, "Bench", product.id)
    with pytest.raises(Conflict) as third:
        await central.products.delete(product.id)
    rules = [refused.value.rule for refused in (first, second, third)]
    assert rules == [Rule.DUPLICATE_PRODUCT_NAME, Rule.DUPLICATE_GROUP_NAME, Rule.PRODUCT_HAS_GROUPS]


@pytest.mark.parametrize("pre", [False, True])
async def test_fixture_group(either, central, pre):
    """A fixture group comes back with its type and targets, whatever the dialect calls them."""
    product = await central.products.create("Greenhouse")
    has_duts = either.app.state.service.dialect.name == "live"
    made, production, dut = await factory(central, product.id, pre=pre, has_duts=has_duts)
    found = await central.groups.get(made.id)
    assert found.type is (GroupType.PRE_FACTORY if pre else GroupType.FACTORY)
    assert (found.production_target_id, found.dut_target_id) == (production.id, dut.id if dut else None)
    listed_ones = await listed(central.groups.pages(product_id=product.id, group_type=found.type))
    assert [group.id for group in listed_ones] == [made.id]


async def test_production_group(central):
    """A production group keeps when its devices get code."""
    product = await central.products.create("Greenhouse")
    group = await central.groups.create(GroupType.PRODUCTION, "Field", product.id)
    assert group.load_code_after_blessing is True
    changed = await central.groups.update(group.id, GroupType.PRODUCTION, load_code_after_blessing=False, name="Fields")
    assert (changed.load_code_after_blessing, changed.name) == (False, "Fields")


async def test_assignment(either, central):
    """A device is assigned, renamed, restarted and taken out again, by any of its identifiers."""
    group = await central.groups.create(GroupType.DEVELOPMENT, "Bench", (await central.products.create("G")).id)
    device_id = either.device(name=None)
    await central.groups.assign(group.id, [device_id])
    device, reading = await central.devices.get(device_id)
    assert (device.group_id, device.group_type, device.name) == (group.id, GroupType.DEVELOPMENT, None)
    assert reading.rssi_dbm is None or reading.rssi_dbm < 0
    assert (await central.devices.rename(device.agent_id, "bed 4")).name == "bed 4"
    await central.devices.restart(device.mac_address, conditional=True)
    await central.groups.restart(group.id)
    assert [found.id for found in await listed(central.devices.pages(group_id=group.id))] == [device_id]
    await central.groups.unassign(group.id, [device.mac_address])
    assert [found.id for found in await listed(central.devices.pages(group_owner_id=UNASSIGNED))] == [device_id]
    await central.devices.delete(device_id)
    with pytest.raises(NotFound):
        await central.devices.get(device_id)


async def test_bulk_refusal(either, central):
    """Of a bulk call, each refused device is named; the others are assigned."""
    group = await central.groups.create(GroupType.DEVELOPMENT, "Bench", (await central.products.create("G")).id)
    device_id = either.device()
    with pytest.raises(Refused) as refused:
        await central.groups.assign(group.id, [device_id, "5000ffffffffffff"])
    assert [(part.subject, type(part)) for part in refused.value.parts] == [("5000ffffffffffff", NotFound)]
    assert (await central.devices.get(device_id))[0].group_id == group.id


async def test_unbond_key(either, central):
    """A production device leaves its group with the unbond key only."""
    group, device_id = await either.blessed()
    with pytest.raises(Refused) as refused:
        await central.groups.unassign(group["id"], [device_id])
    assert [part.rule for part in refused.value.parts] == [Rule.UNBOND_KEY]
    await central.groups.unassign(group["id"], [device_id], unbond_key=KEY)
    assert (await central.devices.get(device_id))[0].group_id is None


async def test_deployment(central):
    """A deployment is made, read with its programs, tagged, found and replaced."""
    group = await central.groups.create(GroupType.DEVELOPMENT, "Bench", (await central.products.create("G")).id)
    programs = Programs(agent_code="// ü\n", device_code='server.log("up");\n')
    first, _ = await central.deployments.create(
        group.id, group.type, programs, description="first", origin="git:7c1e", tags=("a", "b")
    )
    assert await central.deployments.get(first.id) == (first, programs)
    assert (await central.groups.get(group.id)).current_deployment_id == first.id
    tagged = await central.deployments.update(first.id, tags=("c",), is_flagged=True)
    assert (tagged.tags, tagged.is_flagged) == (("c",), True)
    second, _ = await central.deployments.create(group.id, group.type, programs)
    assert second.sha == first.sha
    assert [found.id for found in await listed(central.deployments.pages(group_id=group.id))] == [second.id, first.id]
    assert [found.id for found in await listed(central.deployments.pages(tags=("c",)))] == [first.id]
    with pytest.raises(Conflict) as refused:
        await central.deployments.delete(first.id)
    assert refused.value.rule is Rule.DEPLOYMENT_FLAGGED


async def test_code_that_does_not_compile(central):
    """What the compiler says comes with the refusal, program, row and column."""
    group = await central.groups.create(GroupType.DEVELOPMENT, "Bench", (await central.products.create("G")).id)
    with pytest.raises(Invalid) as refused:
        await central.deployments.create(group.id, group.type, Programs("", "function (\n"))
    assert refused.value.rule is Rule.COMPILATION
    assert refused.value.compile_messages[0].program == "device"


async def test_pages(either, central):
    """Pages hang together, and reading goes on at any of them."""
    ids = [either.device() for _ in range(5)]
    pages = [page async for page in central.devices.pages(page_size=2)]
    assert [len(page.items) for page in pages] == [2, 2, 1]
    assert sorted(device.id for page in pages for device in page.items) == sorted(ids)
    rest = [page.items async for page in central.devices.pages(page_size=2, start_page=3)]
    assert rest == [pages[2].items]


async def test_logs(either, central):
    """Earlier lines come newest first, page by page."""
    device_id = await either.assigned()
    either.say(device_id, "server.log", "first", "second", "third")
    page = await central.devices.logs(device_id, page_size=2)
    assert [entry.text for entry in page.items] == ["third", "second"]
    assert page.has_next
    assert page.items[0].device_id == device_id
    assert (await central.devices.history(device_id)).items


async def test_live_logs(either, central):
    """A device that is added to a log stream is heard; closing ends it."""
    device_id = await either.assigned()
    said = []

    async def listen():
        async for item in stream.follow():
            said.append(item)
            if item == StreamState(StreamEvent.OPENED):
                await stream.add(device_id)
            elif isinstance(item, StreamState) and item.event is StreamEvent.SUBSCRIBED:
                either.say(device_id, "server.log", "hello\nthere")
            elif isinstance(item, LogEntry) and item.text == "hello\nthere":
                return

    async with await central.logstreams.create() as stream:
        await asyncio.wait_for(listen(), 60)
    assert [item.event for item in said if isinstance(item, StreamState)] == [
        StreamEvent.OPENED,
        StreamEvent.SUBSCRIBED,
    ]


async def test_live_logs_in_text(either, central):
    """The text format says the same."""
    device_id = await either.assigned()
    async with await central.logstreams.create(text_format=True) as stream:
        lines = stream.follow()
        assert (await asyncio.wait_for(anext(lines), 60)).event is StreamEvent.OPENED
        await stream.add(device_id)
        assert await asyncio.wait_for(anext(lines), 60) == StreamState(StreamEvent.SUBSCRIBED, device_id)
        either.say(device_id, "server.log", "bed 4 up")
        entry = await asyncio.wait_for(anext(lines), 60)
        while entry.text != "bed 4 up":
            entry = await asyncio.wait_for(anext(lines), 60)
        assert (entry.device_id, entry.kind) == (device_id, "server.log")


async def test_webhook(central):
    """A webhook is made, changed, listed and deleted."""
    group = await central.groups.create(GroupType.PRODUCTION, "Field", (await central.products.create("G")).id)
    hook = await central.webhooks.create(group.id, group.type, "https://hooks.example.test/in", "blessing")
    assert (hook.group_id, hook.group_type, hook.event) == (group.id, GroupType.PRODUCTION, "blessing")
    changed = await central.webhooks.update(hook.id, url="https://hooks.example.test/other")
    assert await central.webhooks.get(hook.id) == changed
    assert [found.id for found in await listed(central.webhooks.pages(group_id=group.id))] == [hook.id]
    await central.webhooks.delete(hook.id)
    with pytest.raises(NotFound):
        await central.webhooks.get(hook.id)


async def test_libraries(central):
    """Libraries can be asked for, whatever there are."""
    assert isinstance(await listed(central.libraries.pages()), list)


async def test_minimum(central):
    """The minimum supported deployment moves forward only."""
    group = await central.groups.create(GroupType.DEVELOPMENT, "Bench", (await central.products.create("G")).id)
    first, _ = await central.deployments.create(group.id, group.type, Programs("", ""))
    second, _ = await central.deployments.create(group.id, group.type, Programs("", "local x = 1;"))
    await central.groups.set_min_supported(group.id, second.id)
    with pytest.raises(Conflict) as refused:
        await central.groups.set_min_supported(group.id, first.id)
    assert refused.value.rule is Rule.WRONG_MINIMUM


async def test_group_stays(either, central):
    """A group with devices stays, and the rule is known."""
    group = await central.groups.create(GroupType.DEVELOPMENT, "Bench", (await central.products.create("G")).id)
    await central.groups.assign(group.id, [either.device()])
    with pytest.raises(Conflict) as refused:
        await central.groups.delete(group.id)
    assert refused.value.rule is Rule.GROUP_HAS_DEVICES


class Counted(EmbeddedTransport):
    """Remembers how each request was answered."""

    statuses: ClassVar[list[int]] = []

    async def handle_async_request(self, request):
        response = await super().handle_async_request(request)
        self.statuses.append(response.status_code)
        return response


@pytest.mark.parametrize("app_options", [{"rate_limit": 20, "pulse": time.monotonic}])
async def test_budget(either, clock):
    """However much is asked at once, the budget is kept: nothing is refused for it."""
    known = ClientCredentials("grower", Secret(either.token))
    transport = Counted(either.app)
    transport.statuses.clear()
    async with Central("http://engine.test/v5", credentials=known, transport=transport, clock=clock.now) as central:
        await central.accounts.me()
        assert (central.pace.budget.limit, central.pace.budget.remaining) == (20, 19)
        await asyncio.gather(*(central.accounts.me() for _ in range(30)))
    assert transport.statuses == [200] * 31


async def test_odd_reference(central):
    """A name with slashes and question marks is not found, and nothing worse."""
    with pytest.raises(NotFound):
        await central.devices.get("bed 4/../products?x#y")


async def test_expired_token(either, clock):
    """A token that the engine does not know any longer is renewed on the way."""
    stored = []
    async with Central(
        "http://engine.test/v5",
        on_credentials=stored.append,
        transport=EmbeddedTransport(either.app),
        clock=clock.now,
    ) as central:
        await central.login("grower", PASSWORD)
        refresh = stored[-1].refresh_token
        central._settings.identity.adopt(ClientCredentials("grower", Secret("stale"), refresh_token=refresh))
        assert (await central.accounts.me()).username == "grower"


async def test_over_a_socket(api, clock):
    """Over a real connection everything is as within the process: reading, changing, a long program, live logs."""
    known = ClientCredentials("grower", Secret(api.token))
    transport = None if api.base.startswith("http://127.") else EmbeddedTransport(api.app)
    async with Central(api.base, credentials=known, transport=transport, clock=clock.now) as central:
        group = await central.groups.create(GroupType.DEVELOPMENT, "Bench", (await central.products.create("G")).id)
        programs = Programs(agent_code="// ü\n" * 200_000, device_code="")
        made, _ = await central.deployments.create(group.id, group.type, programs)
        assert (await central.deployments.get(made.id))[1] == programs
        device_id = api.device()
        await central.groups.assign(group.id, [device_id])
        async with await central.logstreams.create() as stream:
            lines = stream.follow()
            assert (await asyncio.wait_for(anext(lines), 60)).event is StreamEvent.OPENED
            await stream.add(device_id)
            assert await asyncio.wait_for(anext(lines), 60) == StreamState(StreamEvent.SUBSCRIBED, device_id)
            await lines.aclose()
