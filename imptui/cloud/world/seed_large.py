"""Very many devices, made quickly: rows without a detour through nouns, and without one through Python.

Everything about a device follows from its number by a few multiplications.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

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
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.device import kind_in
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import DeploymentId, GroupId, ProductId
from imptui.domain.product import Product

DEVICES_PER_PRODUCT = 5_000
GROUPS = (
    ("Development", GroupType.DEVELOPMENT),
    ("Fixtures", GroupType.FACTORY),
    ("Field test", GroupType.PRODUCTION),
    ("Production", GroupType.PRODUCTION),
)
_PRODUCTION = 3
_GROUP_OF = (_PRODUCTION,) * 17 + (2, 2, 0)
"""Which group a device is in, by its number modulo 20: mostly production."""

_KINDS = ("Meter", "Pump", "Lock", "Boiler", "Sensor", "Gateway", "Charger", "Freezer", "Lift", "Kiosk")
_IMP_TYPES = ("imp005", "imp005", "imp004m", "imp003", "impC001", "imp006", "imp005", "imp004m")
_MILLISECOND_OF_DAY = 86_400_000


class LargePlan(Struct, frozen=True):
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
        yield (
            group,
            Deployment(
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
            ),
        )


def put_devices(plan: LargePlan, fill: Fill) -> None:
    """Put the devices in, in the order of their numbers."""
    (owner_seq,) = fill.seqs("account").values()
    fill.computed(
        _DEVICES,
        {
            "devices": plan.devices,
            "homes": json.dumps(_homes(plan, fill)),
            "owner": owner_seq,
            "now": to_ms(plan.now),
            "lifetime": STEADY_ONLINE // timedelta(milliseconds=1),
            "lively": LIVELY,
            "old": RELEASES[3],
            "new": RELEASES[4],
        },
    )


_STEP, _FIRST = 0x9E3779, 0x51C0DE
"""An odd step permutes the 24 bits of serial numbers: no two share a MAC address. Source: contract 4.3."""


def _mixed(serial: str) -> str:
    """A serial number times 0x9E3779B97F4A7C15, the lowest 63 bits; in two halves, for SQLite's numbers end there."""
    low, high = f"{serial} * 0x7F4A7C15", f"{serial} * 0x1E3779B9"
    return f"((({high} + ({low} >> 32)) & 0x7FFFFFFF) << 32 | ({low} & 0xFFFFFFFF))"


_NEXT = f"(serial + {_STEP} & 0xFFFFFF)"
_CHANGED = f"(:now - 60000 - mixed % {9 * _MILLISECOND_OF_DAY})"
_BLESSED = f"(:now - {10 * _MILLISECOND_OF_DAY} - number % 290 * {_MILLISECOND_OF_DAY})"
_PLACE = " ".join(f"WHEN {number} THEN {place}" for number, place in enumerate(_GROUP_OF) if place != _PRODUCTION)
_TYPE = " ".join(f"WHEN {number} THEN '{imp_type}'" for number, imp_type in enumerate(_IMP_TYPES))

_DEVICES = f"""
  WITH RECURSIVE
    unit (number, serial, mixed) AS (
      SELECT 0, {_FIRST}, {_mixed(str(_FIRST))} WHERE :devices > 0
      UNION ALL SELECT number + 1, {_NEXT}, {_mixed(_NEXT)} FROM unit WHERE number + 1 < :devices),
    home (product, place, group_seq, product_seq, running_seq, type, kind) AS MATERIALIZED (
      SELECT key / {len(GROUPS)}, key % {len(GROUPS)}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
      FROM json_each(:homes))
  SELECT
    printf('50000c2a69%06x', serial),
    printf('0c:2a:69:%02x:%02x:%02x', serial >> 16, serial >> 8 & 255, serial & 255),
    printf('%.6s%06x', printf('%012x', mixed), serial),
    CASE WHEN number % 3 THEN printf('unit %07d', number) END,
    printf('10.%d.%d.%d', serial >> 16, serial >> 8 & 255, serial & 255),
    CASE mixed >> 8 & 7 {_TYPE} END,
    CASE WHEN mixed & 7 THEN :new ELSE :old END,
    NULL, mixed % 100 >= 8, {_CHANGED}, 1, {_CHANGED}, {_BLESSED}, type, kind, 0, 0,
    CASE WHEN type <> {TYPE_NUMBER[GroupType.DEVELOPMENT]} THEN {_BLESSED} END,
    mixed & ~255, :lively, :now + 1000 + (mixed >> 16) % :lifetime,
    :owner, group_seq, product_seq, running_seq, NULL, NULL
  FROM unit CROSS JOIN home
  WHERE product = number / {DEVICES_PER_PRODUCT} AND place = CASE number % {len(_GROUP_OF)} {_PLACE} ELSE {_PRODUCTION} END"""
"""The devices in the order of `IMP_COLUMNS`: SQLite works them out as it writes them, in a fourth of Python's time."""


def _homes(plan: LargePlan, fill: Fill) -> list[tuple[int, int, int, int, int]]:
    """For each group: the numbers that a device's row refers to."""
    group_seqs, product_seqs = fill.seqs("device_group"), fill.seqs("product")
    deployment_seqs = fill.seqs("deployment")
    homes = []
    for group in plan.groups:
        kind = kind_in(group.type)
        assert kind is not None, "every type of ours has a kind"  # noqa: S101 - told to the type checker
        homes.append(
            (
                group_seqs[group.id],
                product_seqs[group.product_id],
                deployment_seqs[group.current_deployment_id or ""],
                TYPE_NUMBER[group.type],
                KIND_NUMBER[kind],
            )
        )
    return homes
