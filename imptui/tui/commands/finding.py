"""Commands that open an object by one of its names."""

import asyncio

from imptui.client.errors import NoAnswer
from imptui.domain.errors import NotFound, Refused
from imptui.domain.group import GroupType
from imptui.domain.ids import DeviceId, GroupId, ProductId, mac_address_of
from imptui.query.query import Scope
from imptui.query.text_folding import natural_key
from imptui.tui.commands.command import Command, Situation
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.questions import Form, FormField, Menu, Option
from imptui.tui.commands.routes import DeviceRoute, FactoryLineRoute
from imptui.tui.commands.scanned_code import identifiers_in, is_identifier

MANY = 8
"""A menu with more options than this can be narrowed by typing."""


class GoTo(Command):
    """Open a device by any of its identifiers, or list a product or group by name."""

    id = "app.goto"
    title = "Go to a device, group or product by id, MAC, agent id or name"
    group = "Everywhere"
    words = ("goto", "go")

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Search the cache; several matches are offered as a menu."""
        text = argument.strip()
        if not text:
            answers = await console.fill(Form("Go to", (FormField("what", "id, MAC or name"),), "Go"))
            text = answers["what"].strip() if answers else ""
        if text:
            await _go(console, text)


async def _go(console: Console, text: str) -> None:
    found = [
        Option(f"{kind}:{ref}", f"{kind} {ref}")
        for kind in ("device", "group", "product")
        for ref in await console.fleet.look.find(kind, text)
    ]
    title = f"Several are called {text}"
    if not found:
        found, title = await _alike(console, text), f"Nothing is called {text}; these hold it"
    if not found:
        console.show_message(f"Nothing known here is called {text}.")
        return
    many = Menu(title, tuple(found), can_filter=len(found) > MANY)
    chosen = found[0].key if len(found) == 1 else await console.choose(many)
    if chosen is None:
        return
    kind, _, ref = chosen.partition(":")
    if kind == "device":
        console.navigator.open(DeviceRoute(DeviceId(ref)))
    else:
        console.navigator.show_scope(Scope(group_id=GroupId(ref)) if kind == "group" else Scope(product_id=ProductId(ref)))


async def _alike(console: Console, text: str) -> list[Option]:
    """Return the groups and products whose names hold all words of `text`, by name."""
    look = console.fleet.look
    groups, products = await look.groups(), await look.products()

    def looked_for() -> list[Option]:
        words = text.casefold().split()
        names = {each.id: each.name for each in products}
        found = [Option(f"product:{each.id}", each.name, "product") for each in products if _holds(each.name, words)]
        for each in groups:
            if _holds(each.name, words):
                detail = f"{each.type} group of {names.get(each.product_id, '?')}"
                found.append(Option(f"group:{each.id}", each.name, detail))
        return sorted(found, key=lambda option: natural_key(option.label))

    return await asyncio.to_thread(looked_for)  # Searched in a thread: there may be ten thousand groups.


def _holds(name: str, words: list[str]) -> bool:
    folded = name.casefold()
    return all(word in folded for word in words)


async def open_scanned(console: Console, code: str) -> None:
    """Open the device of a scanned code, by id, MAC address, agent id or agent URL; a message reports a code that is none."""
    candidates = identifiers_in(code)
    for each in candidates:
        found = await console.fleet.look.find("device", each)
        if len(found) == 1:
            console.navigator.open(DeviceRoute(DeviceId(found[0])))
            return
    wanted = next((each for each in candidates if is_identifier(each)), None)
    if wanted is None:
        console.show_message(f"Scanned, but not a device: {code} holds neither a device id, a MAC address nor an agent id.")
        return
    console.show_message(f"Scanned {code}: not seen here yet, asking the service.")
    try:
        device_id = await console.fleet.seek_device(mac_address_of(wanted) or wanted)
    except NotFound:
        console.show_message(f"Scanned {code}: no device of this account.")
    except (Refused, NoAnswer) as error:
        console.fail(f"Look up the scanned {code}", error)
    else:
        console.navigator.open(DeviceRoute(device_id))


class OpenFactoryLine(Command):
    """Open the factory line of the chosen object."""

    id = "app.line"
    keys = ("i",)
    title = "Factory line: fixtures, units under test, blessed per hour"
    group = "Everywhere"
    words = ("line", "floor")

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:
        """Open the line that is meant; if there are several, show a menu."""
        from imptui.domain.factory_line import fixture_groups_at

        group = situation.group
        groups = await console.fleet.look.groups()
        found = list(fixture_groups_at(groups, group))
        if group is None and situation.product is not None:
            found = [each for each in found if each.product_id == situation.product.id] or found
        name = argument.strip()
        if name:
            found = [each for each in fixture_groups_at(groups, None) if name in (each.name, each.id)]
        elif not found:
            found = list(fixture_groups_at(groups, None))
        if not found:
            console.show_message(
                f"No fixture group is called {name}."
                if name
                else "There is no factory or pre-factory group yet: a line begins with one (ctrl+n in the tree)."
            )
            return
        chosen: str | None = found[0].id
        if len(found) > 1:
            products = {each.id: each.name for each in await console.fleet.look.products()}
            found.sort(key=lambda each: (each.type is not GroupType.FACTORY, each.name))
            options = tuple(
                Option(each.id, each.name, f"{each.type} group of {products.get(each.product_id, '?')}") for each in found
            )
            chosen = await console.choose(Menu("Which line?", options, can_filter=True, opened_by=situation.key))
        if chosen is not None:
            console.navigator.open(FactoryLineRoute(GroupId(chosen)))


COMMANDS = (GoTo(), OpenFactoryLine())
