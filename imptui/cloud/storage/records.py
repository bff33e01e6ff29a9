"""Records of a world beyond the nouns that the service shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum

from msgspec import Struct

from imptui.domain.account import Account
from imptui.domain.device import Device, DeviceKind
from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, AgentId, DeploymentId, DeviceId, GroupId, ProductId
from imptui.domain.log import LogEntry


class Unset(Enum):
    """Marks an omitted field of a request, where None has a meaning."""

    UNSET = 0


UNSET = Unset.UNSET


class Imp(Struct, frozen=True):
    """A device of the world: what the service shows, and what it does not."""

    device: Device
    kind: DeviceKind
    agent_id: AgentId
    """Its permanent agent id; `device.agent_id` is None while it is unassigned. Source: contract 9.2."""
    running_deployment_id: DeploymentId | None = None
    """The deployment it runs now; may be older than its group's current one."""
    is_restart_pending: bool = False
    """It restarts when it next connects. Source: contract 10.4."""
    needs_blinkup: bool = False
    """Blessed where `load_code_after_blessing` is false: no program before the first end-user BlinkUp.

    Source: primer, "Devices".
    """
    fixture_id: DeviceId | None = None
    """The fixture that configured it, of a device under test or a blessed device."""
    target_group_id: GroupId | None = None
    """Production target of a device under test, from its fixture's group. Source: contract 11.2."""
    blessed_at: datetime | None = None
    seed: int = 0
    """Seed of its telemetry; 63 bits."""
    presence: str = ""
    """The kind of its connections, spontaneous or on demand; see `environment/presence.py`."""
    due_at: datetime | None = None
    """The time of its next simulated event; None: never."""


@dataclass(frozen=True, slots=True, repr=False)
class AccountCredentials:
    """Credentials of an account. Never printed."""

    account: Account
    password_hash: str
    unbond_key_hash: str | None
    otp_secret: str | None
    """Base 32; None: one-time passwords are off."""
    otp_last_step: int
    """The time step of the last one-time password that was taken; none is taken twice."""
    may_do_production: bool
    """True if it may create groups other than development groups. Source: contract 6.1."""


class RefreshTokenRecord(Struct, frozen=True):
    """A refresh token as it is listed; its id is not the token. Source: contract 6.2."""

    id: str
    owner_id: AccountId
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, repr=False)
class LoginKeyRecord:
    """A login key: its id is the key itself, hence never printed. Source: contract 6.3."""

    id: str
    description: str | None
    usages: int
    owner_id: AccountId
    created_at: datetime
    updated_at: datetime


class RestartReason(StrEnum):
    """Why an agent and its device started over, in the service's words. Source: contract 14.5."""

    RELOAD = "reload"
    NEW_CODE = "new_bytecode_version"


class LinesLogged(Struct, frozen=True):
    """Event: lines were logged. Announced after they are stored, in order."""

    entries: Sequence[LogEntry]


class WebhookEvent(Struct, frozen=True):
    """An event that webhooks may subscribe to. Source: contract 13."""

    event: str
    """`deployment`, `blessing` or `blinkup`."""
    group_id: GroupId
    fields: Mapping[str, str | None]


class DeviceScope(Struct, frozen=True):
    """Conditions of a device list; all given ones hold together. Source: contract 4.6."""

    owner_id: AccountId | None = None
    product_id: ProductId | None = None
    group_id: GroupId | None = None
    group_owner_id: AccountId | None = None
    group_type: GroupType | None = None
    is_unassigned: bool = False


class GroupScope(Struct, frozen=True):
    """Conditions of a device group list. Source: contract 4.6."""

    owner_id: AccountId | None = None
    product_id: ProductId | None = None
    types: tuple[GroupType, ...] = ()
    """The group types; empty: every type."""


class DeploymentScope(Struct, frozen=True):
    """Conditions of a deployment list. Source: contract 4.6."""

    owner_id: AccountId | None = None
    creator_id: AccountId | None = None
    product_id: ProductId | None = None
    group_id: GroupId | None = None
    sha: str | None = None
    is_flagged: bool | None = None
    flagger_id: AccountId | None = None
    tags: tuple[str, ...] = ()
    """It carries all of them."""
