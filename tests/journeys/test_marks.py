"""Approving and objecting, so that colleagues see it; and what takes an approval."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from msgspec.structs import replace

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.secret import Secret
from imptui.cloud.rules.account import OpenAccount, collaborate, open_account
from imptui.cloud.storage.world import World
from imptui.domain.deployment import Programs
from imptui.domain.ids import DeploymentId
from imptui.domain.review_mark import Verdict, marks_of
from imptui.fleet.fleet import Fleet
from imptui.fleet.status import Context
from imptui.tui.commands.routes import CodeRoute, ReviewRoute
from imptui.tui.screens.review import ReviewPage
from imptui.tui.screens.rollout import RolloutPage
from imptui.tui.widgets.dialogs.question import QuestionDialog
from imptui.tui.widgets.forms import FormDialog
from tests.journeys.conftest import Plant, sitting_at
from tests.journeys.test_review import confirms, history, opens_history

__all__ = ["history"]

MINE = Programs("// mine\n", "// mine\n")


@pytest.fixture
async def bob(world: World, plant: Plant) -> AsyncIterator[Fleet]:
    """A colleague with a console of his own."""
    with world.view() as view:
        owner = view.accounts.called("demo")
    assert owner is not None
    collaborate(world, owner, open_account(world, OpenAccount("bob", "bob@example.com", "secret")))
    central = Central("http://engine.test/v5", transport=plant.line.engine, context="bob")
    await central.login("bob", Secret("secret"))
    fleet = Fleet(Cache.in_memory(), central, Context("bob", "http://engine.test/v5", "bob"))
    fleet.reviews.settle_s = plant.fleet.reviews.settle_s = 0.05
    await fleet.sync.run()
    yield fleet
    await fleet.close()


async def test_approving_takes_a_key_a_reason_and_another_key(plant: Plant, bob: Fleet, history: Sequence[DeploymentId]) -> None:
    """V asks for a reason, ctrl+s sends it; the list shows sign and word, and the colleague's console knows."""
    async with sitting_at(plant, (80, 24)) as person:
        await opens_history(person, plant)
        await person.presses("V")
        await person.waits_for(lambda: isinstance(person.app.screen, FormDialog))
        await person.waits_for("colleagues read it")
        await person.types("Vetted")
        await person.presses("ctrl+s")
        await person.waits_for("✓ approved")
        await person.waits_for("colleagues see it")
    await bob.sync.run()
    row = await bob.look.deployment(history[1])
    assert row is not None
    assert [(mark.who, mark.reason) for mark in marks_of(row.deployment)] == [("demo", "Vetted")]
    assert row.deployment.description == "second light [approved by demo: Vetted]"


async def test_an_objection_takes_a_reason(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """X without a reason sends nothing and says what is wanted."""
    async with sitting_at(plant) as person:
        await opens_history(person, plant)
        await person.presses("X")
        await person.waits_for("An objection needs a reason")
        await person.presses("ctrl+s")
        assert isinstance(person.app.screen, FormDialog)
        await person.types("it leaks")
        await person.presses("ctrl+s")
        await person.waits_for("✗ objected")


async def test_a_review_shows_marks_of_colleagues_as_they_come(plant: Plant, bob: Fleet, history: Sequence[DeploymentId]) -> None:
    """An objection by somebody else appears on the open review, with name and reason, and in the question."""
    async with sitting_at(plant, (120, 40)) as person:
        person.app.navigator.open(ReviewRoute(plant.shelf.id, history[1]))
        await person.waits_for("both programs compile")
        await bob.reviews.mark(history[1], Verdict.OBJECTED, "it leaks")
        await plant.fleet.sync.run()
        await person.waits_for("✗ objected by bob")
        assert person.sees("it leaks")
        await person.waits_for("bob objects to this code.")


async def test_a_mark_on_what_is_reviewed(plant: Plant, bob: Fleet, history: Sequence[DeploymentId]) -> None:
    """V on a review marks the deployment that would be copied."""
    async with sitting_at(plant, (120, 40)) as person:
        person.app.navigator.open(ReviewRoute(plant.shelf.id, history[1]))
        await person.waits_for("both programs compile")
        await person.presses("V")
        await person.waits_for("colleagues read it")
        await person.presses("ctrl+s")
        await person.waits_for("✓ approved by demo (who made it)")


async def test_programs_at_hand_bear_no_marks(plant: Plant) -> None:
    """What is in no deployment cannot be marked, and V says so."""
    async with sitting_at(plant, (120, 40)) as person:
        person.app.push_screen(ReviewPage(plant.bench.id, programs=MINE, source="a test"))
        await person.waits_for("both programs compile")
        await person.presses("V")
        await person.waits_for("in no deployment yet")


async def test_production_waits_for_a_second_person(plant: Plant, bob: Fleet, history: Sequence[DeploymentId]) -> None:
    """Where the context wants an approval, P says who is missing, and works once a colleague has approved."""
    central = plant.fleet._central
    central.guard = replace(central.guard, needs_approval=True)
    async with sitting_at(plant, (120, 40)) as person:
        person.app.navigator.open(ReviewRoute(plant.live.id, history[1]))
        await person.waits_for("nobody approved the code")
        await person.presses("P")
        await asyncio.sleep(0.1)
        assert not isinstance(person.app.screen, QuestionDialog)
        await bob.reviews.mark(history[1], Verdict.APPROVED)
        await plant.fleet.sync.run()
        await person.waits_for("✓ approved by bob")
        await person.waits_for("nobody approved the code", gone=True)
        await person.presses("P")
        await person.waits_for("Type live to go on")


async def test_two_consoles_deploy_to_one_group(plant: Plant, bob: Fleet, history: Sequence[DeploymentId]) -> None:
    """The second one deploys nothing, and is shown what the first one changed."""
    async with sitting_at(plant, (120, 40)) as person:
        person.app.navigator.open(ReviewRoute(plant.bench.id, history[0]))
        await person.waits_for("both programs compile")
        await person.presses("P")
        await person.waits_for(lambda: isinstance(person.app.screen, QuestionDialog))
        theirs = await bob.drafting.draft(plant.bench.id, MINE, source="his files", description="by bob")
        await bob.deploys.deploy(theirs)
        await confirms(person)
        await person.waits_for("nothing was deployed")
        await person.waits_for("by bob")
        assert person.sees("device +4 -1")
        await person.presses("P")
        await confirms(person)
        await person.waits_for(lambda: isinstance(person.app.screen, RolloutPage))
    await bob.sync.run()
    assert [row.deployment.description for row in await bob.look.deployments(plant.bench.id)][1:] == [
        "by bob",
        "second light",
        "first light",
    ]


async def test_marks_survive_describing(plant: Plant, bob: Fleet, history: Sequence[DeploymentId]) -> None:
    """The form for words and tags shows those of people alone, and saving it keeps the marks."""
    await bob.reviews.mark(history[1], Verdict.APPROVED, "fine")
    await plant.fleet.sync.run()
    async with sitting_at(plant) as person:
        await opens_history(person, plant)
        await person.waits_for("✓ approved")
        await person.presses("e")
        await person.waits_for("second light")
        assert not person.sees("approved by bob: fine")
        await person.presses("end")
        await person.types("er")
        await person.presses("ctrl+s")
        await person.waits_for("second lighter")
        await person.waits_for("✓ approved")


async def test_code_names_those_who_marked_it(plant: Plant, bob: Fleet, history: Sequence[DeploymentId]) -> None:
    """The code page says who approved what is read, and why; brackets and control characters are text."""
    await bob.reviews.mark(history[1], Verdict.APPROVED, "fine [bold]\x1b[31m")
    await plant.fleet.sync.run()
    async with sitting_at(plant) as person:
        person.app.navigator.open(CodeRoute(history[1]))
        await person.waits_for("✓ approved by bob")
        assert person.sees("fine (bold)")
        assert not person.sees("\x1b")
