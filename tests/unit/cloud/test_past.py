"""What a start leaves behind for the next one, as the log shows it."""

from datetime import timedelta

import pytest

from imptui.cloud.rules import boot
from imptui.cloud.rules import device as devices
from imptui.cloud.rules.deployment import CreateDeployment, create_deployment
from imptui.cloud.simulation import conditional_restart, life, log_lines
from imptui.cloud.storage.paging import Paging
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.starts import STARTS_KEPT
from imptui.domain.group import DeviceGroup

from .conftest import Bench

COUNTS = 'if (!("n" in nv)) nv.n <- 0; nv.n++; server.log("device boot " + nv.n);'
SAVES = 'local s = server.load(); if (!("n" in s)) s.n <- 0; s.n++; server.save(s); server.log("agent boot " + s.n);'


def settled(bench: Bench, device: str = COUNTS, agent: str = SAVES) -> tuple[Imp, DeviceGroup]:
    group = bench.group()
    create_deployment(bench.world, CreateDeployment(group.id, agent, device), bench.grower)
    return bench.imp(group), group


def restart(bench: Bench, imp: Imp, seconds: float = 30) -> None:
    devices.restart_device(bench.world, imp.device.id, bench.grower)
    bench.clock.advance(timedelta(seconds=seconds))
    life.catch_up(bench.world)


def boots(bench: Bench, imp: Imp) -> list[str]:
    with bench.world.view() as view:
        pages = [log_lines.page(view, imp.device.id, Paging(number, 100)) for number in range(1, 11)]
    entries = [entry for page in pages for entry in page.items]
    return [entry.text for entry in reversed(entries) if "boot" in entry.text]


def test_counters_go_on_from_start_to_start(bench: Bench) -> None:
    """An agent finds what it saved, a device what was in `nv`, again and again."""
    imp, _ = settled(bench)
    for _ in range(3):
        restart(bench, imp)
    expected = [line for number in (1, 2, 3) for line in (f"agent boot {number}", f"device boot {number}")]
    assert boots(bench, imp) == expected


def test_new_code_finds_what_old_code_kept(bench: Bench) -> None:
    """Another deployment of the group finds both; one in between that keeps nothing takes nothing away."""
    imp, group = settled(bench)
    restart(bench, imp)
    create_deployment(bench.world, CreateDeployment(group.id, "", 'server.log("forgetful");'), bench.grower)
    restart(bench, imp)
    create_deployment(bench.world, CreateDeployment(group.id, SAVES + " ", COUNTS), bench.grower)
    restart(bench, imp)
    assert boots(bench, imp)[-2:] == ["agent boot 2", "device boot 2"]


def test_a_power_cut_empties_nv_alone(bench: Bench) -> None:
    """After power-off a device begins again; its agent, in the cloud, does not."""
    imp, _ = settled(bench)
    restart(bench, imp)
    with bench.world.change() as tx:
        away = boot.disconnect(tx, bench.look_at(imp))
        boot.connect(tx, away, is_cold=True)
    bench.clock.advance(timedelta(seconds=30))
    assert boots(bench, imp)[-2:] == ["agent boot 2", "device boot 1"]


def test_only_the_agent_starts_while_the_device_is_away(bench: Bench) -> None:
    """The device's count stands still, and goes on when it is back."""
    imp, _ = settled(bench)
    restart(bench, imp)
    with bench.world.change() as tx:
        boot.disconnect(tx, bench.look_at(imp))
    restart(bench, imp)
    with bench.world.change() as tx:
        boot.connect(tx, bench.look_at(imp))
    bench.clock.advance(timedelta(seconds=30))
    assert boots(bench, imp) == ["agent boot 1", "device boot 1", "agent boot 2", "agent boot 3", "device boot 2"]


def test_what_would_have_been_kept_after_the_next_start_is_not(bench: Bench) -> None:
    """A program that is restarted before it saves has not saved."""
    imp, _ = settled(bench, COUNTS, "imp.wakeup(5, function() { " + SAVES + " });")
    restart(bench, imp, seconds=2)
    restart(bench, imp, seconds=30)
    assert [line for line in boots(bench, imp) if "agent" in line] == ["agent boot 1"]


@pytest.mark.parametrize("whole_group", [False, True])
def test_starts_that_are_forgotten_are_not_undone(bench: Bench, whole_group: bool) -> None:
    """However many starts a device has had, its counters go on, and lines that were read stay as they were."""
    imp, group = settled(bench)
    for _ in range(STARTS_KEPT + 3):
        if whole_group:
            devices.restart_group(bench.world, group.id, bench.grower)
            bench.clock.advance(timedelta(seconds=30))
        else:
            restart(bench, imp)
    seen = boots(bench, imp)
    assert seen[-2:] == [f"agent boot {STARTS_KEPT + 3}", f"device boot {STARTS_KEPT + 3}"]
    assert seen[:2] == ["agent boot 4", "device boot 4"]
    restart(bench, imp)
    assert boots(bench, imp)[:-2] == seen[2:]


def test_a_handler_can_save_before_the_restart(bench: Bench) -> None:
    """What is kept when a program is asked to shut down is there afterwards."""
    polite = (
        'server.onshutdown(function(r) { nv.asked <- true; server.restart() }); if ("asked" in nv) server.log("boot: was asked");'
    )
    imp, _ = settled(bench, polite)
    restart(bench, imp)
    conditional_restart.conditional_restart_device(bench.world, imp.device.id, bench.grower)
    bench.clock.advance(timedelta(seconds=30))
    life.catch_up(bench.world)
    assert "boot: was asked" in boots(bench, imp)


def test_a_device_knows_why_it_woke(bench: Bench) -> None:
    """New code, the same again, and power are three reasons."""
    imp, _ = settled(bench, 'server.log("boot because " + hardware.wakereason());', "")
    restart(bench, imp)
    restart(bench, imp)
    with bench.world.change() as tx:
        boot.connect(tx, boot.disconnect(tx, bench.look_at(imp)), is_cold=True)
    bench.clock.advance(timedelta(seconds=30))
    assert boots(bench, imp) == ["boot because 4", "boot because 10", "boot because 0"]
