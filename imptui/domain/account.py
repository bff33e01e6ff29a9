"""Who owns and who does."""

from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct

from imptui.domain.ids import AccountId


class Account(Struct, frozen=True):
    """An Electric Imp user; may collaborate on the accounts of others. Source: contract 6.1."""

    id: AccountId
    username: str
    email: str
    tier: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class RefreshToken(Struct, frozen=True):
    """One login that can still be renewed; its id is not the token itself. Source: contract 6.2."""

    id: str
    created_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LoginKey:
    """What stands for user name and password in scripts. Source: contract 6.3."""

    id: str = field(repr=False)
    """The key itself, 16 characters: a secret."""
    description: str | None = None
    usages: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
