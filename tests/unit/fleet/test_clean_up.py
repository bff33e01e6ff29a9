"""Deleting old deployments and searching all code, on a real engine."""

import pytest

from imptui.cloud.environment.clock import ManualClock
from imptui.domain.deployment import Programs
from imptui.domain.errors import Invalid, NotFound
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import DeploymentId, GroupId
from imptui.fleet.deployments.code_search import pattern_of
from imptui.fleet.fleet import Fleet
from imptui.query.regular_expression import RegularExpression
from tests.unit.fleet.conftest import Line


async def deployed(fleet: Fleet, group: DeviceGroup, number: int) -> DeploymentId:
    draft = await fleet.drafting.draft(group.id, Programs(f"// agent {number}\n", f"local n = {number};\n"), source="the test")
    return (await fleet.deploys.deploy(draft)).deployment.id


@pytest.fixture
async def bench(fleet: Fleet, clock: ManualClock) -> DeviceGroup:
    """A group with five deployments, the last of which is current and the minimum supported one."""
    product = await fleet.change.create_product("Greenhouse")
    made = await fleet.change.create_group(product.id, GroupType.DEVELOPMENT, "bench")
    ids = [await deployed(fleet, made, number) for number in range(5)]
    await fleet.change.set_minimum(made.id, ids[-1])
    return made


async def left(fleet: Fleet, group: DeviceGroup) -> int:
    return len(await fleet.look.deployments(group.id))


async def test_whoever_stops_asking_stops_the_deleting(fleet: Fleet, bench: DeviceGroup) -> None:
    """After one deletion nothing more is deleted unless the next is asked for."""
    plan = await fleet.cleaning.plan(bench.id, keep=1)
    assert len(plan.goes) == 4
    async for outcome in fleet.cleaning.delete(plan.goes):
        assert outcome.failure is None
        break
    assert await left(fleet, bench) == 4
    assert len((await fleet.cleaning.plan(bench.id, keep=1)).goes) == 3


async def test_one_that_is_gone_already_counts_as_deleted(fleet: Fleet, bench: DeviceGroup) -> None:
    """Somebody else cleaned up meanwhile: no failure, and it goes from here too."""
    plan = await fleet.cleaning.plan(bench.id, keep=1)
    await fleet._central.deployments.delete(plan.goes[0].id)
    assert [each.failure async for each in fleet.cleaning.delete(plan.goes)] == [None] * 4
    assert await left(fleet, bench) == 1


async def test_without_a_connection_each_says_so(fleet: Fleet, bench: DeviceGroup, line: Line) -> None:
    """Nothing is forgotten here that the service did not confirm."""
    plan = await fleet.cleaning.plan(bench.id, keep=1)
    line.is_cut = True
    assert all([each.failure is not None async for each in fleet.cleaning.delete(plan.goes)])
    assert await left(fleet, bench) == 5


async def test_a_plan_reads_the_group_anew(fleet: Fleet, bench: DeviceGroup, line: Line) -> None:
    """A plan is judged on what the service says now, not on what was known."""
    plan = await fleet.cleaning.plan(bench.id, keep=1)
    await fleet._central.deployments.update(plan.goes[0].id, is_flagged=True)
    assert len((await fleet.cleaning.plan(bench.id, keep=1)).goes) == 3
    with pytest.raises(NotFound):
        await fleet.cleaning.plan(GroupId("00000000-0000-4000-8000-000000000000"), keep=1)


async def test_a_search_goes_deployment_by_deployment(fleet: Fleet, bench: DeviceGroup) -> None:
    """Each step brings one deployment more, and says how many there are."""
    steps = [step async for step in fleet.code_search.search(pattern_of("LOCAL n = [13]", is_regex=True, ignore_case=True))]
    assert [(step.done, step.total) for step in steps] == [(done, 5) for done in range(6)]
    assert sorted(found.hit.text for step in steps for found in step.found) == ["local n = 1;", "local n = 3;"]


async def test_the_same_code_elsewhere_is_found_there_too(fleet: Fleet, bench: DeviceGroup) -> None:
    """A promotion has the same sha: the line is told for both groups, each with its own deployment."""
    shelf = await fleet.change.create_group(bench.product_id, GroupType.DEVELOPMENT, "shelf")
    made = await deployed(fleet, shelf, 2)
    found = [each async for step in fleet.code_search.search(RegularExpression("n = 2")) for each in step.found]
    assert {each.row.group_name for each in found} == {"bench", "shelf"}
    assert made in {each.hit.deployment_id for each in found}


async def test_code_that_is_not_here_is_named_and_read(fleet: Fleet, bench: DeviceGroup) -> None:
    """What was never read from here is not searched until it is read."""
    fleet._cache.deployments.cap_programs(0)
    missing = await fleet.code_search.missing()
    assert len(missing) == 5
    assert [each async for each in fleet.code_search.fetch(missing)] == list(missing)
    assert await fleet.code_search.missing() == ()


def test_lower_case_finds_both_cases() -> None:
    """Without a wish lower case finds both, a capital only itself; what is no pattern is explained."""
    assert pattern_of("relay(", is_regex=False).is_in("Relay(1)")
    assert not pattern_of("Relay(", is_regex=False).is_in("relay(1)")
    for text in ("", "("):
        with pytest.raises(Invalid):
            pattern_of(text, is_regex=True)
