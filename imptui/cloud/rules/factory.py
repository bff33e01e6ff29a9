"""Actions of fixtures, end users and the world's owner that do not go through the API: the Connected Factory.

Each function is one action of a person or a fixture; none goes through the service's API. What it means for
a device is in `production.py`, which the world's own clock uses too.

Source: primer, "Assigning Production Devices", "Devices"; contract 11.
"""

from datetime import timedelta

from msgspec.structs import replace

from imptui.cloud.environment.presence import STILL
from imptui.cloud.rules import boot, device_log
from imptui.cloud.rules.assignment import note
from imptui.cloud.rules.production import CONFIGURE, configured, enrolled, lively, new_device, tested
from imptui.cloud.storage.factory_lines import ProductionLine
from imptui.cloud.storage.records import Imp
from imptui.cloud.storage.world import World, WorldChange, WorldView
from imptui.domain.errors import Conflict, Invalid, NotFound, Rule
from imptui.domain.group import DeviceGroup, GroupType


def configure_dut(world: World, fixture: str | None = None, mac_address: str | None = None) -> Imp:
    """Have a fixture configure a device under test.

    Args:
        world: The world.
        fixture: Any identifier of a fixture; None: the first one that is online.
        mac_address: Of the device; None: a new one.

    Raises:
        NotFound: There is no such fixture.
        Conflict: It is no fixture, is offline, or the device is in use already.
        Invalid: The MAC address has another form.
    """
    with world.change() as tx:
        return configured(tx, _fixture(tx, fixture), mac_address)


def bless(world: World, fixture: str | None = None, count: int = 1, *, passed: bool = True) -> list[Imp]:
    """Have devices under test of a fixture finish their tests; where too few wait, more are configured first.

    Args:
        world: The world.
        fixture: Any identifier of a fixture; None: the first one that is online.
        count: The number of devices.
        passed: True if they pass and are blessed; False if they fail and stay unblessed.

    Returns:
        The devices as they are then.

    Raises:
        NotFound: There is no such fixture.
        Conflict: It is no fixture, or offline.
    """
    done: list[Imp] = []
    for _ in range(count):
        with world.change() as tx:
            standing = _fixture(tx, fixture)
            seen = {imp.device.id for imp in done}
            waiting = [imp for imp in tx.factory_lines.waiting(standing.device.id) if imp not in seen]
            imp = tx.devices.get(waiting[0]) if waiting else configured(tx, standing)
            if imp is not None:
                done.append(tested(tx, imp, passed=passed))
    return done


def connect(world: World, reference: str) -> Imp:
    """Bring a device online; it comes and goes by itself from then on. Nothing happens to one that is online.

    Raises:
        NotFound: There is no such device.
    """
    with world.change() as tx:
        imp = _found(tx, reference)
        if imp.device.is_online:
            return imp
        imp = lively(tx, imp)
        tx.devices.put_due(imp)
        return boot.connect(tx, imp)


def disconnect(world: World, reference: str) -> Imp:
    """Take a device offline until `connect` is called for it. Nothing happens to one that is offline.

    Raises:
        NotFound: There is no such device.
    """
    with world.change() as tx:
        imp = replace(_found(tx, reference), presence=STILL, due_at=None)
        tx.devices.put_due(imp)
        return boot.disconnect(tx, imp) if imp.device.is_online else imp


def blink_up(world: World, reference: str) -> Imp:
    """Let an end user configure a device by BlinkUp.

    Raises:
        NotFound: There is no such device.
        Conflict: It is under test, and its fixture's to configure.
    """
    with world.change() as tx:
        return enrolled(tx, _found(tx, reference))


def add_device(
    world: World, username: str, *, mac_address: str | None = None, imp_type: str = "imp005", name: str | None = None
) -> Imp:
    """Add a device to an account as the mobile app does: online and unassigned.

    Raises:
        NotFound: There is no such account.
        Conflict: A device has that MAC address.
        Invalid: The MAC address has another form.

    Source: primer, "Devices".
    """
    with world.change() as tx:
        owner = tx.accounts.called(username)
        if owner is None:
            raise NotFound(f"No account is called {username}.")
        imp = new_device(tx, owner.id, mac_address, imp_type)
        imp = lively(tx, replace(imp, device=replace(imp.device, name=name)))
        tx.devices.add(imp)
        note(tx, imp, "enrolled", owner)
        device_log.connected(tx, imp)
        return imp


def start_line(world: World, group: str, rate_per_hour: float, pass_share: float = 0.97) -> ProductionLine:
    """Start a factory line: the fixtures of a group configure devices in turn, at a fixed rate.

    Args:
        world: The world.
        group: Id or name of a (pre-)factory group.
        rate_per_hour: Devices in an hour, up to 3600.
        pass_share: The part of the devices that passes, 0 to 1.

    Raises:
        NotFound: There is no such group, or there are several of that name.
        Conflict: It holds no fixtures.
        Invalid: The rate or the share is out of range.
    """
    if not 0 < rate_per_hour <= 3600 or not 0 <= pass_share <= 1:
        raise Invalid("A line makes up to 3600 devices an hour, of which a part from 0 to 1 passes.")
    with world.change() as tx:
        found = _group_called(tx, group)
        if not (isinstance(found.type, GroupType) and found.type.is_fixtures):
            raise Conflict(f"{found.name} is a {found.type} group: only fixtures make a line.", Rule.WRONG_KIND_FOR_GROUP)
        period = timedelta(hours=1) / rate_per_hour
        line = ProductionLine(found.id, tx.now, period, pass_share, 0)
        tx.schedule.cancel(CONFIGURE, found.id)
        tx.factory_lines.put_line(line)
        tx.schedule.add(tx.now + period, CONFIGURE, found.id, 1)
        return line


def stop_line(world: World, group: str) -> None:
    """Stop the factory line of a group; devices under test finish their tests.

    Raises:
        NotFound: There is no such group, or there are several of that name.
    """
    with world.change() as tx:
        found = _group_called(tx, group)
        tx.schedule.cancel(CONFIGURE, found.id)
        tx.factory_lines.delete_line(found.id)


def _found(view: WorldView, reference: str) -> Imp:
    imp = view.devices.find(reference)
    if imp is None:
        raise NotFound(f"No device with the identifier {reference}.")
    return imp


def _fixture(tx: WorldChange, reference: str | None) -> Imp:
    reference = reference or tx.factory_lines.first_online_fixture()
    if reference is None:
        raise NotFound("No BlinkUp fixture is online.")
    return _found(tx, reference)


def _group_called(view: WorldView, reference: str) -> DeviceGroup:
    ids = view.factory_lines.groups_called(reference)
    group = view.groups.get(ids[0]) if len(ids) == 1 else None
    if group is None:
        many = "Several device groups are" if ids else "No device group is"
        raise NotFound(f"{many} called {reference}." + (" Name one by its id." if ids else ""))
    return group
