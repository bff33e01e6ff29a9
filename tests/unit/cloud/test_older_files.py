"""Worlds that an earlier version made."""

import sqlite3
from datetime import timedelta
from pathlib import Path

from imptui.cloud.environment.chance import Chance
from imptui.cloud.environment.clock import ManualClock
from imptui.cloud.rules import device as devices
from imptui.cloud.simulation import log_lines
from imptui.cloud.simulation.log_replay import ProgramReplay
from imptui.cloud.storage import migrations
from imptui.cloud.storage.paging import Paging
from imptui.cloud.storage.world import World
from imptui.domain.group import GroupType

from .conftest import START, Bench


def opened(path: Path, clock: ManualClock) -> World:
    return World.open(path, clock=clock, chance=Chance("older", has_predictable_secrets=True), password_cost_log2=2, replay=ProgramReplay())


def test_a_world_without_notes_about_starts_is_brought_up_to_date(tmp_path: Path) -> None:
    """A file of the second shape opens, and programs in it keep things from start to start."""
    path, clock = tmp_path / "world.sqlite", ManualClock(START)
    with sqlite3.connect(path, isolation_level=None) as older:
        migrations.m001_the_first_shape(older)
        migrations.m002_starts_and_lines(older)
        older.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
        older.execute("PRAGMA user_version = 2")
    older.close()
    world = opened(path, clock)
    bench = Bench(world, clock)
    group = bench.group()
    bench.deploy(group, 'nv.n <- "n" in nv ? nv.n + 1 : 1; server.log("boot " + nv.n);')
    imp = bench.imp(group)
    for _ in range(2):
        devices.restart_device(world, imp.device.id, bench.grower)
        clock.advance(timedelta(seconds=30))
    with world.view() as view:
        said = [entry.text for entry in log_lines.page(view, imp.device.id, Paging(1, 20)).items]
    world.close()
    assert said[0] == "boot 2"


def test_programs_without_surroundings_see_their_group_as_it_is(tmp_path: Path) -> None:
    """What was compiled before names and variables were kept with it sees the present ones."""
    path, clock = tmp_path / "world.sqlite", ManualClock(START)
    world = opened(path, clock)
    bench = Bench(world, clock)
    group = bench.group(GroupType.DEVELOPMENT, "beds", env_vars={"zone": "north"})
    bench.deploy(group, 'server.log(__VARS.zone + " of " + __EI.DEVICEGROUP_NAME);')
    imp = bench.imp(group)
    devices.restart_device(world, imp.device.id, bench.grower)
    clock.advance(timedelta(seconds=30))
    world.close()
    with sqlite3.connect(path) as older:
        older.execute("UPDATE program SET surroundings = NULL")
        older.execute("UPDATE device_group SET name = 'boxes'")
    older.close()
    world = opened(path, clock)
    with world.view() as view:
        said = [entry.text for entry in log_lines.page(view, imp.device.id, Paging(1, 20)).items]
    world.close()
    assert said[0] == "north of boxes"
