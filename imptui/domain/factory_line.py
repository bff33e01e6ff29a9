"""A production line as the service's API shows it: fixtures, units under test, units that were blessed.

The API does not know lines. What can be seen is: the fixtures are the devices of a (pre-)factory group; a unit that a
fixture configured stands in the group's DUT target; a blessed unit stands in its production target. A unit that still
stands in the DUT group minutes later was refused, or hangs: nothing tells the two apart but its log.

Source: primer, "Assigning Production Devices"; contract 11.2.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct

from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import DeviceId
from imptui.domain.log import Enrolment

STUCK_AFTER = timedelta(minutes=5)
"""A unit that is under test for longer was not blessed; tests of ours take seconds, of others up to some minutes."""

SHIFT_HOURS = 8
"""How far a line is followed back."""

HOUR = timedelta(hours=1)


class UnitStage(Enum):
    """How far a unit has come."""

    TESTING = "under test"
    STUCK = "not blessed"
    BLESSED = "blessed"


class Unit(Struct, frozen=True):
    """One device that came down the line."""

    device_id: DeviceId
    label: str
    """Its name, else its id; foreign text."""
    step: UnitStage
    at: datetime
    """When it was blessed; before that, when the fixture configured it."""
    is_online: bool


class LinePicture(Struct, frozen=True):
    """A line at one moment."""

    group: DeviceGroup
    product_name: str | None
    dut_group: DeviceGroup | None
    """None: the fixture group names none, or it is not known; then units are seen only once they are blessed."""
    target: DeviceGroup | None
    """The production target; None: the fixtures' group names none, so nothing can be blessed."""
    fixtures: int
    fixtures_online: int
    testing: tuple[Unit, ...]
    stuck: tuple[Unit, ...]
    """Of the last shift, newest first, as `testing` and `blessed` are."""
    blessed: tuple[Unit, ...]
    unchecked: int
    """Units in the production target whose history was not read yet: blessed, or configured by an end user."""
    now: datetime

    def blessed_within(self, span: timedelta) -> int:
        """How many were blessed during the last `span`."""
        return sum(unit.at > self.now - span for unit in self.blessed)

    def stuck_within(self, span: timedelta) -> int:
        """How many were configured during the last `span` and not blessed in time."""
        return sum(unit.at > self.now - span for unit in self.stuck)

    @property
    def per_hour(self) -> tuple[int, ...]:
        """Blessed in each of the last `SHIFT_HOURS` hours, oldest first; the last one ends now."""
        counts = [0] * SHIFT_HOURS
        for unit in self.blessed:
            hours = max(0, int((self.now - unit.at) / HOUR))  # the service's clock may be ahead of ours
            if hours < SHIFT_HOURS:
                counts[-1 - hours] += 1
        return tuple(counts)

    @property
    def yield_share(self) -> float | None:
        """Which part of the units of the last hour was blessed, 0 to 1; None where that cannot be told."""
        good, bad = self.blessed_within(HOUR), self.stuck_within(HOUR)
        return good / (good + bad) if self.dut_group is not None and good + bad else None

    @property
    def events(self) -> tuple[Unit, ...]:
        """All units, the newest first."""
        return tuple(sorted((*self.testing, *self.stuck, *self.blessed), key=lambda unit: unit.at, reverse=True))


def step_of(configured_at: datetime, now: datetime) -> UnitStage:
    """How far a unit in a DUT group has come."""
    return UnitStage.STUCK if now - configured_at > STUCK_AFTER else UnitStage.TESTING


def blessed_at(history: Sequence[Enrolment]) -> datetime | None:
    """When a device of a production group was blessed; None when its history is of another kind.

    The names of events are not documented. Where none speaks of blessing, a device that was configured only once was
    configured by its fixture: an end user's BlinkUp would be a second time.

    Source: contract 15.
    """
    blessings = [each.at for each in history if "bless" in each.event.casefold() and "unbless" not in each.event.casefold()]
    if blessings:
        return max(blessings)
    enrolments = [each.at for each in history if "enrol" in each.event.casefold()]
    return enrolments[0] if len(enrolments) == 1 else None


def lines_at(groups: Sequence[DeviceGroup], group: DeviceGroup | None) -> tuple[DeviceGroup, ...]:
    """The fixture groups whose line a group belongs to: itself, or those that have it as a target; without one, all.

    Args:
        groups: Where to look: those of one product, or all.
        group: Where the person is.
    """
    fixtures = tuple(each for each in groups if isinstance(each.type, GroupType) and each.type.is_fixtures)
    if group is None:
        return fixtures
    mine = tuple(each for each in fixtures if group.id in (each.id, each.production_target_id, each.dut_target_id))
    return mine or tuple(each for each in fixtures if each.product_id == group.product_id)
