"""Restarts, connects and disconnects one imp within a transaction; used by rules and simulation.

All of them take a transaction and an imp, store the imp's new state and return it. Source: primer, "Restarting Devices",
"Deploying Code"; contract 9.2, 10.4, 12.5.
"""

from msgspec.structs import replace

from imptui.cloud.rules import device_log
from imptui.cloud.storage.records import Imp, RestartReason
from imptui.cloud.storage.world import WorldChange
from imptui.domain.deployment import Deployment


def program_for(tx: WorldChange, imp: Imp) -> Deployment | None:
    """Return the deployment that the imp loads if it restarts now.

    None while it is in no group, its group has no deployment, or it waits for its first end-user BlinkUp.
    """
    if imp.device.group_id is None or imp.needs_blinkup:
        return None
    group = tx.groups.get(imp.device.group_id)
    return None if group is None else tx.deployments.get(group.current_deployment_id)


def started_over(tx: WorldChange, imp: Imp, deployment: Deployment | None) -> Imp:
    """Return the imp after a restart with a deployment; stores and logs nothing.

    Its agent starts at once, in the cloud, whether the device is there or not; an offline device loads the program
    when it next connects.
    """
    device = replace(imp.device, is_agent_running=deployment is not None, agent_state_changed_at=tx.now)
    if not device.is_online:
        return replace(imp, device=device, is_restart_pending=True)
    return replace(
        imp,
        device=replace(device, state_changed_at=tx.now),
        running_deployment_id=None if deployment is None else deployment.id,
        is_restart_pending=False,
    )


def why_started(imp: Imp, deployment: Deployment | None) -> RestartReason:
    """Return the reason of a restart: new code, or the same again. Source: contract 14.5."""
    is_new = deployment is not None and deployment.id != imp.running_deployment_id
    return RestartReason.NEW_CODE if is_new else RestartReason.RELOAD


def restart(tx: WorldChange, imp: Imp) -> Imp:
    """Start device and agent over with the group's current deployment, whatever they are doing."""
    deployment = program_for(tx, imp)
    after = started_over(tx, imp, deployment)
    tx.devices.put_started([after])
    device_log.booted(tx, after, deployment, why_started(imp, deployment))
    return after


def connect(tx: WorldChange, imp: Imp, *, is_cold: bool = False) -> Imp:
    """The device comes online; it loads what was staged if a restart waits for it, or if it comes from power-off.

    Args:
        tx: The transaction.
        imp: A device that is offline.
        is_cold: Whether it was without power, so that nothing of its program is left.

    Source: primer, "Deployments", "impCentral Product Example: 'Connected Meter 400'"; contract 10.4.
    """
    online = replace(imp, device=replace(imp.device, is_online=True, state_changed_at=tx.now))
    if not (imp.is_restart_pending or is_cold):
        tx.devices.put_started([online])
        device_log.connected(tx, online)
        return online
    deployment = program_for(tx, imp)
    after = replace(online, running_deployment_id=None if deployment is None else deployment.id, is_restart_pending=False)
    tx.devices.put_started([after])
    device_log.connected(tx, after)
    device_log.booted(tx, after, deployment, why_started(imp, deployment), is_cold=is_cold)
    return after


def disconnect(tx: WorldChange, imp: Imp) -> Imp:
    """The device goes offline; its agent runs on."""
    after = replace(imp, device=replace(imp.device, is_online=False, state_changed_at=tx.now))
    tx.devices.put_started([after])
    device_log.disconnected(tx, after)
    return after
