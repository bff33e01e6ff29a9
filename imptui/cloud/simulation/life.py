"""Advances a world: devices connect and disconnect, run out of memory, are tested, blessed and enrolled.

`advance` processes everything that is due, each event at its own time, so that a day in one step equals a day in a
thousand steps. Only due devices are touched, so a million quiet devices cost nothing. One call does a bounded amount of
work in one transaction; a caller that is far behind calls again.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from imptui.cloud.environment.clock import to_ms
from imptui.cloud.environment.presence import LIVELY, exhausted_at, next_due
from imptui.cloud.environment.telemetry import Trait, fraction, traits_of
from imptui.cloud.rules import boot, device_log
from imptui.cloud.simulation import factory_line
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.world import World, WorldChange

EVENTS_PER_CALL = 500
"""Maximum events of one call: some tens of milliseconds, for which other changes wait."""

OUT_OF_MEMORY = "out of memory"
"""The text of a `lastexitcode` line that clients look for. Source: contract 14.5."""

_COLD_SHARE = 0.3
"""Share of absences that are power cuts, after which a program restarts; the others are network failures."""


class LifeProgress(Struct, frozen=True):
    """The progress of a world after one call."""

    events: int
    """Events of this call."""
    is_complete: bool
    """True if everything that was due is done; if not, call again."""


def advance(world: World, until: datetime | None = None, at_most: int = EVENTS_PER_CALL) -> LifeProgress:
    """Process what is due, earliest first.

    Args:
        world: The world.
        until: Not after the world's present moment, which is what None means.
        at_most: The maximum number of events.

    Returns:
        The progress. A repeated call processes no event twice.
    """
    if not _is_anything_due(world, until):
        return LifeProgress(0, is_complete=True)
    with world.change() as tx:
        present = tx.now
        horizon = present if until is None else min(until, present)
        done = 0
        while done < at_most:
            errand = tx.schedule.next(horizon)
            imps = tx.devices.due(horizon if errand is None else errand.at, at_most - done)
            for imp in imps:
                _happen(tx, imp)
            done += len(imps)
            if not imps and errand is not None:
                tx.now = errand.at
                tx.schedule.done(errand)
                factory_line.run_errand(tx, errand)
                done += 1
            if not imps and errand is None:
                return LifeProgress(done, is_complete=True)
        return LifeProgress(done, is_complete=False)


def catch_up(world: World, until: datetime | None = None) -> int:
    """Process everything that is due, in as many transactions as it takes.

    Returns:
        How much was done.
    """
    done = 0
    while True:
        progress = advance(world, until)
        done += progress.events
        if progress.is_complete:
            return done


def advance_clock(world: World, by: timedelta) -> int:
    """Move the world's clock forward and process what was due meanwhile.

    Returns:
        How much was done.

    Raises:
        ValueError: `by` is negative.
    """
    world.advance(by)
    return catch_up(world)


def _is_anything_due(world: World, until: datetime | None) -> bool:
    """Return True if anything is due; read-only, because most seconds nothing is."""
    world.keep_pace()
    with world.view() as view:
        horizon = view.now if until is None else min(until, view.now)
        return bool(view.devices.due(horizon, 1)) or view.schedule.next(horizon) is not None


def _happen(tx: WorldChange, imp: Imp) -> None:
    """Connect or disconnect one device, or let it run out of memory, at the time when that was due."""
    at = imp.due_at
    if at is None:
        return
    tx.now = at
    device = imp.device
    end = exhausted_at(imp.seed, device.agent_state_changed_at) if device.agent_state_changed_at else None
    if device.is_online and end is not None:
        _leak(tx, imp, end)
    elif imp.presence != LIVELY:
        tx.devices.put_due(replace(imp, due_at=None))
    elif device.is_online:
        boot.disconnect(tx, _due_next(tx, imp, is_online=False))
    else:
        after = boot.connect(tx, _due_next(tx, imp, is_online=True), is_cold=_comes_from_power_off(imp, at))
        if Trait.LEAKING in traits_of(imp.seed):
            _due_next(tx, after, is_online=True)


def _comes_from_power_off(imp: Imp, at: datetime) -> bool:
    is_flapping = Trait.FLAPPING in traits_of(imp.seed)
    return imp.device.group_id is not None and not is_flapping and fraction(imp.seed, to_ms(at) ^ 0xC01D) < _COLD_SHARE


def _due_next(tx: WorldChange, imp: Imp, *, is_online: bool) -> Imp:
    """Compute and store when a device that connects or disconnects now next changes."""
    booted_at = imp.device.agent_state_changed_at
    after = replace(imp, due_at=next_due(imp.seed, imp.presence, tx.now, booted_at, is_online=is_online))
    tx.devices.put_due(after)
    return after


def _leak(tx: WorldChange, imp: Imp, end: datetime) -> None:
    """Restart a program that ran out of memory, unless it was restarted meanwhile."""
    if end > tx.now:
        tx.devices.put_due(replace(imp, due_at=end))
        return
    deployment = boot.program_for(tx, imp)
    after = boot.started_over(tx, imp, deployment)
    tx.devices.put_started([_due_next(tx, after, is_online=True)])
    device_log.booted(tx, after, deployment, boot.why_started(imp, deployment), exit_text=OUT_OF_MEMORY)
