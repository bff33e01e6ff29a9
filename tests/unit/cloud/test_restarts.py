"""Groups that start over together. Source: primer, "Restarting Devices"; contract 10.4, 14.5."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from msgspec.structs import replace

from imptui.cloud.environment.chance import Chance
from imptui.cloud.environment.clock import ManualClock
from imptui.cloud.rules import device as devices
from imptui.cloud.simulation import log_lines
from imptui.cloud.simulation.log_replay import ProgramReplay
from imptui.cloud.storage.bulk_restarts import RangeStarted
from imptui.cloud.storage.paging import Paging
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.starts import STARTS_KEPT
from imptui.cloud.storage.world import World
from imptui.domain.group import DeviceGroup, GroupType

from .conftest import START, Bench


@contextmanager
def opened() -> Iterator[Bench]:
    clock = ManualClock(START)
    world = World.open(clock=clock, chance=Chance("restarts", has_predictable_secrets=True), password_cost_log2=2, replay=ProgramReplay())
    yield Bench(world, clock)
    world.close()


def mixed(bench: Bench) -> tuple[DeviceGroup, list[Imp]]:
    """A group with devices of every kind: there or not, waiting for BlinkUp or not, on new code, old code or none."""
    group = bench.group(GroupType.PRODUCTION, "meters")
    bench.clock.advance(timedelta(minutes=1))
    old = bench.deploy(group, "server.log(1);")
    new = bench.deploy(group, "server.log(2);")
    imps = []
    for running in (None, old.id, new.id):
        for is_online in (True, False):
            for needs_blinkup in (True, False):
                imp = bench.imp(group, is_online=is_online)
                imp = replace(imp, running_deployment_id=running, needs_blinkup=needs_blinkup)
                with bench.world.change() as tx:
                    tx.devices.put([imp])
                imps.append(imp)
    bench.clock.advance(timedelta(minutes=1))
    return group, imps


def after(bench: Bench, imps: list[Imp]) -> list[object]:
    with bench.world.view() as view:
        return [(view.devices.get(imp.device.id), view.starts.of(imp.device.id)) for imp in imps]


@pytest.mark.parametrize("at_once", [1_000, 5, 1])
def test_a_group_restarts_as_its_devices_one_by_one(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Restarting a group does to each of its devices what restarting that device does, whatever the group's size."""
    monkeypatch.setattr(devices, "_RESTARTED_AT_ONCE", at_once)
    with opened() as together, opened() as single:
        group, imps = mixed(together)
        assert [imp.device.id for imp in mixed(single)[1]] == [imp.device.id for imp in imps]
        for _ in range(2):
            devices.restart_group(together.world, group.id, together.grower)
            for imp in imps:
                devices.restart_device(single.world, imp.device.id, single.grower)
            assert after(together, imps) == after(single, imps)
            for bench in (together, single):
                bench.clock.advance(timedelta(seconds=30))


def test_a_restart_of_a_group_leaves_others_alone(bench: Bench) -> None:
    """Devices of another group, and unassigned ones, do not start over with a group."""
    group, _ = mixed(bench)
    other = bench.group(GroupType.PRODUCTION, "pumps")
    bench.deploy(other)
    strangers = [bench.imp(other), bench.imp()]
    before = after(bench, strangers)
    devices.restart_group(bench.world, group.id, bench.grower)
    assert after(bench, strangers) == before


def test_a_group_keeps_so_many_starts_of_each_device(bench: Bench) -> None:
    """Of each device of a group that restarts again and again, the newest starts are kept."""
    group, imps = mixed(bench)
    for _ in range(STARTS_KEPT + 2):
        bench.clock.advance(timedelta(seconds=30))
        devices.restart_group(bench.world, group.id, bench.grower)
    with bench.world.view() as view:
        for imp in imps:
            starts = view.starts.of(imp.device.id)
            assert len(starts) == STARTS_KEPT
            assert starts[0].at == view.now


def test_starts_of_a_group_are_found_by_device(bench: Bench) -> None:
    """Of a group that started over, the start of each wanted device is told, as its log has it."""
    group, imps = mixed(bench)
    heard: list[object] = []
    bench.world.subscribe(heard.extend)
    devices.restart_group(bench.world, group.id, bench.grower)
    (event,) = [one for one in heard if isinstance(one, RangeStarted)]
    wanted = {imps[3].device.id, imps[8].device.id}
    with bench.world.view() as view:
        starts = log_lines.starts_in(view, event, lambda one: one in wanted)
        assert [start.device_id for start in starts] == [imps[3].device.id, imps[8].device.id]
        assert starts == [view.starts.of(device_id)[0] for device_id in (imps[3].device.id, imps[8].device.id)]


def test_status_lines_of_a_group_come_first(bench: Bench) -> None:
    """After a group's restart with new code: agent restarted, then the download, then what the device says."""
    group, imps = mixed(bench)
    devices.restart_group(bench.world, group.id, bench.grower)
    bench.clock.advance(timedelta(seconds=5))
    old_and_online = imps[5]
    with bench.world.view() as view:
        lines = [entry.text for entry in log_lines.page(view, old_and_online.device.id, Paging(1, 100)).items]
    restarted, downloading, said = reversed(lines)
    assert restarted == "Agent restarted: new_bytecode_version."
    assert downloading.startswith("Downloading new code; ")
    assert said == "2"


def test_what_forgotten_starts_found_stays_known(bench: Bench) -> None:
    """In a great group, what a start found is handed to the next one when it is forgotten, again and again."""
    group, imps = mixed(bench)
    for _ in range(STARTS_KEPT):
        bench.clock.advance(timedelta(seconds=30))
        devices.restart_group(bench.world, group.id, bench.grower)
    with bench.world.change() as tx:
        for imp in imps:
            tx.starts.remember(tx.starts.of(imp.device.id)[-1], b"found")
    for _ in range(2):
        bench.clock.advance(timedelta(seconds=30))
        devices.restart_group(bench.world, group.id, bench.grower)
    with bench.world.view() as view:
        for imp in imps:
            assert [start.memory for start in view.starts.of(imp.device.id)] == [None] * (STARTS_KEPT - 1) + [b"found"]
