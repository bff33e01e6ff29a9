"""A device as rows: to read, to write, and to write very many."""

from typing import Any, NamedTuple

from imptui.cloud.environment.clock import from_ms_or_none, to_ms_or_none
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.type_numbers import KIND_NUMBER, KIND_OF, TYPE_NUMBER, TYPE_OF
from imptui.domain.device import Device
from imptui.domain.group import GroupType

AGENT_ORIGIN = "https://agent.electricimp.com/"
"""Where agents are reached. Source: contract 10.2."""


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
    """Its agent's name for life; not to be told while `group_id` is None."""
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
        """The device itself."""
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


def device_of(row: tuple[Any, ...]) -> Device:
    """The device that the columns of `DEVICE_SELECT` describe."""
    group_id = row[14]
    agent_id = None if group_id is None else row[9]
    return Device(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        row[7] != 0,
        from_ms_or_none(row[8]),
        agent_id,
        None if agent_id is None else AGENT_ORIGIN + agent_id,
        row[10] != 0,
        from_ms_or_none(row[11]),
        from_ms_or_none(row[12]),
        row[13],
        group_id,
        row[15],
        TYPE_OF[row[16]],
    )


def imp_of(row: tuple[Any, ...]) -> Imp:
    """The imp that the columns of `IMP_SELECT` describe."""
    return Imp(
        device=device_of(row),
        kind=KIND_OF[row[17]],
        agent_id=row[9],
        running_deployment_id=row[18],
        is_restart_pending=row[19] != 0,
        needs_blinkup=row[20] != 0,
        fixture_id=row[21],
        target_group_id=row[22],
        blessed_at=from_ms_or_none(row[23]),
        seed=row[24],
        presence=row[25],
        due_at=from_ms_or_none(row[26]),
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
