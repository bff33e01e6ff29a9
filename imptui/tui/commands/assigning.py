"""Commands that put devices into groups and take them out."""

import asyncio
from collections.abc import Mapping, Sequence

from imptui.client.secret import Secret
from imptui.domain import policy
from imptui.domain.device import DeviceKind
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import GroupId, ProductId
from imptui.domain.rows import DeviceRow
from imptui.tui.commands.command import Danger, Situation, kind_of
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.devices import DeviceCommand
from imptui.tui.commands.prompts import devices, question, report_outcomes
from imptui.tui.commands.questions import Form, FormField, Menu, Option


class AssignToGroup(DeviceCommand):
    """Assign devices to a group, or move them to another."""

    id = "devices.assign"
    keys = ("m",)
    title = "Assign to a group, or move to another"
    footer = "move"
    danger = Danger.CHANGES

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Ask for the group, confirm, and assign each device."""
        rows = situation.devices
        groups = {group.id: group for group in await console.fleet.look.groups()}
        products = {product.id: product.name for product in await console.fleet.look.products()}
        options = await asyncio.to_thread(_options, list(groups.values()), products, rows)
        title = f"Assign {situation.subject} to"
        chosen = await console.choose(Menu(title, tuple(options), can_filter=True, opened_by=situation.key))
        if chosen is None:
            return
        group = groups[GroupId(chosen)]
        asked = question(f"Assign {devices(len(rows))} to {group.name}?", rows, "Assign", situation.key)
        if await console.ask(asked):
            outcomes = await console.fleet.change.devices.assign(group.id, [row.device.id for row in rows])
            await report_outcomes(console, f"Assigned to {group.name}", outcomes, rows)


def _options(groups: Sequence[DeviceGroup], products: Mapping[ProductId, str], rows: Sequence[DeviceRow]) -> list[Option]:
    """Return an option for each group, those that can take the devices first.

    Call it in a thread: there may be ten thousand groups.
    """
    found = [_group_option(group, products.get(group.product_id, ""), rows) for group in groups]
    return sorted(found, key=lambda option: (option.refusal is not None, option.detail, option.label))


def _group_option(group: DeviceGroup, product: str, rows: Sequence[DeviceRow]) -> Option:
    return Option(group.id, f"{group.name} [{group.type}]", f"in {product}", _no_move(group, rows))


def _no_move(group: DeviceGroup, rows: Sequence[DeviceRow]) -> str | None:
    if all(row.device.group_id == group.id for row in rows):
        return "Already there."
    for row in rows[:200]:
        kind = kind_of(row) or DeviceKind.DEVELOPMENT
        device = row.device
        refusal = policy.assign(kind, device.group_type, group.type, label=device.label, imp_type=device.imp_type)
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
        """Return the refusal for a device that has no group."""
        return None if row.device.group_id is not None else f"{row.device.label} is in no group."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Confirm, ask for the unbond key if a device leaves production, and unassign each device."""
        rows = situation.devices
        if not await console.ask(question(f"Unassign {devices(len(rows))}?", rows, "Unassign", situation.key)):
            return
        key = None
        if any(row.device.group_type is GroupType.PRODUCTION for row in rows):
            entry = FormField("key", "unbond key", is_secret=True, hint="leaving a production group takes the account's key")
            answers = await console.fill(Form("Unbond key", (entry,), "Unassign"))
            if answers is None:
                return
            key = Secret(answers["key"]) if answers["key"] else None
        outcomes = await console.fleet.change.devices.unassign([row.device.id for row in rows], unbond_key=key)
        await report_outcomes(console, "Unassigned", outcomes, rows)


COMMANDS = (AssignToGroup(), Unassign())
