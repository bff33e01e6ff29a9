"""Events of a device that the user subscribed to."""

from imptui.domain.rows import DeviceRow


def news(was: DeviceRow, now: DeviceRow | None) -> str | None:
    """Return one sentence about the most important change of a device; None if nothing important changed.

    Readings do not count, because they change all the time. Holds foreign text.
    """
    name = was.device.label
    if now is None:
        return f"{name} is gone from the account."
    if was.device.is_online != now.device.is_online:
        return f"{name} is {now.state}."
    if was.device.group_id != now.device.group_id:
        return (
            f"{name} is in {now.group_name or now.device.group_id} now." if now.device.group_id else f"{name} is in no group now."
        )
    if was.is_pending and now.is_pending is False:
        return f"{name} has restarted since the deployment."
    return None
