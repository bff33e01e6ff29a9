"""The table of accounts."""

from collections.abc import Iterable

from imptui.cache.connections import Connections
from imptui.cache.device_row import Row
from imptui.cache.generations import next_generation
from imptui.cache.search.conditions import bindable
from imptui.cache.times import from_us, to_us
from imptui.domain.account import Account
from imptui.domain.ids import AccountId

_SELECT = "SELECT id, username, email, tier, created_at, updated_at FROM account WHERE username IS NOT NULL"


def _account_of(row: Row) -> Account:
    account_id, username, email, tier, created_us, updated_us = row
    return Account(AccountId(account_id), username, email, tier, from_us(created_us), from_us(updated_us))


class AccountTable:
    """The accounts that the cache knows by name."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def all(self) -> list[Account]:
        """Return all accounts, sorted by user name."""
        with self._connections.read_connection() as reader:
            return [_account_of(row) for row in reader.execute(f"{_SELECT} ORDER BY username, id")]

    def one(self, account_id: AccountId) -> Account | None:
        """Return one account; None if it is unknown."""
        with self._connections.read_connection() as reader:
            row = reader.execute(f"{_SELECT} AND id = ?", (account_id,)).fetchone()
        return None if row is None else _account_of(row)

    def store(self, accounts: Iterable[Account]) -> list[AccountId]:
        """Insert and update accounts in one transaction; return the ids of those that changed."""
        changed = []
        with self._connections.writing() as writer:
            for account in accounts:
                row = (
                    account.id,
                    bindable(account.username),
                    bindable(account.email),
                    account.tier,
                    to_us(account.created_at),
                    to_us(account.updated_at),
                )
                if writer.execute(f"{_SELECT} AND id = ?", (account.id,)).fetchone() == row:
                    continue
                changed.append(account.id)
                writer.execute("INSERT OR IGNORE INTO account (id) VALUES (?)", (account.id,))
                writer.execute(
                    "UPDATE account SET id = ?, username = ?, email = ?, tier = ?, created_at = ?, updated_at = ? WHERE id = ?",
                    (*row, account.id),
                )
            if changed:
                next_generation(writer, "account")
        return changed
