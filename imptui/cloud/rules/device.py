"""Rules of devices. Source: primer, "Devices"; contract 10."""

from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import replace

from imptui.cloud.rules import device_log
from imptui.cloud.rules.assignment import assign_one, key_fits_group, unassign_one
from imptui.cloud.rules.boot import restart, started_over, why_started
from imptui.cloud.rules.visibility import group_for, imp_for, owners_for, refuse, well_formed
from imptui.cloud.storage.bulk_restarts import AlikeDevices, DeviceRange, RangeStarted
from imptui.cloud.storage.device_rows import ListedDevice
from imptui.cloud.storage.paging import FIRST, ListPage, Paging
from imptui.cloud.storage.records import UNSET, DeviceScope, Imp, Unset
from imptui.cloud.storage.world import World, WorldChange
from imptui.domain import policy
from imptui.domain.account import Account
from imptui.domain.device import Device
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import DeviceId, GroupId
from imptui.domain.log import Enrolment

_RESTARTED_AT_ONCE = 1_000
"""Devices of a group that restart in one transaction; other requests run between two of them."""

_REMEMBERED_AT_ONCE = 8
"""The number of devices per transaction whose programs are run, to get the memory of a start before it is deleted.

A restart of thousands runs no program: the memory that the deleted start found then stands in for that of the next one.
"""


@dataclass(frozen=True, slots=True, repr=False)
class UpdateDevice:
    """A device's new name, or group, or both; what is not named stays. Never printed: it may hold the unbond key."""

    reference: str
    name: str | Unset | None = UNSET
    """The new name; None and the empty text remove it. Source: contract 10.2."""
    group_id: GroupId | Unset | None = UNSET
    """The new group; None unassigns. Source: primer, "Device Endpoints"; contract 9.1."""
    unbond_key: str | None = None
    keeps_product: bool = False
    """True if a production device stays in its product, as on the live service. Source: contract 9.3."""


class ListDevices(Struct, frozen=True):
    """Devices that the caller sees, within a scope."""

    scope: DeviceScope = DeviceScope()
    paging: Paging = FIRST


def list_devices(world: World, asked: ListDevices, actor: Account) -> ListPage[ListedDevice]:
    """List the devices that the caller sees, in order of creation; `ListedDevice.device()` makes a `Device`.

    Costs the same for a thousand devices and for a million. Source: contract 4.2, 4.6.
    """
    with world.view() as view:
        scope = asked.scope
        owners = owners_for(view, actor, scope.owner_id)
        if scope.group_owner_id == "me":
            scope = replace(scope, group_owner_id=actor.id)
        return view.devices.page(owners, replace(scope, owner_id=None), asked.paging)


def get_imp(world: World, reference: str, actor: Account) -> Imp:
    """Return one device with its whole state in the world; `.device` is the part that the service shows.

    Raises:
        NotFound: There is none such for this account.
    """
    with world.view() as view:
        return imp_for(view, reference, actor)


def update_device(world: World, asked: UpdateDevice, actor: Account) -> Device:
    """Rename a device, or assign it by its relationship; both or neither.

    Raises:
        Invalid: The name is too long.
        NotFound: There is no such device, or group, for this account.
        Conflict: It is no device for the group.
        Forbidden: It is in a production group and the unbond key does not fit.

    Source: primer, "Device Endpoints"; contract 9.1, 10.1, 10.2.
    """
    name = None if asked.name == "" else asked.name
    if isinstance(name, str):
        refuse(policy.validate_name(name))
        well_formed(name, "name")
    key_fits = _key_fits(world, asked, actor)
    with world.change() as tx:
        imp = imp_for(tx, asked.reference, actor)
        if not isinstance(name, Unset) and name != imp.device.name:
            imp = replace(imp, device=replace(imp.device, name=name))
            tx.devices.put([imp])
        if not isinstance(asked.group_id, Unset):
            imp = _regroup(tx, imp, asked, actor, key_fits=key_fits)
        return imp_for(tx, imp.device.id, actor).device


def delete_device(world: World, reference: str, actor: Account) -> DeviceId:
    """Take an unassigned device out of the account; it leaves the world until it is enrolled again.

    Raises:
        NotFound: There is none such for this account.
        Conflict: It is assigned.

    Source: contract 10.4.
    """
    with world.change() as tx:
        imp = imp_for(tx, reference, actor)
        refuse(policy.delete_device(is_assigned=imp.device.group_id is not None))
        tx.devices.delete(imp.device.id)
        return imp.device.id


def restart_device(world: World, reference: str, actor: Account) -> None:
    """Start a device and its agent over with its group's current deployment; an offline one when it next connects.

    Raises:
        NotFound: There is none such for this account.
        Conflict: It is unassigned.

    Source: primer, "Restarting Devices"; contract 10.4.
    """
    with world.change() as tx:
        imp = imp_for(tx, reference, actor)
        refuse(policy.restart(is_assigned=imp.device.group_id is not None))
        restart(tx, imp)


def restart_group(world: World, group_id: str, actor: Account) -> None:
    """Restart all devices of a group; a group without devices, or without deployment, is fine.

    Restarts the group in several transactions, so that other requests do not wait; complete when it returns.

    Raises:
        NotFound: There is no such group for this account.

    Source: primer, "Restarting Devices"; contract 10.4.
    """
    stretch: DeviceRange | None = None
    while stretch is None or not stretch.is_last:
        with world.change() as tx:
            group = group_for(tx, group_id, actor)
            stretch = tx.bulk_restarts.after(group.id, stretch, _RESTARTED_AT_ONCE)
            if stretch is None:
                return
            _restart_all(tx, group, stretch)
        world.backpressure.give_way()


def list_history(world: World, reference: str, paging: Paging, actor: Account) -> ListPage[Enrolment]:
    """List a device's enrolments, newest first.

    Raises:
        NotFound: There is none such for this account.

    Source: contract 15.
    """
    with world.view() as view:
        return view.logs.history(imp_for(view, reference, actor).device.id, paging)


def _regroup(tx: WorldChange, imp: Imp, asked: UpdateDevice, actor: Account, *, key_fits: bool) -> Imp:
    """Follow the device's relationship; to the group that it is in already, nothing happens."""
    group_id = asked.group_id
    if isinstance(group_id, Unset) or group_id == imp.device.group_id:
        return imp
    if group_id is None:
        return unassign_one(tx, imp, actor, key_fits=key_fits)
    return assign_one(tx, imp, group_for(tx, group_id, actor), actor, keeps_product=asked.keeps_product)


def _key_fits(world: World, asked: UpdateDevice, actor: Account) -> bool:
    if asked.group_id is not None or asked.unbond_key is None:
        return False
    with world.view() as view:
        group_id = imp_for(view, asked.reference, actor).device.group_id
    return group_id is not None and key_fits_group(world, group_id, asked.unbond_key, actor)


def _restart_all(tx: WorldChange, group: DeviceGroup, stretch: DeviceRange) -> None:
    """Restart a range of devices: decide for one device of each kind and apply the result to all of that kind."""
    deployment = tx.deployments.get(group.current_deployment_id)
    kinds = tx.bulk_restarts.kinds(stretch, None if deployment is None else deployment.id)
    decided: list[tuple[AlikeDevices, Imp]] = []
    for alike in kinds:
        imp = alike.example
        loaded = None if imp.needs_blinkup else deployment
        after = started_over(tx, imp, loaded)
        tx.bulk_restarts.add_starts(alike, device_log.start_of(tx, after, loaded, why_started(imp, loaded)))
        decided.append((alike, after))
    for alike, after in decided:
        tx.bulk_restarts.put_started(alike, after)
    beyond = tx.bulk_restarts.beyond_limit(stretch)
    if len(beyond) <= _REMEMBERED_AT_ONCE:
        device_log.save_found_memory(tx, beyond)
    else:
        tx.bulk_restarts.copy_memory_forward(stretch)
    tx.bulk_restarts.forget_old_starts(stretch)
    tx.announce(RangeStarted(stretch, tx.now))
