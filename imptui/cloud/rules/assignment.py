"""Rules of assigning devices to device groups and unassigning them.

Source: primer, "Assigning Devices To A Device Group"; contract 9.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import replace

from imptui.cloud.rules import device_log
from imptui.cloud.rules.boot import program_for, started_over, why_started
from imptui.cloud.rules.visibility import group_for, imp_for, refuse
from imptui.cloud.storage.device_rows import AGENT_ORIGIN
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.secret_hashing import fits
from imptui.cloud.storage.world import World, WorldChange
from imptui.domain import policy
from imptui.domain.account import Account
from imptui.domain.device import DeviceKind, kind_in
from imptui.domain.errors import Conflict, Invalid, NotFound, Refused, Rule
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import DeviceId, GroupId
from imptui.domain.log import Enrolment


class AssignDevices(Struct, frozen=True):
    """A request to assign devices to a group; each is named by id, MAC address or agent id."""

    group_id: GroupId
    references: Sequence[str]
    keeps_product: bool = False
    """True if production devices stay in their product, as on the live service; the primer knows no such rule.

    Source: contract 9.3.
    """


@dataclass(frozen=True, slots=True, repr=False)
class UnassignDevices:
    """A request to unassign devices from a group. Never printed: it may hold the unbond key."""

    group_id: GroupId
    references: Sequence[str]
    unbond_key: str | None = None


class AssignmentOutcome(Struct, frozen=True):
    """The result for one device of a bulk call."""

    reference: str
    """The identifier as the caller spelled it."""
    refusal: Refused | None
    """The refusal; None: the action succeeded."""


def assign(world: World, asked: AssignDevices, actor: Account) -> list[AssignmentOutcome]:
    """Assign devices to a group one by one; like the service, it may assign some and refuse others.

    An assigned device moves straight from another group of the same type; one that is in this group already starts
    over. A device gets its agent back, the same for life, and loads the group's current deployment.

    Returns:
        One outcome per device asked for, in that order; a refusal is `Conflict` (not a device for this group) or
        `NotFound`.

    Raises:
        NotFound: The group itself is unknown to this account. Nothing changed.

    Source: primer, "Assigning Devices To A Device Group"; contract 9.2 to 9.4.
    """
    with world.change() as tx:
        group = group_for(tx, asked.group_id, actor)
        return _each(asked.references, lambda reference: _assign_one(tx, reference, group, asked, actor))


def unassign(world: World, asked: UnassignDevices, actor: Account) -> list[AssignmentOutcome]:
    """Unassign devices from their group one by one.

    Not atomic: some may leave while others are refused, as in the service. Leaving a production group takes the
    owner's unbond key and makes the device a development device again; other groups do not look at the key.

    Returns:
        One outcome per device asked for, in that order; a refusal is `Forbidden` (no key, or the wrong one) or
        `NotFound` (unknown, or not in this group).

    Raises:
        NotFound: The group itself is unknown to this account. Nothing changed.

    Source: primer, "Unassigning Devices"; contract 9.4, 9.5.
    """
    key_fits = key_fits_group(world, asked.group_id, asked.unbond_key, actor)
    with world.change() as tx:
        group = group_for(tx, asked.group_id, actor)
        return _each(asked.references, lambda reference: _unassign_one(tx, reference, group, actor, key_fits=key_fits))


def refusal_of(outcomes: Sequence[AssignmentOutcome]) -> Invalid | None:
    """Return all refusals of a bulk call as one; None: there are none. Source: contract 9.4."""
    parts = [outcome.refusal for outcome in outcomes if outcome.refusal is not None]
    if not parts:
        return None
    return Invalid(f"{len(parts)} of {len(outcomes)} devices were refused: {parts[0].reason}", parts[0].rule, parts=parts)


def key_fits_group(world: World, group_id: str, unbond_key: str | None, actor: Account) -> bool:
    """Return True if the key is the one of the group's owner; looked at for production groups only, outside of any change.

    Raises:
        NotFound: The group is unknown to this account.
    """
    with world.view() as view:
        group = group_for(view, group_id, actor)
        owner = view.accounts.credentials(group.owner_id)
    if group.type is not GroupType.PRODUCTION or unbond_key is None or owner is None or owner.unbond_key_hash is None:
        return False
    return fits(unbond_key, owner.unbond_key_hash, world.password_cost_log2)


def place(tx: WorldChange, imp: Imp, group: DeviceGroup, actor: Account | None, *, kind: DeviceKind) -> Imp:
    """Put an imp into a group without checking permissions, and restart it with the group's deployment.

    The building block of assignment by hand and of blessing; the caller has decided `kind`, and set `needs_blinkup`
    on the imp if it shall wait for its first end-user BlinkUp.
    """
    is_other_group = imp.device.group_id != group.id
    device = replace(
        imp.device,
        group_id=group.id,
        group_type=group.type,
        product_id=group.product_id,
        agent_id=imp.agent_id,
        agent_url=AGENT_ORIGIN + imp.agent_id,
    )
    placed = replace(imp, device=device, kind=kind)
    deployment = program_for(tx, placed)
    after = started_over(tx, placed, deployment)
    if not is_other_group:
        tx.devices.put([after])
    else:
        tx.devices.put_moved(after)
        note(tx, after, "assigned", actor)
    device_log.booted(tx, after, deployment, why_started(imp, deployment))
    return after


def release(tx: WorldChange, imp: Imp, actor: Account | None) -> Imp:
    """Take an imp out of its group without checking permissions; it becomes an unassigned development device.

    Its agent stops; the agent id is stored for the next assignment. Source: contract 9.2, 9.5.
    """
    was_blessed = imp.blessed_at is not None
    device = replace(
        imp.device,
        group_id=None,
        group_type=None,
        product_id=None,
        agent_id=None,
        agent_url=None,
        is_agent_running=False,
        agent_state_changed_at=tx.now,
    )
    after = replace(
        imp,
        device=device,
        kind=DeviceKind.DEVELOPMENT,
        running_deployment_id=None,
        is_restart_pending=False,
        needs_blinkup=False,
        fixture_id=None,
        target_group_id=None,
        blessed_at=None,
    )
    tx.devices.put_moved(after)
    note(tx, after, "unassigned", actor)
    if was_blessed:
        note(tx, after, "unblessed", actor)
    return after


def note(tx: WorldChange, imp: Imp, event: str, actor: Account | None) -> None:
    """Store an entry of the device's history. Source: contract 15."""
    owner_id = imp.device.owner_id
    tx.logs.enrol(Enrolment(imp.device.id, tx.now, event, owner_id, owner_id if actor is None else actor.id))


def assign_one(tx: WorldChange, imp: Imp, group: DeviceGroup, actor: Account, *, keeps_product: bool = False) -> Imp:
    """Assign one device by hand.

    Raises:
        NotFound: It has another owner than the group.
        Conflict: It is no device for this group.
    """
    device = imp.device
    if device.owner_id != group.owner_id:
        raise NotFound(f"No device with the identifier {device.id} in the account that owns the group.", subject=device.id)
    refuse(policy.assign(imp.kind, device.group_type, group.type, label=device.id, imp_type=device.imp_type))
    if keeps_product and device.group_type is GroupType.PRODUCTION and device.product_id != group.product_id:
        raise Conflict(
            f"Device {device.id} is a production device and can move only to production groups of its own product.",
            Rule.WRONG_KIND_FOR_GROUP,
            subject=device.id,
        )
    is_move_of_blessed = device.group_type is not None and imp.kind in (DeviceKind.TEST_BLESSED, DeviceKind.PRODUCTION)
    kind = imp.kind if is_move_of_blessed else kind_in(group.type) or imp.kind
    return place(tx, imp, group, actor, kind=kind)


def unassign_one(tx: WorldChange, imp: Imp, actor: Account, *, key_fits: bool) -> Imp:
    """Take one assigned device out of its group by hand.

    Raises:
        Forbidden: It is in a production group and the key does not fit.
    """
    group_type = imp.device.group_type
    if group_type is not None:
        refusal = policy.unassign(group_type, key_fits=key_fits)
        if refusal is not None:
            refusal.subject = imp.device.id
            raise refusal
    return release(tx, imp, actor)


def _assign_one(tx: WorldChange, reference: str, group: DeviceGroup, asked: AssignDevices, actor: Account) -> DeviceId:
    imp = imp_for(tx, reference, actor)
    return assign_one(tx, imp, group, actor, keeps_product=asked.keeps_product).device.id


def _unassign_one(tx: WorldChange, reference: str, group: DeviceGroup, actor: Account, *, key_fits: bool) -> DeviceId:
    imp = imp_for(tx, reference, actor)
    if imp.device.group_id != group.id:
        raise NotFound(f"Device {imp.device.id} is not in this device group.", subject=imp.device.id)
    return unassign_one(tx, imp, actor, key_fits=key_fits).device.id


def _each(references: Sequence[str], do: Callable[[str], DeviceId]) -> list[AssignmentOutcome]:
    """Apply an action to each device; a refused device is unchanged and does not affect the others."""
    outcomes: list[AssignmentOutcome] = []
    for reference in references:
        try:
            do(reference)
        except Refused as refusal:
            outcomes.append(AssignmentOutcome(reference, refusal))
        else:
            outcomes.append(AssignmentOutcome(reference, None))
    return outcomes
