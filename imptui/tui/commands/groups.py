"""Commands for products and device groups."""

from collections.abc import Mapping
from typing import TypedDict

from imptui.domain import policy
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.ids import GroupId
from imptui.domain.product import Product
from imptui.tui.commands.command import Command, Danger, Situation, is_production
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.devices import restart_menu
from imptui.tui.commands.prompts import devices, fill_until_done
from imptui.tui.commands.questions import Form, FormField, Menu, Option, Question
from imptui.tui.commands.routes import LogsRoute

TREE = frozenset({"tree"})


def _name(name: str) -> str | None:
    refusal = policy.validate_name(name)
    return refusal.reason if refusal is not None else None


def _description(text: str) -> str | None:
    refusal = policy.validate_description(text)
    return refusal.reason if refusal is not None else None


class Create(Command):
    """Create a product, or a group in the product under the cursor."""

    id = "tree.create"
    keys = ("ctrl+n",)
    title = "New product or device group"
    footer = "new"
    danger = Danger.CHANGES
    group = "Products and groups"
    in_menu = True
    words = ("new", "create")

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Choose what to create, then show its form."""
        product = situation.product
        options = [Option("product", "Product", hotkey="p")]
        if product is not None:
            letters = "dfrysti"
            options += [
                Option(str(kind), f"{kind} group in {product.name}", hotkey=letters[number])
                for number, kind in enumerate(GroupType)
            ]
        chosen = "product" if len(options) == 1 else await console.choose(Menu("New", tuple(options), opened_by=situation.key))
        if chosen == "product":
            await _create_product(console)
        elif chosen is not None and product is not None:
            await _create_group(console, product, GroupType(chosen))


async def _create_product(console: Console) -> None:
    entries = (FormField("name", "name", check=_name), FormField("description", "description", check=_description))

    async def send(answers: Mapping[str, str]) -> str:
        product = await console.fleet.change.create_product(answers["name"], answers["description"] or None)
        return f"Product {product.name} is there."

    await fill_until_done(console, Form("New product", entries, "Create"), send, "Create product")


async def _create_group(console: Console, product: Product, kind: GroupType) -> None:
    entries = [FormField("name", "name", check=_name), FormField("description", "description", check=_description)]
    entries += await _targets(console, product, kind, None)

    async def send(answers: Mapping[str, str]) -> str:
        group = await console.fleet.change.create_group(
            product.id, kind, answers["name"], answers["description"] or None, **_rest(answers)
        )
        return f"Group {group.name} is there."

    form = Form(f"New {kind} group in {product.name}", tuple(entries), "Create")
    await fill_until_done(console, form, send, f"Create group in {product.name}")


async def _targets(console: Console, product: Product, kind: GroupType, group: DeviceGroup | None) -> list[FormField]:
    entries: list[FormField] = []
    groups = await console.fleet.look.groups(product.id)
    for key, label, wanted, now in (
        ("production_target", "production target", kind.production_target_type, group and group.production_target_id),
        ("dut_target", "DUT target", kind.dut_target_type, group and group.dut_target_id),
    ):
        if wanted is not None:
            choices = tuple(Option(each.id, each.name) for each in groups if each.type == wanted)
            hint = f"a {wanted} group of this product" if choices else f"there is no {wanted} group yet: create one first"
            none = (Option("", "none"),)
            entries.append(FormField(key, label, now or "", choices=choices or none, hint=hint))
    if kind.is_blessed:
        at_once = group is None or group.load_code_after_blessing is not False
        choices = (Option("yes", "right after blessing"), Option("no", "at the first end-user BlinkUp"))
        entries.append(FormField("load_code", "new devices load", "yes" if at_once else "no", choices=choices))
    return entries


class _Rest(TypedDict, total=False):
    production_target_id: GroupId | None
    dut_target_id: GroupId | None
    load_code_after_blessing: bool | None


def _rest(answers: Mapping[str, str]) -> _Rest:
    found = _Rest()
    if "production_target" in answers:
        found["production_target_id"] = GroupId(answers["production_target"]) if answers["production_target"] else None
    if "dut_target" in answers:
        found["dut_target_id"] = GroupId(answers["dut_target"]) if answers["dut_target"] else None
    if "load_code" in answers:
        found["load_code_after_blessing"] = answers["load_code"] == "yes"
    return found


class EditProductOrGroup(Command):
    """Rename or describe a product or group; a fixture group's targets too."""

    id = "tree.edit"
    keys = ("e",)
    title = "Rename and describe the product or group"
    footer = "edit"
    danger = Danger.CHANGES
    group = "Products and groups"
    in_menu = True
    panes = TREE

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if nothing is under the cursor."""
        return None if situation.group or situation.product else "Neither a product nor a group is under the cursor."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Show a form with the present values."""
        thing = situation.group or situation.product
        if thing is None:
            return
        entries = [
            FormField("name", "name", thing.name, check=_name),
            FormField("description", "description", thing.description or "", check=_description),
        ]
        group, product = situation.group, situation.product
        if group is not None and product is not None and isinstance(group.type, GroupType):
            entries += await _targets(console, product, group.type, group)

        async def send(answers: Mapping[str, str]) -> str:
            change = console.fleet.change
            if group is not None:
                name, text = answers["name"], answers["description"]
                made = await change.update_group(group.id, name=name, description=text, **_rest(answers))
                return f"Group {made.name} is saved."
            assert product is not None  # noqa: S101 - one of the two is there
            saved = await change.update_product(product.id, name=answers["name"], description=answers["description"])
            return f"Product {saved.name} is saved."

        what = "group" if group is not None else "product"
        form = Form(f"Edit {what}", tuple(entries), opened_by=situation.key)
        await fill_until_done(console, form, send, f"Change {what} {thing.name}")


class DeleteProductOrGroup(Command):
    """Delete an empty product or group."""

    id = "tree.delete"
    keys = ("D",)
    title = "Delete the product or group"
    danger = Danger.DESTROYS
    group = "Products and groups"
    in_menu = True
    panes = TREE

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if a group has devices or a product has groups."""
        if situation.group is not None:
            if situation.tally is None:
                return "The devices of the group were not counted yet."
            refusal = policy.delete_group(situation.tally.devices)
            return refusal.reason if refusal is not None else None
        if situation.product is not None:
            if situation.group_count is None:
                return "The groups of the product were not counted yet."
            refusal = policy.delete_product(situation.group_count)
            return refusal.reason if refusal is not None else None
        return "Neither a product nor a group is under the cursor."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Confirm; a production group takes its name typed."""
        group, product = situation.group, situation.product
        thing = group or product
        if thing is None:
            return
        what = "group" if group is not None else "product"
        more = "Its deployments go with it." if group is not None else "It has no groups."
        wanted = thing.name if is_production(group) else None
        asked = Question(f"Delete {what} {thing.name}?", (more,), "Delete", situation.key, must_type=wanted)
        if not await console.ask(asked):
            return
        if group is not None:
            await console.fleet.change.delete_group(group.id)
        elif product is not None:
            await console.fleet.change.delete_product(product.id)
        console.show_message(f"Deleted {what} {thing.name}.")


class GroupCommand(Command):
    """A command for the group under the cursor."""

    group = "Products and groups"
    in_menu = True
    panes = TREE

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if there is no group."""
        return None if situation.group is not None else "No group is under the cursor."


class RestartGroup(GroupCommand):
    """Restart every device of a group."""

    id = "tree.restart"
    keys = ("r",)
    title = "Restart every device of the group"
    footer = "restart"
    danger = Danger.CHANGES

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Choose the kind of restart, confirm, and restart the group with one call."""
        group = situation.group
        if group is None:
            return
        how = await restart_menu(console, group.name, situation.key)
        if how is None:
            return
        count = devices(situation.tally.devices) if situation.tally is not None else "All devices"
        words = "Restart conditionally" if how else "Restart at once"
        lines = (f"{count} of the group {group.name}.", "Offline ones restart when they next connect anyway.")
        wanted = group.name if is_production(group) else None
        if await console.ask(Question(f"{words}: {group.name}?", lines, words, situation.key, must_type=wanted)):
            await console.fleet.change.restart_group(group.id, conditional=how)
            console.show_message(f"Restart asked for: {group.name}.")


class GroupLogs(Command):
    """Show the log of a whole group."""

    id = "tree.logs"
    keys = ("L",)
    title = "Live log of the whole group"
    group = "Products and groups"
    in_menu = True

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if there is no group."""
        return None if situation.group is not None else "No group is chosen."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Open the log; it follows the devices that are in the group at the time."""
        if situation.group is None:
            return
        if situation.tally is not None and not situation.tally.devices:
            console.show_message(f"The group {situation.group.name} has no devices.")
            return
        console.navigator.open(LogsRoute((), situation.group.name, situation.group.id))


COMMANDS = (Create(), EditProductOrGroup(), RestartGroup(), GroupLogs(), DeleteProductOrGroup())
