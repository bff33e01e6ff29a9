"""Commands for one or many devices."""

from collections.abc import Mapping

from imptui.domain import policy
from imptui.domain.rows import DeviceRow
from imptui.tui.commands.command import Command, Danger, Situation
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.prompts import devices, fill_until_done, question, report_outcomes
from imptui.tui.commands.questions import Form, FormField, Menu, Option
from imptui.tui.commands.routes import LogsRoute

WHERE = frozenset({"list", "detail", "device"})
LOG_LIMIT = 100
"""The largest number of devices in one log. Devices beyond the places of a stream are read in turn."""


class DeviceCommand(Command):
    """A command for the marked devices, or the one under the cursor."""

    panes = WHERE
    group = "Devices"
    in_menu = True

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if there is no device, or one of them forbids it."""
        if not situation.devices:
            return "No device is under the cursor."
        for row in situation.devices[:200]:
            why = self.forbidden(row)
            if why is not None:
                return why
        return None

    def forbidden(self, row: DeviceRow) -> str | None:  # noqa: ARG002 - the shape for subclasses
        """Return why one device does not allow the command, or None."""
        return None


class RestartDevices(DeviceCommand):
    """Restart devices; a pending deployment then starts to run."""

    id = "devices.restart"
    keys = ("r",)
    title = "Restart, conditionally or at once"
    footer = "restart"
    danger = Danger.CHANGES

    def forbidden(self, row: DeviceRow) -> str | None:
        """Return the refusal for a device that has no group."""
        refusal = policy.restart(is_assigned=row.device.group_id is not None)
        return refusal.reason if refusal is not None else None

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Choose the kind of restart, confirm, and restart each device."""
        how = await restart_menu(console, situation.subject, situation.key)
        if how is None:
            return
        rows = situation.devices
        words = "restart conditionally" if how else "restart at once"
        asked = question(f"{words.capitalize()}: {devices(len(rows))}?", rows, words.capitalize(), situation.key)
        if not await console.ask(asked):
            return
        outcomes = await console.fleet.change.devices.restart_each([row.device.id for row in rows], conditional=how)
        await report_outcomes(console, "Restart asked for", outcomes, rows)


async def restart_menu(console: Console, subject: str, key: str | None) -> bool | None:
    """Ask for the kind of restart: True for conditional, False for immediate, None for cancelled."""
    options = (
        Option("conditional", "Conditional restart", "a device that is busy finishes first", hotkey="c"),
        Option("hard", "Restart at once", "whatever the device is doing", hotkey="h"),
    )
    chosen = await console.choose(Menu(f"Restart {subject}", options, opened_by=key))
    return None if chosen is None else chosen == "conditional"


class Rename(DeviceCommand):
    """Change the name of a device."""

    id = "devices.rename"
    keys = ("e",)
    title = "Rename the device"
    footer = "rename"
    danger = Danger.CHANGES

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason unless one device is chosen."""
        return super().unavailable(situation) or (
            None if situation.device is not None else "Names are given to one device at a time; clear the marks."
        )

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Show a form with the present name."""
        row = situation.device
        if row is None:
            return
        device_id, label = row.device.id, row.device.label
        entry = FormField("name", "name", row.device.name or "", hint="empty takes the name away", check=_name_check)

        async def send(answers: Mapping[str, str]) -> str:
            device = await console.fleet.change.devices.rename(device_id, answers["name"].strip() or None)
            return f"{label} is now {device.label}."

        await fill_until_done(console, Form("Rename device", (entry,), opened_by=situation.key), send, f"Rename {label}")


def _name_check(name: str) -> str | None:
    refusal = policy.validate_name(name.strip()) if name.strip() else None
    return refusal.reason if refusal is not None else None


class Remove(DeviceCommand):
    """Remove unassigned devices from the account."""

    id = "devices.remove"
    keys = ("D", "delete")
    title = "Remove from the account"
    danger = Danger.DESTROYS

    def forbidden(self, row: DeviceRow) -> str | None:
        """Return the refusal for a device that has a group."""
        refusal = policy.delete_device(is_assigned=row.device.group_id is not None)
        return refusal.reason if refusal is not None else None

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Confirm, then remove each device."""
        from imptui.client.errors import NoAnswer
        from imptui.domain.errors import Refused
        from imptui.fleet.operations.device_operations import DeviceOutcome

        rows = situation.devices
        more = "They come back only by a new BlinkUp."
        if not await console.ask(question(f"Remove {devices(len(rows))}?", rows, "Remove", situation.key, more)):
            return
        outcomes = []
        for row in rows:
            try:
                await console.fleet.change.devices.remove(row.device.id)
            except (Refused, NoAnswer) as error:
                outcomes.append(DeviceOutcome(row.device.id, error))
            else:
                outcomes.append(DeviceOutcome(row.device.id, None))
        await report_outcomes(console, "Removed", outcomes, rows)


class ShowLogs(DeviceCommand):
    """Show the log of devices."""

    id = "devices.logs"
    keys = ("l",)
    title = "Live log of the device, or of the marked ones"
    footer = "logs"

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if there are too many devices for one log."""
        count = len(situation.devices)
        if count > LOG_LIMIT:
            return f"A log follows at most {LOG_LIMIT} devices; {count:,} are marked."
        return super().unavailable(situation)

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Open the log screen."""
        console.navigator.open(LogsRoute(tuple(row.device.id for row in situation.devices), situation.subject))


COMMANDS = (RestartDevices(), ShowLogs(), Rename(), Remove())
