"""Who owns what is in a world from the start."""

from dataclasses import dataclass, field
from datetime import datetime

from imptui.cloud.world.records import Credentials
from imptui.cloud.world.secrecy import hash_secret
from imptui.domain.account import Account
from imptui.domain.ids import AccountId

COST_LOG2 = 10
"""Work factor for secrets that are printed in a manual: little, for the first start should be quick."""


@dataclass(frozen=True, slots=True)
class Login:
    """User name, secrets and address of a world's first account."""

    username: str = "demo"
    password: str = field(default="demo", repr=False)
    email: str = "demo@example.com"
    unbond_key: str | None = field(default="demo-unbond-key", repr=False)
    """What takes devices out of production groups. Source: contract 9.5."""


DEMO_LOGIN = Login()
"""The account of worlds whose owner named none. It has no one-time passwords, and nothing about it is secret."""


def account_for(login: Login, account_id: str, created_at: datetime) -> Credentials:
    """The account that a login opens."""
    account = Account(AccountId(account_id), login.username, login.email, None, created_at, created_at)
    unbond_key_hash = None if login.unbond_key is None else hash_secret(login.unbond_key, COST_LOG2)
    return Credentials(account, hash_secret(login.password, COST_LOG2), unbond_key_hash, None, 0, may_do_production=True)
