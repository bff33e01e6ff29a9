"""Actions of a world's owner that the API does not offer: open, fill and change it, and move its clock.

The command line uses this module, `serve` and `transport`, and nothing deeper in the engine.
"""

import sqlite3
from pathlib import Path

from imptui.cloud.api.webhook_deliveries import posting
from imptui.cloud.environment.chance import Chance
from imptui.cloud.fixtures import seed as seed_fixtures
from imptui.cloud.fixtures.login import DEMO_LOGIN, Login
from imptui.cloud.rules import account as account_rules
from imptui.cloud.rules.account import open_colleague
from imptui.cloud.rules.factory import add_device, bless, blink_up, connect, disconnect, start_line, stop_line
from imptui.cloud.simulation.life import advance_clock
from imptui.cloud.simulation.log_replay import ProgramReplay
from imptui.cloud.storage.errors import WorldUnreadable
from imptui.cloud.storage.records import UNSET, LoginKeyRecord
from imptui.cloud.storage.secret_hashing import fits
from imptui.cloud.storage.world import World
from imptui.domain.account import Account

__all__ = [
    "DEMO_LOGIN",
    "Login",
    "World",
    "WorldUnreadable",
    "add_device",
    "advance_clock",
    "allow_login_key",
    "bless",
    "blink_up",
    "change_account",
    "connect",
    "disconnect",
    "find_account",
    "first_account",
    "has_well_known_login",
    "is_new_world",
    "open_colleague",
    "open_world",
    "posting",
    "secrets_fit",
    "start_line",
    "stop_line",
]

LARGE_FLEET_DEVICES = 100_000
"""Devices of a large fleet unless a number is given."""


def open_world(
    path: Path | None, *, fleet: str = "demo", devices: int | None = None, seed: int = 1, login: Login = DEMO_LOGIN
) -> World:
    """Open the world in a file; a new file is filled first, an existing one is used as it is.

    Args:
        path: The file; its folder exists. None for a world in memory.
        fleet: `demo`, `empty` or `large`, for a new world.
        devices: How many devices a new `empty` or `large` world has.
        seed: Seed of a new world: the same seed fills it with the same devices.
        login: The account that owns everything in a new world.

    Raises:
        WorldUnreadable: The file is no world, is damaged, or was made by a newer version.
    """
    is_new = is_new_world(path)
    try:
        world = World.open(path, chance=Chance(str(seed)) if is_new else None, replay=ProgramReplay())
        try:
            if _is_empty(world):
                _fill(world, fleet, devices, login)
        except BaseException:
            world.close()
            raise
    except sqlite3.OperationalError as error:  # no room, no database at all, or somebody who never lets go of it
        raise WorldUnreadable(str(path), f"{error}. See that the folder can be written and has room.") from error
    return world


def is_new_world(path: Path | None) -> bool:
    """Return True if opening the world fills it."""
    return path is None or not path.exists() or path.stat().st_size == 0


def first_account(world: World) -> Account | None:
    """Return the account that owns what the world was filled with."""
    with world.view() as view:
        return view.accounts.first()


def secrets_fit(world: World, account: Account, *, password: str | None = None, unbond_key: str | None = None) -> bool:
    """Return True if these are an account's password and unbond key; what is None is not compared."""
    with world.view() as view:
        known = view.accounts.credentials(account.id)
    if known is None:
        return False
    pairs = ((password, known.password_hash), (unbond_key, known.unbond_key_hash))
    return all(fits(given, kept, world.password_cost_log2) for given, kept in pairs if given is not None)


def has_well_known_login(world: World) -> bool:
    """Return True if everybody who has read the manual can log in, as the demonstration's account or as the first one."""
    accounts = {account for account in (find_account(world, DEMO_LOGIN.username), first_account(world)) if account is not None}
    return any(secrets_fit(world, account, password=DEMO_LOGIN.password) for account in accounts)


def allow_login_key(world: World, key: str) -> None:
    """Let the demonstration's account log in with this login key too, whatever its password is."""
    with world.change() as tx:
        account = tx.accounts.called(DEMO_LOGIN.username)
        if account is not None and tx.keys.login_key(account.id, key) is None:
            tx.keys.put_login_key(LoginKeyRecord(key, "this console", 0, account.id, tx.now, tx.now))


def find_account(world: World, username: str) -> Account | None:
    """Return the account with this user name."""
    with world.view() as view:
        return view.accounts.called(username)


def change_account(
    world: World,
    account: Account,
    *,
    password: str | None = None,
    unbond_key: str | None = None,
    needs_otp: bool | None = None,
    may_do_production: bool | None = None,
) -> str | None:
    """Change how an account logs in, and what it may do; what is None stays.

    Returns:
        The new secret for one-time passwords, if they are switched on.

    Raises:
        NotFound: The account is gone.
        Invalid: The password is empty.
    """
    secret = _new_otp_secret(world) if needs_otp else None
    account_rules.change_account(
        world,
        account_rules.ChangeAccount(
            account.id,
            password=UNSET if password is None else password,
            unbond_key=UNSET if unbond_key is None else unbond_key,
            otp_secret=UNSET if needs_otp is None else secret,
            may_do_production=UNSET if may_do_production is None else may_do_production,
        ),
    )
    return secret


def _new_otp_secret(world: World) -> str:
    with world.change() as tx:
        return tx.chance.otp_secret()


def _is_empty(world: World) -> bool:
    """Return True for a new file, and for one whose filling was cut off before anything was stored."""
    with world.view() as view:
        return view.accounts.is_empty()


def _fill(world: World, fleet: str, devices: int | None, login: Login) -> None:
    if fleet == "demo":
        seed_fixtures.demo(world, login)
    elif fleet == "empty":
        seed_fixtures.empty(world, devices or 0, login)
    else:
        seed_fixtures.large(world, LARGE_FLEET_DEVICES if devices is None else devices, login)
