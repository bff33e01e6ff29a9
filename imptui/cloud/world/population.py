"""Who lives in the demonstration world: every device of the example product, as it is at one moment.

Pure: the same seed and moment give the same devices. Each is decided by its own number, so one more device in a group
changes no other.
"""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from imptui.cloud.world import names
from imptui.cloud.world.catalogue import (
    BARELY_PICKED_UP,
    DEPLOYMENTS,
    DEV_1,
    DEV_2,
    GROUPS,
    LINE,
    SKU_ROW,
    UNASSIGNED_DEVICES,
    DeploymentPlan,
    GroupPlan,
)
from imptui.cloud.world.hardware import Module, module
from imptui.cloud.world.presence import LIVELY, next_due, rounded
from imptui.cloud.world.telemetry import Trait, fraction, mix
from imptui.domain.group import GroupType

ONLINE_SHARE = {
    GroupType.DEVELOPMENT: 0.8,
    GroupType.PRE_FACTORY: 0.7,
    GroupType.FACTORY: 0.95,
    GroupType.PRE_PRODUCTION: 0.5,
    GroupType.PRODUCTION: 0.925,
}
UNASSIGNED_ONLINE_SHARE = 0.4
WEAK_SHARE, FLAPPING_SHARE = 0.04, 0.015
PICKED_UP_SHARE = 0.11
"""Of the group that was deployed to a moment ago: devices that restarted since, mostly by chance."""
AWAY_MEAN = timedelta(days=20)
"""How long a device that is offline at the start stays away: boxes in cellars, sold and not yet mounted."""
LEAKING_DEVICE = "soak rig A"


class Settler(Struct, frozen=True):
    """One device as it is when the world begins."""

    module: Module
    name: str | None
    group: GroupPlan | None
    is_online: bool
    state_changed_at: datetime
    booted_at: datetime | None
    """When its agent last started: never for an unassigned device."""
    running: DeploymentPlan | None
    """What it runs, which is not always what its group has now."""
    added_at: datetime
    """When it joined the account: by the app, or by a fixture on the line."""
    enrolled_at: datetime | None
    """The last BlinkUp; None for a meter still in its box."""
    due_at: datetime


def settlers(seed: int, now: datetime) -> Iterator[Settler]:
    """Every device of the demonstration world, group by group in the primer's order, unassigned ones last."""
    number = mix(seed) & 0xFFFFF
    benches = 0
    for group in (*sorted(GROUPS, key=lambda group: group.name == DEV_1), None):
        count = UNASSIGNED_DEVICES if group is None else group.devices
        history = [plan for plan in DEPLOYMENTS if group is not None and plan.group == group.name]
        for index in range(count):
            yield _settle(_Place(number & 0xFF_FFFF, index, benches, group), history, now)
            number += 1
            benches += group is not None and group.type is GroupType.DEVELOPMENT


class _Place(Struct, frozen=True):
    """Which device of the world it is: of all, of its group, of all development devices."""

    number: int
    index: int
    bench: int
    group: GroupPlan | None


def _settle(place: _Place, history: list[DeploymentPlan], now: datetime) -> Settler:
    number, group = place.number, place.group
    name = _name(place)
    traits = _traits(number, group, name)
    piece = module(number, _imp_type(number, group), traits)
    draw = piece.seed ^ 0xD1CE
    is_leaking = Trait.LEAKING in traits
    is_online = is_leaking or fraction(draw, 1) < _online_share(group)
    age = timedelta(days=200 if group is None else group.age_days)
    added_at = rounded(now - age * (0.08 + 0.9 * fraction(draw, 2)))
    changed_at = _changed_at(draw, added_at, now, is_online=is_online)
    running, booted_at = _running(draw, group, history, changed_at, now, is_online=is_online)
    if is_leaking:
        booted_at = rounded(now - timedelta(minutes=70))
    return Settler(
        module=piece,
        name=name,
        group=group,
        is_online=is_online,
        state_changed_at=changed_at,
        booted_at=booted_at,
        running=running,
        added_at=added_at,
        enrolled_at=_enrolled_at(draw, group, added_at, changed_at),
        due_at=_due_at(piece.seed, now, booted_at, is_online=is_online),
    )


def _online_share(group: GroupPlan | None) -> float:
    return UNASSIGNED_ONLINE_SHARE if group is None else ONLINE_SHARE[group.type]


def _name(place: _Place) -> str | None:
    group, index = place.group, place.index
    if group is None:
        return names.drawer_name(index)
    if group.type is GroupType.DEVELOPMENT:
        return names.bench_name(place.bench)
    if group.type.is_fixtures:
        return names.fixture_name(index, "line" if group.name == LINE else "lab")
    if group.type is GroupType.PRE_PRODUCTION:
        return f"Pilot {index + 1}" if index % 3 == 0 else None
    return names.meter_name(mix(place.number), index + 1, is_us=group.name != SKU_ROW)


def _imp_type(number: int, group: GroupPlan | None) -> str:
    draw = fraction(mix(number), 201)
    if group is None or group.name in (DEV_1, DEV_2):
        choice = ("imp001", "imp002", "imp003", "imp004m", "imp005", "imp005", "imp006", "impC001")
        return choice[int(draw * len(choice))]
    if group.type.is_fixtures:
        return "imp005" if draw < 0.8 else "imp003"
    return "imp005" if draw < 0.83 else "imp004m" if draw < 0.95 else "impC001"


def _traits(number: int, group: GroupPlan | None, name: str | None) -> Trait:
    if group is None:
        return Trait.NONE
    if group.type in (GroupType.DEVELOPMENT, GroupType.FACTORY, GroupType.PRE_FACTORY):
        return Trait.STRONG | (Trait.LEAKING if name == LEAKING_DEVICE else Trait.NONE)
    traits = Trait.WEAK if fraction(mix(number), 301) < WEAK_SHARE else Trait.NONE
    return traits | (Trait.FLAPPING if fraction(mix(number), 302) < FLAPPING_SHARE else Trait.NONE)


def _changed_at(draw: int, added_at: datetime, now: datetime, *, is_online: bool) -> datetime:
    """When it last came (days ago) or went (minutes to months ago); never before it existed."""
    mean = timedelta(days=8 if is_online else 12)
    age = max(mean * -math.log(1.0 - fraction(draw, 3)), timedelta(hours=1))
    return rounded(max(now - age, added_at + timedelta(minutes=2)))


def _running(
    draw: int,
    group: GroupPlan | None,
    history: list[DeploymentPlan],
    changed_at: datetime,
    now: datetime,
    *,
    is_online: bool,
) -> tuple[DeploymentPlan | None, datetime | None]:
    """What it runs and since when: an offline device runs what was current when it left."""
    if group is None or not history:
        return None, None
    current = history[-1]
    if group.name == BARELY_PICKED_UP and fraction(draw, 4) >= PICKED_UP_SHARE:
        current = history[-2]
    elif not is_online:
        known = [plan for plan in history if now - timedelta(days=plan.age_days) <= changed_at]
        current = known[-1] if known else history[0]
    deployed_at = now - timedelta(days=current.age_days)
    pause = timedelta(seconds=20 + 1200 * fraction(draw, 5))
    return current, rounded(min(max(deployed_at + pause, changed_at), now - timedelta(seconds=30)))


def _enrolled_at(draw: int, group: GroupPlan | None, added_at: datetime, changed_at: datetime) -> datetime | None:
    if group is None or group.type is not GroupType.PRODUCTION:
        return added_at
    if fraction(draw, 6) < 0.03:
        return None
    return rounded(min(added_at + timedelta(days=1 + 40 * fraction(draw, 7)), max(changed_at, added_at)))


def _due_at(seed: int, now: datetime, booted_at: datetime | None, *, is_online: bool) -> datetime:
    """When it next comes or goes; most of those that are away at the start stay away for weeks."""
    if is_online or fraction(seed, 8) < 0.15:
        due = next_due(seed, LIVELY, now, booted_at, is_online=is_online)
        if due is not None:
            return due
    return rounded(now + AWAY_MEAN * (0.02 - math.log(1.0 - fraction(seed, 9))))
