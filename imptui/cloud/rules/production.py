"""Steps of a device from fixture to end user, each within one transaction.

A device under test is new to the account. It stands in the DUT group of its fixture's group, or, where that group names
none, in no group at all until it is blessed. Blessing moves it to the production target of its fixture's group; the
target says whether it gets its program at once or at the first BlinkUp of an end user.

Source: primer, "Assigning Production Devices", "Devices"; contract 11.
"""

from datetime import timedelta

from msgspec.structs import replace

from imptui.cloud.environment.chance import device_id_for
from imptui.cloud.environment.hardware import module_with
from imptui.cloud.environment.presence import LIVELY, next_due
from imptui.cloud.environment.telemetry import Trait, mix
from imptui.cloud.rules import boot, device_log
from imptui.cloud.rules.assignment import note, place
from imptui.cloud.storage.records import Imp, WebhookEvent
from imptui.cloud.storage.world import WorldChange
from imptui.domain.device import Device, DeviceKind
from imptui.domain.errors import Conflict, Invalid, Rule
from imptui.domain.group import GroupType
from imptui.domain.ids import AccountId, AgentId, DeviceId, mac_address_of

CONFIGURE, TEST, BOX, BLINK_UP = "configure", "test", "box", "blinkup"
"""Errands: a line's next device, the end of a test, a blessed device goes into its box, an end user unpacks it."""

TEST_TIME = timedelta(seconds=20)
BOX_AFTER = timedelta(minutes=4)
SOLD_AFTER = timedelta(days=20)
"""About how long a device lies in its box."""

_PROBLEMS = (
    "FAIL supply: supply is 2.94 V",
    "FAIL radio: signal is -83 dBm",
    "FAIL volts: 117.20 instead of 120.00",
    "FAIL herz: no answer from the front end",
    "FAIL relay: contact does not close",
)


def configured(tx: WorldChange, fixture: Imp, mac_address: str | None = None) -> Imp:
    """Configure a device by a fixture; it is under test from then on. Source: contract 11.2, step 3."""
    group = tx.groups.get(fixture.device.group_id) if fixture.device.group_id else None
    if group is None or fixture.kind is not DeviceKind.FIXTURE:
        raise Conflict(f"Device {fixture.device.id} is no BlinkUp fixture.", Rule.WRONG_KIND_FOR_GROUP)
    if not fixture.device.is_online:
        raise Conflict(f"The fixture {fixture.device.label} is offline.")
    imp = new_device(tx, group.owner_id, mac_address, "imp005")
    imp = replace(imp, kind=DeviceKind.DUT, fixture_id=fixture.device.id, target_group_id=group.production_target_id)
    dut_group = tx.groups.get(group.dut_target_id) if group.dut_target_id else None
    if dut_group is None:
        # It runs the factory firmware of its fixture's group, although it is in none. Source: contract 11.1.
        imp = replace(imp, running_deployment_id=group.current_deployment_id)
    tx.devices.add(imp)
    note(tx, imp, "enrolled", None)
    device_log.connected(tx, imp)
    return imp if dut_group is None else place(tx, imp, dut_group, None, kind=DeviceKind.DUT)


def tested(tx: WorldChange, imp: Imp, *, passed: bool) -> Imp:
    """Finish the test of a device: bless it, or leave it as it is. Source: contract 11.2, steps 4 and 5."""
    if imp.kind is not DeviceKind.DUT:
        raise Conflict(f"Device {imp.device.id} is no device under test.", Rule.WRONG_KIND_FOR_GROUP)
    if not passed:
        problem = _PROBLEMS[mix(imp.seed) % len(_PROBLEMS)]
        device_log.say(tx, imp, [("server.error", problem), ("server.log", "Blessing refused: the test failed")])
        return imp
    target = tx.groups.get(imp.target_group_id) if imp.target_group_id else None
    if target is None:
        raise Conflict(f"The production target of device {imp.device.id} is gone.")
    blessed = replace(imp, blessed_at=tx.now, needs_blinkup=target.load_code_after_blessing is False)
    note(tx, blessed, "blessed", None)
    kind = DeviceKind.PRODUCTION if target.type is GroupType.PRODUCTION else DeviceKind.TEST_BLESSED
    after = place(tx, blessed, target, None, kind=kind)
    tx.announce(WebhookEvent("blessing", target.id, {"device_id": after.device.id, "imp_id": after.device.id}))
    return after


def enrolled(tx: WorldChange, imp: Imp) -> Imp:
    """Configure a device by BlinkUp; a blessed one that waited for it gets its program now.

    Source: primer, "Devices"; contract 11.2, step 6.
    """
    if imp.kind is DeviceKind.DUT:
        raise Conflict(f"Device {imp.device.id} is under test; its fixture configures it.")
    device = replace(imp.device, last_enrolled_at=tx.now, plan_id=tx.chance.octets(8).hex())
    waited = imp.needs_blinkup
    after = lively(tx, replace(imp, device=device, needs_blinkup=False))
    tx.devices.put([after])
    note(tx, after, "enrolled", None)
    if not device.is_online:
        after = boot.connect(tx, after, is_cold=device.group_id is not None)
    elif waited:
        after = boot.restart(tx, after)
    if device.group_id is not None and device.group_type in (GroupType.PRODUCTION, GroupType.PRE_PRODUCTION):
        fields = {"device_id": device.id, "plan_id": device.plan_id, "token": tx.chance.octets(8).hex()}
        tx.announce(WebhookEvent("blinkup", device.group_id, fields))
    return after


def new_device(tx: WorldChange, owner_id: AccountId, mac_address: str | None, imp_type: str) -> Imp:
    """Return a new device, not stored yet.

    Raises:
        Conflict: A device has that MAC address.
        Invalid: The MAC address has another form.
    """
    mac = tx.chance.mac_address() if mac_address is None else mac_address_of(mac_address)
    if mac is None:
        raise Invalid(f"{mac_address!r} is no MAC address: it takes the form 0c:2a:69:0b:51:7e.")
    while mac_address is None and tx.devices.find(mac) is not None:
        mac = tx.chance.mac_address()
    if tx.devices.find(mac) is not None:
        raise Conflict(f"A device with the MAC address {mac} is in use already.")
    piece = module_with(device_id_for(mac), mac.replace(":", ""), imp_type, Trait.NONE)
    device = Device(
        id=DeviceId(piece.device_id),
        name=None,
        mac_address=piece.mac_address,
        ip_address=piece.ip_address,
        imp_type=imp_type,
        swversion=piece.swversion,
        plan_id=piece.plan_id,
        is_online=True,
        state_changed_at=tx.now,
        agent_id=None,
        agent_url=None,
        is_agent_running=False,
        agent_state_changed_at=None,
        last_enrolled_at=tx.now,
        owner_id=owner_id,
        group_id=None,
        product_id=None,
    )
    return Imp(device, DeviceKind.DEVELOPMENT, AgentId(piece.agent_id), seed=piece.seed)


def lively(tx: WorldChange, imp: Imp) -> Imp:
    """Return the imp, online now or soon, with presence changes of its own from now on; not stored yet."""
    due_at = next_due(imp.seed, LIVELY, tx.now, imp.device.agent_state_changed_at, is_online=True)
    return replace(imp, presence=LIVELY, due_at=due_at)
