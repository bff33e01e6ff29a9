"""A call is matched with everything it reaches, by the names of this moment."""

import httpx
import pytest

from imptui.client.central import Central
from imptui.client.change import ChangeOutcome
from imptui.client.errors import NoAnswer
from imptui.client.guard import Guard
from imptui.client.pace import Pace
from imptui.client.secret import Secret
from imptui.cloud.api.application import build_app
from imptui.cloud.fixtures import seed as seeds
from imptui.cloud.transport import EmbeddedTransport
from imptui.domain.deployment import Programs
from imptui.domain.errors import Forbidden, Rule
from imptui.domain.group import GroupType


class Known:
    """A cache that knows the members of some groups."""

    def __init__(self, members=None):
        self.members = members or {}
        self.reports = []

    async def group_of_deployment(self, ref):
        return None

    async def members_of(self, group_id):
        return self.members.get(group_id)

    def report(self, read, total):
        self.reports.append((read, total))


@pytest.fixture
async def plant(world):
    """A central without a guard, and a function that makes one with protected patterns."""
    seeds.empty(world, 3)
    engine = EmbeddedTransport(build_app(world))
    open_ = Central("http://engine.test/v5", transport=engine, pace=Pace())
    await open_.login("demo", Secret("demo"))
    journal = []

    def guarded(*patterns, known=None, transport=engine):
        guard = Guard(protected=patterns, known=known or Known())
        return Central(
            "http://engine.test/v5",
            transport=transport,
            pace=Pace(),
            guard=guard,
            credentials=open_.credentials,
            journal=journal.append,
        )

    product = await open_.products.create("Greenhouse")
    group = await open_.groups.create(GroupType.DEVELOPMENT, "Bench", product.id)
    devices = [each async for page in open_.devices.pages() for each in page.items]
    await open_.groups.assign(group.id, [each.id for each in devices])
    await open_.devices.rename(devices[1].id, "Live bed 4")
    deployment, _ = await open_.deployments.create(group.id, group.type, Programs("", ""))
    yield open_, guarded, product, group, devices, deployment, journal
    await engine.aclose()


REACHING = {
    "restart of the group": lambda c, g, d, p: c.groups.restart(g.id),
    "conditional restart": lambda c, g, d, p: c.groups.restart(g.id, conditional=True),
    "deployment": lambda c, g, d, p: c.deployments.create(g.id, g.type, Programs("1;", "")),
    "minimum supported": lambda c, g, d, p: c.groups.set_min_supported(g.id, p.id),
    "variables": lambda c, g, d, p: c.groups.update(g.id, g.type, env_vars={"a": 1}),
    "bulk unassign": lambda c, g, d, p: c.groups.unassign(g.id, [each.id for each in d]),
    "restart of the device": lambda c, g, d, p: c.devices.restart(d[1].id),
}


@pytest.mark.parametrize("name", REACHING)
async def test_a_protected_member_refuses_the_whole_call(plant, name):
    """A call that reaches a protected device through its group is refused as a whole, with the device's name; nothing is sent."""
    _, guarded, _, group, devices, deployment, journal = plant
    with pytest.raises(Forbidden, match="'Live bed 4' is protected by the pattern 'live \\*'") as refused:
        await REACHING[name](guarded("live *"), group, devices, deployment)
    assert refused.value.rule is Rule.PROTECTED
    assert [each.outcome for each in journal] == [ChangeOutcome.FORBIDDEN]


@pytest.mark.parametrize(
    "change",
    [
        lambda c, g, d, p: c.deployments.update(p.id, description="x"),
        lambda c, g, d, p: c.deployments.delete(p.id),
        lambda c, g, d, p: c.devices.rename(d[0].id, "x"),
        lambda c, g, d, p: c.webhooks.create(g.id, g.type, "http://hook.test", "blessing"),
        lambda c, g, d, p: c.groups.delete(g.id),
    ],
)
async def test_names_are_read_afresh(plant, change):
    """A group that somebody else renamed since the last pass is protected by its new name, with all that belongs to it."""
    open_, guarded, _, group, devices, deployment, _ = plant
    await open_.groups.update(group.id, group.type, name="Line 7")
    with pytest.raises(Forbidden, match="'Line 7' is protected"):
        await change(guarded("line *"), group, devices, deployment)


async def test_a_product_protects_its_groups(plant):
    """A group is protected by the name that its product has now."""
    open_, guarded, product, group, *_ = plant
    await open_.products.update(product.id, name="Live beds")
    with pytest.raises(Forbidden, match="'Live beds'"):
        await guarded("live*").groups.restart(group.id)


async def test_a_type_protects_without_reading_members(plant):
    """A pattern of a type is matched without reading the members of the group."""
    _, guarded, _, group, *_ = plant
    known = Known()
    with pytest.raises(Forbidden, match="everything of type:development"):
        await guarded("type:development", known=known).groups.restart(group.id)
    await guarded("type:production", known=known).groups.restart(group.id)
    assert (3, 3) not in known.reports


async def test_members_come_from_a_fresh_cache(plant):
    """Members that the cache knows for sure are not read again."""
    _, guarded, _, group, *_ = plant
    with pytest.raises(Forbidden, match="'Live cached'"):
        await guarded("live *", known=Known({group.id: [["Live cached"]]})).groups.restart(group.id)


async def test_members_are_read_with_progress(plant):
    """Members that are read from the service are counted while they are read."""
    _, guarded, _, group, *_ = plant
    known = Known()
    await guarded("nothing of the kind", known=known).groups.restart(group.id)
    assert known.reports[-1][0] == 3


async def test_what_cannot_be_read_is_not_sent(plant):
    """A change is not sent, and certainly not done, where nobody can read what it reaches."""
    _, guarded, _, group, *_, journal = plant

    def silent(request):
        raise httpx.ReadTimeout("no answer", request=request)

    with pytest.raises(NoAnswer, match="would reach something protected") as failed:
        await guarded("live *", transport=httpx.MockTransport(silent)).groups.restart(group.id)
    assert not failed.value.sent
    assert not failed.value.is_outcome_unknown
    assert [each.outcome for each in journal] == [ChangeOutcome.NOT_SENT]
