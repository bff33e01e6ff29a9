"""Rows of lists: nouns combined with the facts shown beside them, and the states inferred from both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from types import MappingProxyType
from typing import TypeVar

from msgspec import Struct

from imptui.domain.device import Device, Reading
from imptui.domain.device_record import DeviceRecord
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import DeviceId, GroupId, ProductId
from imptui.domain.product import Product

Instant = TypeVar("Instant", int, datetime)

WEAK_BELOW_DBM = -82
"""RSSI below which a radio loses connections. The platform's own tools draw one bar or none for it."""

TREND = timedelta(hours=4)
TREND_CELLS = 8
"""Time span and number of cells of a trend line. A cell is one half-hour of the clock."""

LOW_MEMORY_BYTES = 8 * 1024
"""Free memory below which a Squirrel program is about to fail."""


def is_pending(device: Device, deployed_at: datetime | None) -> bool | None:
    """Return True if a device does not yet run the current deployment of its group.

    The service does not report this; it is inferred. A program starts when device and agent restart, and a restart changes the
    state time of one of them. So a device whose state times are all older than the deployment still runs the earlier code. An
    offline device runs nothing; it certainly needs the new code only if it went offline before the deployment.

    Args:
        device: The device as the service last reported it.
        deployed_at: Creation time of the group's current deployment; None if there is none or it is unknown.

    Returns:
        None if it is unknown: no deployment, no times, or offline since after the deployment.

    Source: primer, "Deployments"; contract 11.
    """
    if deployed_at is None or device.group_id is None:
        return None
    return is_older(deployed_at, device.state_changed_at, device.agent_state_changed_at, is_online=device.is_online)


def is_older(deployed: Instant, state: Instant | None, agent_state: Instant | None, *, is_online: bool) -> bool | None:
    """Apply the rule of `is_pending` to the times of a device in a group; all times are of one type."""
    if not is_online:
        return True if state is not None and state < deployed else None
    times = [at for at in (state, agent_state) if at is not None]
    return max(times) < deployed if times else None


def is_weak(reading: Reading | None) -> bool:
    """True if the last reading has an RSSI below `WEAK_BELOW_DBM`; False if RSSI was not reported."""
    return reading is not None and reading.rssi_dbm is not None and reading.rssi_dbm < WEAK_BELOW_DBM


def is_problem(device: Device | DeviceRecord, reading: Reading | None) -> bool:
    """True if an assigned device is offline, has a weak radio or little free memory.

    Unassigned devices are often unused, so they never count as a problem.
    """
    if device.group_id is None:
        return False
    free = reading.free_memory_bytes if reading is not None else None
    return not device.is_online or is_weak(reading) or (free is not None and free < LOW_MEMORY_BYTES)


class DeviceRow(Struct, frozen=True):
    """One row of a device list."""

    device: Device
    """If the group is known, `group_type` and `product_id` come from it."""
    group_name: str | None
    """None: the device is unassigned, or its group was not read yet."""
    product_name: str | None
    reading: Reading | None
    """The newest reading, however old. None: never read."""
    deployed_at: datetime | None
    """Creation time of the group's current deployment."""
    trend: tuple["Sample", ...] = ()
    """The last sample of each of the `TREND_CELLS` cells that has one. Only windows of lists read it."""

    @property
    def state(self) -> str:
        """Return `online` or `offline`."""
        return "online" if self.device.is_online else "offline"

    @property
    def rssi_dbm(self) -> int | None:
        """Return `Reading.rssi_dbm`; None also if there is no reading."""
        return self.reading.rssi_dbm if self.reading is not None else None

    @property
    def free_memory_bytes(self) -> int | None:
        """Return `Reading.free_memory_bytes`; None also if there is no reading."""
        return self.reading.free_memory_bytes if self.reading is not None else None

    @property
    def is_pending(self) -> bool | None:
        """True if the device does not yet run the current deployment; see the function `is_pending`."""
        return is_pending(self.device, self.deployed_at)

    @property
    def is_problem(self) -> bool:
        """True if the device needs attention; see the function `is_problem`."""
        return is_problem(self.device, self.reading)


class Tally(Struct, frozen=True):
    """Counts of devices by state."""

    devices: int = 0
    online: int = 0
    pending: int = 0
    """Devices that do not yet run the current deployment, as far as that is known."""
    problems: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.devices + other.devices,
            self.online + other.online,
            self.pending + other.pending,
            self.problems + other.problems,
        )

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(
            self.devices - other.devices,
            self.online - other.online,
            self.pending - other.pending,
            self.problems - other.problems,
        )


class GroupRow(Struct, frozen=True):
    """A row of the tree for a device group."""

    group: DeviceGroup
    tally: Tally


class TypeRow(Struct, frozen=True):
    """A row of the tree for all groups of one type in a product."""

    type: GroupType | str
    tally: Tally
    first: int
    """Index of its first group among the groups of the product."""
    count: int
    """Number of its groups; they are consecutive."""


class ProductRow(Struct, frozen=True):
    """A row of the tree for a product. Its groups are sorted by type in the order of `GroupType`, then by name."""

    product: Product
    tally: Tally
    groups: tuple[GroupRow, ...]
    types: tuple[TypeRow, ...]

    @classmethod
    def of(cls, product: Product, groups: Sequence[GroupRow]) -> "ProductRow":
        """Build a product row from its sorted groups; the tallies are summed."""
        types: list[TypeRow] = []
        for group_type, run in groupby(groups, key=lambda row: row.group.type):
            members = list(run)
            first = types[-1].first + types[-1].count if types else 0
            types.append(TypeRow(group_type, sum((each.tally for each in members), Tally()), first, len(members)))
        return cls(product, sum((each.tally for each in types), Tally()), tuple(groups), tuple(types))


class Places(Struct, frozen=True):
    """Positions of products and groups in a tree. The object stays the same until an entry comes, goes or moves."""

    products: Mapping[ProductId, int] = MappingProxyType({})
    groups: Mapping[GroupId, tuple[int, int]] = MappingProxyType({})
    """Index of the product, and index of the group in it."""


NO_PLACES = Places()


@dataclass(frozen=True, slots=True)
class Tree:
    """The content of the tree pane.

    It may have ten thousand groups, so callers never iterate over entries that are not on the screen.
    """

    products: tuple[ProductRow, ...]
    """The products, sorted by name."""
    unassigned: Tally
    total: Tally
    places: Places = field(default=NO_PLACES, compare=False, repr=False)

    @classmethod
    def of(cls, products: Sequence[ProductRow], unassigned: Tally, total: Tally) -> "Tree":
        """Build a tree and index the positions of its products and groups."""
        groups = {row.group.id: (number, place) for number, each in enumerate(products) for place, row in enumerate(each.groups)}
        numbers = {each.product.id: number for number, each in enumerate(products)}
        return cls(tuple(products), unassigned, total, Places(numbers, groups))

    def product(self, product_id: ProductId | None) -> ProductRow | None:
        """Return the row of a product; None if it is not in the tree."""
        number = self.places.products.get(product_id) if product_id is not None else None
        return None if number is None else self.products[number]

    def group(self, group_id: GroupId | None) -> tuple[ProductRow, GroupRow] | None:
        """Return the rows of a group and of its product; None if the group is not in the tree."""
        place = self.places.groups.get(group_id) if group_id is not None else None
        if place is None:
            return None
        product = self.products[place[0]]
        return product, product.groups[place[1]]


class Sample(Struct, frozen=True):
    """The readings of one device at one time, or averaged over one hour. The service keeps no such history; the console does."""

    device_id: DeviceId
    at: datetime
    """Time of the reading; for an hour, its beginning."""
    is_online: bool | None
    """None: not checked. For an hour: True if the device was seen online at all."""
    rssi_dbm: int | None
    free_memory_bytes: int | None
    span_s: int = 0
    """Length of the span: 0 for one reading, 3600 for an hour."""
    rssi_low_dbm: int | None = None
    """The weakest RSSI of the hour; for one reading, `rssi_dbm`."""
    free_memory_low_bytes: int | None = None
    """The least free memory of the hour; for one reading, `free_memory_bytes`."""


class JournalEntry(Struct, frozen=True):
    """One call that changed something, or tried to."""

    at: datetime
    who: str
    """User name of the account that made the call."""
    context: str
    verb: str
    subject: str
    """The changed object, as words or an id. No secrets."""
    before: str | None = None
    after: str | None = None
    answer: str | None = None
    """The answer of the service; None until it arrives."""
    is_refused: bool = False
    number: int = 0
    """Number of the entry; the journal assigns it in ascending order."""


class SavedDraft(Struct, frozen=True):
    """A draft as the cache stores it."""

    key: str
    """The draft's name. Saving under an existing key replaces the draft."""
    body: str
    """The draft as JSON; `imptui.fleet.deployments.draft_codec` knows its fields."""
    saved_at: datetime


class CodeHit(Struct, frozen=True):
    """One line of cached code that matches a search."""

    deployment_id: str
    program: str
    """Either `agent` or `device`."""
    line: int
    """Number of the line, from 1."""
    text: str
    """The line, shortened to 200 characters. It is hostile until made safe."""
