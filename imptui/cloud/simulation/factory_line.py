"""Runs scheduled tasks: a factory line configures and tests devices, end users unpack them, delayed restarts happen.

Source: primer, "Assigning Production Devices"; contract 11.
"""

from msgspec.structs import replace

from imptui.cloud.environment.telemetry import fraction, mix
from imptui.cloud.rules import boot
from imptui.cloud.rules.production import (
    BLINK_UP,
    BOX,
    BOX_AFTER,
    CONFIGURE,
    SOLD_AFTER,
    TEST,
    TEST_TIME,
    configured,
    enrolled,
    tested,
)
from imptui.cloud.simulation import conditional_restart
from imptui.cloud.storage.schedule import ScheduledTask
from imptui.cloud.storage.world import WorldChange
from imptui.domain.device import DeviceKind
from imptui.domain.ids import GroupId


def run_errand(tx: WorldChange, errand: ScheduledTask) -> None:
    """Run one scheduled task of a factory line, an end user, or a delayed restart."""
    if errand.kind == CONFIGURE:
        _run_line_step(tx, GroupId(errand.subject), errand.number)
        return
    imp = tx.devices.get(errand.subject)
    if imp is None:
        return
    if errand.kind == conditional_restart.RESTART:
        conditional_restart.let_go(tx, errand, imp)
    elif errand.kind == TEST and imp.kind is DeviceKind.DUT:
        after = tested(tx, imp, passed=bool(errand.number))
        if after.blessed_at is not None:
            tx.schedule.add(tx.now + BOX_AFTER, BOX, after.device.id)
    elif errand.kind == BOX and imp.device.is_online:
        boot.disconnect(tx, imp)
        wait = SOLD_AFTER * (0.05 + 2 * fraction(imp.seed, 31))
        tx.schedule.add(tx.now + wait, BLINK_UP, imp.device.id)
    elif errand.kind == BLINK_UP and imp.blessed_at is not None:
        enrolled(tx, imp)


def _run_line_step(tx: WorldChange, group_id: GroupId, number: int) -> None:
    """Let the next fixture of a line configure a device, and schedule the end of its test."""
    line, group = tx.factory_lines.line(group_id), tx.groups.get(group_id)
    if line is None or group is None:
        return
    fixtures = [imp for imp in tx.devices.in_group(group_id, None, 100) if imp.device.is_online]
    made = line.made
    if fixtures and group.production_target_id is not None:
        imp = configured(tx, fixtures[number % len(fixtures)])
        is_good = fraction(mix(number), 47) < line.pass_share
        tx.schedule.add(tx.now + TEST_TIME * (0.7 + fraction(imp.seed, 43)), TEST, imp.device.id, int(is_good))
        made += 1
    tx.factory_lines.put_line(replace(line, made=made))
    tx.schedule.add(line.started_at + line.period * (number + 1), CONFIGURE, group_id, number + 1)
