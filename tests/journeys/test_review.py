"""Reviewing, deploying, watching and going back."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from imptui.domain.deployment import Programs
from imptui.domain.group import DeviceGroup
from imptui.domain.ids import DeploymentId
from imptui.fleet.deployments.draft import RestartMode
from imptui.tui.commands.routes import DeploymentsRoute, ReviewRoute
from imptui.tui.screens.code import CodePage
from imptui.tui.screens.compare import ComparePage
from imptui.tui.screens.deployments import DeploymentsPage
from imptui.tui.screens.review import ReviewPage
from imptui.tui.screens.rollout import RolloutPage
from imptui.tui.widgets.dialogs.question import QuestionDialog
from tests.journeys.conftest import Person, Plant, sitting_at
from tests.journeys.test_hostile import is_clean

FIRST = Programs('server.log("agent one");\n', "function blink() {\n    return 1;\n}\nblink();\n")
SECOND = Programs('server.log("agent two");\n', "function blink() {\n    return 1;\n}\nblink();\n")


async def deployed(plant: Plant, group: DeviceGroup, programs: Programs, words: str) -> DeploymentId:
    draft = await plant.fleet.drafting.draft(group.id, programs, source="the test", description=words)
    return (await plant.fleet.deploys.deploy(draft)).deployment.id


@pytest.fixture
async def history(plant: Plant) -> Sequence[DeploymentId]:
    """The bench ran "first light" and runs "second light"."""
    return [await deployed(plant, plant.bench, FIRST, "first light"), await deployed(plant, plant.bench, SECOND, "second light")]


async def opens_history(person: Person, plant: Plant) -> None:
    person.app.navigator.open(DeploymentsRoute(group_id=plant.bench.id))
    await person.waits_for("first light")


async def confirms(person: Person) -> None:
    await person.waits_for(lambda: isinstance(person.app.screen, QuestionDialog))
    await person.presses("right", "enter")


async def test_the_history_of_a_group_is_newest_first_and_names_the_current_one(plant: Plant, history: Sequence[str]) -> None:
    """The newest deployment is on top and marked as current."""
    async with sitting_at(plant) as person:
        await opens_history(person, plant)
        lines = [line for line in person.lines() if " light" in line]
        assert "second light" in lines[0]
        assert "current" in lines[0]
        assert "current" not in lines[1]


async def test_enter_on_a_deployment_shows_its_code(plant: Plant, history: Sequence[str]) -> None:
    """Enter opens the programs of the deployment under the cursor."""
    async with sitting_at(plant) as person:
        await opens_history(person, plant)
        await person.presses("enter")
        await person.waits_for('server.log("agent two");')
        assert isinstance(person.app.screen, CodePage)


async def test_equals_on_two_deployments_compares_them(plant: Plant, history: Sequence[str]) -> None:
    """One `=` marks a side, another one on the next line shows the difference, the older one as the old side."""
    async with sitting_at(plant) as person:
        await opens_history(person, plant)
        await person.presses("equals_sign", "j", "equals_sign")
        await person.waits_for(lambda: isinstance(person.app.screen, ComparePage))
        await person.waits_for("[agent +1 -1]")
        assert person.sees('- server.log("agent one");')
        assert person.sees('+ server.log("agent two");')


async def test_nothing_is_deployed_by_reviewing(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """Opening a review and leaving it sends no change."""
    async with sitting_at(plant) as person:
        plant.line.asked.clear()
        person.app.navigator.open(ReviewRoute(plant.bench.id, history[0]))
        await person.waits_for("[agent +1 -1]")
        await person.presses("escape")
        await person.waits_for(lambda: not isinstance(person.app.screen, ReviewPage))
        assert not [each for each in plant.line.asked if not each.startswith("GET") and "auth" not in each]


async def test_a_review_says_who_is_affected(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """The number of devices and their first names are on the page."""
    async with sitting_at(plant, (120, 40)) as person:
        person.app.navigator.open(ReviewRoute(plant.bench.id, history[0]))
        await person.waits_for("10 devices")
        assert person.sees("unit-00, unit-01")
        assert person.sees("both programs compile")


async def test_deploying_takes_the_key_and_then_another_one(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """P asks, P again does nothing, moving to the button and Enter deploys and shows the rollout."""
    async with sitting_at(plant, (120, 40)) as person:
        person.app.navigator.open(ReviewRoute(plant.bench.id, history[0]))
        await person.waits_for("both programs compile")
        await person.presses("P")
        await person.waits_for("Deploy to bench?")
        await person.presses("P", "P")
        assert person.sees("Deploy to bench?")
        await confirms(person)
        await person.waits_for(lambda: isinstance(person.app.screen, RolloutPage))
        await person.waits_for("restarted")
        rows = await plant.fleet.look.deployments(plant.bench.id)
        assert len(rows) == 3
        assert rows[0].is_current


async def test_enter_in_the_question_cancels(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """Cancel has the focus, so P and Enter deploy nothing."""
    async with sitting_at(plant, (120, 40)) as person:
        person.app.navigator.open(ReviewRoute(plant.bench.id, history[0]))
        await person.waits_for("both programs compile")
        await person.presses("P")
        await person.waits_for("Deploy to bench?")
        await person.presses("enter")
        await person.waits_for("Deploy to bench?", gone=True)
        assert len(await plant.fleet.look.deployments(plant.bench.id)) == 2


async def test_a_production_group_wants_its_name(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """Deploying to production does nothing until the name of the group was typed."""
    async with sitting_at(plant, (120, 40)) as person:
        person.app.navigator.open(ReviewRoute(plant.live.id, history[1]))
        await person.waits_for("both programs compile")
        await person.presses("P")
        await person.waits_for("Type live to go on")
        await person.types("li ve")
        await person.presses("tab", "tab", "enter")
        assert person.sees("Type live to go on")
        await person.presses("shift+tab", "shift+tab", "end", *["backspace"] * 5)
        await person.types("live")
        await person.presses("enter", "enter")
        await person.waits_for(lambda: isinstance(person.app.screen, RolloutPage))


async def test_what_arrives_while_one_reads_is_said_and_compared_with(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """A deployment that arrives under a review is named; P then compares with it and deploys nothing."""
    async with sitting_at(plant, (120, 40)) as person:
        person.app.navigator.open(ReviewRoute(plant.bench.id, history[0]))
        await person.waits_for("both programs compile")
        await deployed(plant, plant.bench, Programs("// theirs\n", "// theirs\n"), "theirs")
        await person.waits_for("Another deployment arrived meanwhile")
        assert person.sees("theirs")
        await person.presses("P")
        await person.waits_for("press P again")
        await person.waits_for("got another deployment since this review began")
        assert person.sees("device +4 -1")
        assert len(await plant.fleet.look.deployments(plant.bench.id)) == 3
        await person.presses("P")
        await confirms(person)
        await person.waits_for(lambda: isinstance(person.app.screen, RolloutPage))


async def test_a_failure_keeps_what_was_written(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """When the line is cut the review says so, keeps the description, and deploys once the line is back."""
    async with sitting_at(plant, (120, 40)) as person:
        person.app.navigator.open(ReviewRoute(plant.bench.id, history[0]))
        await person.waits_for("both programs compile")
        page = person.app.screen
        assert isinstance(page, ReviewPage)
        page.form.field("description").value = "back to the light"
        plant.line.is_cut = True
        await person.presses("P")
        await confirms(person)
        await person.waits_for("What you wrote is kept")
        assert person.sees("back to the light")
        plant.line.is_cut = False
        await person.presses("P")
        await confirms(person)
        await person.waits_for(lambda: isinstance(person.app.screen, RolloutPage))
        rows = await plant.fleet.look.deployments(plant.bench.id)
        assert [row.deployment.description for row in rows].count("back to the light") == 1


async def test_code_that_does_not_compile_is_told_before_it_is_sent(plant: Plant, tmp_path: Path) -> None:
    """The check names program, line and column."""
    async with sitting_at(plant, (120, 40)) as person:
        person.app.push_screen(ReviewPage(plant.bench.id, programs=Programs("local x = ;\n", ""), source="a test"))
        await person.waits_for("agent line 1")


async def test_local_files_that_cannot_be_read_are_explained(plant: Plant, tmp_path: Path) -> None:
    """A missing file is named in the form, and what was typed stays."""
    async with sitting_at(plant, (120, 40)) as person:
        person.app.navigator.open(ReviewRoute(plant.bench.id))
        await person.waits_for("Deploy what to bench?")
        await person.types("local")
        await person.presses("enter")
        await person.waits_for("agent code file")
        await person.types("/nowhere.nut")
        await person.presses("ctrl+s")
        await person.waits_for("/nowhere.nut cannot be read")


async def test_local_files_are_reviewed(plant: Plant, history: Sequence[DeploymentId], tmp_path: Path) -> None:
    """A file for the agent and none for the device: the agent differs, the device program stays."""
    path = tmp_path / "a.nut"
    path.write_text('server.log("agent three");\n')
    async with sitting_at(plant, (120, 40)) as person:
        person.app.navigator.open(ReviewRoute(plant.bench.id))
        await person.waits_for("Deploy what to bench?")
        await person.types("local")
        await person.presses("enter")
        await person.waits_for("agent code file")
        await person.types(str(path))
        await person.presses("ctrl+s")
        await person.waits_for("[agent +1 -1]")
        await person.waits_for("device same")


async def test_a_restart_choice_is_explained_in_words(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """The menu and the page say what each choice means, and the draft carries it."""
    async with sitting_at(plant, (120, 40)) as person:
        person.app.navigator.open(ReviewRoute(plant.bench.id, history[0]))
        await person.waits_for("both programs compile")
        await person.presses("r")
        await person.waits_for("Restart the devices after deploying?")
        await person.presses("h")
        await person.waits_for("Every device restarts at once")
        page = person.app.screen
        assert isinstance(page, ReviewPage)
        assert page.form.restart is RestartMode.HARD


async def test_read_only_says_why(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """In a read-only console the review can be read; P says why it does nothing."""
    async with sitting_at(plant, (120, 40)) as person:
        plant.fleet.set_read_only("the line is closed")
        person.app.navigator.open(ReviewRoute(plant.bench.id, history[0]))
        await person.waits_for("you can read everything".capitalize())
        await person.presses("P")
        await person.waits_for("Read-only: the line is closed.")
        assert not isinstance(person.app.screen, QuestionDialog)


async def test_roll_back_from_a_rollout_reviews_what_ran_before(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """B after a deployment opens the review of the way back."""
    async with sitting_at(plant, (120, 40)) as person:
        person.app.push_screen(RolloutPage(history[1], before_id=history[0]))
        await person.waits_for("restarted")
        await person.presses("B")
        await person.waits_for("[agent +1 -1]")
        assert isinstance(person.app.screen, ReviewPage)


async def test_a_flagged_deployment_is_not_deleted(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """F flags, and D then says that flagged deployments stay."""
    async with sitting_at(plant) as person:
        await opens_history(person, plant)
        await person.presses("j", "F")
        await person.waits_for("is flagged")
        await person.presses("D")
        await person.waits_for("cannot delete flagged deployments")
        assert isinstance(person.app.screen, DeploymentsPage)


@pytest.mark.parametrize("size", [(40, 8), (80, 24), (200, 50)])
async def test_the_review_fits_every_terminal(plant: Plant, history: Sequence[DeploymentId], size: tuple[int, int]) -> None:
    """From 40x8 to 200x50 the review opens and its comparison can be reached."""
    async with sitting_at(plant, size) as person:
        person.app.navigator.open(ReviewRoute(plant.bench.id, history[0]))
        await person.waits_for(lambda: isinstance(person.app.screen, ReviewPage) and person.app.screen.session.checked is not None)
        await person.presses("5")
        await person.waits_for("agent two")


async def test_on_a_low_screen_a_review_begins_with_whom_it_concerns(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """Where there is no room for both, who is affected comes first, also when going back, and a key to the differences is told."""
    async with sitting_at(plant, (80, 24)) as person:
        person.app.navigator.open(ReviewRoute(plant.bench.id, history[0]))
        await person.waits_for("10 devices")
        await person.waits_for("5 differences")
        assert not person.sees("[agent +1 -1] │")
        await person.presses("5")
        await person.waits_for("1 who and what")
        assert not person.sees("10 devices")
        await person.presses("1")
        await person.waits_for("10 devices")


async def test_on_a_low_screen_cautions_are_seen_at_once(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """What speaks against a deployment stands above what merely describes it, so that no low screen cuts it off."""
    async with sitting_at(plant, (80, 24)) as person:
        person.app.push_screen(ReviewPage(plant.bench.id, programs=Programs("local a = ;", "local x = 1;\n"), source="a file"))
        await person.waits_for("agent line 1")
        lines = person.lines()
        assert next(at for at, line in enumerate(lines) if "agent line 1" in line) < next(
            at for at, line in enumerate(lines) if line.startswith(" from")
        )


async def test_hostile_words_in_the_fields_of_a_review(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """A description that holds control characters is shown, and none of them reaches the terminal."""
    await plant.fleet.change.update_deployment(history[0], description="up \x1b[31m\u202egnp\x07", tags=())
    async with sitting_at(plant, (120, 40)) as person:
        person.app.navigator.open(ReviewRoute(plant.bench.id, history[0]))
        await person.waits_for("Roll back to")
        assert is_clean(person)
        page = person.app.screen
        assert isinstance(page, ReviewPage)
        assert "\x1b" in page.form.field("description").value


async def test_compare_with_local_files_from_the_history(plant: Plant, history: Sequence[DeploymentId], tmp_path: Path) -> None:
    """W offers local files, and the comparison has the deployment as its old side."""
    path = tmp_path / "a.nut"
    path.write_text('server.log("agent four");\n')
    async with sitting_at(plant, (120, 40)) as person:
        await opens_history(person, plant)
        await person.presses("W")
        await person.waits_for("Compare with local files", gone=True)
        await person.types("local files")
        await person.presses("enter")
        await person.waits_for("agent code file")
        await person.types(str(path))
        await person.presses("ctrl+s")
        await person.waits_for("[agent +1 -1]")
        assert person.sees('- server.log("agent two");')


async def test_promoting_asks_for_the_group_and_reviews(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """P in the history names the other groups, and the chosen one is reviewed."""
    async with sitting_at(plant, (120, 40)) as person:
        await opens_history(person, plant)
        await person.presses("P")
        await person.waits_for("development of Greenhouse")
        await person.types("shelf")
        await person.presses("enter")
        await person.waits_for("Review for shelf (Development)")
        await person.waits_for("second light")
        page = person.app.screen
        assert isinstance(page, ReviewPage)
        assert re.fullmatch("Promote [0-9a-f]{12} second light", page.form.field("description").value)


async def test_a_deployment_is_described_and_tagged(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """E opens a form, a wrong tag is told at once, and a good one is stored."""
    async with sitting_at(plant, (120, 40)) as person:
        await opens_history(person, plant)
        await person.presses("e", "down")
        await person.types("!")
        await person.waits_for("has characters other than")
        await person.presses("backspace")
        await person.types("v2")
        await person.presses("ctrl+s")
        await person.waits_for("is described")
        row = await plant.fleet.look.deployment(history[1])
        assert row is not None
        assert row.deployment.tags == ("v2",)
