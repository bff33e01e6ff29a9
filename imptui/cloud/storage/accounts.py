"""Stores accounts, access tokens, collaborations and code libraries."""

import sqlite3
from datetime import datetime
from typing import Any

from imptui.cloud.environment.clock import from_ms, to_ms, to_ms_or_none
from imptui.cloud.storage.paging import ListPage, Paging, page_of
from imptui.cloud.storage.records import AccountCredentials
from imptui.domain.account import Account
from imptui.domain.ids import AccountId
from imptui.domain.library import Library

_COLUMNS = "id, username, email, tier, created_ms, updated_ms"


class AccountRepository:
    """Repository of accounts, access tokens, collaborations and code libraries."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def is_empty(self) -> bool:
        """Return True if there is no account, in a world that was not filled yet."""
        return self._connection.execute("SELECT 1 FROM account LIMIT 1").fetchone() is None

    def first(self) -> Account | None:
        """Return the oldest account, which owns the first content of a world."""
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM account ORDER BY seq LIMIT 1").fetchone()
        return None if row is None else _account(row)

    def get(self, account_id: str) -> Account | None:
        """Return the account with this id."""
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM account WHERE id = ?", (account_id,)).fetchone()
        return None if row is None else _account(row)

    def called(self, identifier: str) -> Account | None:
        """Return the account with this user name or e-mail address, as for a login. Source: contract 5.1."""
        sql = f"SELECT {_COLUMNS} FROM account WHERE username = :name OR email = :name ORDER BY username = :name DESC"
        row = self._connection.execute(sql, {"name": identifier}).fetchone()
        return None if row is None else _account(row)

    def credentials(self, account_id: str) -> AccountCredentials | None:
        """Return the credentials of an account."""
        sql = f"""SELECT {_COLUMNS}, password_hash, unbond_key_hash, otp_secret, otp_last_step, may_do_production
          FROM account WHERE id = ?"""
        row = self._connection.execute(sql, (account_id,)).fetchone()
        return None if row is None else AccountCredentials(_account(row), row[6], row[7], row[8], row[9], bool(row[10]))

    def of_access_token(self, digest: bytes, now: datetime) -> Account | None:
        """Return the account of a valid access token; a plain join, because every request begins with it."""
        sql = f"""SELECT {_COLUMNS} FROM account WHERE id =
          (SELECT account_id FROM access_token WHERE digest = ? AND expires_ms > ?)"""
        row = self._connection.execute(sql, (digest, to_ms(now))).fetchone()
        return None if row is None else _account(row)

    def visible_to(self, account_id: str) -> list[AccountId]:
        """Return the account itself and its collaborators, oldest first. Source: contract 4.5."""
        sql = """SELECT id FROM account WHERE id = :id OR id IN (SELECT owner_id FROM collaboration WHERE
        collaborator_id = :id)
          ORDER BY seq"""
        return [AccountId(one) for (one,) in self._connection.execute(sql, {"id": account_id})]

    def page(self, account_id: str, paging: Paging) -> ListPage[Account]:
        """Return a page of the accounts visible to this one, oldest first. Source: contract 6.1."""
        sql = f"""SELECT {_COLUMNS} FROM account
          WHERE id = :id OR id IN (SELECT owner_id FROM collaboration WHERE collaborator_id = :id)
          ORDER BY seq LIMIT :limit OFFSET :offset"""
        values = {"id": account_id, "limit": paging.size + 1, "offset": paging.offset}
        rows = self._connection.execute(sql, values).fetchall()
        return page_of([_account(row) for row in rows], paging)

    def put(self, credentials: AccountCredentials) -> None:
        """Store an account, new or changed."""
        sql = f"""INSERT INTO account ({_COLUMNS}, password_hash, unbond_key_hash, otp_secret, otp_last_step,
        may_do_production)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET username = excluded.username,
          email = excluded.email, tier = excluded.tier, updated_ms = excluded.updated_ms,
          password_hash = excluded.password_hash, unbond_key_hash = excluded.unbond_key_hash,
          otp_secret = excluded.otp_secret, otp_last_step = excluded.otp_last_step,
          may_do_production = excluded.may_do_production"""
        account = credentials.account
        created, updated = to_ms_or_none(account.created_at) or 0, to_ms_or_none(account.updated_at)
        self._connection.execute(
            sql,
            (
                account.id,
                account.username,
                account.email,
                account.tier,
                created,
                created if updated is None else updated,
                credentials.password_hash,
                credentials.unbond_key_hash,
                credentials.otp_secret,
                credentials.otp_last_step,
                credentials.may_do_production,
            ),
        )

    def collaborate(self, owner_id: AccountId, collaborator_id: AccountId) -> None:
        """Let the collaborator see and change what the owner owns."""
        self._connection.execute("INSERT OR IGNORE INTO collaboration VALUES (?, ?)", (collaborator_id, owner_id))

    def take_otp_step(self, account_id: AccountId, step: int) -> None:
        """Record a used time step: one-time passwords of it or earlier steps are refused from then on."""
        self._connection.execute("UPDATE account SET otp_last_step = ? WHERE id = ?", (step, account_id))

    def libraries(self, paging: Paging) -> ListPage[Library]:
        """Return the code libraries, which all accounts share, oldest first. Source: contract 17."""
        sql = "SELECT id, name, is_supported, versions FROM library ORDER BY seq LIMIT ? OFFSET ?"
        rows = self._connection.execute(sql, (paging.size + 1, paging.offset)).fetchall()
        found = [Library(row[0], row[1], None if row[2] is None else bool(row[2]), tuple(row[3].split())) for row in rows]
        return page_of(found, paging)

    def put_library(self, library: Library) -> None:
        """Store a library; its versions contain no blanks."""
        sql = """INSERT INTO library (id, name, is_supported, versions) VALUES (?, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET is_supported = excluded.is_supported, versions = excluded.versions"""
        self._connection.execute(sql, (library.id, library.name, library.is_supported, " ".join(library.versions)))


def _account(row: tuple[Any, ...]) -> Account:
    return Account(row[0], row[1], row[2], row[3], from_ms(row[4]), from_ms(row[5]))
