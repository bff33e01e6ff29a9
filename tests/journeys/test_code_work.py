"""Lineage, histories, clean-up, searching all code, rollouts: what happens to code after it was deployed."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from imptui.cloud.environment.clock import ManualClock
from imptui.domain.deployment import Programs
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import DeploymentId
from imptui.tui.commands.routes import CleaningRoute, CodeSearchRoute, DeploymentsRoute, LineageRoute, RolloutRoute
from imptui.tui.screens.cleaning import CleaningPage
from imptui.tui.screens.code import CodePage
from imptui.tui.screens.code_search import CodeSearchPage
from imptui.tui.screens.compare import ComparePage
from imptui.tui.screens.deployments import DeploymentsPage
from imptui.tui.screens.lineage import LineagePage
from imptui.tui.screens.review import ReviewPage
from imptui.tui.screens.rollout import RolloutPage
from imptui.tui.widgets.dialogs.question import QuestionDialog
from tests.journeys.conftest import Person, Plant, sitting_at


async def deployed(plant: Plant, clock: ManualClock, group: DeviceGroup, number: int, origin: str | None = None) -> DeploymentId:
    """The group gets program `number`, an hour after the last one."""
    clock.advance(timedelta(hours=1))
    programs = Programs(f'server.log("agent {number}");\n', f"local number = {number};\n")
    draft = await plant.fleet.drafting.draft(group.id, programs, source="the test", description=f"number {number}", origin=origin)
    return (await plant.fleet.deploys.deploy(draft)).deployment.id


@pytest.fixture
async def history(plant: Plant, clock: ManualClock) -> Sequence[DeploymentId]:
    """The bench got five deployments, the last one is current."""
    return [await deployed(plant, clock, plant.bench, number) for number in range(1, 6)]


async def opens_history(person: Person, plant: Plant) -> DeploymentsPage:
    person.app.navigator.open(DeploymentsRoute(group_id=plant.bench.id))
    await person.waits_for("number 1")
    page = person.app.screen
    assert isinstance(page, DeploymentsPage)
    await person.rests()
    return page


async def confirms(person: Person) -> None:
    await person.waits_for(lambda: isinstance(person.app.screen, QuestionDialog))
    await person.presses("right", "enter")


def names(person: Person) -> list[str]:
    """The deployments that the screen shows, from top to bottom."""
    return [word for line in person.lines() for word in [line[line.find("number ") :][:8]] if word.startswith("number ")]


# The history


async def test_a_history_tells_how_long_each_was_current(plant: Plant, history: Sequence[str]) -> None:
    """Each deployment was current until the next one came; the heads say what the columns are."""
    async with sitting_at(plant) as person:
        page = await opens_history(person, plant)
        assert person.sees("ran")
        assert [round(page.list.pasts[each].ran_s) for each in history[:4]] == [3600] * 4


async def test_a_history_tells_who_runs_what(plant: Plant, clock: ManualClock, history: Sequence[str]) -> None:
    """Devices that restarted run the current one, as far as inferred, and the line below says it is an inference."""
    clock.advance(timedelta(minutes=1))
    for device_id in plant.devices[:10]:
        await plant.fleet.change.devices.restart(device_id, conditional=False)
    await plant.fleet.sync.run()
    async with sitting_at(plant, (160, 30)) as person:
        page = await opens_history(person, plant)
        running = page.list.pasts[history[4]].running
        assert running
        assert person.sees(f"{running} online run it, as inferred")


async def test_setting_the_minimum_on_screen(plant: Plant, history: Sequence[str]) -> None:
    """M asks, is confirmed by another key, and older ones are shown as too old afterwards."""
    async with sitting_at(plant, (140, 30)) as person:
        await opens_history(person, plant)
        await person.presses("j", "j", "M")
        await person.waits_for("only moves forward")
        await confirms(person)
        await person.waits_for("too old")
        lines = [line for line in person.lines() if "number " in line and "too old" in line]
        assert [line[line.find("number ") :][:8] for line in lines] == ["number 2", "number 1"]
        assert any("minimum" in line and "number 3" in line for line in person.lines())
        assert (await plant.fleet.look.group(plant.bench.id)).min_supported_deployment_id == history[2]


async def test_the_minimum_is_not_set_by_giving_up(plant: Plant, history: Sequence[str]) -> None:
    """Esc in the question sets nothing."""
    async with sitting_at(plant) as person:
        await opens_history(person, plant)
        await person.presses("M")
        await person.waits_for(lambda: isinstance(person.app.screen, QuestionDialog))
        await person.presses("escape")
        await person.rests()
        assert (await plant.fleet.look.group(plant.bench.id)).min_supported_deployment_id == history[0]


async def test_deleting_a_deployment_on_screen(plant: Plant, history: Sequence[str]) -> None:
    """D deletes an old deployment after another key confirmed, and the journal tells."""
    await plant.fleet.change.set_minimum(plant.bench.id, history[4])
    async with sitting_at(plant) as person:
        await opens_history(person, plant)
        await person.presses("G", "D")
        await person.waits_for("cannot be taken back")
        await confirms(person)
        await person.waits_for("number 1", gone=True)
        assert names(person) == ["number 5", "number 4", "number 3", "number 2"]
        await person.presses("at")
        await person.waits_for(f"delete deployment {history[0]}")


async def test_a_supported_deployment_is_not_deleted(plant: Plant, history: Sequence[str]) -> None:
    """D on the minimum or a newer one says why not, and asks nothing."""
    async with sitting_at(plant) as person:
        await opens_history(person, plant)
        await person.presses("j", "D")
        await person.waits_for("minimum supported deployment or a newer one")
        assert not isinstance(person.app.screen, QuestionDialog)


async def test_the_side_of_a_comparison_survives_the_list(plant: Plant, clock: ManualClock, history: Sequence[str]) -> None:
    """What = took in one list is there in another one, also after the first was closed."""
    await deployed(plant, clock, plant.shelf, 77)
    async with sitting_at(plant) as person:
        await opens_history(person, plant)
        await person.presses("equals_sign", "q")
        person.app.navigator.open(DeploymentsRoute(group_id=plant.shelf.id))
        await person.waits_for("number 77")
        await person.presses("equals_sign")
        await person.waits_for(lambda: isinstance(person.app.screen, ComparePage))
        await person.waits_for('+ server.log("agent 77");')
        assert person.sees('- server.log("agent 5");')


# Lineage


async def promoted(plant: Plant, clock: ManualClock, history: Sequence[str]) -> None:
    await deployed(plant, clock, plant.live, 3, origin=f"deployment:{history[2]}")
    await plant.fleet.sync.run()


@pytest.mark.parametrize(("size", "shape"), [((80, 24), "2 behind bench"), ((160, 50), "2 behind bench")])
async def test_lineage_tells_who_is_behind(
    plant: Plant, clock: ManualClock, history: Sequence[str], size: tuple[int, int], shape: str
) -> None:
    """Production repeats the third of five: it is two behind, in a list as in a graph."""
    await promoted(plant, clock, history)
    async with sitting_at(plant, size) as person:
        person.app.navigator.open(LineageRoute(plant.bench.product_id, plant.live.id))
        await person.waits_for(shape)
        page = person.app.screen
        assert isinstance(page, LineagePage)
        assert page.view.is_graph is (size[0] > 100)
        assert person.sees("─▸") is page.view.is_graph


async def test_lineage_opens_from_the_history_and_compares(plant: Plant, clock: ManualClock, history: Sequence[str]) -> None:
    """Y in a history opens the lineage; = compares a group with its source, enter opens its history."""
    await promoted(plant, clock, history)
    async with sitting_at(plant, (160, 50)) as person:
        person.app.navigator.open(DeploymentsRoute(group_id=plant.live.id))
        await person.waits_for("number 3")
        await person.presses("Y")
        await person.waits_for("2 behind bench")
        await person.presses("equals_sign")
        await person.waits_for('+ server.log("agent 5");')
        assert person.sees('- server.log("agent 3");')
        await person.presses("q", "enter")
        await person.waits_for("Deployments of live")


async def test_lineage_promotes_from_the_source(plant: Plant, clock: ManualClock, history: Sequence[str]) -> None:
    """P reviews what the source runs for the group that is behind; nothing is deployed by that."""
    await promoted(plant, clock, history)
    async with sitting_at(plant, (160, 50)) as person:
        person.app.navigator.open(LineageRoute(plant.bench.product_id, plant.live.id))
        await person.waits_for("2 behind bench")
        await person.presses("P")
        await person.waits_for(lambda: isinstance(person.app.screen, ReviewPage))
        await person.waits_for("agent 5")
        assert len(await plant.fleet.look.deployments(plant.live.id)) == 1


async def test_lineage_in_ascii(plant: Plant, clock: ManualClock, history: Sequence[str]) -> None:
    """Without Unicode boxes and lines are made of - | + and >."""
    from imptui.config.settings import Settings

    await promoted(plant, clock, history)
    async with sitting_at(plant, (160, 50), settings=Settings(ascii=True), expects="Greenhouse") as person:
        person.app.navigator.open(LineageRoute(plant.bench.product_id))
        await person.waits_for("2 behind bench")
        assert person.sees("->|")
        assert person.screen().isascii()


# Clean-up


async def test_a_clean_up_shows_what_would_go_first(plant: Plant, history: Sequence[str]) -> None:
    """The preview deletes nothing; the name of the group must be typed; then they go, and each is in the journal."""
    await plant.fleet.change.set_minimum(plant.bench.id, history[4])
    async with sitting_at(plant) as person:
        await opens_history(person, plant)
        await person.presses("K")
        await person.waits_for("0 of 5 would go")
        await person.presses("e")
        await person.waits_for("newest that stay")
        await person.presses("ctrl+u")
        await person.types("3")
        await person.presses("ctrl+s")
        await person.waits_for("2 of 5 would go")
        assert person.sees("stays: current")
        assert len(await plant.fleet.look.deployments(plant.bench.id)) == 5
        await person.presses("D")
        await person.waits_for("Delete 2 deployments?")
        await person.types("bench")
        await person.presses("tab", "right", "enter")
        await person.waits_for("2 deleted")
        await person.rests()
        left = [row.deployment.id for row in await plant.fleet.look.deployments(plant.bench.id)]
        assert left == list(reversed(history[2:]))
        assert sum(entry.verb == "delete deployment" for entry in await plant.fleet.look.journal()) == 2


async def test_what_the_service_refuses_is_told_for_each(plant: Plant, history: Sequence[str]) -> None:
    """When one was flagged meanwhile the others go all the same, and its line says why it stayed."""
    await plant.fleet.change.set_minimum(plant.bench.id, history[4])
    async with sitting_at(plant) as person:
        page = CleaningPage(plant.bench.id)
        page.keep = 1
        person.app.push_screen(page)
        await person.waits_for("4 of 5 would go")
        await plant.fleet._central.deployments.update(history[1], is_flagged=True)
        await person.presses("D")
        await person.waits_for("Delete 4 deployments?")
        await person.types("bench")
        await person.presses("tab", "right", "enter")
        await person.waits_for("3 deleted, 1 not")
        assert any("number 2" in line and "flagged" in line for line in person.lines()), person.screen()
        left = {row.deployment.id for row in await plant.fleet.look.deployments(plant.bench.id)}
        assert left == {history[1], history[4]}


async def test_read_only_cleans_nothing(plant: Plant, history: Sequence[str]) -> None:
    """In a read-only context the preview is there, and deleting says why not."""
    await plant.fleet.change.set_minimum(plant.bench.id, history[4])
    plant.fleet.set_read_only("the test says so")
    async with sitting_at(plant) as person:
        page = CleaningPage(plant.bench.id)
        page.keep = 1
        person.app.push_screen(page)
        await person.waits_for("4 of 5 would go")
        await person.presses("D")
        await person.waits_for("the test says so")
        assert not isinstance(person.app.screen, QuestionDialog)


# Searching all code


async def test_all_code_is_searched_and_opened_at_the_line(plant: Plant, history: Sequence[str]) -> None:
    """f4 finds a text in every deployment that was read from here; enter opens the code there."""
    async with sitting_at(plant) as person:
        await person.presses("f4")
        await person.waits_for(lambda: isinstance(person.app.screen, CodeSearchPage))
        await person.rests()
        await person.types("local number")
        await person.presses("enter")
        await person.waits_for("5 lines in 5 deployments, 5 of 5 searched")
        assert person.sees("device:1")
        await person.presses("enter")
        await person.waits_for(lambda: isinstance(person.app.screen, CodePage))
        await person.waits_for("[device]")
        await person.waits_for("'local number' 1 of 1")


async def test_a_regular_expression_between_slashes(plant: Plant, history: Sequence[str]) -> None:
    """:grep /.../ looks for a pattern, and a pattern that is none is explained."""
    async with sitting_at(plant) as person:
        await person.commands("grep /agent [24]/")
        await person.waits_for("2 lines in 2 deployments")
        await person.presses("q")
        await person.commands("grep /(/")
        await person.waits_for("no regular expression")


async def test_code_that_was_never_read_is_told_and_read(plant: Plant, history: Sequence[str]) -> None:
    """What was deployed by others is not here: the search says so, and R reads it."""
    plant.fleet._cache.deployments.cap_programs(0)
    async with sitting_at(plant) as person:
        await person.commands("grep number")
        await person.waits_for("No code was read from here yet")
        await person.waits_for("the code of 5 deployments was never read")
        await person.presses("R")
        await person.waits_for("5 lines in 5 deployments")


# Rollouts


async def test_a_rollout_is_watched_from_the_history(plant: Plant, clock: ManualClock, history: Sequence[str]) -> None:
    """o shows who waits; after a restart they are back online, with all numbers called inferred."""
    async with sitting_at(plant, (120, 40)) as person:
        await opens_history(person, plant)
        await person.presses("o")
        await person.waits_for(lambda: isinstance(person.app.screen, RolloutPage))
        page = person.app.screen
        assert isinstance(page, RolloutPage)
        await person.waits_for("inferred")
        await person.waits_for(lambda: page.rollout is not None and page.rollout.waiting > 0)
        await person.waits_for("Waiting longest")
        clock.advance(timedelta(minutes=1))
        await plant.fleet.change.restart_group(plant.bench.id, conditional=False)
        await person.waits_for(lambda: page.rollout is not None and not page.rollout.waiting)
        await person.waits_for("Nothing online waits any longer")


async def test_those_who_wait_tell_their_last_words(plant: Plant, clock: ManualClock, history: Sequence[str]) -> None:
    """Below a device that waits stands the last line of its log."""
    async with sitting_at(plant, (120, 50)) as person:
        person.app.navigator.open(RolloutRoute(history[4], history[3]))
        await person.waits_for("Waiting longest")
        page = person.app.screen
        assert isinstance(page, RolloutPage)
        await person.waits_for(lambda: page._last_words)
        await person.waits_for(lambda: person.sees("nothing was logged") or person.sees("Agent restarted"))


HOSTILE = ("[b]bold[/b] [/", "[@click=app.quit]x[/]", "red \x1b[31m", "right \u202e to left")


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_names_in_lineage_clean_up_and_search(
    plant: Plant, clock: ManualClock, history: Sequence[str], name: str
) -> None:
    """Names of groups and words of deployments are signs like all others on the new screens too."""
    from imptui.tui.present.safe import safe

    await plant.fleet.change.update_group(plant.bench.id, name=name)
    await plant.fleet.change.update_deployment(history[4], description=name)
    await promoted(plant, clock, history)
    async with sitting_at(plant, (160, 50)) as person:
        person.app.navigator.open(LineageRoute(plant.bench.product_id, plant.live.id))
        await person.waits_for(f"2 behind {safe(name)}")
        person.app.navigator.open(CleaningRoute(plant.bench.id))
        await person.waits_for(f"Clean-up of {safe(name)}")
        person.app.navigator.open(CodeSearchRoute(name))
        await person.waits_for(f"Code with {safe(name)}")
        person.app.navigator.open(CodeSearchRoute("local number"))
        await person.waits_for("lines in 6 deployments")
        assert person.sees(safe(name)[:20])
        assert not any(sign in person.screen() for sign in "\x1b\u202e")
