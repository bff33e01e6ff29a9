"""Rules of login keys, which replace user name and password in scripts. Source: contract 6.3."""

from dataclasses import dataclass, replace  # noqa: TID251 - a login key hides its id from repr, as only a dataclass can

from imptui.cloud.rules.visibility import refuse, well_formed
from imptui.cloud.storage.paging import ListPage, Paging
from imptui.cloud.storage.records import UNSET, LoginKeyRecord, Unset
from imptui.cloud.storage.secret_hashing import fits
from imptui.cloud.storage.world import World, WorldView
from imptui.domain import policy
from imptui.domain.account import Account
from imptui.domain.errors import Conflict, Forbidden, NotFound, Rule

LOGIN_KEYS = 10
"""Maximum login keys of an account. Source: contract 6.3."""


@dataclass(frozen=True, slots=True, repr=False)
class CreateLoginKey:
    """A new login key. Never printed: it holds the password."""

    description: str | None
    password: str | None


@dataclass(frozen=True, slots=True, repr=False)
class UpdateLoginKey:
    """A login key's new description. Never printed: it holds the password."""

    key: str
    password: str | None
    description: str | Unset | None = UNSET


@dataclass(frozen=True, slots=True, repr=False)
class DeleteLoginKey:
    """A request to delete a login key. Never printed: it holds the password."""

    key: str
    password: str | None


def list_login_keys(world: World, paging: Paging, actor: Account) -> ListPage[LoginKeyRecord]:
    """List the caller's login keys, oldest first."""
    with world.view() as view:
        return view.keys.login_keys(actor.id, paging)


def get_login_key(world: World, key: str, actor: Account) -> LoginKeyRecord:
    """Return one login key.

    Raises:
        NotFound: The caller has no such key.
    """
    with world.view() as view:
        return _key_for(view, key, actor)


def create_login_key(world: World, asked: CreateLoginKey, actor: Account) -> LoginKeyRecord:
    """Create a login key.

    Raises:
        Forbidden: The password is missing or wrong.
        Invalid: The description is too long.
        Conflict: The account has ten already.
    """
    _check_password(world, asked.password, actor)
    _check_description(asked.description)
    with world.change() as tx:
        if tx.keys.count_login_keys(actor.id) >= LOGIN_KEYS:
            raise Conflict(f"Accounts are limited to {LOGIN_KEYS} login keys.", Rule.LOGIN_KEY_LIMIT)
        key = LoginKeyRecord(tx.chance.login_key(), asked.description, 0, actor.id, tx.now, tx.now)
        tx.keys.put_login_key(key)
    return key


def update_login_key(world: World, asked: UpdateLoginKey, actor: Account) -> LoginKeyRecord:
    """Describe a login key.

    Raises:
        NotFound: The caller has no such key.
        Forbidden: The password is missing or wrong.
        Invalid: The description is too long.
    """
    get_login_key(world, asked.key, actor)
    _check_password(world, asked.password, actor)
    with world.change() as tx:
        old = _key_for(tx, asked.key, actor)
        if isinstance(asked.description, Unset):
            return old
        _check_description(asked.description)
        key = replace(old, description=asked.description, updated_at=tx.now)
        tx.keys.put_login_key(key)
    return key


def delete_login_key(world: World, asked: DeleteLoginKey, actor: Account) -> None:
    """Delete a login key; access tokens made with it stay valid.

    Raises:
        NotFound: The caller has no such key.
        Forbidden: The password is missing or wrong.
    """
    get_login_key(world, asked.key, actor)
    _check_password(world, asked.password, actor)
    with world.change() as tx:
        if not tx.keys.delete_login_key(actor.id, asked.key):
            raise _missing()


def _key_for(view: WorldView, key: str, actor: Account) -> LoginKeyRecord:
    found = view.keys.login_key(actor.id, key)
    if found is None:
        raise _missing()
    return found


def _check_password(world: World, password: str | None, actor: Account) -> None:
    with world.view() as view:
        known = view.accounts.credentials(actor.id)
    if password is None or known is None or not fits(password, known.password_hash, world.password_cost_log2):
        raise Forbidden("Login keys are changed with the account's password: it is missing or wrong.", Rule.WRONG_PASSWORD_HEADER)


def _check_description(description: str | None) -> None:
    refuse(policy.validate_description(description))
    well_formed(description, "description")


def _missing() -> NotFound:
    return NotFound("There is no such login key.")
