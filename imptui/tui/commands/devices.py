"""What can be done to devices, one or many."""

import json
from collections.abc import Mapping, Sequence

from imptui.client.secret import Secret
from imptui.model import may
from imptui.model.device import DeviceKind
from imptui.model.group import DeviceGroup, GroupType
from imptui.model.ids import GroupId
from imptui.model.line import DeviceRow
from imptui.tui.commands.asking import devices, fill_until_done, question, tell_outcomes
from imptui.tui.commands.command import Command, Danger, Situation, kind_of
from imptui.tui.commands.console import Console
from imptui.tui.commands.questions import Entry, Form, Menu, Option

WHERE = frozenset({"list", "detail", "device"})
LOG_LIMIT = 100
"""Devices of one log: those beyond the places of a stream are looked at in turn."""


class DeviceCommand(Command):
    """Something about the marked devices, or the one under the cursor."""

    panes = WHERE
    group = "Devices"
    in_menu = True

    def unavailable(self, situation: Situation) -> str | None:
        """There must be a device, and every one must allow it."""
        if not situation.devices:
            return "No device is under the cursor."
        for row in situation.devices[:200]:
            why = self.forbidden(row)
            if why is not None:
                return why
        return None

    def forbidden(self, row: DeviceRow) -> str | None:  # noqa: ARG002 - the shape for subclasses
        """Why this cannot be done to one device, or None."""
        return None


class Restart(DeviceCommand):
    """Restart: a program that was deployed starts to run."""

    id = "devices.restart"
    keys = ("r",)
    title = "Restart, conditionally or at once"
    footer = "restart"
    danger = Danger.CHANGES

    def forbidden(self, row: DeviceRow) -> str | None:
        """Only assigned devices restart."""
        refusal = may.restart(is_assigned=row.device.group_id is not None)
        return refusal.reason if refusal is not None else None

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Which way, really, and then each."""
        how = await restart_menu(console, situation.subject, situation.key)
        if how is None:
            return
        rows = situation.devices
        words = "restart conditionally" if how else "restart at once"
        asked = question(f"{words.capitalize()}: {devices(len(rows))}?", rows, words.capitalize(), situation.key)
        if not await console.ask(asked):
            return
        outcomes = await console.fleet.change.restart_devices([row.device.id for row in rows], conditional=how)
        await tell_outcomes(console, "Restart asked for", outcomes, rows)


async def restart_menu(console: Console, subject: str, key: str | None) -> bool | None:
    """Which restart: True for conditional, False for at once, None for neither."""
    options = (
        Option("conditional", "Conditional restart", "a device that is busy finishes first", hotkey="c"),
        Option("hard", "Restart at once", "whatever the device is doing", hotkey="h"),
    )
    chosen = await console.choose(Menu(f"Restart {subject}", options, opened_by=key))
    return None if chosen is None else chosen == "conditional"


class Assign(DeviceCommand):
    """Assign devices to a group, or move them to another."""

    id = "devices.assign"
    keys = ("m",)
    title = "Assign to a group, or move to another"
    footer = "move"
    danger = Danger.CHANGES

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Which group, really, and then all of them."""
        rows = situation.devices
        groups = {group.id: group for group in await console.fleet.look.groups()}
        products = {product.id: product.name for product in await console.fleet.look.products()}
        options = [_group_option(group, products.get(group.product_id, ""), rows) for group in groups.values()]
        options.sort(key=lambda option: (option.refusal is not None, option.detail, option.label))
        title = f"Assign {situation.subject} to"
        chosen = await console.choose(Menu(title, tuple(options), can_filter=True, opened_by=situation.key))
        if chosen is None:
            return
        group = groups[GroupId(chosen)]
        asked = question(f"Assign {devices(len(rows))} to {group.name}?", rows, "Assign", situation.key)
        if await console.ask(asked):
            outcomes = await console.fleet.change.assign(group.id, [row.device.id for row in rows])
            await tell_outcomes(console, f"Assigned to {group.name}", outcomes, rows)


def _group_option(group: DeviceGroup, product: str, rows: Sequence[DeviceRow]) -> Option:
    return Option(group.id, f"{group.name} [{group.type}]", f"in {product}", _no_move(group, rows))


def _no_move(group: DeviceGroup, rows: Sequence[DeviceRow]) -> str | None:
    if all(row.device.group_id == group.id for row in rows):
        return "Already there."
    for row in rows[:200]:
        kind = kind_of(row) or DeviceKind.DEVELOPMENT
        device = row.device
        refusal = may.assign(kind, device.group_type, group.type, label=device.label, imp_type=device.imp_type)
        if refusal is not None:
            return refusal.reason
    return None


class Unassign(DeviceCommand):
    """Take devices out of their group."""

    id = "devices.unassign"
    keys = ("U",)
    title = "Unassign: take out of the group"
    danger = Danger.CHANGES

    def forbidden(self, row: DeviceRow) -> str | None:
        """Only assigned devices can leave."""
        return None if row.device.group_id is not None else f"{row.device.label} is in no group."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Really, the unbond key where production is left, and then each."""
        rows = situation.devices
        if not await console.ask(question(f"Unassign {devices(len(rows))}?", rows, "Unassign", situation.key)):
            return
        key = None
        if any(row.device.group_type is GroupType.PRODUCTION for row in rows):
            entry = Entry("key", "unbond key", is_secret=True, hint="leaving a production group takes the account's key")
            answers = await console.fill(Form("Unbond key", (entry,), "Unassign"))
            if answers is None:
                return
            key = Secret(answers["key"]) if answers["key"] else None
        outcomes = await console.fleet.change.unassign([row.device.id for row in rows], unbond_key=key)
        await tell_outcomes(console, "Unassigned", outcomes, rows)


class Rename(DeviceCommand):
    """Give a device a name."""

    id = "devices.rename"
    keys = ("e",)
    title = "Rename the device"
    footer = "rename"
    danger = Danger.CHANGES

    def unavailable(self, situation: Situation) -> str | None:
        """One at a time."""
        return super().unavailable(situation) or (
            None if situation.device is not None else "Names are given to one device at a time; clear the marks."
        )

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """A form with its name."""
        row = situation.device
        if row is None:
            return
        device_id, label = row.device.id, row.device.label
        entry = Entry("name", "name", row.device.name or "", hint="empty takes the name away", check=_name_check)

        async def send(answers: Mapping[str, str]) -> str:
            device = await console.fleet.change.rename_device(device_id, answers["name"].strip() or None)
            return f"{label} is now {device.label}."

        await fill_until_done(console, Form("Rename device", (entry,), opened_by=situation.key), send, f"Rename {label}")


def _name_check(name: str) -> str | None:
    refusal = may.bear_name(name.strip()) if name.strip() else None
    return refusal.reason if refusal is not None else None


class Remove(DeviceCommand):
    """Remove unassigned devices from the account."""

    id = "devices.remove"
    keys = ("D", "delete")
    title = "Remove from the account"
    danger = Danger.DESTROYS

    def forbidden(self, row: DeviceRow) -> str | None:
        """Only unassigned devices leave the account."""
        refusal = may.delete_device(is_assigned=row.device.group_id is not None)
        return refusal.reason if refusal is not None else None

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Really, and then each."""
        from imptui.client.errors import NoAnswer
        from imptui.fleet.change import Outcome
        from imptui.model.errors import Refused

        rows = situation.devices
        more = "They come back only by a new BlinkUp."
        if not await console.ask(question(f"Remove {devices(len(rows))}?", rows, "Remove", situation.key, more)):
            return
        outcomes = []
        for row in rows:
            try:
                await console.fleet.change.remove_device(row.device.id)
            except (Refused, NoAnswer) as error:
                outcomes.append(Outcome(row.device.id, error))
            else:
                outcomes.append(Outcome(row.device.id, None))
        await tell_outcomes(console, "Removed", outcomes, rows)


class Copy(Command):
    """Copy something about what is chosen."""

    id = "copy.menu"
    keys = ("c",)
    title = "Copy: id, MAC, URL, name, the whole as JSON"
    footer = "copy"
    group = "Devices"
    in_menu = True

    def unavailable(self, situation: Situation) -> str | None:
        """There must be something."""
        if situation.devices or situation.group is not None or situation.product is not None:
            return None
        return "Nothing is under the cursor."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Which of it."""
        texts = _copies(situation)
        options = tuple(
            Option(str(number), what, text.splitlines()[0][:60] if text else "", hotkey=str(number))
            for number, (what, text) in enumerate(texts, 1)
        )
        chosen = await console.choose(Menu(f"Copy from {situation.subject}", options, opened_by=situation.key))
        if chosen is not None:
            what, text = texts[int(chosen) - 1]
            console.copy(text, what)


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
    """A value of the model, or a list of them, as JSON with every field."""

    def plain(value: object) -> object:
        if isinstance(value, Mapping):
            return {str(key): plain(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [plain(each) for each in value]
        fields = getattr(value, "__dataclass_fields__", None)
        if fields is not None:
            return {name: plain(getattr(value, name)) for name in fields}
        return value

    return json.dumps(plain(thing), indent=2, ensure_ascii=False, default=str)


class AgentUrl(DeviceCommand):
    """Open the agent's URL."""

    id = "devices.open-url"
    keys = ("o",)
    title = "Open the agent URL, or copy it where there is no browser"
    footer = "agent"

    def unavailable(self, situation: Situation) -> str | None:
        """One device with an agent."""
        row = situation.device
        if row is None:
            return "Choose one device."
        return None if row.device.agent_url else f"{row.device.label} has no agent URL."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """A browser, or the clipboard."""
        if situation.device is not None and situation.device.device.agent_url:
            console.open_url(situation.device.device.agent_url)


class Logs(DeviceCommand):
    """The log of a device."""

    id = "devices.logs"
    keys = ("l",)
    title = "Live log of the device, or of the marked ones"
    footer = "logs"

    def unavailable(self, situation: Situation) -> str | None:
        """As many as can be looked at in turn."""
        count = len(situation.devices)
        if count > LOG_LIMIT:
            return f"A log follows at most {LOG_LIMIT} devices; {count:,} are marked."
        return super().unavailable(situation)

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Open it."""
        console.open_logs(tuple(row.device.id for row in situation.devices), situation.subject)


COMMANDS = (Restart(), Logs(), Assign(), Rename(), Copy(), AgentUrl(), Unassign(), Remove())
