"""The command that announces events of chosen devices, whatever screen is open."""

from imptui.tui.commands.command import Situation
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.devices import DeviceCommand

ANNOUNCED_LIMIT = 50
"""The largest number of announced devices: they are read in turn, within the account's budget."""


class Notice(DeviceCommand):
    """Announce events of the chosen devices; given again, stop."""

    id = "devices.notice"
    keys = ("T",)
    title = "Tell me when it goes offline, comes back, moves or restarts; again: no longer"
    may_ask = False
    words = ("notify",)

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if there are too many devices to read in turn."""
        count = len(situation.devices)
        if count > ANNOUNCED_LIMIT:
            return f"At most {ANNOUNCED_LIMIT} devices can be noticed; {count:,} are marked."
        return super().unavailable(situation)

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Start to announce, or stop if all chosen devices are announced already."""
        console.device_news.toggle(situation.devices)


COMMANDS = (Notice(),)
