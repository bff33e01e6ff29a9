"""Rules of accounts. Source: contract 4.5, 5.4, 6.1."""

import dataclasses
from dataclasses import dataclass

from msgspec.structs import replace

from imptui.cloud.rules.visibility import account_for, refuse, well_formed
from imptui.cloud.storage.paging import ListPage, Paging
from imptui.cloud.storage.records import UNSET, AccountCredentials, Unset
from imptui.cloud.storage.secret_hashing import digest, hash_secret
from imptui.cloud.storage.world import World
from imptui.domain import policy
from imptui.domain.account import Account
from imptui.domain.errors import Conflict, Invalid, NotFound, Unauthorized
from imptui.domain.ids import AccountId
from imptui.domain.library import Library


@dataclass(frozen=True, slots=True, repr=False)
class OpenAccount:
    """A new account. There is no call of the service for it; the world's owner opens accounts. Never printed."""

    username: str
    email: str
    password: str
    tier: str | None = None
    unbond_key: str | None = None
    """The key that unassigns devices from production groups; None: no key does."""
    otp_secret: str | None = None
    """Base 32; None: no one-time passwords."""
    may_do_production: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class ChangeAccount:
    """Changes of an account; omitted fields stay. Never printed."""

    account_id: AccountId
    password: str | Unset = UNSET
    unbond_key: str | Unset | None = UNSET
    otp_secret: str | Unset | None = UNSET
    may_do_production: bool | Unset = UNSET


def account_of_token(world: World, access_token: str) -> Account:
    """Return the account of a valid access token.

    Raises:
        Unauthorized: It is unknown or has expired.

    Source: contract 5.4.
    """
    with world.view() as view:
        found = view.accounts.of_access_token(digest(access_token), view.now)
    if found is None:
        raise Unauthorized("The access token is unknown or has expired.")
    return found


def list_accounts(world: World, paging: Paging, actor: Account) -> ListPage[Account]:
    """List the caller's own account and its collaborators, oldest first. Source: contract 6.1."""
    with world.view() as view:
        return view.accounts.page(actor.id, paging)


def get_account(world: World, account_id: str, actor: Account) -> Account:
    """Return one account by its id; `me` is the caller's own. Names and addresses are not ids.

    Raises:
        NotFound: There is none with that id, or the caller does not collaborate with it.

    Source: contract 6.1.
    """
    with world.view() as view:
        return account_for(view, account_id, actor)


def open_account(world: World, asked: OpenAccount) -> Account:
    """Create an account with a user name.

    Raises:
        Invalid: The user name or address has the wrong length, or the password is empty.
        Conflict: Somebody has that user name or address.
    """
    for text, what in ((asked.username, "user name"), (asked.email, "e-mail address")):
        refuse(policy.validate_name(text, what))
        well_formed(text, what)
    if not asked.password:
        raise Invalid("An account needs a password.")
    password_hash = hash_secret(asked.password, world.password_cost_log2)
    unbond_key_hash = None if asked.unbond_key is None else hash_secret(asked.unbond_key, world.password_cost_log2)
    with world.change() as tx:
        if tx.accounts.called(asked.username) or tx.accounts.called(asked.email):
            raise Conflict(f"There is an account of {asked.username} or {asked.email} already.")
        account = Account(AccountId(tx.chance.uuid()), asked.username, asked.email, asked.tier, tx.now, tx.now)
        tx.accounts.put(AccountCredentials(account, password_hash, unbond_key_hash, asked.otp_secret, 0, asked.may_do_production))
    return account


def change_account(world: World, asked: ChangeAccount) -> None:
    """Set a password, unbond key, one-time password secret or permission.

    Raises:
        NotFound: There is no such account.
        Invalid: The password is empty.
    """
    if asked.password == "":
        raise Invalid("An account needs a password.")
    cost = world.password_cost_log2
    password_hash = asked.password if isinstance(asked.password, Unset) else hash_secret(asked.password, cost)
    unbond_key_hash = hash_secret(asked.unbond_key, cost) if isinstance(asked.unbond_key, str) else asked.unbond_key
    given = {
        "password_hash": password_hash,
        "unbond_key_hash": unbond_key_hash,
        "otp_secret": asked.otp_secret,
        "may_do_production": asked.may_do_production,
    }
    changes = {name: value for name, value in given.items() if not isinstance(value, Unset)}
    with world.change() as tx:
        old = tx.accounts.credentials(asked.account_id)
        if old is None:
            raise NotFound(f"No account with the id {asked.account_id}.")
        account = replace(old.account, updated_at=tx.now)
        tx.accounts.put(dataclasses.replace(old, account=account, **changes))  # type: ignore[arg-type]  # noqa: TID251 - credentials hide from repr


def collaborate(world: World, owner: Account, collaborator: Account) -> None:
    """Let the collaborator see and change what the owner owns. Source: contract 4.5."""
    with world.change() as tx:
        tx.accounts.collaborate(owner.id, collaborator.id)


def open_colleague(world: World, owner: str, username: str, password: str) -> Account:
    """Create an account that collaborates with another one.

    Raises:
        NotFound: Nobody is called `owner`.
        Invalid: As in `open_account`.
        Conflict: Somebody has that user name.
    """
    with world.view() as view:
        found = view.accounts.called(owner)
    if found is None:
        raise NotFound(f"No account is called {owner!r}.")
    made = open_account(world, OpenAccount(username, f"{username}@example.com", password))
    collaborate(world, found, made)
    return made


def list_libraries(world: World, paging: Paging) -> ListPage[Library]:
    """List the code libraries, which are the same for all accounts. Source: contract 17."""
    with world.view() as view:
        return view.accounts.libraries(paging)
