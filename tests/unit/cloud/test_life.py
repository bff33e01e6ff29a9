"""What happens in a world by itself."""

from datetime import timedelta
from pathlib import Path

import pytest

from imptui.cloud.environment.chance import Chance
from imptui.cloud.environment.clock import ManualClock
from imptui.cloud.environment.telemetry import Trait, free_memory_bytes, traits_of
from imptui.cloud.fixtures import seed
from imptui.cloud.fixtures.population import LEAKING_DEVICE
from imptui.cloud.simulation import life, log_lines
from imptui.cloud.simulation.life import advance, advance_clock, catch_up
from imptui.cloud.storage.paging import Paging
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.world import World

HOUR = timedelta(hours=1)


def demo_world() -> World:
    world = World.open(clock=ManualClock(), chance=Chance("life"))
    seed.demo(world)
    return world


def states(world: World) -> list[tuple[object, ...]]:
    """Everything that changes by itself, of every device."""
    with world.view() as view:
        imps = view.devices.due(world.now() + timedelta(days=9999), 100_000)
    return [
        (imp.device.id, imp.device.is_online, imp.device.state_changed_at, imp.running_deployment_id, imp.due_at) for imp in imps
    ]


def everybody(world: World) -> list[Imp]:
    with world.view() as view:
        return view.devices.due(world.now() + timedelta(days=9999), 100_000)


def texts(world: World, imp: Imp, size: int = 100) -> list[str]:
    with world.view() as view:
        return [entry.text for entry in log_lines.page(view, imp.device.id, Paging(1, size)).items][::-1]


def kinds(world: World, imp: Imp) -> list[str]:
    with world.view() as view:
        return [entry.kind for entry in log_lines.page(view, imp.device.id, Paging(1, 100)).items][::-1]


def test_two_half_steps_are_one_whole() -> None:
    """Six hours in one step and in unequal small ones leave the same world."""
    whole, parts = demo_world(), demo_world()
    advance_clock(whole, 6 * HOUR)
    for minutes in (1, 59, 7, 113, 60, 120):
        advance_clock(parts, timedelta(minutes=minutes))
    assert states(whole) == states(parts)


def test_a_call_does_a_bounded_amount_and_says_whether_more_is_due() -> None:
    """A world that is far behind catches up in pieces, to the same end."""
    whole, pieces = demo_world(), demo_world()
    done = advance_clock(whole, 12 * HOUR)
    pieces.advance(12 * HOUR)
    counted = 0
    while not (progress := advance(pieces, at_most=7)).is_complete:
        assert progress.events <= 8
        counted += progress.events
    assert counted + progress.events == done > 100
    assert states(whole) == states(pieces)


def test_nothing_happens_twice() -> None:
    """Advancing to the same moment again does nothing."""
    world = demo_world()
    assert advance_clock(world, HOUR) > 0
    assert catch_up(world) == 0


def test_nothing_happens_before_its_time() -> None:
    """A world whose clock stands does not change, and is not asked for more than its present."""
    world = demo_world()
    assert catch_up(world, world.now() + HOUR) == 0


def test_things_happen_at_their_own_time() -> None:
    """A device that went during the last hour says when, not when the world looked."""
    world = demo_world()
    before = world.now()
    advance_clock(world, HOUR)
    changed = [imp for imp in everybody(world) if (imp.device.state_changed_at or before) > before]
    assert len(changed) > 5
    assert len({imp.device.state_changed_at for imp in changed}) > 5
    assert all((imp.device.state_changed_at or before) < world.now() for imp in changed)


def test_coming_and_going_is_logged() -> None:
    """A device that flapped has lines of its connections, the last of them its present state."""
    world = demo_world()
    advance_clock(world, 6 * HOUR)
    imp = next(imp for imp in everybody(world) if Trait.FLAPPING in traits_of(imp.seed) and imp.device.group_id)
    said = [text for text in texts(world, imp) if text.startswith("Device ")]
    assert len(said) > 4
    assert said[-1] == ("Device connected" if imp.device.is_online else "Device disconnected")


def test_most_of_the_fleet_stays_online() -> None:
    """After a day about nine devices in ten are still there."""
    world = demo_world()
    advance_clock(world, 24 * HOUR)
    imps = everybody(world)
    assert 0.85 < sum(imp.device.is_online for imp in imps) / len(imps) < 0.97


def test_a_leak_ends_in_a_start_after_out_of_memory() -> None:
    """The leaking device runs dry, says so and starts over with all its memory; no other does."""
    world = demo_world()
    (leaking,) = [imp for imp in everybody(world) if imp.device.name == LEAKING_DEVICE]
    assert leaking.due_at is not None
    advance_clock(world, leaking.due_at - world.now() - timedelta(seconds=20))
    empty = free_memory_bytes(leaking.seed, leaking.device.imp_type, world.now(), leaking.device.agent_state_changed_at)
    advance_clock(world, timedelta(seconds=25))
    (after,) = [imp for imp in everybody(world) if imp.device.id == leaking.device.id]
    full = free_memory_bytes(after.seed, after.device.imp_type, world.now(), after.device.agent_state_changed_at)
    assert empty is not None
    assert full is not None
    assert empty < 3000 < 50_000 < full
    assert "out of memory" in texts(world, after)
    assert kinds(world, after)[kinds(world, after).index("lastexitcode") + 1] == "status"


def test_a_pending_restart_is_carried_out_on_connecting() -> None:
    """A device that missed a restart runs its group's current deployment as soon as it is back."""
    world = demo_world()
    pending = [imp for imp in everybody(world) if imp.is_restart_pending]
    assert pending
    imp = min(pending, key=lambda imp: imp.due_at or world.now())
    assert imp.due_at is not None
    advance_clock(world, imp.due_at - world.now() + timedelta(seconds=1))
    with world.view() as view:
        after = view.devices.get(imp.device.id)
        group = view.groups.get(imp.device.group_id or "")
    assert after is not None
    assert group is not None
    assert after.device.is_online
    assert after.running_deployment_id == group.current_deployment_id
    assert not after.is_restart_pending


def test_time_does_not_go_back() -> None:
    """A world cannot be turned back."""
    with pytest.raises(ValueError, match="forward"):
        advance_clock(demo_world(), -HOUR)


def test_a_quiet_second_takes_no_transaction() -> None:
    """When nothing is due, the world is only looked at."""
    world = World.open(clock=ManualClock(), chance=Chance("quiet"))
    seed.empty(world, 3)
    with world.change():
        # A second change would be refused here; a look is not.
        assert life.advance(world).events == 0


def test_a_world_open_twice_keeps_pace(tmp_path: Path) -> None:
    """When one process moves the clock, the other follows at its next tick; neither draws an id of the other."""
    ours = World.open(tmp_path / "world", chance=Chance("twice"))
    theirs = World.open(tmp_path / "world")
    with ours.change() as tx:
        first = tx.chance.uuid()
    with theirs.change() as tx:
        second = tx.chance.uuid()
    theirs.advance(2 * HOUR)
    life.advance(ours)
    assert first != second
    assert abs(ours.now() - theirs.now()) < timedelta(minutes=1)
    ours.close()
    theirs.close()
