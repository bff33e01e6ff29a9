"""Accounts, and the refresh tokens and login keys that belong to them."""

from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct

from imptui.domain.ids import AccountId


class Account(Struct, frozen=True):
    """An Electric Imp user, who may collaborate on other accounts. Source: contract 6.1."""

    id: AccountId
    username: str
    email: str
    tier: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class RefreshToken(Struct, frozen=True):
    """A login that can still be renewed; `id` is not the token itself. Source: contract 6.2."""

    id: str
    created_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LoginKey:
    """A key that replaces user name and password in scripts. Source: contract 6.3."""

    id: str = field(repr=False)
    """The key itself, 16 characters. It is a secret."""
    description: str | None = None
    usages: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
