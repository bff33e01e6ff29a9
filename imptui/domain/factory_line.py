"""A production line as the API shows it: fixtures, devices under test and blessed devices.

The API has no production lines. It shows three things: fixtures are the devices of a (pre-)factory group; a device that a fixture
configured is in that group's DUT target; a blessed device is in the production target. A device that stays in the DUT group for
minutes was either rejected or hangs; only its log tells which.

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
"""Time under test after which a device counts as not blessed. Our tests take seconds, those of others up to some minutes."""

SHIFT_HOURS = 8
"""Length of the history of a line, in hours."""

HOUR = timedelta(hours=1)


class UnitStage(Enum):
    """The stage that a unit has reached on the line."""

    TESTING = "under test"
    STUCK = "not blessed"
    BLESSED = "blessed"


class Unit(Struct, frozen=True):
    """One device that a fixture of the line configured."""

    device_id: DeviceId
    label: str
    """The device's name, or its id if it has no name. The text comes from outside."""
    stage: UnitStage
    at: datetime
    """Time of blessing; before that, the time at which the fixture configured it."""
    is_online: bool


class LinePicture(Struct, frozen=True):
    """The state of a line at one moment."""

    group: DeviceGroup
    product_name: str | None
    dut_group: DeviceGroup | None
    """None: the fixture group has no DUT target, or it is unknown. The line then shows units only after blessing."""
    target: DeviceGroup | None
    """The production target. None: the fixture group has none, so no unit can be blessed."""
    fixtures: int
    fixtures_online: int
    testing: tuple[Unit, ...]
    stuck: tuple[Unit, ...]
    """Units of the last shift, newest first; `testing` and `blessed` have the same order."""
    blessed: tuple[Unit, ...]
    unchecked: int
    """Number of units in the production target whose history was not read yet. Each was blessed, or configured by an end user."""
    now: datetime

    def blessed_within(self, span: timedelta) -> int:
        """Count the units that were blessed during the last `span`."""
        return sum(unit.at > self.now - span for unit in self.blessed)

    def stuck_within(self, span: timedelta) -> int:
        """Count the units that were configured during the last `span` and not blessed in time."""
        return sum(unit.at > self.now - span for unit in self.stuck)

    @property
    def per_hour(self) -> tuple[int, ...]:
        """Count the blessed units of each of the last `SHIFT_HOURS` hours, oldest hour first; the last hour ends now."""
        counts = [0] * SHIFT_HOURS
        for unit in self.blessed:
            hours = max(0, int((self.now - unit.at) / HOUR))  # the clock of the service may be ahead of the console's
            if hours < SHIFT_HOURS:
                counts[-1 - hours] += 1
        return tuple(counts)

    @property
    def yield_share(self) -> float | None:
        """Return the blessed share of the last hour's units, 0 to 1; None if the line has no DUT group or no finished units."""
        good, bad = self.blessed_within(HOUR), self.stuck_within(HOUR)
        return good / (good + bad) if self.dut_group is not None and good + bad else None

    @property
    def events(self) -> tuple[Unit, ...]:
        """Return all units, the newest first."""
        return tuple(sorted((*self.testing, *self.stuck, *self.blessed), key=lambda unit: unit.at, reverse=True))


def stage_of(configured_at: datetime, now: datetime) -> UnitStage:
    """Return the stage of a unit in a DUT group."""
    return UnitStage.STUCK if now - configured_at > STUCK_AFTER else UnitStage.TESTING


def blessed_at(history: Sequence[Enrolment]) -> datetime | None:
    """Return the time at which a device of a production group was blessed; None if its history shows no blessing.

    The names of events are undocumented. If no event mentions blessing, a device with exactly one enrolment counts as blessed at
    that time: its fixture configured it, since an end user's BlinkUp would be a second enrolment.

    Source: contract 15.
    """
    blessings = [each.at for each in history if "bless" in each.event.casefold() and "unbless" not in each.event.casefold()]
    if blessings:
        return max(blessings)
    enrolments = [each.at for each in history if "enrol" in each.event.casefold()]
    return enrolments[0] if len(enrolments) == 1 else None


def fixture_groups_at(groups: Sequence[DeviceGroup], group: DeviceGroup | None) -> tuple[DeviceGroup, ...]:
    """Return the fixture groups of the line that a group belongs to; all fixture groups if no group is given.

    A fixture group belongs to its own line. A target group belongs to the lines that name it. Any other group gets the fixture
    groups of its product.

    Args:
        groups: The groups to search: those of one product, or all.
        group: The group at the cursor, or None.
    """
    fixtures = tuple(each for each in groups if isinstance(each.type, GroupType) and each.type.is_fixtures)
    if group is None:
        return fixtures
    mine = tuple(each for each in fixtures if group.id in (each.id, each.production_target_id, each.dut_target_id))
    return mine or tuple(each for each in fixtures if each.product_id == group.product_id)
