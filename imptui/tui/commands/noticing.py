"""Wanting to hear of devices, wherever one looks meanwhile."""

from imptui.tui.commands.command import Situation
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.devices import DeviceCommand

NOTICED_LIMIT = 50
"""How many devices one can want to hear of: they are read in turn, within the account's budget."""


class Notice(DeviceCommand):
    """Tell when something happens to the chosen devices; said again, no longer."""

    id = "devices.notice"
    keys = ("T",)
    title = "Tell me when it goes offline, comes back, moves or restarts; again: no longer"
    may_ask = False
    words = ("notify",)

    def unavailable(self, situation: Situation) -> str | None:
        """So many as can be read in turn."""
        count = len(situation.devices)
        if count > NOTICED_LIMIT:
            return f"At most {NOTICED_LIMIT} devices can be noticed; {count:,} are marked."
        return super().unavailable(situation)

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Begin, or end where all of them are noticed already."""
        console.device_news.toggle(situation.devices)


COMMANDS = (Notice(),)
