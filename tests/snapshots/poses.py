"""Screens and dialogs that `screenshots/make` does not show, opened on the demonstration."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.pilot import Pilot

from imptui.cli.screenshot import SHOWN_GROUP
from imptui.client.errors import Unreachable
from imptui.domain.errors import Forbidden
from imptui.domain.group import GroupType
from imptui.domain.ids import GroupId
from imptui.fleet.fleet import Fleet
from imptui.tui.app import ImptuiApp
from imptui.tui.commands.routes import (
    CleaningRoute,
    CodeRoute,
    CodeSearchRoute,
    FactoryLineRoute,
    LineageRoute,
    ReviewRoute,
    RolloutRoute,
)

Pose = Callable[[ImptuiApp, Pilot[None], Fleet], Awaitable[None]]


async def _group(fleet: Fleet, name: str = SHOWN_GROUP) -> GroupId:
    return GroupId((await fleet.look.find("group", name))[0])


async def _pressed(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause(0.5)


async def orders(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """The menu of orders over the list."""
    await _pressed(pilot, "s")


async def narrowed(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """A filter as it is typed."""
    await _pressed(pilot, *(["enter"] if app.size.width < 120 else []), "slash", "c", "l", "i", "m")


async def nothing_found(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """A filter that nothing matches."""
    await _pressed(pilot, *(["enter"] if app.size.width < 120 else []), "slash", "z", "z", "z", "enter")


async def palette(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """All commands."""
    await _pressed(pilot, "ctrl+p")


async def actions(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """What can be done with the device under the cursor."""
    await _pressed(pilot, *(["enter"] if app.size.width < 120 else []), "a")


async def question(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """What is asked before devices restart."""
    await _pressed(pilot, *(["enter"] if app.size.width < 120 else []), "slash", *"Meter", "enter", "r")


async def line(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """A factory line."""
    groups = [each for each in await fleet.look.groups() if each.type is GroupType.FACTORY]
    app.navigator.open(FactoryLineRoute(groups[0].id))


async def activity(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """What was changed from here."""
    group = await _group(fleet)
    rows = await fleet.look.deployments(group)
    await fleet.change.devices.rename((await fleet.look.find("device", "climate chamber -40°C"))[0], "climate chamber")  # type: ignore[arg-type]
    draft = await fleet.drafting.draft_of(group, rows[1].deployment.id)
    await fleet.deploys.deploy(draft)
    app.everywhere.action_activity()


async def rollout(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """How far a deployment has come."""
    app.navigator.open(RolloutRoute((await fleet.look.deployments(await _group(fleet)))[0].deployment.id))


async def lineage(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """Where code went."""
    wanted = await _group(fleet)
    app.navigator.open(LineageRoute(next(each.product_id for each in await fleet.look.groups() if each.id == wanted)))


async def cleaning(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """Which old deployments may go."""
    app.navigator.open(CleaningRoute(await _group(fleet)))


async def code_search(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """A text in all code that was read."""
    for row in await fleet.look.deployments(await _group(fleet)):
        await fleet.programs.of(row.deployment.id)
    app.navigator.open(CodeSearchRoute("agent.on"))


async def jump(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """A letter on every line."""
    await _pressed(pilot, *(["enter"] if app.size.width < 120 else []), "ctrl+o")


async def saved(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """Filters with a name, while another one is on the screen."""
    for name, text in (("weak in production", "weak type:production"), ("night shift", "name:/line [34]/ offline")):
        await fleet.queries.save(name, text)
    await narrowed(app, pilot, fleet)
    await _pressed(pilot, "enter", "Q")


async def drafts(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """Reviews that were begun and not ended."""
    group = await _group(fleet)
    for row in (await fleet.look.deployments(group))[1:3]:
        await fleet.drafts.save(await fleet.drafting.draft_of(group, row.deployment.id))
    app.run_worker(app.startup.run_first("drafts"), group="dialogs")


async def mishaps(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """What went wrong: something refused, and something that was not reached."""
    app.notifier.fail("Delete the deployment", Forbidden("The deployment is flagged; take the flag away first."))
    app.notifier.fail("Read the devices", Unreachable("read devices", "api.example", "no connection", "Look at the network.", sent=False))
    app.everywhere.action_errors()


async def errors(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """What went wrong: nothing yet."""
    app.everywhere.action_errors()


async def mistaken(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """A filter with a field that does not exist."""
    await _pressed(pilot, *(["enter"] if app.size.width < 120 else []), "slash", *"off rsi<3")


async def filter_help(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """What can be asked in a filter."""
    await narrowed(app, pilot, fleet)
    await _pressed(pilot, "f1")


async def typed_command(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """A command as it is typed."""
    await _pressed(pilot, "colon", "s")


async def columns(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """The menu of columns over the list."""
    await _pressed(pilot, *(["enter"] if app.size.width < 120 else []), "K")


async def renaming(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """A form with one line."""
    await _pressed(pilot, *(["enter"] if app.size.width < 120 else []), "slash", *"climate", "enter", "e")


async def assigning(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """Where a device can go."""
    await _pressed(pilot, *(["enter"] if app.size.width < 120 else []), "slash", *"climate", "enter", "m")


async def marked(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """Some devices marked, and a range begun."""
    await _pressed(pilot, *(["enter"] if app.size.width < 120 else []), "space", "j", "j", "v", "j", "j")


async def many(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """All that a filter shows marked, by problems, in another order."""
    await _pressed(pilot, *(["enter"] if app.size.width < 120 else []), "F", "A", "asterisk", "G")


async def raw(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """The document of a group."""
    await _pressed(pilot, *(["1"] if app.size.width >= 120 else []), "G", "y")


async def described(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """What is under the cursor of the tree, alone in a small window."""
    await _pressed(pilot, *(["1"] if app.size.width >= 120 else []), "G", "k", "d")


async def shut(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """The tree with a branch shut."""
    await _pressed(pilot, *(["1"] if app.size.width >= 120 else []), *("j" * 4), "space")


async def searched(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """A text found in a program."""
    app.navigator.open(CodeRoute((await fleet.look.deployments(await _group(fleet)))[0].deployment.id))
    await pilot.pause(1.0)
    await _pressed(pilot, "slash", *"server")


async def confirmed(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """The name that production asks for."""
    rows = await fleet.look.deployments(await _group(fleet, "Connected Meter 400 1.0 Development"))
    app.navigator.open(ReviewRoute(await _group(fleet, "400 RoW SKU"), rows[0].deployment.id))
    await pilot.pause(1.5)
    await _pressed(pilot, "P")


async def signing_in(app: ImptuiApp, pilot: Pilot[None], fleet: Fleet) -> None:
    """A login that is over asks for the password."""
    app.run_worker(app.startup.run_first("login"), group="dialogs")


POSES: dict[str, Pose] = {
    "orders": orders,
    "filter": narrowed,
    "nothing": nothing_found,
    "palette": palette,
    "actions": actions,
    "question": question,
    "line": line,
    "activity": activity,
    "rollout": rollout,
    "lineage": lineage,
    "errors": errors,
    "cleaning": cleaning,
    "code-search": code_search,
    "jump": jump,
    "saved": saved,
    "drafts": drafts,
    "mishaps": mishaps,
    "mistake": mistaken,
    "filter-help": filter_help,
    "command": typed_command,
    "columns": columns,
    "rename": renaming,
    "assign": assigning,
    "marked": marked,
    "many": many,
    "raw": raw,
    "described": described,
    "shut": shut,
    "searched": searched,
    "confirm": confirmed,
    "sign-in": signing_in,
}
"""By the name of the picture."""
