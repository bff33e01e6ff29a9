"""Who owns and who does."""

from dataclasses import dataclass
from datetime import datetime

from imptui.model.ids import AccountId


@dataclass(frozen=True, slots=True)
class Account:
    """An Electric Imp user; may collaborate on the accounts of others. Source: contract 6.1."""

    id: AccountId
    username: str
    email: str
    tier: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
