"""What happened to a device that somebody wants to hear of."""

from imptui.domain.rows import DeviceRow


def news(was: DeviceRow, now: DeviceRow | None) -> str | None:
    """One sentence about what a person on the floor would want to know; None where nothing of that kind happened.

    Readings are no news, they change all the time. Holds foreign text.
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
