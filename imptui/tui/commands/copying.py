"""Commands that copy parts of a device, group or product, or open an address in a browser."""

import json
from collections.abc import Mapping

from msgspec import Struct

from imptui.tui.commands.command import Command, Situation
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.devices import DeviceCommand
from imptui.tui.commands.questions import Menu, Option


class Copy(Command):
    """Copy an attribute of the chosen object."""

    id = "copy.menu"
    keys = ("c",)
    title = "Copy: id, MAC, URL, name, the whole as JSON"
    footer = "copy"
    group = "Devices"
    in_menu = True

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if nothing is chosen."""
        if situation.devices or situation.group is not None or situation.product is not None:
            return None
        return "Nothing is under the cursor."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Ask for the attribute, and copy it."""
        texts = _copies(situation)
        options = tuple(
            Option(str(number), what, text.splitlines()[0][:60] if text else "", hotkey=str(number))
            for number, (what, text) in enumerate(texts, 1)
        )
        chosen = await console.choose(Menu(f"Copy from {situation.subject}", options, opened_by=situation.key))
        if chosen is not None:
            what, text = texts[int(chosen) - 1]
            console.outlets.copy(text, what)


def _copies(situation: Situation) -> list[tuple[str, str]]:
    rows = situation.devices
    if rows:
        found = [("id", "\n".join(row.device.id for row in rows))]
        for what, attribute in (
            ("MAC", "mac_address"),
            ("name", "name"),
            ("agent URL", "agent_url"),
            ("IP", "ip_address"),
        ):
            values = [value for row in rows if (value := getattr(row.device, attribute))]
            if values:
                found.append((what, "\n".join(values)))
        return [*found, ("JSON", raw([row.device for row in rows] if len(rows) > 1 else rows[0].device))]
    thing = situation.group or situation.product
    if thing is None:
        return []
    return [("id", thing.id), ("name", thing.name), ("JSON", raw(thing))]


def raw(thing: object) -> str:
    """Return a noun of `domain`, or a list of them, as JSON with every field."""

    def plain(value: object) -> object:
        if isinstance(value, Mapping):
            return {str(key): plain(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [plain(each) for each in value]
        if isinstance(value, Struct):
            return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
        return value

    return json.dumps(plain(thing), indent=2, ensure_ascii=False, default=str)


class AgentUrl(DeviceCommand):
    """Open the URL of the agent."""

    id = "devices.open-url"
    keys = ("o",)
    title = "Open the agent URL, or copy it where there is no browser"
    footer = "agent"

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason unless one device with an agent is chosen."""
        row = situation.device
        if row is None:
            return "Choose one device."
        return None if row.device.agent_url else f"{row.device.label} has no agent URL."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Open the URL in a browser, or copy it."""
        if situation.device is not None and situation.device.device.agent_url:
            console.outlets.open_url(situation.device.device.agent_url)


COMMANDS = (Copy(), AgentUrl())
