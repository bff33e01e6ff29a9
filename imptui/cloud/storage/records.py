"""What a world knows beyond the nouns that the service shows."""

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
    """What a request did not speak of, where None means something."""

    UNSET = 0


UNSET = Unset.UNSET


class Imp(Struct, frozen=True):
    """A device as the world sees it: what the service tells, and what it keeps to itself."""

    device: Device
    kind: DeviceKind
    agent_id: AgentId
    """Its agent's name for life; `device.agent_id` is None while it is unassigned. Source: contract 9.2."""
    running_deployment_id: DeploymentId | None = None
    """What its squirrel runs now, which may be older than what its group's devices should run."""
    is_restart_pending: bool = False
    """It shall start over when it next connects. Source: contract 10.4."""
    needs_blinkup: bool = False
    """Blessed where `load_code_after_blessing` is false: no program before the first end-user BlinkUp.

    Source: primer, "Devices".
    """
    fixture_id: DeviceId | None = None
    """The fixture that configured it, of a device under test or a blessed device."""
    target_group_id: GroupId | None = None
    """Where a device under test goes when it is blessed; the fixture's group decided it. Source: contract 11.2."""
    blessed_at: datetime | None = None
    seed: int = 0
    """What its telemetry is computed from; 63 bits."""
    presence: str = ""
    """Its habits of being online, in the words of `life`."""
    due_at: datetime | None = None
    """When something next happens to it by itself; None: nothing will."""


@dataclass(frozen=True, slots=True, repr=False)
class AccountCredentials:
    """What an account is known by. Never printed."""

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
    """Lines were logged; announced after they are kept, in order."""

    entries: Sequence[LogEntry]


class WebhookEvent(Struct, frozen=True):
    """Something webhooks may want to hear of. Source: contract 13."""

    event: str
    """`deployment`, `blessing` or `blinkup`."""
    group_id: GroupId
    fields: Mapping[str, str | None]


class DeviceScope(Struct, frozen=True):
    """Which devices to list; all given conditions hold together. Source: contract 4.6."""

    owner_id: AccountId | None = None
    product_id: ProductId | None = None
    group_id: GroupId | None = None
    group_owner_id: AccountId | None = None
    group_type: GroupType | None = None
    is_unassigned: bool = False


class GroupScope(Struct, frozen=True):
    """Which groups to list. Source: contract 4.6."""

    owner_id: AccountId | None = None
    product_id: ProductId | None = None
    types: tuple[GroupType, ...] = ()
    """Empty: every type."""


class DeploymentScope(Struct, frozen=True):
    """Which deployments to list. Source: contract 4.6."""

    owner_id: AccountId | None = None
    creator_id: AccountId | None = None
    product_id: ProductId | None = None
    group_id: GroupId | None = None
    sha: str | None = None
    is_flagged: bool | None = None
    flagger_id: AccountId | None = None
    tags: tuple[str, ...] = ()
    """It carries all of them."""
