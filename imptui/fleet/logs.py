"""What devices said, and say."""

from imptui.client.central import Central
from imptui.model.ids import DeviceId
from imptui.model.log import Enrolment, LogEntry

PAGE = 100


class Logs:
    """Lines of devices, their agents, and the service about them."""

    def __init__(self, central: Central) -> None:
        self._central = central

    async def history(self, device_id: DeviceId, limit: int = 200) -> tuple[LogEntry, ...]:
        """The newest lines of a device, oldest first, at most `limit`.

        Raises:
            NoAnswer: The service was not reached.
            Refused: The service refused.
        """
        entries: list[LogEntry] = []
        number = 1
        while len(entries) < limit:
            page = await self._central.logs(device_id, number, page_size=min(PAGE, limit))
            entries += page.items
            if not page.has_next:
                break
            number += 1
        return tuple(reversed(entries[:limit]))

    async def enrolments(self, device_id: DeviceId) -> tuple[Enrolment, ...]:
        """How a device came and went, newest first, the last hundred."""
        page = await self._central.history(device_id)
        return tuple(page.items)
