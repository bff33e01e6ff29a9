"""Use-cases against the real engine: looking, changing, deploying, surviving."""

import pytest
from msgspec.structs import replace

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.errors import NoAnswer
from imptui.domain.deployment import CODE_LIMIT_BYTES, Programs
from imptui.domain.errors import Conflict, Forbidden, Invalid, Refused, Rule
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import DeviceId
from imptui.fleet.deployments.deploy import BaseMoved
from imptui.fleet.deployments.draft import RestartMode
from imptui.fleet.deployments.programs import check
from imptui.fleet.fleet import Fleet
from imptui.query.grammar import parse
from imptui.query.query import Query, Scope
from tests.unit.fleet.conftest import Line

PROGRAMS = Programs('server.log("agent up");', 'server.log("device up");')
NEWER = Programs('server.log("agent two");', 'server.log("device up");')


@pytest.fixture
async def group(fleet: Fleet) -> DeviceGroup:
    """A development group in a product, after a first pass."""
    product = await fleet.change.create_product("Greenhouse")
    made = await fleet.change.create_group(product.id, GroupType.DEVELOPMENT, "bench")
    await fleet.sync.run()
    return made


async def ids(fleet: Fleet, query: Query = Query()) -> list[DeviceId]:
    window = await fleet.look.window(query, 0, 100)
    return [row.device.id for row in window.rows if row is not None]


async def test_a_pass_brings_everything(fleet: Fleet, group: DeviceGroup) -> None:
    """After a pass the tree holds the product, its group and the unassigned devices."""
    tree = await fleet.look.tree()
    assert [line.product.name for line in tree.products] == ["Greenhouse"]
    assert [line.group.name for line in tree.products[0].groups] == ["bench"]
    assert tree.unassigned.devices == 30
    assert fleet.status.synced_at is not None


async def test_a_cut_line_empties_nothing(fleet: Fleet, group: DeviceGroup, line: Line) -> None:
    """A pass over a cut line fails, and the list stays as it was."""
    before = await ids(fleet)
    line.is_cut = True
    with pytest.raises(NoAnswer):
        await fleet.sync.run()
    assert await ids(fleet) == before
    assert len(before) == 30


async def test_a_filtered_list_counts_itself(fleet: Fleet, group: DeviceGroup) -> None:
    """A filter narrows window and count alike."""
    wanted = (await ids(fleet))[7]
    query = Query(where=parse(wanted))
    assert await fleet.look.count(query) == 1
    assert await ids(fleet, query) == [wanted]
    assert await fleet.look.position(query, wanted) == 0


async def test_devices_are_assigned_and_taken_out_again(fleet: Fleet, group: DeviceGroup) -> None:
    """Assigned devices show in their group at once, unassigned ones outside (primer, "Assigning Devices To A Device Group")."""
    some = (await ids(fleet))[:3]
    assert [each.refusal for each in await fleet.change.devices.assign(group.id, some)] == [None] * 3
    assert sorted(await ids(fleet, Query(Scope(group_id=group.id)))) == sorted(some)
    await fleet.change.devices.unassign(some[:1])
    assert await fleet.look.count(Query(Scope(group_id=group.id))) == 2


async def test_each_device_of_a_bulk_call_has_its_own_outcome(fleet: Fleet, group: DeviceGroup) -> None:
    """One unknown device is refused by name, the other goes (contract 9.4)."""
    known = (await ids(fleet))[0]
    unknown = DeviceId("5000d8c46a5711aa")
    good, bad = await fleet.change.devices.assign(group.id, [known, unknown])
    assert good.refusal is None
    assert isinstance(bad.refusal, Refused)
    assert await ids(fleet, Query(Scope(group_id=group.id))) == [known]


async def test_a_refusal_changes_nothing_here(fleet: Fleet, group: DeviceGroup) -> None:
    """A product with groups stays, in the service and in the cache (contract 7.2)."""
    with pytest.raises(Conflict) as refused:
        await fleet.change.delete_product(group.product_id)
    assert refused.value.rule is Rule.PRODUCT_HAS_GROUPS
    assert [each.name for each in await fleet.look.products()] == ["Greenhouse"]


async def test_reading_a_device_keeps_a_sample(fleet: Fleet, group: DeviceGroup) -> None:
    """What is looked at is polled, and its readings are kept."""
    device_id = (await ids(fleet))[0]
    fleet.watch.look_at([device_id])
    await fleet.watch.refresh_now()
    detail = await fleet.look.device(device_id)
    assert detail is not None and detail.reading is not None and detail.reading.rssi_dbm is not None
    assert len(detail.samples) == 1


async def test_a_watch_on_a_cut_line_says_so(fleet: Fleet, group: DeviceGroup, line: Line) -> None:
    """A poll that nobody answers goes to the header, and one that is answered takes it away."""
    fleet.watch.look_at(await ids(fleet))
    line.is_cut = True
    await fleet.watch.refresh_now()
    assert not fleet.status.is_reachable and fleet.status.trouble is not None
    line.is_cut = False
    await fleet.watch.refresh_now()
    assert fleet.status.is_reachable and fleet.status.trouble is None


async def test_a_read_only_context_sends_no_change(fleet: Fleet, group: DeviceGroup, line: Line) -> None:
    """Read-only refuses before anything leaves the process, and the journal knows."""
    fleet.set_read_only("imptui was started with --readonly")
    line.asked.clear()
    with pytest.raises(Forbidden) as refused:
        await fleet.change.update_product(group.product_id, name="Other")
    assert "--readonly" in refused.value.reason
    assert line.asked == []


async def test_a_protected_name_is_refused(fleet: Fleet, group: DeviceGroup, central: Central, line: Line) -> None:
    """A protected pattern refuses before anything is sent."""
    central.guard = replace(central.guard, protected=("*bench*",))
    with pytest.raises(Forbidden):
        await fleet.change.update_group(group.id, name="other")
    assert "PATCH" not in "".join(line.asked)


async def test_every_change_is_in_the_journal(fleet: Fleet, group: DeviceGroup, cache: Cache) -> None:
    """Who, what, before, after and the answer are written down."""
    await fleet.change.update_product(group.product_id, name="Hothouse")
    await fleet._journal.flush() if fleet._journal else None
    entry = next(each for each in _settled(cache) if each.verb == "update product")
    assert entry.who == "demo"
    assert "Greenhouse" in (entry.before or "")
    assert "Hothouse" in (entry.after or "")


def _settled(cache: Cache) -> list:  # type: ignore[type-arg]
    import time

    for _ in range(100):
        found = cache.journal.list()
        if len(found) >= 3:
            return found
        time.sleep(0.02)
    return cache.journal.list()


class TestDeploying:
    """From a draft to running devices."""

    async def test_a_deployment_becomes_current(self, fleet: Fleet, group: DeviceGroup) -> None:
        """A deployed draft is the group's current deployment, and its code is kept (primer, "Deploying Code")."""
        draft = await fleet.drafting.draft(group.id, PROGRAMS, source="test", description="first", tags=["v1"])
        done = await fleet.deploys.deploy(draft)
        row = await fleet.look.deployment(done.deployment.id)
        assert row is not None and row.is_current and row.is_minimum
        assert await fleet.programs.of(done.deployment.id) == PROGRAMS
        assert await fleet.drafting.kept(group.id) is None

    async def test_a_moved_base_is_shown_not_overwritten(self, fleet: Fleet, group: DeviceGroup) -> None:
        """When another deployment arrived since the review began, nothing is created and the new difference comes back."""
        mine = await fleet.drafting.draft(group.id, PROGRAMS, source="test", description="mine")
        theirs = await fleet.drafting.draft(group.id, NEWER, source="test", description="theirs")
        await fleet.deploys.deploy(theirs)
        with pytest.raises(BaseMoved) as moved:
            await fleet.deploys.deploy(mine)
        assert moved.value.draft.base_programs == NEWER
        await fleet.sync.run()
        assert len(await fleet.look.deployments(group.id)) == 1

    async def test_a_lost_answer_makes_no_second_deployment(self, fleet: Fleet, group: DeviceGroup, line: Line) -> None:
        """A creation whose answer was lost is found again, not repeated."""
        draft = await fleet.drafting.draft(group.id, PROGRAMS, source="test", description="once")
        line.loses_answer_to = "POST /v5/deployments"
        done = await fleet.deploys.deploy(draft)
        assert done.was_looked_up
        await fleet.sync.run()
        assert len(await fleet.look.deployments(group.id)) == 1

    async def test_a_draft_survives_a_cut_line(self, fleet: Fleet, group: DeviceGroup, line: Line) -> None:
        """Nothing that was written for a review is lost when the service is away."""
        draft = await fleet.drafting.draft(group.id, PROGRAMS, source="test", description="carefully worded")
        line.is_cut = True
        with pytest.raises(NoAnswer):
            await fleet.deploys.deploy(draft)
        line.is_cut = False
        kept = await fleet.drafting.kept(group.id)
        assert kept is not None and kept.description == "carefully worded" and kept.programs == PROGRAMS

    async def test_code_that_does_not_compile_is_refused_with_its_place(self, fleet: Fleet, group: DeviceGroup) -> None:
        """The compiler's message comes with program, row and column (contract 12.4)."""
        broken = Programs("", "local x = ;")
        draft = await fleet.drafting.draft(group.id, broken, source="test")
        with pytest.raises(Invalid) as refused:
            await fleet.deploys.deploy(draft)
        assert refused.value.compile_messages[0].program == "device"
        assert refused.value.compile_messages[0].row == 1
        assert (await check(broken))[0].program == "device"

    async def test_code_over_four_megabytes_is_refused_before_it_is_sent(
        self, fleet: Fleet, group: DeviceGroup, line: Line
    ) -> None:
        """A program of more than 4 MB makes no draft (primer, "Deployment Endpoints")."""
        line.asked.clear()
        with pytest.raises(Invalid) as refused:
            await fleet.drafting.draft(group.id, Programs("x" * (CODE_LIMIT_BYTES + 1), ""), source="test")
        assert refused.value.rule is Rule.CODE_TOO_LARGE
        assert line.asked == []

    async def test_devices_wait_until_they_restart(self, fleet: Fleet, group: DeviceGroup, world, clock) -> None:  # type: ignore[no-untyped-def]
        """Deployed is not running: devices wait, then have restarted (primer, "Deploying Code")."""
        from datetime import timedelta

        await fleet.change.devices.assign(group.id, (await ids(fleet))[:4])
        clock.advance(timedelta(minutes=1))
        done = await fleet.deploys.deploy(await fleet.drafting.draft(group.id, PROGRAMS, source="test"))
        waiting = await fleet.deploys.rollout(done.deployment.id)
        assert (waiting.total, waiting.restarted, waiting.waiting) == (4, 0, 4)
        clock.advance(timedelta(minutes=1))
        await fleet.change.restart_group(group.id, conditional=False)
        clock.advance(timedelta(minutes=1))
        after = await fleet.deploys.rollout(done.deployment.id)
        assert (after.restarted, after.waiting) == (4, 0)

    async def test_going_back_makes_a_new_deployment_with_the_old_code(self, fleet: Fleet, group: DeviceGroup) -> None:
        """Rolling back copies the exact bytes, tagged, with the old sha as origin."""
        old = await fleet.deploys.deploy(await fleet.drafting.draft(group.id, PROGRAMS, source="test", description="good"))
        await fleet.deploys.deploy(await fleet.drafting.draft(group.id, NEWER, source="test", description="bad"))
        back = await fleet.deploys.deploy(await fleet.drafting.draft_of(group.id, old.deployment.id))
        assert back.deployment.sha == old.deployment.sha
        assert back.deployment.id != old.deployment.id
        assert back.deployment.origin == old.deployment.sha
        assert "rollback" in back.deployment.tags

    async def test_a_failed_restart_leaves_the_deployment(self, fleet: Fleet, group: DeviceGroup, line: Line) -> None:
        """Deployed, not restarted: the deployment stands and the failure is told apart."""
        draft = await fleet.drafting.draft(group.id, PROGRAMS, source="test")
        line.loses_answer_to = f"POST /v5/devicegroups/{group.id}/restart"
        done = await fleet.deploys.deploy(replace(draft, restart=RestartMode.HARD))
        assert done.restart_failure is not None
        row = await fleet.look.deployment(done.deployment.id)
        assert row is not None and row.is_current
