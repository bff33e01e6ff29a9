"""What is in a new world."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import astuple

from imptui.cloud.environment.chance import Chance
from imptui.cloud.environment.clock import ManualClock
from imptui.cloud.environment.telemetry import Trait, traits_of
from imptui.cloud.fixtures import seed
from imptui.cloud.fixtures.catalogue import BARELY_PICKED_UP
from imptui.cloud.fixtures.login import DEMO_LOGIN, Login
from imptui.cloud.rules import account as accounts
from imptui.cloud.rules import device as devices
from imptui.cloud.rules import group as groups
from imptui.cloud.rules import login
from imptui.cloud.simulation import log_lines
from imptui.cloud.storage.paging import Paging
from imptui.cloud.storage.records import DeploymentScope, Imp
from imptui.cloud.storage.world import World
from imptui.domain.account import Account
from imptui.domain.deployment import Deployment
from imptui.domain.device import DeviceKind, kind_in
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.policy import validate_code, validate_description, validate_name, validate_tags

FOREVER = timedelta(days=9999)


def new_world(name: str = "seed") -> World:
    return World.open(clock=ManualClock(), chance=Chance(name))


@pytest.fixture(scope="module")
def demo() -> tuple[World, Account]:
    world = new_world()
    return world, seed.demo(world)


def imps_of(world: World) -> list[Imp]:
    with world.view() as view:
        return view.devices.due(world.now() + FOREVER, 100_000)


def groups_of(world: World, owner: Account) -> dict[str, DeviceGroup]:
    page = groups.list_groups(world, groups.ListGroups(paging=Paging(1, 100)), owner)
    return {group.name: group for group in page.items}


def deployments_of(world: World, owner: Account, **scope: object) -> list[Deployment]:
    with world.view() as view:
        asked = DeploymentScope(**scope)  # type: ignore[arg-type]  # tests name fields
        return list(view.deployments.page([owner.id], asked, Paging(1, 100)).items)


def test_the_primers_ten_groups(demo: tuple[World, Account]) -> None:
    """The product comprises exactly the primer's ten groups, correctly typed."""
    assert {name: group.type for name, group in groups_of(*demo).items()} == {
        "Connected Meter 400 1.0 Development": GroupType.DEVELOPMENT,
        "Connected Meter 400 2.0 Development": GroupType.DEVELOPMENT,
        "Factory Firmware 1.0-US": GroupType.PRE_FACTORY,
        "Factory Firmware 1.0-US Blessings": GroupType.PRE_PRODUCTION,
        "Factory Firmware 1.0-RoW": GroupType.PRE_FACTORY,
        "Factory Firmware 1.0-RoW Blessings": GroupType.PRE_PRODUCTION,
        "Line Fixtures": GroupType.FACTORY,
        "400 US SKU": GroupType.PRODUCTION,
        "400 RoW SKU": GroupType.PRODUCTION,
        "400 2.0 Field Test": GroupType.PRODUCTION,
    }


def test_the_primers_targets(demo: tuple[World, Account]) -> None:
    """Blessed devices of each fixture group go where the primer says; nothing has a DUT target."""
    found = groups_of(*demo)
    names = {group.id: group.name for group in found.values()}
    assert {group.name: names[group.production_target_id] for group in found.values() if group.production_target_id} == {
        "Factory Firmware 1.0-US": "Factory Firmware 1.0-US Blessings",
        "Factory Firmware 1.0-RoW": "Factory Firmware 1.0-RoW Blessings",
        "Line Fixtures": "400 US SKU",
    }
    assert all(group.dut_target_id is None for group in found.values())


def test_a_few_thousand_devices_mostly_in_production(demo: tuple[World, Account]) -> None:
    """There are about 2,600 devices, nine in ten of them in production, 25 unassigned, some eight in a hundred offline."""
    imps = imps_of(demo[0])
    assert 2500 < len(imps) < 2700
    by_type = Counter(imp.device.group_type for imp in imps)
    assert by_type[GroupType.PRODUCTION] / len(imps) > 0.9
    assert by_type[None] == 25
    assert 0.06 < sum(not imp.device.is_online for imp in imps) / len(imps) < 0.11


def test_every_device_is_of_its_groups_kind(demo: tuple[World, Account]) -> None:
    """Fixtures are in fixture groups, blessed devices in production groups, and nothing else is."""
    assert all(imp.kind is kind_in(imp.device.group_type) for imp in imps_of(demo[0]))


def test_blessed_devices_come_from_fixtures(demo: tuple[World, Account]) -> None:
    """Every blessed device knows the fixture that configured it, and when it was blessed."""
    imps = imps_of(demo[0])
    fixtures = {imp.device.id for imp in imps if imp.kind is DeviceKind.FIXTURE}
    blessed = [imp for imp in imps if imp.kind in (DeviceKind.PRODUCTION, DeviceKind.TEST_BLESSED)]
    assert all(imp.fixture_id in fixtures and imp.blessed_at is not None for imp in blessed)


def test_fixtures_are_no_imp001(demo: tuple[World, Account]) -> None:
    """No BlinkUp fixture is an imp001."""
    assert all(imp.device.imp_type != "imp001" for imp in imps_of(demo[0]) if imp.kind is DeviceKind.FIXTURE)


def test_most_devices_have_not_picked_up_the_newest_deployment(demo: tuple[World, Account]) -> None:
    """One group was deployed to a moment ago: one device in ten runs it, the others still run what was rolled back to."""
    world, owner = demo
    group = groups_of(world, owner)[BARELY_PICKED_UP]
    running = Counter(imp.running_deployment_id for imp in imps_of(world) if imp.device.group_id == group.id)
    assert 0.05 < running[group.current_deployment_id] / running.total() < 0.2
    assert len(running) == 2


def test_devices_that_wait_have_not_changed_since_the_deployment(demo: tuple[World, Account]) -> None:
    """What an online device runs agrees with when it last changed its state."""
    world, owner = demo
    deployed_at = {one.id: one.created_at for one in deployments_of(world, owner)}
    current = {group.id: group.current_deployment_id for group in groups_of(world, owner).values()}
    for imp in imps_of(world):
        device = imp.device
        if device.group_id is None or not device.is_online or imp.needs_blinkup:
            continue
        newest = deployed_at[current[device.group_id]]
        times = [at for at in (device.state_changed_at, device.agent_state_changed_at) if at]
        assert (max(times) >= newest) == (imp.running_deployment_id == current[device.group_id])


def test_promotions_name_their_origin(demo: tuple[World, Account]) -> None:
    """A promoted deployment names an older one of another group with the same sha."""
    found = {one.id: one for one in deployments_of(*demo)}
    promoted = [one for one in found.values() if (one.origin or "").startswith("deployment:")]
    assert len(promoted) > 12
    for one in promoted:
        source = found[(one.origin or "").removeprefix("deployment:")]
        assert source.sha == one.sha
        assert source.created_at < one.created_at
        assert source.group_id != one.group_id


def test_deployments_have_a_history_worth_reading(demo: tuple[World, Account]) -> None:
    """Deployments span most of a year; some are flagged, by somebody; all have tags and a description."""
    world, owner = demo
    found = deployments_of(world, owner)
    assert len(found) > 30
    assert world.now() - min(one.created_at for one in found) > timedelta(days=300)
    assert 3 < sum(one.is_flagged for one in found) < 10
    assert all((one.flagger_id is not None) == one.is_flagged for one in found)
    assert all(one.tags and one.description for one in found)


def test_the_newest_deployment_of_a_group_is_current(demo: tuple[World, Account]) -> None:
    """A group's current deployment is its newest, its minimum supported one the first."""
    world, owner = demo
    for group in groups_of(world, owner).values():
        own = deployments_of(world, owner, group_id=group.id)
        assert [own[0].id, own[-1].id] == [group.current_deployment_id, group.min_supported_deployment_id]


def test_everything_is_within_the_services_limits(demo: tuple[World, Account]) -> None:
    """Names, descriptions, tags and code are such as the service itself would take."""
    world, owner = demo
    for imp in imps_of(world):
        assert imp.device.name is None or validate_name(imp.device.name) is None
    for group in groups_of(world, owner).values():
        assert validate_name(group.name) is None
        assert validate_description(group.description) is None
    deployments = deployments_of(world, owner)
    with world.view() as view:
        for one in deployments:
            programs = view.deployments.programs(one.id)
            assert programs is not None
            assert validate_tags(one.tags) is None
            assert validate_description(one.description) is None
            assert validate_code(programs.agent_code, "agent") is None


def test_some_names_are_hard_to_show(demo: tuple[World, Account]) -> None:
    """Among the names are none at all, brackets, accents, wide characters and an emoji."""
    names = {imp.device.name for imp in imps_of(demo[0])}
    assert {None, "[dev] bench 3", "Zoë's desk", "テスト机 3", "🔥 hot box"} <= names


def test_some_devices_are_in_trouble(demo: tuple[World, Account]) -> None:
    """Some radios are weak, some devices flap, exactly one leaks."""
    traits = [traits_of(imp.seed) for imp in imps_of(demo[0])]
    assert sum(Trait.WEAK in one for one in traits) > 50
    assert sum(Trait.FLAPPING in one for one in traits) > 15
    assert sum(Trait.LEAKING in one for one in traits) == 1


def test_some_hundred_devices_have_a_past(demo: tuple[World, Account]) -> None:
    """Log lines and enrolments of some hundred devices are there; the others begin with a clean log."""
    world, owner = demo
    imps = imps_of(world)
    with_lines = 0
    for imp in imps:
        with world.view() as view:
            with_lines += bool(view.logs.before(imp.device.id, None, 1))
    assert 200 < with_lines < 900
    bench = next(imp for imp in imps if imp.device.name == "[dev] bench 2")
    with world.view() as view:
        lines = log_lines.page(view, bench.device.id, Paging(1, 50)).items
    assert {"status", "agent.log", "server.log"} <= {line.kind for line in lines}
    assert devices.list_history(world, bench.device.id, Paging(), owner).items


def test_nothing_in_the_past_is_in_the_future(demo: tuple[World, Account]) -> None:
    """No device changed its state, was blessed or enrolled later than now."""
    world, _ = demo
    for imp in imps_of(world):
        device = imp.device
        for at in (device.state_changed_at, device.agent_state_changed_at, device.last_enrolled_at, imp.blessed_at):
            assert at is None or at <= world.now()


@pytest.mark.thorough
def test_the_same_seed_gives_the_same_world() -> None:
    """Two worlds with one seed and one moment are equal; another seed gives other devices."""
    first, second, other = new_world(), new_world(), new_world("other")
    accounts = [seed.demo(world) for world in (first, second, other)]
    assert imps_of(first) == imps_of(second)
    assert deployments_of(first, accounts[0]) == deployments_of(second, accounts[1])
    assert {imp.device.id for imp in imps_of(first)} != {imp.device.id for imp in imps_of(other)}


def test_the_owner_can_log_in(demo: tuple[World, Account]) -> None:
    """The default login opens the account, without a one-time password, and says no secret when printed."""
    tokens = login.log_in(demo[0], login.LogIn(DEMO_LOGIN.username, DEMO_LOGIN.password))
    assert tokens is not None
    assert DEMO_LOGIN.unbond_key is not None
    assert DEMO_LOGIN.unbond_key not in repr(DEMO_LOGIN)
    assert "password" not in repr(DEMO_LOGIN)


def test_an_empty_world_holds_unassigned_devices() -> None:
    """An empty world has one account of the chosen name and as many online development devices as asked for."""
    world = new_world()
    owner = seed.empty(world, 7, Login("grower", "secret", "grower@example.com"))
    imps = imps_of(world)
    assert (owner.username, len(imps)) == ("grower", 7)
    assert all(imp.device.is_online and imp.device.group_id is None for imp in imps)


def test_a_large_world_has_as_many_devices_as_asked_for() -> None:
    """A large world's devices are spread over products and groups and refer to things that are there."""
    world = new_world()
    seed.large(world, 12_345)
    imps = imps_of(world)
    assert len(imps) == len({imp.device.id for imp in imps}) == 12_345
    assert len({imp.device.product_id for imp in imps}) == 3
    assert all(imp.device.group_id and imp.running_deployment_id and imp.kind for imp in imps)
    assert astuple(imps[0])


def test_a_device_of_a_large_world_follows_from_its_number() -> None:
    """In a large world each device's identifiers come from its number, by arithmetic that never leaves 63 bits."""
    world = new_world()
    seed.large(world, 12_345)
    imps = {imp.device.id: imp for imp in imps_of(world)}
    for number in range(12_345):
        serial = (number * 0x9E3779 + 0x51C0DE) & 0xFF_FFFF
        mixed = (serial * 0x9E37_79B9_7F4A_7C15) & 0x7FFF_FFFF_FFFF_FFFF
        imp = imps[f"50000c2a69{serial:06x}"]
        assert (imp.device.mac_address or "").replace(":", "") == f"0c2a69{serial:06x}"
        assert imp.agent_id == f"{mixed:012x}"[:6] + f"{serial:06x}"
        assert imp.seed == mixed & ~0xFF
        assert imp.device.is_online == (mixed % 100 >= 8)


def test_an_almost_empty_world_has_the_devices_of_its_seed() -> None:
    """Equal seeds give equal devices, other seeds others: the seed decides all that chance brings."""
    seen = []
    for name in ("7", "7", "8"):
        world = new_world(name)
        seed.empty(world, 20)
        seen.append({imp.device.id for imp in imps_of(world)})
    assert seen[0] == seen[1]
    assert len(seen[0]) == 20
    assert not seen[0] & seen[2]


@pytest.mark.parametrize("fill", [seed.demo, seed.empty, lambda world: seed.large(world, 10)])
def test_every_world_has_libraries(fill: Callable[[World], Account]) -> None:
    """Whatever else is in a world, its public libraries are listed with their versions, newest first (17)."""
    world = new_world()
    fill(world)
    found = {library.name: library.versions for library in accounts.list_libraries(world, Paging(1, 100)).items}
    assert found["Twilio"] == ("Twilio:1.2.3", "Twilio:1.0.0")
    world.close()
