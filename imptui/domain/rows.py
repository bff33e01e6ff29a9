"""Lines of a list: things together with what people want to see beside them, and what is inferred from both."""

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
"""A radio with less than this loses connections; the platform's own tools draw one bar or none."""

TREND = timedelta(hours=4)
TREND_CELLS = 8
"""How far back a line looks, and in how many steps; a step is half an hour and begins with one."""

LOW_MEMORY_BYTES = 8 * 1024
"""With less free memory than this a Squirrel program is about to fail."""


def is_pending(device: Device, deployed_at: datetime | None) -> bool | None:
    """Whether a device has yet to run what was deployed to its group: an inference, the service does not say.

    A program starts when device and agent restart, and a restart changes the time at which the state of one of them
    changed. So a device whose states are all older than the deployment still runs what it ran before. An offline
    device runs nothing; only when it left before the deployment is it sure to need the new code.

    Args:
        device: What the service last told.
        deployed_at: When the current deployment of its group was made, None where there is none or it is not known.

    Returns:
        None where it cannot be told: no deployment, no times, or offline since after the deployment.

    Source: primer, "Deployments"; contract 11.
    """
    if deployed_at is None or device.group_id is None:
        return None
    return is_older(deployed_at, device.state_changed_at, device.agent_state_changed_at, is_online=device.is_online)


def is_older(deployed: Instant, state: Instant | None, agent_state: Instant | None, *, is_online: bool) -> bool | None:
    """The rule of `is_pending` for a device in a group: what it runs is older than what was deployed; times of any one kind."""
    if not is_online:
        return True if state is not None and state < deployed else None
    times = [at for at in (state, agent_state) if at is not None]
    return max(times) < deployed if times else None


def is_weak(reading: Reading | None) -> bool:
    """Whether the last reading told of a radio below `WEAK_BELOW_DBM`; not reported is not weak."""
    return reading is not None and reading.rssi_dbm is not None and reading.rssi_dbm < WEAK_BELOW_DBM


def is_problem(device: Device | DeviceRecord, reading: Reading | None) -> bool:
    """Whether somebody should look at a device: assigned, and offline, weak or short of memory.

    An unassigned device lies in a drawer as often as not, so it is no problem.
    """
    if device.group_id is None:
        return False
    free = reading.free_memory_bytes if reading is not None else None
    return not device.is_online or is_weak(reading) or (free is not None and free < LOW_MEMORY_BYTES)


class DeviceRow(Struct, frozen=True):
    """One line of a device list."""

    device: Device
    """`group_type` and `product_id` are filled in from the group where the group is known."""
    group_name: str | None
    """None: unassigned, or the group was not read yet."""
    product_name: str | None
    reading: Reading | None
    """The newest reading, however old; None: never read."""
    deployed_at: datetime | None
    """When the current deployment of the group was made."""
    trend: tuple["Sample", ...] = ()
    """The last reading in each of `TREND_CELLS` spans, where there is one; only windows of lists read it."""

    @property
    def state(self) -> str:
        """`online` or `offline`."""
        return "online" if self.device.is_online else "offline"

    @property
    def rssi_dbm(self) -> int | None:
        """See `Reading.rssi_dbm`; None: never read, too."""
        return self.reading.rssi_dbm if self.reading is not None else None

    @property
    def free_memory_bytes(self) -> int | None:
        """See `Reading.free_memory_bytes`; None: never read, too."""
        return self.reading.free_memory_bytes if self.reading is not None else None

    @property
    def is_pending(self) -> bool | None:
        """See `is_pending`: deployed, not yet running."""
        return is_pending(self.device, self.deployed_at)

    @property
    def is_problem(self) -> bool:
        """See `is_problem`."""
        return is_problem(self.device, self.reading)


class Tally(Struct, frozen=True):
    """How many devices, and how they do."""

    devices: int = 0
    online: int = 0
    pending: int = 0
    """Deployed, not yet running, as far as that can be told."""
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
    """A device group in the tree."""

    group: DeviceGroup
    tally: Tally


class TypeRow(Struct, frozen=True):
    """The groups of one type of a product, in the tree."""

    type: GroupType | str
    tally: Tally
    first: int
    """Where its groups begin among those of the product."""
    count: int
    """How many there are; they stand side by side."""


class ProductRow(Struct, frozen=True):
    """A product in the tree, with its groups by type in the order of `GroupType`, then by name."""

    product: Product
    tally: Tally
    groups: tuple[GroupRow, ...]
    types: tuple[TypeRow, ...]

    @classmethod
    def of(cls, product: Product, groups: Sequence[GroupRow]) -> "ProductRow":
        """A product with its groups, which are in order; everything is added up."""
        types: list[TypeRow] = []
        for group_type, run in groupby(groups, key=lambda line: line.group.type):
            members = list(run)
            first = types[-1].first + types[-1].count if types else 0
            types.append(TypeRow(group_type, sum((each.tally for each in members), Tally()), first, len(members)))
        return cls(product, sum((each.tally for each in types), Tally()), tuple(groups), tuple(types))


class Places(Struct, frozen=True):
    """Where products and groups stand in a tree. The same object for as long as none comes, goes or changes its place."""

    products: Mapping[ProductId, int] = MappingProxyType({})
    groups: Mapping[GroupId, tuple[int, int]] = MappingProxyType({})
    """Which product, and which of its groups."""


NOWHERE = Places()


@dataclass(frozen=True, slots=True)
class Tree:
    """Everything left of the list. There may be ten thousand groups: what is not on the screen is not to be walked through."""

    products: tuple[ProductRow, ...]
    """By name."""
    unassigned: Tally
    total: Tally
    places: Places = field(default=NOWHERE, compare=False, repr=False)

    @classmethod
    def of(cls, products: Sequence[ProductRow], unassigned: Tally, total: Tally) -> "Tree":
        """A tree in which everything can be found."""
        groups = {
            line.group.id: (number, place) for number, each in enumerate(products) for place, line in enumerate(each.groups)
        }
        numbers = {each.product.id: number for number, each in enumerate(products)}
        return cls(tuple(products), unassigned, total, Places(numbers, groups))

    def product(self, product_id: ProductId | None) -> ProductRow | None:
        """The line of a product; None: there is none."""
        number = self.places.products.get(product_id) if product_id is not None else None
        return None if number is None else self.products[number]

    def group(self, group_id: GroupId | None) -> tuple[ProductRow, GroupRow] | None:
        """The lines of a group and of its product; None: there is none."""
        place = self.places.groups.get(group_id) if group_id is not None else None
        if place is None:
            return None
        line = self.products[place[0]]
        return line, line.groups[place[1]]


class Sample(Struct, frozen=True):
    """What was seen of one device at one time, or on average over one hour. The service keeps no history; this is ours."""

    device_id: DeviceId
    at: datetime
    """When it was read; of an hour, its beginning."""
    is_online: bool | None
    """None: not looked at. Of an hour: whether it was seen online at all."""
    rssi_dbm: int | None
    free_memory_bytes: int | None
    span_s: int = 0
    """0 for one reading, 3600 for an hour."""
    rssi_low_dbm: int | None = None
    """The weakest of the hour, or `rssi_dbm`."""
    free_memory_low_bytes: int | None = None
    """The least of the hour, or `free_memory_bytes`."""


class JournalEntry(Struct, frozen=True):
    """One call that changed something, or tried to."""

    at: datetime
    who: str
    """The user name of the account that did it."""
    context: str
    verb: str
    subject: str
    """What it was done to, in words or as an id. No secrets."""
    before: str | None = None
    after: str | None = None
    answer: str | None = None
    """What the service said: None until it answered."""
    is_refused: bool = False
    number: int = 0
    """Given by the journal, growing."""


class SavedDraft(Struct, frozen=True):
    """A draft as it lies in the cache."""

    key: str
    """Its name; saving under a key replaces."""
    body: str
    """JSON; `imptui.fleet.deployments.draft_codec` knows its fields."""
    saved_at: datetime


class CodeHit(Struct, frozen=True):
    """One line of cached code that holds what was looked for."""

    deployment_id: str
    program: str
    """`agent` or `device`."""
    line: int
    """From 1."""
    text: str
    """The line, shortened to 200 characters; hostile until made safe."""
