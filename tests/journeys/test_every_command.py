"""Every command of every screen does something that a person sees, or says why not: never silence, never a crash."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic

import pytest
from textual.screen import ModalScreen

from imptui.cloud.environment.clock import ManualClock
from imptui.domain.deployment import Programs
from imptui.domain.ids import DeploymentId
from imptui.query.query import Scope
from imptui.tui.commands.catalogue import MODULES
from imptui.tui.commands.command import Command
from imptui.tui.commands.routes import (
    CleaningRoute,
    CodeRoute,
    CodeSearchRoute,
    DeploymentsRoute,
    DeviceRoute,
    LineageRoute,
    LogsRoute,
    ReviewRoute,
    RolloutRoute,
)
from imptui.tui.screens.page import Page
from imptui.tui.widgets.hint_line import HintLine
from tests.journeys.conftest import Person, Plant, sitting_at

ANSWER_S = 1.5
"""How long a command may keep a person waiting for any sign."""

ENDS = frozenset({"app.quit"})
"""What ends the console; journeys of their own show that."""

NOWHERE = frozenset({"move.up", "move.down", "move.left", "move.right", "move.page-up", "move.page-down", "move.half-up",
                     "move.half-down", "move.top", "move.bottom", "text.left", "text.right", "tree.shut", "tree.open", "app.redraw"})  # fmt: skip
"""What shows nothing where there is no further to go, or nothing to mend: a cursor that stays at the edge says enough."""

Arrival = Callable[[Person, Plant], Awaitable[None]]


@pytest.fixture
async def history(plant: Plant, clock: ManualClock) -> list[DeploymentId]:
    """The bench got two deployments, the second is current."""
    made = []
    for number in (1, 2):
        clock.advance(timedelta(hours=1))
        programs = Programs(f'server.log("agent {number}");\n' * 40, f"local number = {number};\n" * 40)
        draft = await plant.fleet.drafting.draft(plant.bench.id, programs, source="the test", description=f"number {number}")
        made.append((await plant.fleet.deploys.deploy(draft)).deployment.id)
    await plant.fleet.sync.run()
    return made


async def at_tree(person: Person, plant: Plant, lines: int) -> None:
    home = person.app.navigator.home
    assert home is not None
    home.show_scope(Scope())
    home.focus_pane(home.product_tree)
    home.product_tree.go_to(Scope())
    for _ in range(lines):
        home.product_tree.action_cursor_down()


async def at_root(person: Person, plant: Plant) -> None:
    await at_tree(person, plant, 0)


async def at_group(person: Person, plant: Plant) -> None:
    home = person.app.navigator.home
    assert home is not None
    await at_root(person, plant)
    home.product_tree.go_to(Scope(group_id=plant.bench.id))


async def at_list(person: Person, plant: Plant) -> None:
    home = person.app.navigator.home
    assert home is not None
    home.table.unmark()
    home.show_scope(Scope(group_id=plant.bench.id))
    home.focus_pane(home.table)
    await person.waits_for(lambda: home.table.current is not None)
    await home.table.action_cursor_down()


async def at_marked(person: Person, plant: Plant) -> None:
    await at_list(person, plant)
    home = person.app.navigator.home
    assert home is not None
    await home.table.action_mark()
    await home.table.action_mark()


async def at_detail(person: Person, plant: Plant) -> None:
    await at_list(person, plant)
    home = person.app.navigator.home
    assert home is not None
    home.focus_pane(home.detail)


async def reaches(person: Person, name: str) -> None:
    await person.waits_for(lambda: isinstance(person.app.screen, Page) and person.app.screen.page_name == name)


async def at_device(person: Person, plant: Plant) -> None:
    person.app.navigator.open(DeviceRoute(plant.devices[0]))
    await reaches(person, "device")


async def at_deployments(person: Person, plant: Plant) -> None:
    person.app.navigator.open(DeploymentsRoute(group_id=plant.bench.id))
    await reaches(person, "deployments")
    await person.waits_for("number 1")


async def at_code(person: Person, plant: Plant) -> None:
    person.app.navigator.open(CodeRoute(plant.bench_deployment or DeploymentId("")))
    await reaches(person, "code")
    await person.waits_for("agent 2")


async def at_logs(person: Person, plant: Plant) -> None:
    person.app.navigator.open(LogsRoute((plant.devices[0],), "the plant", None))
    await reaches(person, "logs")


async def at_lineage(person: Person, plant: Plant) -> None:
    person.app.navigator.open(LineageRoute(plant.bench.product_id, plant.bench.id))
    await reaches(person, "lineage")


async def at_review(person: Person, plant: Plant) -> None:
    person.app.navigator.open(ReviewRoute(plant.shelf.id, plant.bench_deployment or DeploymentId("")))
    await reaches(person, "review")
    await person.waits_for("number 2")


async def at_rollout(person: Person, plant: Plant) -> None:
    person.app.navigator.open(RolloutRoute(plant.bench_deployment or DeploymentId("")))
    await reaches(person, "rollout")


async def at_cleaning(person: Person, plant: Plant) -> None:
    person.app.navigator.open(CleaningRoute(plant.bench.id))
    await reaches(person, "cleaning")


async def at_code_search(person: Person, plant: Plant) -> None:
    person.app.navigator.open(CodeSearchRoute("agent"))
    await reaches(person, "code-search")


async def at_errors(person: Person, plant: Plant) -> None:
    person.app.everywhere.action_errors()
    await reaches(person, "text")


PLACES: dict[str, Arrival] = {
    "fleet: the-root": at_root,
    "fleet: the-group": at_group,
    "fleet: the-list": at_list,
    "fleet: marked": at_marked,
    "fleet: the-details": at_detail,
    "device": at_device,
    "deployments": at_deployments,
    "code": at_code,
    "logs": at_logs,
    "lineage": at_lineage,
    "review": at_review,
    "rollout": at_rollout,
    "cleaning": at_cleaning,
    "code-search": at_code_search,
    "text": at_errors,
}


def seen(person: Person) -> tuple[object, ...]:
    """All that a person could notice."""
    app = person.app
    return (tuple(map(id, app.screen_stack)), person.screen(), app.cursor_position, app.focused, app.theme)


async def goes_back(person: Person) -> None:
    """Home, with every question given up."""
    app = person.app
    while len(app.screen_stack) > 1:
        if isinstance(app.screen, ModalScreen):
            app.screen.dismiss(None)
        else:
            app.pop_screen()
        await person.pilot.pause(0.01)
    app.workers.cancel_group(app, "dialogs")
    page = app.navigator.page
    assert page is not None
    page.query_one("#hints", HintLine).clear_message()
    page.zoomed = False
    page.lay_out(*page.size)


async def settled(person: Person) -> tuple[object, ...]:
    """What is seen once nothing changes by itself any longer."""
    before = seen(person)
    for _ in range(40):
        await person.pilot.pause(0.04)
        now = seen(person)
        if now == before and person.app.is_settled:
            break
        before = now
    return before


async def is_answered(person: Person, page: Page, command: Command) -> bool:
    """Whether anything is to be seen of a command that is called by its key, or else by its id."""
    app = person.app
    before = await settled(person)
    keys = app.keymap.keys_of(command.id, command.keys)
    if keys and page.command_for(keys[0]) is command:
        await person.pilot.press(keys[0])
    else:
        app.run_worker(app.dispatcher.run_typed(command.id), group="dialogs")
    end = monotonic() + ANSWER_S
    while monotonic() < end:
        await person.pilot.pause(0.02)
        if seen(person) != before:
            return True
    return False


@pytest.mark.parametrize("place", PLACES)
async def test_every_command_is_answered(plant: Plant, history: list[DeploymentId], place: str) -> None:
    """Every command that help lists here opens something, changes the screen, or says a sentence."""
    plant.bench_deployment = history[-1]
    silent: list[str] = []
    plant.fleet.watch.pause()
    async with sitting_at(plant, (120, 30)) as person:
        await PLACES[place](person, plant)
        page = person.app.navigator.page
        assert page is not None
        commands = [each for each in page.commands if each.id not in ENDS | NOWHERE]
        for command in commands:
            await goes_back(person)
            await PLACES[place](person, plant)
            page = person.app.navigator.page
            assert page is not None
            if not await is_answered(person, page, command):
                silent.append(command.id)
    assert not silent, f"nothing is seen of {', '.join(silent)}"


def test_every_screen_of_the_catalogue_is_visited() -> None:
    """No screen with commands is left out, but those whose commands are all those of a comparison, a draft or a line."""
    visited = {place.partition(":")[0] for place in PLACES}
    assert set(MODULES) - visited == {"everywhere", "compare", "draft-code", "line"}
