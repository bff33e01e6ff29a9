"""What is in a new world: the primer's example fleet, almost nothing, or very much.

Everything follows from the world's seed and the present moment, so equal worlds have equal contents.

    demo     the primer's "Connected Meter 400": ten groups, some 2,600 devices, a year of deployments
    empty    one account and some unassigned development devices
    large    any number of devices in many products, for measuring
"""

from imptui.cloud.world import seed_demo, seed_history, seed_large
from imptui.cloud.world.hardware import module
from imptui.cloud.world.login import DEMO_LOGIN, Login, account_for
from imptui.cloud.world.presence import LIVELY, next_due
from imptui.cloud.world.records import Imp
from imptui.cloud.world.seed_demo import unassigned
from imptui.cloud.world.store import Change, World
from imptui.cloud.world.telemetry import Trait, mix
from imptui.domain.account import Account
from imptui.domain.library import Library

_LIBRARIES = {
    "Button": ("1.2.0", "1.1.1"),
    "MessageManager": ("2.4.0", "2.3.0", "2.0.0"),
    "Promise": ("4.0.0", "3.0.1"),
    "Rocky": ("3.0.1", "2.0.2", "1.3.0"),
    "Twilio": ("1.2.3", "1.0.0"),
}
"""Public libraries by name, with their versions, newest first. Source: contract 17."""

_NUMBERS = 0xFF_FFFF
"""As many imps as `module` can tell apart."""


def demo(world: World, login: Login = DEMO_LOGIN) -> Account:
    """Fill a new world with the primer's example product.

    Returns:
        The account that owns it all.

    Source: primer, "impCentral Product Example: 'Connected Meter 400'".
    """
    with world.change() as tx:
        plan = seed_demo.plan(tx.chance, tx.now, login, number_of(world.seed))
    with world.fill() as fill:
        fill.accounts([plan.owner])
        fill.products([plan.product])
        fill.groups(plan.groups)
        fill.deployments(plan.deployments)
        fill.devices(imp for imp in plan.imps if imp.fixture_id is None)
        fill.devices(imp for imp in plan.imps if imp.fixture_id is not None)
    with world.change() as tx:
        seed_history.write(tx, plan)
        _put_libraries(tx)
    return plan.owner.account


def empty(world: World, devices: int = 0, login: Login = DEMO_LOGIN) -> Account:
    """Fill a new world with one account and some unassigned development devices, all online."""
    with world.change() as tx:
        owner = account_for(login, tx.chance.uuid(), tx.now)
        now = tx.now
    first = number_of(world.seed) & _NUMBERS
    imps: list[Imp] = []
    for number in range(first, first + devices):
        piece = module(number & _NUMBERS, "imp005", Trait.STRONG)
        due_at = next_due(piece.seed, LIVELY, now, None, is_online=True)
        imps.append(unassigned(piece, owner.account.id, None, now, is_online=True, due_at=due_at))
    with world.fill() as fill:
        fill.accounts([owner])
        fill.devices(imps)
    with world.change() as tx:
        _put_libraries(tx)
    return owner.account


def large(world: World, devices: int, login: Login = DEMO_LOGIN) -> Account:
    """Fill a new world with many devices: up to 16 million, in a product for every 5,000 of them."""
    with world.change() as tx:
        plan = seed_large.plan(tx.chance, tx.now, login, devices)
    with world.fill() as fill:
        fill.accounts([plan.owner])
        fill.products(plan.products)
        fill.groups(plan.groups)
        fill.deployments(plan.deployments)
        seed_large.put_devices(plan, fill)
    with world.change() as tx:
        _put_libraries(tx)
    return plan.owner.account


def _put_libraries(tx: Change) -> None:
    for name, versions in _LIBRARIES.items():
        tx.accounts.put_library(Library(tx.chance.uuid(), name, True, tuple(f"{name}:{each}" for each in versions)))


def number_of(seed: str) -> int:
    """A world's seed, which is text, as a number."""
    number = 0
    for character in seed:
        number = mix(number ^ ord(character))
    return number
