"""Stores tokens and login keys: tokens as a digest, login keys in clear, because the service shows them in lists."""

import sqlite3
from datetime import datetime
from typing import Any

from imptui.cloud.environment.clock import from_ms, from_ms_or_none, to_ms
from imptui.cloud.storage.paging import ListPage, Paging, page_of
from imptui.cloud.storage.records import LoginKeyRecord, RefreshTokenRecord
from imptui.domain.ids import AccountId


class LoginKeyRepository:
    """Repository of access tokens, refresh tokens, login tokens and login keys."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add_access_token(self, digest: bytes, account_id: AccountId, now: datetime, expires_at: datetime) -> None:
        """Store an access token, and delete expired ones."""
        self._connection.execute("DELETE FROM access_token WHERE expires_ms <= ?", (to_ms(now),))
        self._connection.execute("INSERT INTO access_token VALUES (?, ?, ?)", (digest, account_id, to_ms(expires_at)))

    def add_refresh_token(self, token_id: str, digest: bytes, account_id: AccountId, now: datetime, at_most: int) -> None:
        """Store a refresh token; delete the oldest beyond `at_most`. Source: contract 6.2."""
        sql = "INSERT INTO refresh_token (id, digest, account_id, created_ms) VALUES (?, ?, ?, ?)"
        self._connection.execute(sql, (token_id, digest, account_id, to_ms(now)))
        sql = """DELETE FROM refresh_token WHERE seq IN
          (SELECT seq FROM refresh_token WHERE account_id = ? ORDER BY seq DESC LIMIT -1 OFFSET ?)"""
        self._connection.execute(sql, (account_id, at_most))

    def use_refresh_token(self, digest: bytes, now: datetime) -> AccountId | None:
        """Return the account of a refresh token and record the use; None: there is no such token."""
        sql = "UPDATE refresh_token SET last_used_ms = ? WHERE digest = ? RETURNING account_id"
        rows = self._connection.execute(sql, (to_ms(now), digest)).fetchall()
        return AccountId(rows[0][0]) if rows else None

    def refresh_tokens(self, account_id: AccountId, paging: Paging) -> ListPage[RefreshTokenRecord]:
        """Return a page of the account's refresh tokens, oldest first."""
        sql = """SELECT id, account_id, created_ms, last_used_ms FROM refresh_token WHERE account_id = ?
          ORDER BY seq LIMIT ? OFFSET ?"""
        rows = self._connection.execute(sql, (account_id, paging.size + 1, paging.offset)).fetchall()
        return page_of([RefreshTokenRecord(row[0], row[1], from_ms(row[2]), from_ms_or_none(row[3])) for row in rows], paging)

    def delete_refresh_token(self, account_id: AccountId, token_id: str) -> bool:
        """Delete a refresh token of the account; return True if there was one."""
        sql = "DELETE FROM refresh_token WHERE account_id = ? AND id = ?"
        return self._connection.execute(sql, (account_id, token_id)).rowcount == 1

    def add_login_token(self, digest: bytes, account_id: AccountId, now: datetime, expires_at: datetime) -> None:
        """Store the token between the two steps of a login, and delete expired ones."""
        self._connection.execute("DELETE FROM login_token WHERE expires_ms <= ?", (to_ms(now),))
        sql = "INSERT INTO login_token (digest, account_id, expires_ms) VALUES (?, ?, ?)"
        self._connection.execute(sql, (digest, account_id, to_ms(expires_at)))

    def try_login_token(self, digest: bytes, now: datetime, at_most: int) -> AccountId | None:
        """Return the account of a login token and count the try; None: it is unknown, expired, or was tried `at_most` times."""
        sql = """UPDATE login_token SET tries = tries + 1 WHERE digest = ? AND expires_ms > ? AND tries < ?
          RETURNING account_id"""
        rows = self._connection.execute(sql, (digest, to_ms(now), at_most)).fetchall()
        return AccountId(rows[0][0]) if rows else None

    def delete_login_token(self, digest: bytes) -> None:
        """Delete a used login token."""
        self._connection.execute("DELETE FROM login_token WHERE digest = ?", (digest,))

    def login_key(self, account_id: AccountId, key: str) -> LoginKeyRecord | None:
        """Return a login key of the account."""
        sql = f"SELECT {_LOGIN_KEY} FROM login_key WHERE id = ? AND account_id = ?"
        row = self._connection.execute(sql, (key, account_id)).fetchone()
        return None if row is None else _login_key(row)

    def login_keys(self, account_id: AccountId, paging: Paging) -> ListPage[LoginKeyRecord]:
        """Return a page of the account's login keys, oldest first."""
        sql = f"SELECT {_LOGIN_KEY} FROM login_key WHERE account_id = ? ORDER BY seq LIMIT ? OFFSET ?"
        rows = self._connection.execute(sql, (account_id, paging.size + 1, paging.offset)).fetchall()
        return page_of([_login_key(row) for row in rows], paging)

    def count_login_keys(self, account_id: AccountId) -> int:
        """Return the number of the account's login keys."""
        sql = "SELECT count(*) FROM login_key WHERE account_id = ?"
        return int(self._connection.execute(sql, (account_id,)).fetchone()[0])

    def put_login_key(self, key: LoginKeyRecord) -> None:
        """Store a login key, new or with a new description."""
        sql = f"""INSERT INTO login_key ({_LOGIN_KEY}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
          description = excluded.description, updated_ms = excluded.updated_ms"""
        values = (key.id, key.description, key.usages, key.owner_id, to_ms(key.created_at), to_ms(key.updated_at))
        self._connection.execute(sql, values)

    def use_login_key(self, key: str) -> AccountId | None:
        """Return the account of a login key and count the use; None: there is no such key. Source: contract 5.3."""
        sql = "UPDATE login_key SET usages = usages + 1 WHERE id = ? RETURNING account_id"
        rows = self._connection.execute(sql, (key,)).fetchall()
        return AccountId(rows[0][0]) if rows else None

    def delete_login_key(self, account_id: AccountId, key: str) -> bool:
        """Delete a login key of the account; return True if there was one."""
        sql = "DELETE FROM login_key WHERE account_id = ? AND id = ?"
        return self._connection.execute(sql, (account_id, key)).rowcount == 1


_LOGIN_KEY = "id, description, usages, account_id, created_ms, updated_ms"


def _login_key(row: tuple[Any, ...]) -> LoginKeyRecord:
    return LoginKeyRecord(row[0], row[1], row[2], row[3], from_ms(row[4]), from_ms(row[5]))
