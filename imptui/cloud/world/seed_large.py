"""Very many devices, made quickly: rows without a detour through nouns.

Everything about a device follows from its number by a few multiplications, and what devices share (names of types,
versions, habits) is one object for all of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from imptui.cloud.world import programs
from imptui.cloud.world.chance import Chance
from imptui.cloud.world.clock import to_ms
from imptui.cloud.world.deployments import sha_of
from imptui.cloud.world.fill import Fill
from imptui.cloud.world.hardware import RELEASES
from imptui.cloud.world.login import Login, account_for
from imptui.cloud.world.presence import LIVELY, STEADY_ONLINE, rounded
from imptui.cloud.world.records import Credentials
from imptui.cloud.world.types import KIND_NUMBER, TYPE_NUMBER
from imptui.model.deployment import Deployment, Programs
from imptui.model.device import kind_in
from imptui.model.group import DeviceGroup, GroupType
from imptui.model.ids import DeploymentId, GroupId, ProductId
from imptui.model.product import Product

DEVICES_PER_PRODUCT = 5_000
GROUPS = (
    ("Development", GroupType.DEVELOPMENT),
    ("Fixtures", GroupType.FACTORY),
    ("Field test", GroupType.PRODUCTION),
    ("Production", GroupType.PRODUCTION),
)
_GROUP_OF = (3,) * 17 + (2, 2, 0)
"""Which group a device is in, by its number modulo 20: mostly production."""

_KINDS = ("Meter", "Pump", "Lock", "Boiler", "Sensor", "Gateway", "Charger", "Freezer", "Lift", "Kiosk")
_IMP_TYPES = ("imp005", "imp005", "imp004m", "imp003", "impC001", "imp006", "imp005", "imp004m")
_MILLISECOND_OF_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class LargePlan:
    """What a large world's devices refer to."""

    owner: Credentials
    products: tuple[Product, ...]
    groups: tuple[DeviceGroup, ...]
    """Four for each product, in the order of `GROUPS`."""
    deployments: tuple[tuple[Deployment, Programs], ...]
    """One for each group."""
    devices: int
    now: datetime


def plan(chance: Chance, now: datetime, login: Login, devices: int) -> LargePlan:
    """Account, products, groups and deployments for so many devices."""
    created_at = rounded(now - timedelta(days=300))
    owner = account_for(login, chance.uuid(), created_at)
    products, groups, deployments = [], [], []
    for number in range(max(1, -(-devices // DEVICES_PER_PRODUCT))):
        name = f"{_KINDS[number % len(_KINDS)]} {100 + number}"
        owner_id = owner.account.id
        product = Product(ProductId(chance.uuid()), name, None, owner_id, owner_id, created_at, created_at)
        products.append(product)
        for group, deployment in _made(chance, product, created_at):
            groups.append(group)
            deployments.append((deployment, programs.load("meter-1.1.1")))
    return LargePlan(owner, tuple(products), tuple(groups), tuple(deployments), devices, now)


def _made(chance: Chance, product: Product, created_at: datetime) -> Iterator[tuple[DeviceGroup, Deployment]]:
    sha = sha_of(programs.load("meter-1.1.1"), product.owner_id)
    ids = [GroupId(chance.uuid()) for _ in GROUPS]
    for group_id, (name, group_type) in zip(ids, GROUPS, strict=True):
        deployment_id = DeploymentId(chance.uuid())
        group = DeviceGroup(
            id=group_id,
            type=group_type,
            name=name,
            description=None,
            product_id=product.id,
            owner_id=product.owner_id,
            creator_id=product.owner_id,
            created_at=created_at,
            updated_at=created_at,
            load_code_after_blessing=True if group_type.is_blessed else None,
            production_target_id=ids[-1] if group_type.is_fixtures else None,
            current_deployment_id=deployment_id,
            min_supported_deployment_id=deployment_id,
        )
        yield group, Deployment(
            id=deployment_id,
            sha=sha,
            description="Everything at once",
            origin=None,
            is_flagged=False,
            tags=(),
            created_at=created_at,
            updated_at=created_at,
            group_id=group_id,
            group_type=group_type,
            product_id=product.id,
            creator_id=product.owner_id,
            owner_id=product.owner_id,
        )


def rows(plan: LargePlan, fill: Fill) -> Iterator[tuple[object, ...]]:
    """The devices as rows of `IMP_COLUMNS`, in the order of their numbers."""
    (owner_seq,) = fill.seqs("account").values()
    homes = _homes(plan, fill)
    now_ms = to_ms(plan.now)
    lifetime_ms = STEADY_ONLINE // timedelta(milliseconds=1)
    for number in range(plan.devices):
        # An odd factor permutes the 24 bits: no two numbers share a MAC address. Source: contract 4.3.
        serial = (number * 0x9E3779 + 0x51C0DE) & 0xFF_FFFF
        scrambled = (serial * 0x9E37_79B9_7F4A_7C15) & 0x7FFF_FFFF_FFFF_FFFF
        digits = f"{serial:06x}"
        group_seq, product_seq, running_seq, type_number, kind_number = homes[number // DEVICES_PER_PRODUCT][
            _GROUP_OF[number % 20]
        ]
        changed_ms = now_ms - 60_000 - scrambled % (9 * _MILLISECOND_OF_DAY)
        blessed_ms = now_ms - 10 * _MILLISECOND_OF_DAY - number % 290 * _MILLISECOND_OF_DAY
        is_online = scrambled % 100 >= 8
        yield (
            "50000c2a69" + digits,
            f"0c:2a:69:{digits[:2]}:{digits[2:4]}:{digits[4:]}",
            f"{scrambled:012x}"[:6] + digits,
            None if number % 3 == 0 else f"unit {number:07d}",
            f"10.{serial >> 16}.{serial >> 8 & 255}.{serial & 255}",
            _IMP_TYPES[scrambled >> 8 & 7],
            RELEASES[4 if scrambled & 7 else 3],
            None,
            is_online,
            changed_ms,
            True,
            changed_ms,
            blessed_ms,
            type_number,
            kind_number,
            False,
            False,
            None if type_number == _DEVELOPMENT else blessed_ms,
            scrambled & ~0xFF,
            LIVELY,
            now_ms + 1_000 + (scrambled >> 16) % lifetime_ms,
            owner_seq,
            group_seq,
            product_seq,
            running_seq,
            None,
            None,
        )


_DEVELOPMENT = TYPE_NUMBER[GroupType.DEVELOPMENT]


def _homes(plan: LargePlan, fill: Fill) -> list[list[tuple[int, int, int, int, int]]]:
    """For each product, for each of its groups: the numbers that a device's row refers to."""
    group_seqs, product_seqs = fill.seqs("device_group"), fill.seqs("product")
    deployment_seqs = fill.seqs("deployment")
    homes: list[list[tuple[int, int, int, int, int]]] = []
    for number, group in enumerate(plan.groups):
        if number % len(GROUPS) == 0:
            homes.append([])
        kind = kind_in(group.type)
        assert kind is not None, "every type of ours has a kind"  # noqa: S101 - told to the type checker
        homes[-1].append(
            (
                group_seqs[group.id],
                product_seqs[group.product_id],
                deployment_seqs[group.current_deployment_id or ""],
                TYPE_NUMBER[group.type],
                KIND_NUMBER[kind],
            )
        )
    return homes
