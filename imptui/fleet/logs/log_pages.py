"""Reads the newest log entries of a device from as many pages as needed."""

from collections.abc import Sequence

from imptui.client.central import Central
from imptui.client.pace import Priority
from imptui.domain.ids import DeviceId
from imptui.domain.log import LogEntry


async def newest(central: Central, device_id: DeviceId, lines: int, priority: Priority = Priority.LOOK) -> list[LogEntry]:
    """Return the newest log entries of a device, oldest first, at most `lines`.

    Raises:
        NoAnswer: The service was not reached.
        Refused: The service refused.
    """
    found: list[LogEntry] = []
    number = 1
    while len(found) < lines:
        page = await central.devices.logs(device_id, number, page_size=min(100, lines), priority=priority)
        found += page.items[_overlap(found, page.items) :]
        if not page.has_next:
            break
        number += 1
    return found[:lines][::-1]


def _overlap(found: Sequence[LogEntry], more: Sequence[LogEntry]) -> int:
    """Return how many entries of a page were on the page before; new entries push older ones to the next page."""
    for count in range(min(len(found), len(more)), 0, -1):
        if found[-count:] == more[:count]:
            return count
    return 0
