"""What a device's log holds after something happened to it."""

from datetime import timedelta

import pytest

from imptui.cloud.rules import boot, device_log
from imptui.cloud.rules import device as devices
from imptui.cloud.rules.assignment import UnassignDevices, unassign
from imptui.cloud.rules.deployment import CreateDeployment, create_deployment
from imptui.cloud.simulation import log_lines
from imptui.cloud.storage.bulk_restarts import RangeStarted
from imptui.cloud.storage.paging import ListPage, Paging
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.starts import STARTS_KEPT
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import GroupId
from imptui.domain.log import LogEntry

from .conftest import Bench

AGENT = 'server.log("agent up"); server.error("agent warns");'
DEVICE = 'server.log("device up"); imp.wakeup(1, function() { server.log("a second later"); });'


def entries(bench: Bench, imp: Imp, paging: Paging | None = None) -> ListPage[LogEntry]:
    with bench.world.view() as view:
        return log_lines.page(view, imp.device.id, paging or Paging(1, 100))


def lines(bench: Bench, imp: Imp) -> list[tuple[str, str]]:
    """All lines, oldest first."""
    return [(entry.kind, entry.text) for entry in reversed(entries(bench, imp).items)]


def deploy_both(bench: Bench, group: DeviceGroup) -> None:
    create_deployment(bench.world, CreateDeployment(group.id, AGENT, DEVICE), bench.grower)


def deployed(bench: Bench, *, is_online: bool = True, kind: GroupType = GroupType.DEVELOPMENT) -> Imp:
    group = bench.group(kind)
    deploy_both(bench, group)
    return bench.imp(group, is_online=is_online)


def restart(bench: Bench, imp: Imp) -> None:
    devices.restart_device(bench.world, imp.device.id, bench.grower)
    bench.clock.advance(timedelta(seconds=30))


def test_a_start_with_new_code_in_its_order(bench: Bench) -> None:
    """Agent restarted, download, the agent's own lines, the device's own lines; nothing of the service after them."""
    imp = deployed(bench)
    restart(bench, imp)
    said = lines(bench, imp)
    assert [kind for kind, _ in said] == ["status", "status", "agent.log", "agent.error", "server.log", "server.log"]
    assert said[0][1] == "Agent restarted: new_bytecode_version."
    assert said[1][1].endswith("% program storage used")
    assert [text for _, text in said[2:]] == ["agent up", "agent warns", "device up", "a second later"]


def test_the_same_code_again_is_a_reload_without_download(bench: Bench) -> None:
    """A second restart downloads nothing."""
    imp = deployed(bench)
    restart(bench, imp)
    restart(bench, imp)
    said = [text for _, text in lines(bench, imp)]
    assert said.count("Agent restarted: reload.") == 1
    assert sum("program storage" in text for text in said) == 1
    assert said.count("device up") == 2


def test_of_an_offline_device_only_the_agent_speaks(bench: Bench) -> None:
    """While a device is offline its agent starts alone."""
    imp = deployed(bench, is_online=False)
    restart(bench, imp)
    assert [kind for kind, _ in lines(bench, imp)] == ["status", "agent.log", "agent.error"]


def test_connecting_comes_before_the_start_it_brings(bench: Bench) -> None:
    """A device that comes back to a pending restart logs its connection, then its start."""
    imp = deployed(bench, is_online=False)
    restart(bench, imp)
    with bench.world.change() as tx:
        boot.connect(tx, bench.look_at(imp))
    bench.clock.advance(timedelta(seconds=30))
    said = [text for _, text in lines(bench, imp)]
    assert said.index("Device connected") + 1 == len(said) - 1 - said[::-1].index("Agent restarted: new_bytecode_version.")
    assert said[-1] == "a second later"


def test_a_restart_cuts_off_what_the_program_would_have_said(bench: Bench) -> None:
    """Lines that a program would print after it was restarted are not in the log."""
    imp = deployed(bench)
    devices.restart_device(bench.world, imp.device.id, bench.grower)
    bench.clock.advance(timedelta(milliseconds=700))
    restart(bench, imp)
    said = [text for _, text in lines(bench, imp)]
    assert said.count("device up") == 2
    assert said.count("a second later") == 1


def test_what_has_not_been_said_yet_is_not_told(bench: Bench) -> None:
    """A line due in five seconds is in the log after five seconds."""
    group = bench.group()
    bench.deploy(group, 'imp.wakeup(5, function() { server.log("late"); });')
    imp = bench.imp(group)
    devices.restart_device(bench.world, imp.device.id, bench.grower)
    bench.clock.advance(timedelta(seconds=1))
    assert "late" not in [text for _, text in lines(bench, imp)]
    bench.clock.advance(timedelta(seconds=5))
    assert "late" in [text for _, text in lines(bench, imp)]


def test_an_error_of_a_program_is_in_the_log(bench: Bench) -> None:
    """An uncaught error of the device is a `server.error` that names the place."""
    group = bench.group()
    bench.deploy(group, "local t = {};\nserver.log(t.foo);")
    imp = bench.imp(group)
    restart(bench, imp)
    errors = [text for kind, text in lines(bench, imp) if kind == "server.error"]
    assert "the index 'foo' does not exist" in errors[0]
    assert any("device_code:2" in text for text in errors)


def test_a_program_that_takes_all_memory_ends_with_its_exit_code(bench: Bench) -> None:
    """When a device's program has no memory left, the log says why it stopped, after its last line (14.5)."""
    group = bench.group()
    bench.deploy(group, 'server.log("begin"); local s = "x"; while (true) s += s;')
    imp = bench.imp(group)
    restart(bench, imp)
    assert lines(bench, imp)[-2:] == [("server.log", "begin"), ("lastexitcode", "out of memory")]


def test_programs_see_their_group(bench: Bench) -> None:
    """Code reads its group's name and environment."""
    group = bench.group(name="north bed", env_vars={"RATE": 7})
    bench.deploy(group, 'server.log(__EI.DEVICEGROUP_NAME + " " + __EI.DEVICEGROUP_TYPE + " " + __VARS.RATE);')
    imp = bench.imp(group)
    restart(bench, imp)
    assert ("server.log", "north bed development 7") in lines(bench, imp)


@pytest.mark.parametrize(("size", "number", "expected"), [(4, 1, [20, 19, 18, 17]), (5, 3, [10, 9, 8, 7, 6])])
def test_pages_of_a_programs_lines(bench: Bench, size: int, number: int, expected: list[int]) -> None:
    """With 20 lines printed by a loop, page 1 of 4 holds lines 17 to 20 and page 3 of 5 lines 6 to 10, newest first."""
    group = bench.group()
    bench.deploy(group, "for (local i = 1; i <= 20; i++) server.log(i);")
    imp = bench.imp(group)
    restart(bench, imp)
    page = entries(bench, imp, Paging(number, size))
    assert [entry.text for entry in page.items] == [str(line) for line in expected]
    assert page.has_next


def test_kept_lines_and_starts_are_one_log(bench: Bench) -> None:
    """What was said between two starts stands between them."""
    imp = deployed(bench)
    restart(bench, imp)
    with bench.world.change() as tx:
        device_log.say(tx, bench.look_at(imp), [("server.log", "between")])
    bench.clock.advance(timedelta(seconds=1))
    restart(bench, imp)
    said = [text for _, text in lines(bench, imp)]
    first, second = (place for place, text in enumerate(said) if text.startswith("Agent restarted"))
    assert first < said.index("between") < second


def test_at_most_a_thousand_lines(bench: Bench) -> None:
    """However often a device starts, its log holds a thousand lines, and as many starts as fill them."""
    group = bench.group()
    bench.deploy(group, "for (local i = 1; i <= 100; i++) server.log(i);")
    imp = bench.imp(group)
    for _ in range(STARTS_KEPT + 5):
        restart(bench, imp)
    assert not entries(bench, imp, Paging(10, 100)).has_next
    assert len(entries(bench, imp, Paging(10, 100)).items) == 100
    assert not entries(bench, imp, Paging(11, 100)).items
    with bench.world.view() as view:
        assert len(view.starts.of(imp.device.id)) == STARTS_KEPT


def test_logs_say_production_for_blessed_devices(bench: Bench) -> None:
    """The lines of a device in a production group are production logs, all others development logs."""
    for kind, expected in ((GroupType.PRODUCTION, "production"), (GroupType.DEVELOPMENT, "development")):
        imp = deployed(bench, kind=kind) if kind is GroupType.PRODUCTION else bench.imp(bench.group(kind, "dev"))
        restart(bench, imp)
        assert {entry.log_type for entry in entries(bench, imp).items} == {expected}


def test_a_restart_of_many_runs_no_program(bench: Bench) -> None:
    """What is announced of a start are facts; only the programs of devices that somebody hears are run."""
    group = bench.group()
    deploy_both(bench, group)
    imps = [bench.imp(group) for _ in range(5)]
    heard: list[object] = []
    bench.world.subscribe(heard.extend)
    devices.restart_group(bench.world, group.id, bench.grower)
    (started,) = [event for event in heard if isinstance(event, RangeStarted)]
    wanted = imps[2].device.id
    with bench.world.view() as view:
        assert len(log_lines.starts_in(view, started, lambda _: True)) == 5
        (start,) = log_lines.starts_in(view, started, lambda one: one == wanted)
        assert start.device_id == wanted
        assert [entry.text for entry in log_lines.said_by_programs(view, start)][-1] == "a second later"


def test_lines_stay_with_a_device_that_left_its_group(bench: Bench) -> None:
    """The lines of a start remain when the device is unassigned, and vanish with it from the account."""
    imp = deployed(bench)
    restart(bench, imp)
    asked = UnassignDevices(imp.device.group_id or GroupId(""), [imp.device.id])
    assert [outcome.refusal for outcome in unassign(bench.world, asked, bench.grower)] == [None]
    assert ("server.log", "device up") in lines(bench, imp)
    devices.delete_device(bench.world, imp.device.id, bench.grower)
    assert lines(bench, imp) == []
