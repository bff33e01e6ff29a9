"""What is known: answers from the cache, never from the service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from imptui.model.account import Account
from imptui.model.deployment import Deployment
from imptui.model.device import Device, Reading
from imptui.model.group import DeviceGroup
from imptui.model.ids import DeploymentId, DeviceId, GroupId, ProductId
from imptui.model.line import DeviceRow
from imptui.model.product import Product
from imptui.model.query import Query


@dataclass(frozen=True, slots=True)
class Counts:
    """How many devices, and how they are."""

    devices: int = 0
    online: int = 0
    pending: int = 0
    """Deployed, not yet running: an inference from times, see `DeviceRow.is_pending`."""
    weak: int = 0
    """Last reading below -85 dBm."""


@dataclass(frozen=True, slots=True)
class GroupNode:
    """A group of the product tree."""

    group: DeviceGroup
    counts: Counts


@dataclass(frozen=True, slots=True)
class ProductNode:
    """A product of the product tree, its groups by type and name."""

    product: Product
    groups: tuple[GroupNode, ...]
    counts: Counts


@dataclass(frozen=True, slots=True)
class Tree:
    """The product tree: account, products, groups; and who belongs nowhere."""

    account: Account | None
    products: tuple[ProductNode, ...]
    unassigned: Counts
    total: Counts
    generation: int


@dataclass(frozen=True, slots=True)
class Window:
    """A run of rows of a list, in its order."""

    query: Query
    offset: int
    rows: tuple[DeviceRow, ...]
    generation: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One remembered reading of a device; ours is the only history there is."""

    at: datetime
    rssi_dbm: int | None
    free_memory_bytes: int | None
    is_online: bool | None


@dataclass(frozen=True, slots=True)
class DeviceDetail:
    """Everything known about one device."""

    device: Device
    reading: Reading | None
    read_at: datetime
    """When the attributes were last read from the service."""
    group: DeviceGroup | None
    product: Product | None
    current_deployment: Deployment | None
    """What its group should run; None when unassigned, without deployment, or not cached yet."""
    is_pending: bool | None
    """Whether the current deployment is newer than the last restart we can infer; None when nothing can be inferred."""
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class DeploymentRow:
    """A deployment as its history lists it."""

    deployment: Deployment
    group_name: str | None
    product_name: str | None
    creator_name: str | None
    is_current: bool
    is_minimum: bool


@dataclass(frozen=True, slots=True)
class Affected:
    """Whom a change of a group's program concerns."""

    group: DeviceGroup
    counts: Counts
    first: tuple[DeviceRow, ...]
    """The first ten by name."""


class Look:
    """Questions to the cache. Every method is quick, awaits a reader thread, and answers with what is known now.

    async window(query: Query, offset: int, limit: int) -> Window
    async count(query: Query) -> int                      interruptible: a newer call cancels an older one's search
    async position(query: Query, device_id) -> int | None where a device stands in a list
    async tree() -> Tree
    async products() -> tuple[Product, ...]
    async groups(product_id: ProductId | None = None) -> tuple[DeviceGroup, ...]
    async device(device_id) -> DeviceDetail | None
    async group(group_id) -> DeviceGroup | None
    async product(product_id) -> Product | None
    async affected(group_id) -> Affected
    async deployments(group_id=None, product_id=None, limit=500) -> tuple[DeploymentRow, ...]   newest first
    async deployment(deployment_id) -> DeploymentRow | None
    async find(kind: "product"|"group"|"device"|"deployment", text) -> tuple[id, ...]   by any identifier or unique name
    async journal(limit=500) -> tuple[JournalEntry, ...]  newest first
    """
