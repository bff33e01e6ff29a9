"""Putting devices into groups and taking them out. Source: primer, "Assigning Devices To A Device Group"; contract 9."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from imptui.cloud.rules import assignment, device
from imptui.cloud.storage.paging import FIRST
from imptui.cloud.storage.records import UNSET, Imp
from imptui.domain.account import Account
from imptui.domain.device import DeviceKind
from imptui.domain.errors import Conflict, Forbidden, NotFound, Refused, Rule
from imptui.domain.group import DeviceGroup, GroupType

from .conftest import START, UNBOND_KEY, Bench


def assign(bench: Bench, group: DeviceGroup, *references: str, actor: Account | None = None) -> list[Refused | None]:
    asked = assignment.AssignDevices(group.id, references)
    return [outcome.refusal for outcome in assignment.assign(bench.world, asked, actor or bench.grower)]


def unassign(bench: Bench, group: DeviceGroup, *references: str, key: str | None = None) -> list[Refused | None]:
    asked = assignment.UnassignDevices(group.id, references, key)
    return [outcome.refusal for outcome in assignment.unassign(bench.world, asked, bench.grower)]


def assigned(bench: Bench, group: DeviceGroup, imp: Imp) -> Imp:
    assert assign(bench, group, imp.device.id) == [None]
    return bench.look_at(imp)


def test_group_and_product_are_set_together(bench: Bench) -> None:
    """Assigning sets the product to match that of the group. Primer, "Device Endpoints"."""
    group = bench.group()
    after = assigned(bench, group, bench.imp()).device
    assert (after.group_id, after.product_id, after.group_type) == (group.id, group.product_id, group.type)


def test_agent_comes_even_without_deployment(bench: Bench) -> None:
    """A device gets an agent id at once, even if the group has no deployment. Contract 9.2."""
    imp = bench.imp()
    assert imp.device.agent_id is None
    assert assigned(bench, bench.group(), imp).device.agent_id == imp.agent_id


def test_agent_id_is_for_life(bench: Bench) -> None:
    """The agent id is the same every time the device is assigned, in whatever group or product. Contract 9.2."""
    first, second = bench.group(name="a"), bench.group(name="b", product=bench.product("Orchard"))
    imp = bench.imp()
    before = assigned(bench, first, imp).device.agent_id
    unassign(bench, first, imp.device.id)
    assert assigned(bench, second, imp).device.agent_id == before


def test_agent_id_is_no_reference_while_unassigned(bench: Bench) -> None:
    """An unassigned device's agent id gives "not found". Contract 4.3."""
    imp = bench.imp()
    with pytest.raises(NotFound):
        device.get_imp(bench.world, imp.agent_id, bench.grower)
    assigned(bench, bench.group(), imp)
    assert device.get_imp(bench.world, imp.agent_id, bench.grower).device.id == imp.device.id


@pytest.mark.parametrize("change", [str.upper, lambda mac: mac.replace(":", "-"), lambda mac: mac.replace(":", "")])
def test_mac_address_in_any_spelling(bench: Bench, change: Callable[[str], str]) -> None:
    """A MAC address is accepted in capitals, with dashes, and as bare digits. Contract 4.3."""
    imp = bench.imp()
    assert device.get_imp(bench.world, change(imp.device.mac_address), bench.grower) == imp


def test_name_is_no_reference(bench: Bench) -> None:
    """A device's name is not an identifier. Contract 4.3."""
    imp = bench.imp()
    device.update_device(bench.world, device.UpdateDevice(imp.device.id, name="bed 4"), bench.grower)
    with pytest.raises(NotFound):
        device.get_imp(bench.world, "bed 4", bench.grower)


def test_loads_the_current_deployment(bench: Bench) -> None:
    """An assigned device loads the group's current deployment. Contract 9.2."""
    group = bench.group()
    bench.deploy(group)
    current = bench.deploy(group)
    assert assigned(bench, group, bench.imp()).running_deployment_id == current.id


def test_offline_device_loads_later(bench: Bench) -> None:
    """An offline device receives the new code when it next connects.

    Primer, "impCentral Product Example: 'Connected Meter 400'".
    """
    group = bench.group()
    bench.deploy(group)
    after = assigned(bench, group, bench.imp(is_online=False))
    assert (after.running_deployment_id, after.is_restart_pending) == (None, True)


def test_same_group_restarts(bench: Bench) -> None:
    """Adding a device to the group it is in already succeeds and restarts it. Contract 9.2."""
    group = bench.group()
    imp = assigned(bench, group, bench.imp())
    newer = bench.deploy(group)
    bench.clock.advance(timedelta(minutes=1))
    after = assigned(bench, group, imp)
    assert (after.running_deployment_id, after.device.state_changed_at) == (newer.id, START + timedelta(minutes=1))


def test_direct_move_within_a_type(bench: Bench) -> None:
    """A device moves straight to another group of the same type, in another product too. Contract 9.3."""
    first, second = bench.group(name="a"), bench.group(name="b", product=bench.product("Orchard"))
    imp = assigned(bench, first, bench.imp())
    assert assigned(bench, second, imp).device.group_id == second.id


def test_no_direct_move_to_another_type(bench: Bench) -> None:
    """Assigned devices can only be moved to groups of the same type. Primer, "Device Groups"."""
    beds, line = bench.group(), bench.fixtures()
    imp = assigned(bench, beds, bench.imp())
    (refusal,) = assign(bench, line, imp.device.id)
    assert isinstance(refusal, Conflict)
    assert refusal.rule is Rule.WRONG_KIND_FOR_GROUP


def test_fixture_becomes_development_device(bench: Bench) -> None:
    """Devices in Factory groups can be unassigned and then assigned to Development groups. Primer, "Device Groups"."""
    line, beds = bench.fixtures(), bench.group()
    imp = assigned(bench, line, bench.imp())
    assert imp.kind is DeviceKind.FIXTURE
    assert unassign(bench, line, imp.device.id) == [None]
    assert assigned(bench, beds, imp).kind is DeviceKind.DEVELOPMENT


@pytest.mark.parametrize("kind", [GroupType.PRODUCTION, GroupType.PRE_PRODUCTION, GroupType.DUT, GroupType.PRE_DUT])
def test_not_by_hand(bench: Bench, kind: GroupType) -> None:
    """Production Devices are never initially assigned manually; DUTs are placed by their fixture. Primer, "Devices"."""
    (refusal,) = assign(bench, bench.group(kind), bench.imp().device.id)
    assert isinstance(refusal, Conflict)


def test_blessed_device_moves_between_production_groups(bench: Bench) -> None:
    """A production device can be moved by hand to another Production Device Group. Primer, "Devices"."""
    first, second = bench.group(GroupType.PRODUCTION, "us"), bench.group(GroupType.PRODUCTION, "field test")
    imp = bench.imp(first, kind=DeviceKind.PRODUCTION, blessed_at=START)
    after = assigned(bench, second, imp)
    assert (after.device.group_id, after.kind, after.blessed_at) == (second.id, DeviceKind.PRODUCTION, START)


def test_imp001_is_no_fixture(bench: Bench) -> None:
    """imp001 devices cannot be used in factory groups. Contract 9.3."""
    (refusal,) = assign(bench, bench.fixtures(), bench.imp(imp_type="imp001").device.id)
    assert isinstance(refusal, Conflict)


def test_foreign_device_is_not_found(bench: Bench) -> None:
    """Devices of another owner are not found. Contract 9.3."""
    foreign = bench.imp(owner=bench.account("stranger"))
    (refusal,) = assign(bench, bench.group(), foreign.device.id)
    assert isinstance(refusal, NotFound)


def test_bulk_is_not_atomic(bench: Bench) -> None:
    """Those that succeed stay moved; the others have one refusal each, in order. Contract 9.4."""
    group, good = bench.group(), bench.imp()
    outcomes = assign(bench, group, "0c:2a:69:ff:ff:ff", good.device.id, "nonsense")
    assert [type(outcome) for outcome in outcomes] == [NotFound, type(None), NotFound]
    assert bench.look_at(good).device.group_id == group.id


def test_unknown_group(bench: Bench) -> None:
    """An unknown group is a plain "not found". Contract 9.4."""
    asked = assignment.AssignDevices(bench.greenhouse.id, [])  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        assignment.assign(bench.world, asked, bench.grower)


def test_empty_bulk_call(bench: Bench) -> None:
    """A call for no device does nothing and succeeds. Contract 9.1."""
    assert assign(bench, bench.group()) == []


def test_unassigned_device_has_neither_group_nor_agent(bench: Bench) -> None:
    """Unassigning clears group, product and agent. Contract 9.2."""
    group = bench.group()
    bench.deploy(group)
    imp = assigned(bench, group, bench.imp())
    assert imp.device.is_agent_running
    unassign(bench, group, imp.device.id)
    after = bench.look_at(imp).device
    assert (after.group_id, after.product_id, after.agent_id, after.agent_url) == (None, None, None, None)
    assert not after.is_agent_running


def test_not_in_this_group(bench: Bench) -> None:
    """Removing a device that is not in this group counts as "not found". Contract 9.4."""
    first, second = bench.group(name="a"), bench.group(name="b")
    imp = assigned(bench, first, bench.imp())
    (refusal,) = unassign(bench, second, imp.device.id)
    assert isinstance(refusal, NotFound)


@pytest.mark.parametrize("key", [None, "wrong"])
def test_production_device_stays_without_the_key(bench: Bench, key: str | None) -> None:
    """A device in a production group stays there without the unbond key. Contract 9.5."""
    group = bench.group(GroupType.PRODUCTION)
    imp = bench.imp(group, kind=DeviceKind.PRODUCTION, blessed_at=START)
    (refusal,) = unassign(bench, group, imp.device.id, key=key)
    assert isinstance(refusal, Forbidden)
    assert refusal.rule is Rule.UNBOND_KEY
    assert bench.look_at(imp) == imp


def test_unblessing(bench: Bench) -> None:
    """With the key it becomes an unassigned development device that can be developed on. Primer, "Device Groups"."""
    group = bench.group(GroupType.PRODUCTION, "field")
    imp = bench.imp(group, kind=DeviceKind.PRODUCTION, blessed_at=START)
    assert unassign(bench, group, imp.device.id, key=UNBOND_KEY) == [None]
    after = bench.look_at(imp)
    assert (after.kind, after.blessed_at) == (DeviceKind.DEVELOPMENT, None)
    assert assigned(bench, bench.group(), imp).device.group_type is GroupType.DEVELOPMENT


@pytest.mark.parametrize("key", [None, "wrong"])
def test_pre_production_asks_for_no_key(bench: Bench, key: str | None) -> None:
    """Pre-production groups are left without a key, and a wrong one is not looked at. Contract 9.5, 1.2."""
    group = bench.group(GroupType.PRE_PRODUCTION)
    imp = bench.imp(group, kind=DeviceKind.TEST_BLESSED, blessed_at=START)
    assert unassign(bench, group, imp.device.id, key=key) == [None]


def test_history_newest_first(bench: Bench) -> None:
    """A device's history tells assignments, newest first, and who did it. Contract 15."""
    group = bench.group()
    imp = assigned(bench, group, bench.imp())
    bench.clock.advance(timedelta(seconds=1))
    unassign(bench, group, imp.device.id)
    history = device.list_history(bench.world, imp.device.id, FIRST, bench.grower).items
    assert [entry.event for entry in history] == ["unassigned", "assigned"]
    assert {entry.actor_id for entry in history} == {bench.grower.id}


def test_relationship_assigns(bench: Bench) -> None:
    """To assign a device, set its group relationship. Primer, "Device Endpoints"."""
    group, imp = bench.group(), bench.imp()
    after = device.update_device(bench.world, device.UpdateDevice(imp.device.id, UNSET, group.id), bench.grower)
    assert (after.group_id, after.product_id, after.agent_id) == (group.id, group.product_id, imp.agent_id)


def test_relationship_null_unassigns(bench: Bench) -> None:
    """A null relationship unassigns. Contract 9.1."""
    imp = assigned(bench, bench.group(), bench.imp())
    after = device.update_device(bench.world, device.UpdateDevice(imp.device.id, UNSET, None), bench.grower)
    assert after.group_id is None


def test_relationship_cannot_leave_production_without_key(bench: Bench) -> None:
    """The relationship is no way around the unbond key. Contract 9.5."""
    group = bench.group(GroupType.PRODUCTION)
    imp = bench.imp(group, kind=DeviceKind.PRODUCTION, blessed_at=START)
    with pytest.raises(Forbidden):
        device.update_device(bench.world, device.UpdateDevice(imp.device.id, "new", None), bench.grower)
    assert bench.look_at(imp) == imp


def test_relationship_leaves_production_with_key(bench: Bench) -> None:
    """With the key, the relationship unblesses as the group's call does. Contract 9.1, 9.5."""
    group = bench.group(GroupType.PRODUCTION)
    imp = bench.imp(group, kind=DeviceKind.PRODUCTION, blessed_at=START)
    asked = device.UpdateDevice(imp.device.id, UNSET, None, UNBOND_KEY)
    assert device.update_device(bench.world, asked, bench.grower).group_id is None


def test_all_refusals_as_one(bench: Bench) -> None:
    """If at least one device fails, the answer has one part for each that failed. Contract 9.4."""
    asked = assignment.AssignDevices(bench.group().id, ["nobody", bench.imp().device.id, "nothing"])
    refusal = assignment.refusal_of(assignment.assign(bench.world, asked, bench.grower))
    assert refusal is not None
    assert [part.subject for part in refusal.parts] == ["nobody", "nothing"]
