"""Conditional restarts: who is asked first, and who is not."""

from datetime import timedelta

import pytest

from imptui.cloud.rules import device as devices
from imptui.cloud.rules.assignment import UnassignDevices, unassign
from imptui.cloud.rules.deployment import CreateDeployment, SupportFrom, create_deployment, support_from
from imptui.cloud.simulation import conditional_restart, life, log_lines
from imptui.cloud.storage.paging import Paging
from imptui.cloud.storage.records import Imp
from imptui.domain.deployment import Deployment
from imptui.domain.errors import Conflict
from imptui.domain.group import DeviceGroup
from imptui.squirrel.interpreter.session import PATIENCE_S

from .conftest import Bench

POLITE = """
server.onshutdown(function(reason) {
    server.log("asked: " + reason);
    imp.wakeup(5, function() { server.log("ready"); server.restart(); });
});
server.log("up");
"""
STUBBORN = 'server.onshutdown(function(reason) { server.log("no"); });'
AT_ONCE = 'server.onshutdown(function(reason) { server.log("bye"); server.restart(); });'
RUDE = 'server.log("up");'


def deploy(bench: Bench, group: DeviceGroup, device: str, agent: str = "") -> Deployment:
    return create_deployment(bench.world, CreateDeployment(group.id, agent, device), bench.grower)[0]


def started(bench: Bench, device: str, agent: str = "", *, is_online: bool = True) -> tuple[Imp, DeviceGroup]:
    """A device that has run a program for an hour."""
    group = bench.group()
    deploy(bench, group, device, agent)
    imp = bench.imp(group, is_online=is_online)
    devices.restart_device(bench.world, imp.device.id, bench.grower)
    pass_time(bench, 3600)
    return imp, group


def pass_time(bench: Bench, seconds: float) -> None:
    bench.clock.advance(timedelta(seconds=seconds))
    life.catch_up(bench.world)


def lines(bench: Bench, imp: Imp) -> list[str]:
    with bench.world.view() as view:
        return [entry.text for entry in reversed(log_lines.page(view, imp.device.id, Paging(1, 100)).items)]


def runs(bench: Bench, imp: Imp) -> str | None:
    return bench.look_at(imp).running_deployment_id


def ask(bench: Bench, imp: Imp) -> None:
    conditional_restart.conditional_restart_device(bench.world, imp.device.id, bench.grower)


def test_a_program_with_a_handler_puts_the_restart_off(bench: Bench) -> None:
    """It hears why, goes on with the old code, and the new code comes when it lets go."""
    imp, group = started(bench, POLITE)
    before = bench.look_at(imp)
    new = deploy(bench, group, RUDE)
    ask(bench, imp)
    pass_time(bench, 3)
    assert runs(bench, imp) == before.running_deployment_id
    assert bench.look_at(imp).device.agent_state_changed_at == before.device.agent_state_changed_at
    assert lines(bench, imp)[-1] == "asked: 1"
    pass_time(bench, 3)
    assert runs(bench, imp) == new.id
    said = lines(bench, imp)
    assert said[said.index("asked: 1") + 1 : said.index("asked: 1") + 3] == ["ready", "Agent restarted: new_bytecode_version."]


def test_a_start_that_is_told_late_keeps_the_answer_to_a_later_request_out(bench: Bench) -> None:
    """The lines of a start contain the answer to a request to shut down only once that request was announced."""
    imp, _ = started(bench, POLITE)
    with bench.world.view() as view:
        announced = view.starts.of(imp.device.id)[0]
    pass_time(bench, 1)
    ask(bench, imp)
    with bench.world.view() as view:
        asked = log_lines.as_asked(view, announced)
        assert "asked: 1" not in [entry.text for entry in log_lines.said_by_programs(view, announced)]
        assert "asked: 1" in [entry.text for entry in log_lines.said_by_programs(view, asked)]


def test_the_restart_takes_place_at_the_time_the_program_let_go(bench: Bench) -> None:
    """However late somebody looks, the agent started five seconds after the request."""
    imp, _ = started(bench, POLITE)
    asked_at = bench.clock.now()
    ask(bench, imp)
    pass_time(bench, 600)
    restarted_at = bench.look_at(imp).device.agent_state_changed_at
    assert restarted_at is not None
    assert timedelta(seconds=5) <= restarted_at - asked_at < timedelta(seconds=5.1)


def test_who_never_lets_go_is_restarted_all_the_same(bench: Bench) -> None:
    """A handler that does nothing puts the restart off for a minute, and no longer."""
    imp, group = started(bench, STUBBORN)
    old, new = runs(bench, imp), deploy(bench, group, STUBBORN + RUDE)
    ask(bench, imp)
    pass_time(bench, PATIENCE_S - 1)
    assert runs(bench, imp) == old
    pass_time(bench, 2)
    assert runs(bench, imp) == new.id


def test_who_lets_go_at_once_has_the_last_word(bench: Bench) -> None:
    """What a handler says before it restarts is in the log before the restart."""
    imp, _ = started(bench, AT_ONCE)
    ask(bench, imp)
    pass_time(bench, 1)
    said = lines(bench, imp)
    assert said[said.index("bye") + 1] == "Agent restarted: reload."


@pytest.mark.parametrize("code", [RUDE, '// server.onshutdown comes later\nserver.log("up");', "server.onshutdown(null);"])
def test_a_program_without_a_handler_restarts_at_once(bench: Bench, code: str) -> None:
    """Nobody is asked where nobody wants to be, whatever the code mentions."""
    imp, group = started(bench, code)
    new = deploy(bench, group, RUDE + " ")
    ask(bench, imp)
    assert runs(bench, imp) == new.id


def test_an_older_deployment_is_restarted_by_force(bench: Bench) -> None:
    """A device that runs something older than the minimum supported deployment is not asked."""
    imp, group = started(bench, POLITE)
    new = deploy(bench, group, RUDE)
    support_from(bench.world, SupportFrom(group.id, new.id), bench.grower)
    ask(bench, imp)
    assert runs(bench, imp) == new.id
    assert "asked: 1" not in lines(bench, imp)


def test_a_supported_deployment_that_is_not_the_newest_is_asked(bench: Bench) -> None:
    """The minimum supported deployment itself is asked, although newer ones exist."""
    imp, group = started(bench, POLITE)
    deploy(bench, group, RUDE)
    deploy(bench, group, RUDE + " ")
    ask(bench, imp)
    pass_time(bench, 1)
    assert lines(bench, imp)[-1] == "asked: 1"


def test_an_offline_device_waits_for_its_connection(bench: Bench) -> None:
    """Nobody can ask a device that is away; it starts over when it next connects."""
    imp, _ = started(bench, POLITE, is_online=False)
    ask(bench, imp)
    assert bench.look_at(imp).is_restart_pending


def test_a_forced_restart_is_not_put_off(bench: Bench) -> None:
    """A forced restart in the meantime takes place, and the one that was put off does not come after it."""
    imp, _ = started(bench, POLITE)
    ask(bench, imp)
    pass_time(bench, 1)
    devices.restart_device(bench.world, imp.device.id, bench.grower)
    pass_time(bench, 60)
    assert sum(line.startswith("Agent restarted") for line in lines(bench, imp)) == 2
    assert "ready" not in lines(bench, imp)


def test_asking_again_changes_nothing(bench: Bench) -> None:
    """A program that has been asked is not asked a second time."""
    imp, _ = started(bench, POLITE)
    for _ in range(3):
        ask(bench, imp)
        pass_time(bench, 1)
    pass_time(bench, 10)
    assert lines(bench, imp).count("asked: 1") == 1
    assert sum(line.startswith("Agent restarted") for line in lines(bench, imp)) == 2


def test_who_leaves_the_group_meanwhile_does_not_restart(bench: Bench) -> None:
    """An unassigned device has nothing to start over with."""
    imp, group = started(bench, POLITE)
    ask(bench, imp)
    unassign(bench.world, UnassignDevices(group.id, [imp.device.id]), bench.grower)
    pass_time(bench, 60)
    assert not bench.look_at(imp).device.is_agent_running


def test_an_unassigned_device_is_refused(bench: Bench) -> None:
    """A conditional restart needs a group as much as a forced one."""
    imp = bench.imp()
    with pytest.raises(Conflict):
        ask(bench, imp)


def test_in_a_group_each_device_is_asked_for_itself(bench: Bench) -> None:
    """Those with a handler put the restart off, the others start over at once, offline ones when they connect."""
    polite, group = started(bench, POLITE)
    deploy(bench, group, RUDE)
    rude, away = bench.imp(group), bench.imp(group, is_online=False)
    devices.restart_device(bench.world, rude.device.id, bench.grower)
    pass_time(bench, 60)
    new = deploy(bench, group, RUDE + " ")
    conditional_restart.conditional_restart_group(bench.world, group.id, bench.grower)
    assert runs(bench, rude) == new.id
    assert bench.look_at(away).is_restart_pending
    assert runs(bench, polite) != new.id
    pass_time(bench, 6)
    assert runs(bench, polite) == new.id


def test_an_agent_can_put_it_off_as_well(bench: Bench) -> None:
    """A handler of the agent's is waited for too."""
    imp, group = started(bench, RUDE, "server.onshutdown(@(r) imp.wakeup(4, @() server.restart()))")
    new = deploy(bench, group, RUDE)
    ask(bench, imp)
    pass_time(bench, 3)
    assert runs(bench, imp) != new.id
    pass_time(bench, 3)
    assert runs(bench, imp) == new.id


def test_in_a_great_group_the_others_let_go_as_those_that_were_asked(bench: Bench) -> None:
    """Every device hears the reason and starts over once, though not every one was asked before."""
    _, group = started(bench, POLITE)
    imps = [bench.imp(group) for _ in range(30)]
    devices.restart_group(bench.world, group.id, bench.grower)
    pass_time(bench, 60)
    new = deploy(bench, group, RUDE)
    conditional_restart.conditional_restart_group(bench.world, group.id, bench.grower)
    pass_time(bench, 4)
    assert all(runs(bench, imp) != new.id for imp in imps)
    pass_time(bench, 2)
    assert all(runs(bench, imp) == new.id for imp in imps)
    for imp in (imps[0], imps[-1]):
        said = lines(bench, imp)
        assert said[said.index("asked: 1") + 1] == "ready"
        assert said[said.index("ready") + 1].startswith("Agent restarted")


def test_in_a_great_group_without_handlers_all_start_over_at_once(bench: Bench) -> None:
    """Where those that were asked want no delay, nobody waits."""
    _, group = started(bench, "server.onshutdown(null);")
    imps = [bench.imp(group) for _ in range(30)]
    devices.restart_group(bench.world, group.id, bench.grower)
    pass_time(bench, 60)
    new = deploy(bench, group, RUDE)
    conditional_restart.conditional_restart_group(bench.world, group.id, bench.grower)
    assert all(runs(bench, imp) == new.id for imp in imps)
