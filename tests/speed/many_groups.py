"""The tree with very many groups beside the demonstration's ten: `python -m tests.speed.many_groups [groups] [devices]`.

Prints, for both: the start, keys in the tree, a branch shut and opened, a held key, keys while devices come and go, the
processor's time that changes take, and memory. `--make FILE` only makes the world.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from imptui.cloud.environment.chance import Chance
from imptui.cloud.environment.clock import SystemClock
from imptui.cloud.environment.hardware import module
from imptui.cloud.environment.presence import LIVELY, next_due, rounded
from imptui.cloud.environment.telemetry import Trait
from imptui.cloud.fixtures.login import DEMO_LOGIN, account_for
from imptui.cloud.fixtures.seed_demo import unassigned
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.world import World
from imptui.domain.device import kind_in
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import GroupId, ProductId
from imptui.domain.product import Product
from tests.speed.budgets import median, p95
from tests.speed.fleets import demonstration, leave
from tests.speed.moving import held
from tests.terminal.sitting import Sitting

GROUPS_PER_PRODUCT = 100
TYPES = (GroupType.PRODUCTION, GroupType.PRODUCTION, GroupType.DEVELOPMENT, GroupType.PRE_PRODUCTION)
DOWN, UP, PAGE, END, HOME, SHUT = "\x1b[B", "\x1b[A", "\x1b[6~", "G", "g", " "


def make(path: Path, groups: int, devices: int) -> None:
    """A world with so many groups, a hundred to a product, and the devices dealt out among them."""
    world = World.open(path, chance=Chance("1"), clock=SystemClock())
    with world.change() as tx:
        chance, now = tx.chance, tx.now
        created_at = rounded(now - timedelta(days=300))
        owner = account_for(DEMO_LOGIN, chance.uuid(), created_at)
        owner_id = owner.account.id
        products = [
            Product(ProductId(chance.uuid()), f"Product {number:03d}", None, owner_id, owner_id, created_at, created_at)
            for number in range(-(-groups // GROUPS_PER_PRODUCT))
        ]
        made = [
            DeviceGroup(
                id=GroupId(chance.uuid()),
                type=TYPES[number % len(TYPES)],
                name=f"Site {number:05d}",
                description=None,
                product_id=products[number // GROUPS_PER_PRODUCT].id,
                owner_id=owner_id,
                creator_id=owner_id,
                created_at=created_at,
                updated_at=created_at,
            )
            for number in range(groups)
        ]

    def imps() -> Iterator[Imp]:
        for number in range(devices):
            piece, is_online = module(number & 0xFFFFFF, "imp005", Trait.NONE), number % 11 != 0
            due_at = next_due(piece.seed, LIVELY, now, None, is_online=is_online)
            imp = unassigned(piece, owner_id, f"unit {number:07d}", created_at, is_online=is_online, due_at=due_at)
            group = made[number % groups]
            kind = kind_in(group.type)
            assert kind is not None, "every type of ours has a kind"
            device = replace(imp.device, group_id=group.id, group_type=group.type, product_id=group.product_id)
            yield replace(imp, device=device, kind=kind)

    with world.fill() as fill:
        fill.accounts([owner])
        fill.products(products)
        fill.groups(made)
        fill.devices(imps())
    world.close()


def known(root: Path, groups: int, devices: int) -> Path:
    """A data folder whose cache knows such a fleet."""
    folder = root / f"groups-{groups}-{devices}"
    if not folder.exists():
        making = folder.with_suffix(".new")
        shutil.rmtree(making, ignore_errors=True)
        (making / "demo").mkdir(parents=True, mode=0o700)
        make(making / "demo" / "world.sqlite", groups, devices)
        subprocess.run([sys.executable, "-m", "imptui", "--data-dir", making, "ls", "products"], check=True, capture_output=True)
        making.rename(folder)
    return folder


def measure(folder: Path, total: str, *, is_few: bool = False) -> list[tuple[str, float, str]]:
    """What a person in the tree waits for."""
    found: list[tuple[str, float, str]] = []
    terminal = Sitting(["--data-dir", str(folder)], cells=80, rows=24)
    try:
        found.append(("start to the tree", terminal.ms_until(total), "ms"))
        terminal.rests(20.0)
        for what, there, back in (("down", DOWN, UP), ("end", END, HOME), ("page down", PAGE, HOME)):
            painted = []
            for _ in range(9):
                painted.append(terminal.burst(there, quiet_s=0.3).first_ms)
                terminal.burst(back, quiet_s=0.3)
            found.append((f"{what}: to the first paint, median", median(painted), "ms"))
        terminal.burst(HOME + DOWN * 3)
        found += [("shut or open a product", terminal.burst(SHUT, quiet_s=0.4).last_ms, "ms") for _ in range(2)]
        delays = held(terminal, 10 if is_few else 90)
        found.append(("held down: median", median(delays), "ms"))
        found.append(("held down: 95 of 100 within", p95(delays), "ms"))
        delays = []
        for number in range(20):
            terminal.rests(1.37)
            delays.append(terminal.burst((DOWN, UP)[number % 2], quiet_s=0.1).first_ms)
        found.append(("a key now and then, during changes: worst", max(delays), "ms"))
        before = terminal.processor_s()
        terminal.rests(20.0)
        found.append(("processor for 20 s of changes", (terminal.processor_s() - before) * 1000, "ms"))
        found.append(("memory", terminal.private_mb(), "MB"))
        leave(terminal)
    finally:
        terminal.close()
    return found


def main() -> None:
    """Both, side by side."""
    parser = argparse.ArgumentParser(prog="python -m tests.speed.many_groups", description=__doc__)
    parser.add_argument("groups", type=int, nargs="?", default=10_000)
    parser.add_argument("devices", type=int, nargs="?", default=20_000)
    parser.add_argument("--make", type=Path, metavar="FILE", help="Make this world and nothing else.")
    parser.add_argument("--keep", type=Path, help="A folder for fleets that outlasts the run.")
    asked = parser.parse_args()
    if asked.make is not None:
        make(asked.make, asked.groups, asked.devices)
        return
    with tempfile.TemporaryDirectory() as temporary:
        root = asked.keep or Path(temporary)
        root.mkdir(parents=True, exist_ok=True)
        many = measure(known(root, asked.groups, asked.devices), f"/{asked.devices:,}")
        few = measure(demonstration(root), "/2,5", is_few=True)
    print(f"{'':46} {f'{asked.groups:,} groups':>14} {'10 groups':>14}")
    for (what, ours, unit), (_, theirs, _) in zip(many, few, strict=True):
        print(f"{what:46} {ours:10,.1f} {unit:3} {theirs:10,.1f} {unit:3}", flush=True)


if __name__ == "__main__":
    main()
