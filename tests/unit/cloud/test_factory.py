"""The Connected Factory: devices are configured, tested, blessed, boxed and unpacked."""

from datetime import timedelta

import pytest

from imptui.cloud.environment.chance import Chance
from imptui.cloud.environment.clock import ManualClock
from imptui.cloud.rules import factory
from imptui.cloud.rules import group as groups
from imptui.cloud.rules.assignment import AssignDevices, UnassignDevices, assign, unassign
from imptui.cloud.simulation.life import advance_clock
from imptui.cloud.simulation.log_replay import ProgramReplay
from imptui.cloud.storage.paging import FIRST
from imptui.cloud.storage.records import Imp, WebhookEvent
from imptui.cloud.storage.world import World
from imptui.domain.device import DeviceKind
from imptui.domain.errors import Conflict, Invalid, NotFound
from imptui.domain.group import DeviceGroup, GroupType

from .conftest import UNBOND_KEY, Bench


class Line:
    """A fixture group with one fixture, its target and programs for both."""

    def __init__(self, bench: Bench, *, kind: GroupType = GroupType.FACTORY, has_dut_group: bool = True) -> None:
        self.bench = bench
        assert kind.production_target_type is not None
        self.target = bench.group(kind.production_target_type, "blessed")
        dut_target_id = None
        if has_dut_group:
            assert kind.dut_target_type is not None
            dut_target_id = bench.group(kind.dut_target_type, "under test").id
        self.group = bench.group(
            kind, "line", production_target_id=self.target.id, dut_target_id=dut_target_id, needs_dut_target=has_dut_group
        )
        self.application = bench.deploy(self.target, 'server.log("application");')
        self.firmware = bench.deploy(self.group, 'server.log("factory");')
        self.fixture = bench.imp(self.group, kind=DeviceKind.FIXTURE)

    def wait_for_blinkup(self) -> None:
        asked = groups.UpdateGroup(self.target.id, load_code_after_blessing=False)
        groups.update_group(self.bench.world, asked, self.bench.grower)


def history(bench: Bench, imp: Imp) -> list[str]:
    with bench.world.view() as view:
        return [entry.event for entry in view.logs.history(imp.device.id, FIRST).items][::-1]


def devices_in(bench: Bench, group: DeviceGroup) -> list[Imp]:
    with bench.world.view() as view:
        return view.devices.in_group(group.id, None, 10_000)


def heard_by(bench: Bench) -> list[object]:
    heard: list[object] = []
    bench.world.subscribe(heard.extend)
    return heard


def test_a_dut_stands_in_its_dut_group(bench: Bench) -> None:
    """A device that a fixture configures appears in the DUT group of the fixture's group."""
    line = Line(bench)
    imp = factory.configure_dut(bench.world, line.fixture.device.mac_address)
    assert imp.kind is DeviceKind.DUT
    assert imp.device.group_id == line.group.dut_target_id
    assert imp.fixture_id == line.fixture.device.id


def test_without_a_dut_group_a_dut_is_in_none(bench: Bench) -> None:
    """Where the fixture's group names no DUT group, a device under test is in no group, and runs the factory firmware."""
    line = Line(bench, has_dut_group=False)
    imp = factory.configure_dut(bench.world, line.fixture.device.id)
    assert (imp.kind, imp.device.group_id) == (DeviceKind.DUT, None)
    assert imp.running_deployment_id == line.firmware.id


def test_a_dut_cannot_be_assigned_by_hand(bench: Bench) -> None:
    """Nobody moves a device under test into a group."""
    line = Line(bench, has_dut_group=False)
    imp = factory.configure_dut(bench.world, line.fixture.device.id)
    (outcome,) = assign(bench.world, AssignDevices(bench.group(name="mine").id, [imp.device.id]), bench.grower)
    assert isinstance(outcome.refusal, Conflict)


@pytest.mark.parametrize(
    ("kind", "becomes"),
    [(GroupType.FACTORY, DeviceKind.PRODUCTION), (GroupType.PRE_FACTORY, DeviceKind.TEST_BLESSED)],
)
def test_blessing_moves_to_the_target(bench: Bench, kind: GroupType, becomes: DeviceKind) -> None:
    """A device that passes goes to the production target of its fixture's group and runs what is deployed there."""
    line = Line(bench, kind=kind)
    (imp,) = factory.bless(bench.world, line.fixture.device.id)
    after = bench.look_at(imp)
    assert after.kind is becomes
    assert after.device.group_id == line.target.id
    assert after.running_deployment_id == line.application.id
    assert after.blessed_at == bench.world.now()
    assert history(bench, imp)[-2:] == ["blessed", "assigned"]


def test_blessing_is_told(bench: Bench) -> None:
    """The target's webhooks hear of a blessing, with the device's id."""
    line = Line(bench)
    heard = heard_by(bench)
    (imp,) = factory.bless(bench.world, line.fixture.device.id)
    assert [event for event in heard if isinstance(event, WebhookEvent)] == [
        WebhookEvent("blessing", line.target.id, {"device_id": imp.device.id, "imp_id": imp.device.id})
    ]


def test_a_failed_test_changes_nothing_but_the_log(bench: Bench) -> None:
    """A device that fails stays under test and is blessed by nobody; a later test may pass."""
    line = Line(bench)
    heard = heard_by(bench)
    (failed,) = factory.bless(bench.world, line.fixture.device.id, passed=False)
    assert bench.look_at(failed).kind is DeviceKind.DUT
    assert not [event for event in heard if isinstance(event, WebhookEvent)]
    (passed,) = factory.bless(bench.world, line.fixture.device.id)
    assert passed.device.id == failed.device.id
    assert passed.kind is DeviceKind.PRODUCTION


def test_a_target_may_keep_its_program_back(bench: Bench) -> None:
    """With `load_code_after_blessing` false a blessed device runs nothing before the first BlinkUp of an end user."""
    line = Line(bench)
    line.wait_for_blinkup()
    (imp,) = factory.bless(bench.world, line.fixture.device.id)
    assert (imp.needs_blinkup, imp.running_deployment_id) == (True, None)
    after = factory.blink_up(bench.world, imp.device.id)
    assert (after.needs_blinkup, after.running_deployment_id) == (False, line.application.id)
    assert bench.look_at(imp).running_deployment_id == line.application.id


def test_blinkup_brings_a_device_online_and_is_told(bench: Bench) -> None:
    """BlinkUp connects a device, gives it a plan, is in its history, and webhooks hear of it."""
    line = Line(bench)
    (imp,) = factory.bless(bench.world, line.fixture.device.id)
    factory.disconnect(bench.world, imp.device.id)
    bench.clock.advance(timedelta(days=3))
    heard = heard_by(bench)
    factory.blink_up(bench.world, imp.device.id)
    after = bench.look_at(imp)
    assert after.device.is_online
    assert after.device.last_enrolled_at == bench.world.now()
    assert after.device.plan_id != imp.device.plan_id
    assert history(bench, imp)[-1] == "enrolled"
    (told,) = [event for event in heard if isinstance(event, WebhookEvent)]
    assert (told.event, set(told.fields)) == ("blinkup", {"device_id", "plan_id", "token"})


def test_a_dut_is_not_configured_by_phone(bench: Bench) -> None:
    """Nobody configures a device under test but its fixture."""
    line = Line(bench)
    imp = factory.configure_dut(bench.world, line.fixture.device.id)
    with pytest.raises(Conflict):
        factory.blink_up(bench.world, imp.device.id)


def test_unblessing_makes_a_development_device(bench: Bench) -> None:
    """A blessed device that leaves its production group with the unbond key may go to a development group."""
    line = Line(bench)
    (imp,) = factory.bless(bench.world, line.fixture.device.id)
    asked = UnassignDevices(line.target.id, [imp.device.id], UNBOND_KEY)
    assert [outcome.refusal for outcome in unassign(bench.world, asked, bench.grower)] == [None]
    after = bench.look_at(imp)
    assert (after.kind, after.blessed_at, after.fixture_id) == (DeviceKind.DEVELOPMENT, None, None)
    assert history(bench, imp)[-2:] == ["unassigned", "unblessed"]


@pytest.mark.parametrize("count", [1, 3])
def test_several_are_blessed_at_once(bench: Bench, count: int) -> None:
    """As many devices are blessed as asked for, each another one."""
    line = Line(bench)
    imps = factory.bless(bench.world, count=count)
    assert len({imp.device.id for imp in imps}) == count
    assert len(devices_in(bench, line.target)) == count


def test_only_fixtures_configure(bench: Bench) -> None:
    """A development device, an unknown one and an offline fixture configure nothing."""
    line = Line(bench)
    other = bench.imp(bench.group(name="dev"))
    with pytest.raises(Conflict, match="no BlinkUp fixture"):
        factory.configure_dut(bench.world, other.device.id)
    with pytest.raises(NotFound):
        factory.configure_dut(bench.world, "5000ffffffffffff")
    factory.disconnect(bench.world, line.fixture.device.id)
    with pytest.raises(Conflict, match="offline"):
        factory.configure_dut(bench.world, line.fixture.device.id)
    with pytest.raises(NotFound, match="No BlinkUp fixture is online"):
        factory.configure_dut(bench.world)


def test_a_mac_address_is_used_once(bench: Bench) -> None:
    """A device is configured under the MAC address it has; in any spelling, but not twice."""
    Line(bench)
    imp = factory.configure_dut(bench.world, mac_address="0C-2A-69-0B-51-7E")
    assert imp.device.mac_address == "0c:2a:69:0b:51:7e"
    with pytest.raises(Conflict):
        factory.configure_dut(bench.world, mac_address="0c2a690b517e")
    with pytest.raises(Invalid):
        factory.configure_dut(bench.world, mac_address="none")


def test_a_line_makes_devices_by_the_clock(bench: Bench) -> None:
    """A line of 120 an hour configures about 120 devices in an hour, most of which pass; standing, it makes none."""
    line = Line(bench)
    factory.start_line(bench.world, "line", 120, 0.9)
    advance_clock(bench.world, timedelta(hours=1, minutes=1))
    blessed = len(devices_in(bench, line.target))
    with bench.world.view() as view:
        running = view.factory_lines.line(line.group.id)
    assert running is not None
    assert running.made == 122
    assert 95 <= blessed < 120
    factory.stop_line(bench.world, "line")
    advance_clock(bench.world, timedelta(minutes=2))
    finished = len(devices_in(bench, line.target))
    advance_clock(bench.world, timedelta(hours=1))
    assert len(devices_in(bench, line.target)) == finished
    assert finished - blessed <= 2


def test_a_line_is_the_same_in_any_steps(bench: Bench) -> None:
    """What a line has made after an hour does not depend on how the hour was cut."""
    chance = Chance("bench", has_predictable_secrets=True)
    clock = ManualClock(bench.clock.now())
    other = Bench(World.open(clock=clock, chance=chance, password_cost_log2=2, replay=ProgramReplay()), clock)
    lines = [Line(bench), Line(other)]
    for one in (bench, other):
        factory.start_line(one.world, "line", 60)
    advance_clock(bench.world, timedelta(hours=1))
    for _ in range(12):
        advance_clock(other.world, timedelta(minutes=5))
    first, second = ([(imp.device.id, imp.blessed_at) for imp in devices_in(one.bench, one.target)] for one in lines)
    assert len(first) > 50
    assert first == second


def test_blessed_devices_are_boxed_and_unpacked(bench: Bench) -> None:
    """A line's devices go offline into their boxes, and some weeks later somebody does BlinkUp."""
    line = Line(bench)
    factory.start_line(bench.world, line.group.id, 60, 1.0)
    advance_clock(bench.world, timedelta(minutes=10))
    factory.stop_line(bench.world, line.group.id)
    advance_clock(bench.world, timedelta(minutes=10))
    boxed = devices_in(bench, line.target)
    assert len(boxed) >= 9
    assert not any(imp.device.is_online for imp in boxed)
    advance_clock(bench.world, timedelta(days=60))
    unpacked = devices_in(bench, line.target)
    enrolled = [(imp.device.last_enrolled_at, imp.blessed_at) for imp in unpacked]
    assert all(at and blessed_at and at > blessed_at for at, blessed_at in enrolled)
    assert sum(imp.device.is_online for imp in unpacked) > 0.7 * len(unpacked)


@pytest.mark.parametrize(("rate", "share"), [(0, 0.9), (4000, 0.9), (60, 1.1)])
def test_a_line_needs_a_rate_that_makes_sense(bench: Bench, rate: float, share: float) -> None:
    """No line makes nothing, or more than one a second, or passes more than all."""
    Line(bench)
    with pytest.raises(Invalid):
        factory.start_line(bench.world, "line", rate, share)


def test_only_fixture_groups_make_a_line(bench: Bench) -> None:
    """A development group is no line, and an unknown one is not found."""
    bench.group(name="dev")
    with pytest.raises(Conflict):
        factory.start_line(bench.world, "dev", 60)
    with pytest.raises(NotFound):
        factory.start_line(bench.world, "nowhere", 60)


def test_disconnected_devices_stay_away(bench: Bench) -> None:
    """A device taken offline stays so until it is connected; then it comes and goes by itself."""
    imp = factory.add_device(bench.world, "grower", name="bed 4")
    factory.disconnect(bench.world, imp.device.id)
    advance_clock(bench.world, timedelta(days=90))
    assert not bench.look_at(imp).device.is_online
    factory.connect(bench.world, imp.device.id)
    assert bench.look_at(imp).device.is_online
    assert bench.look_at(imp).due_at is not None


def test_an_added_device_is_unassigned_and_online(bench: Bench) -> None:
    """The mobile app adds a device to an account: unassigned, online, enrolled now; the account must exist."""
    imp = factory.add_device(bench.world, "grower", mac_address="0c:2a:69:0b:51:7e")
    assert (imp.device.group_id, imp.device.is_online, imp.kind) == (None, True, DeviceKind.DEVELOPMENT)
    assert imp.device.owner_id == bench.grower.id
    assert history(bench, imp) == ["enrolled"]
    with pytest.raises(NotFound):
        factory.add_device(bench.world, "nobody")
