"""The JSON of the service, by resource: only what the console reads, and every part may be missing.

msgspec checks the types while it decodes. The shapes cover both dialects. Each names its source.
"""

from datetime import datetime

from msgspec import Struct

from imptui.jsonapi.linkage import Identifier, Linkage

Number = int | float | None


class Attributes(Struct, frozen=True, kw_only=True, gc=False):
    """The attributes that any resource may have; the section of the resource says which it has.

    One shape for all resources would cost time on devices, so devices have their own.
    """

    name: str | None = None
    description: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class DeviceAttributes(Struct, frozen=True, kw_only=True, gc=False):
    """The attributes of a device. Source: contract 10.2."""

    name: str | None = None
    agent_id: str | None = None
    agent_url: str | None = None
    agent_running: bool | None = None
    agent_state_changed_at: datetime | None = None
    device_online: bool | None = None
    device_state_changed_at: datetime | None = None
    last_enrolled_at: datetime | None = None
    imp_type: str | None = None
    ip_address: str | None = None
    mac_address: str | None = None
    swversion: str | None = None
    plan_id: str | None = None
    rssi: Number = None
    free_memory: Number = None


class GroupAttributes(Attributes, frozen=True, kw_only=True):
    """The attributes of a group. Source: contract 8.2; targets: primer, "Deploying Factory Firmware To BlinkUp Fixtures"."""

    region: str | None = None
    env_vars: dict[str, str | int | float] | None = None
    load_code_after_blessing: bool | None = None
    production_target: Linkage | str | None = None
    dut_target: Linkage | str | None = None


class DeploymentAttributes(Attributes, frozen=True, kw_only=True):
    """The attributes of a deployment. Source: contract 12.2."""

    sha: str | None = None
    origin: str | None = None
    flagged: bool | None = None
    tags: list[str] | None = None
    agent_code: str | None = None
    device_code: str | None = None


class OtherAttributes(Attributes, frozen=True, kw_only=True):
    """The attributes of accounts, tokens, keys, webhooks and libraries. Source: contract 6, 13, 17."""

    username: str | None = None
    email: str | None = None
    tier: str | None = None
    last_used_at: datetime | None = None
    usages: int | None = None
    url: str | None = None
    event: str | None = None
    content_type: str | None = None
    supported: bool | None = None


class Relationships(Struct, frozen=True, kw_only=True, gc=False):
    """The relationships of all resources but libraries. Source: contract 8.3, 10.3, 12.2."""

    owner: Linkage | None = None
    creator: Linkage | None = None
    flagger: Linkage | None = None
    product: Linkage | None = None
    devicegroup: Linkage | None = None
    device_group: Linkage | None = None
    production_target: Linkage | None = None
    dut_target: Linkage | None = None
    current_deployment: Linkage | None = None
    min_supported_deployment: Linkage | None = None


class LibraryRelationships(Struct, frozen=True, kw_only=True):
    """The relationships of a library. Source: contract 17."""

    versions: list[Identifier] | None = None


class LogEntryShape(Struct, frozen=True, kw_only=True):
    """A log entry: a plain object, no resource. Source: contract 15."""

    ts: datetime
    msg: str
    type: str = ""
    log_type: str | None = None
    device_id: str | None = None


class HistoryEntryShape(Struct, frozen=True, kw_only=True):
    """An entry of a device's history: a plain object, no resource. Source: contract 15."""

    timestamp: datetime
    event: str
    owner_id: str | None = None
    actor_id: str | None = None


class CompileMessageShape(Struct, frozen=True):
    """A message of the compiler. Source: contract 12.4."""

    file: str
    row: int | float
    column: int | float
    type: str
    text: str
