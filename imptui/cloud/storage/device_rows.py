"""Columns of a device: how rows are read, written and written in bulk."""

from typing import Any, NamedTuple

from imptui.cloud.environment.clock import from_ms_or_none, to_ms_or_none
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.type_numbers import KIND_NUMBER, KIND_OF, TYPE_NUMBER, TYPE_OF
from imptui.domain.device import Device
from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, AgentId, DeploymentId, DeviceId, GroupId, ProductId

AGENT_ORIGIN = "https://agent.electricimp.com/"
"""Base URL of agents. Source: contract 10.2."""


class ListedDevice(NamedTuple):
    """A device of a list, as plain values: times in milliseconds since 1970, truths as 0 and 1.

    Made for pages that go straight to the wire, where a `Device` for each would cost more than reading it.
    """

    id: str
    name: str | None
    mac_address: str
    ip_address: str | None
    imp_type: str | None
    swversion: str | None
    plan_id: str | None
    is_online: int
    state_changed_ms: int | None
    agent_id: str
    """Its permanent agent id; not shown while `group_id` is None."""
    is_agent_running: int
    agent_state_changed_ms: int | None
    last_enrolled_ms: int | None
    owner_id: str
    group_id: str | None
    product_id: str | None
    group_type_number: int | None

    @property
    def group_type(self) -> GroupType | None:
        """The type of its group, None while unassigned."""
        return TYPE_OF[self.group_type_number]

    def device(self) -> Device:
        """Return the row as a `Device`."""
        return device_of(self)


DEVICE_SELECT = """d.id, d.name, d.mac_address, d.ip_address, d.imp_type, d.swversion, d.plan_id, d.is_online,
  d.state_changed_ms, d.agent_id, d.is_agent_running, d.agent_state_changed_ms, d.last_enrolled_ms, a.id, g.id,
  g.product_id, d.group_type"""
DEVICE_FROM = "device d JOIN account a ON a.seq = d.owner_seq LEFT JOIN device_group g ON g.seq = d.group_seq"

IMP_SELECT = f"""{DEVICE_SELECT}, d.kind, r.id, d.is_restart_pending, d.needs_blinkup, f.id, t.id, d.blessed_ms, d.seed,
  d.presence, d.due_ms"""
IMP_FROM = f"""{DEVICE_FROM} LEFT JOIN deployment r ON r.seq = d.running_seq LEFT JOIN device f ON f.seq = d.fixture_seq
  LEFT JOIN device_group t ON t.seq = d.target_seq"""

STATE_COLUMNS = (
    "name",
    "ip_address",
    "imp_type",
    "swversion",
    "plan_id",
    "is_online",
    "state_changed_ms",
    "is_agent_running",
    "agent_state_changed_ms",
    "last_enrolled_ms",
    "group_type",
    "kind",
    "is_restart_pending",
    "needs_blinkup",
    "blessed_ms",
    "seed",
    "presence",
    "due_ms",
)
"""Columns that hold what they say; `state_values` has them in this order."""


def device_of(row: ListedDevice) -> Device:
    """Return the device that a row describes."""
    agent_id = None if row.group_id is None else AgentId(row.agent_id)
    return Device(
        id=DeviceId(row.id),
        name=row.name,
        mac_address=row.mac_address,
        ip_address=row.ip_address,
        imp_type=row.imp_type,
        swversion=row.swversion,
        plan_id=row.plan_id,
        is_online=row.is_online != 0,
        state_changed_at=from_ms_or_none(row.state_changed_ms),
        agent_id=agent_id,
        agent_url=None if agent_id is None else AGENT_ORIGIN + agent_id,
        is_agent_running=row.is_agent_running != 0,
        agent_state_changed_at=from_ms_or_none(row.agent_state_changed_ms),
        last_enrolled_at=from_ms_or_none(row.last_enrolled_ms),
        owner_id=AccountId(row.owner_id),
        group_id=None if row.group_id is None else GroupId(row.group_id),
        product_id=None if row.product_id is None else ProductId(row.product_id),
        group_type=row.group_type,
    )


def listed_of(imp: Imp) -> ListedDevice:
    """Return a device as the row that a list would show."""
    device = imp.device
    return ListedDevice(
        id=device.id,
        name=device.name,
        mac_address=device.mac_address or "",
        ip_address=device.ip_address,
        imp_type=device.imp_type,
        swversion=device.swversion,
        plan_id=device.plan_id,
        is_online=device.is_online,
        state_changed_ms=to_ms_or_none(device.state_changed_at),
        agent_id=imp.agent_id,
        is_agent_running=device.is_agent_running,
        agent_state_changed_ms=to_ms_or_none(device.agent_state_changed_at),
        last_enrolled_ms=to_ms_or_none(device.last_enrolled_at),
        owner_id=device.owner_id,
        group_id=device.group_id,
        product_id=device.product_id,
        group_type_number=None if device.group_type is None else TYPE_NUMBER[device.group_type],
    )


class _ImpColumns(NamedTuple):
    """The columns that `IMP_SELECT` has beyond those of `DEVICE_SELECT`."""

    kind_number: int
    running_deployment_id: str | None
    is_restart_pending: int
    needs_blinkup: int
    fixture_id: str | None
    target_group_id: str | None
    blessed_ms: int | None
    seed: int
    presence: str
    due_ms: int | None


_LISTED_COLUMNS = len(ListedDevice._fields)


def imp_of(row: tuple[Any, ...]) -> Imp:
    """Return the imp that the columns of `IMP_SELECT` describe."""
    listed, own = ListedDevice._make(row[:_LISTED_COLUMNS]), _ImpColumns._make(row[_LISTED_COLUMNS:])
    return Imp(
        device=device_of(listed),
        kind=KIND_OF[own.kind_number],
        agent_id=AgentId(listed.agent_id),
        running_deployment_id=None if own.running_deployment_id is None else DeploymentId(own.running_deployment_id),
        is_restart_pending=own.is_restart_pending != 0,
        needs_blinkup=own.needs_blinkup != 0,
        fixture_id=None if own.fixture_id is None else DeviceId(own.fixture_id),
        target_group_id=None if own.target_group_id is None else GroupId(own.target_group_id),
        blessed_at=from_ms_or_none(own.blessed_ms),
        seed=own.seed,
        presence=own.presence,
        due_at=from_ms_or_none(own.due_ms),
    )


def state_values(imp: Imp) -> tuple[object, ...]:
    """An imp as the values of `STATE_COLUMNS`."""
    device = imp.device
    return (
        device.name,
        device.ip_address,
        device.imp_type,
        device.swversion,
        device.plan_id,
        device.is_online,
        to_ms_or_none(device.state_changed_at),
        device.is_agent_running,
        to_ms_or_none(device.agent_state_changed_at),
        to_ms_or_none(device.last_enrolled_at),
        None if device.group_type is None else TYPE_NUMBER[device.group_type],
        KIND_NUMBER[imp.kind],
        imp.is_restart_pending,
        imp.needs_blinkup,
        to_ms_or_none(imp.blessed_at),
        imp.seed,
        imp.presence,
        to_ms_or_none(imp.due_at),
    )
