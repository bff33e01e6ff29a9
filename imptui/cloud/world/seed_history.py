"""What happened before the demonstration world began: enrolments, starts and connections of some hundred devices.

The devices that people look at (benches, fixtures, pilots, those with a name at the top of a list, those in trouble)
have a past; the others begin with a clean log, as devices do whose lines were forgotten long ago.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from imptui.cloud.world.catalogue import DEPLOYMENTS
from imptui.cloud.world.population import Settler
from imptui.cloud.world.presence import rounded
from imptui.cloud.world.records import Imp
from imptui.cloud.world.seed_demo import DemoPlan
from imptui.cloud.world.starts import Start
from imptui.cloud.world.store import Change
from imptui.cloud.world.telemetry import Trait, fraction, traits_of
from imptui.domain.deployment import Deployment
from imptui.domain.group import GroupType
from imptui.domain.log import Enrolment, LogEntry

PRODUCTION_DEVICES = 120
"""How many ordinary production devices have a past; of each group, the first ones."""

STARTS = 3


def write(tx: Change, plan: DemoPlan) -> None:
    """Write down the past of the devices that have one; enrolments of the same devices too."""
    ordinary = 0
    starts: list[Start] = []
    for one, imp in plan.settled:
        is_ordinary = imp.device.group_type is GroupType.PRODUCTION and not _is_in_trouble(imp)
        ordinary += is_ordinary
        if is_ordinary and ordinary > PRODUCTION_DEVICES and ordinary % 40:
            continue
        for enrolment in _enrolments(one, imp):
            tx.logs.enrol(enrolment)
        tx.logs.append(_connections(one, imp, plan.now))
        starts += _starts(one, imp, plan)
    tx.starts.add(starts)


def _is_in_trouble(imp: Imp) -> bool:
    return bool(traits_of(imp.seed) & (Trait.FLAPPING | Trait.LEAKING)) or not imp.device.is_online


def _log_type(imp: Imp) -> str:
    is_production = imp.device.group_type in (GroupType.PRODUCTION, GroupType.PRE_PRODUCTION)
    return "production" if is_production else "development"


def _enrolments(one: Settler, imp: Imp) -> Iterator[Enrolment]:
    device = imp.device
    events = [(one.added_at, "enrolled")]
    if imp.blessed_at is not None:
        events = [(one.added_at, "blessed"), (one.added_at, "assigned")]
        if one.enrolled_at is not None:
            events.append((one.enrolled_at, "enrolled"))
    elif device.group_id is not None:
        events.append((rounded(one.added_at + timedelta(minutes=7)), "assigned"))
    for at, event in events:
        yield Enrolment(device.id, at, event, device.owner_id, device.owner_id)


def _connections(one: Settler, imp: Imp, now: datetime) -> list[LogEntry]:
    """The last comings and goings, oldest first; the last one is the device's present state."""
    device = imp.device
    pairs = 6 if traits_of(imp.seed) & Trait.FLAPPING else 1
    lines: list[LogEntry] = []
    at, is_online = one.state_changed_at, one.is_online
    for number in range(2 * pairs):
        text = "Device connected" if is_online else "Device disconnected"
        lines.append(LogEntry(device.id, at, "status", text, _log_type(imp)))
        gap = timedelta(minutes=2 + 20 * fraction(imp.seed, 700 + number))
        at, is_online = rounded(at - gap * (30 if not is_online else 1)), not is_online
        if at < one.added_at or at > now:
            break
    return lines[::-1]


def _starts(one: Settler, imp: Imp, plan: DemoPlan) -> list[Start]:
    """The start of what runs now, and those of what ran before, as long as the device was there, oldest first."""
    if one.booted_at is None or one.running is None or imp.running_deployment_id is None:
        return []
    own = [(plan.by_plan[place]) for place, made in enumerate(DEPLOYMENTS) if made.group == one.running.group]
    earlier = [made for made in own if one.added_at < made.created_at < one.booted_at]
    earlier = [made for made in earlier if made.id != imp.running_deployment_id][-(STARTS - 1) :]
    times = [(rounded(made.created_at + timedelta(minutes=3)), made) for made in earlier]
    running = next(made for made in own if made.id == imp.running_deployment_id)
    times = [(at, made) for at, made in times if at < one.booted_at]
    return [_start(imp, at, made) for at, made in times] + [_start(imp, one.booted_at, running)]


def _start(imp: Imp, at: datetime, deployment: Deployment) -> Start:
    is_leaking = Trait.LEAKING in traits_of(imp.seed)
    return Start(
        device_id=imp.device.id,
        at=at,
        deployment_id=deployment.id,
        log_type=_log_type(imp),
        brings_new_code=not is_leaking,
        is_online=True,
        exit_text="out of memory" if is_leaking else None,
    )
