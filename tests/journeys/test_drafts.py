"""Reviews that are left, lost with their console, found again, and discarded; and going back."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from imptui.domain.deployment import Programs
from imptui.domain.ids import DeploymentId
from imptui.query.query import Scope
from imptui.tui.commands.routes import DeploymentsRoute, ReviewRoute
from imptui.tui.screens.draft_code import DraftCodePage
from imptui.tui.screens.reader import Reader
from imptui.tui.screens.review import ReviewPage
from tests.journeys.conftest import Person, Plant, sitting_at
from tests.journeys.test_review import confirms, history, opens_history

__all__ = ["history"]


async def writes(person: Person, plant: Plant, source: DeploymentId, words: str) -> ReviewPage:
    """Open a review and write a description."""
    person.app.navigator.open(ReviewRoute(plant.shelf.id, source))
    await person.waits_for("both programs compile")
    page = person.app.screen
    assert isinstance(page, ReviewPage)
    page.form.field("description").focus()
    await person.presses("end")
    await person.types(words)
    return page


async def test_what_is_written_is_kept_without_a_key(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """A moment after the last letter the draft is in the cache, whatever becomes of the console; the next one says so."""
    async with sitting_at(plant, (80, 24)) as person:
        await writes(person, plant, history[0], " with care")
        for _ in range(100):
            if [each for each in await plant.fleet.drafts.unfinished() if each.description.endswith("with care")]:
                break
            await asyncio.sleep(0.02)
        (kept,) = await plant.fleet.drafts.unfinished(plant.shelf.id)
        assert kept.group_name == "shelf"
        assert kept.description.endswith("first light with care")
        await person.app.startup.show_unfinished()
        await person.waits_for("1 unfinished review, :drafts opens or discards it: shelf")


async def test_a_group_tells_of_its_unfinished_review(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """What is said about a group beside the tree names the reviews that were begun for it, and how to come to them."""
    async with sitting_at(plant, (200, 50)) as person:
        page = await writes(person, plant, history[0], " with care")
        await page.action_leave()
        person.app.navigator.show_scope(Scope(group_id=plant.shelf.id))
        await person.presses("1")
        await person.waits_for("unfinished    1 review, :drafts")
        person.app.navigator.show_scope(Scope(group_id=plant.bench.id))
        await person.waits_for("unfinished    1 review, :drafts", gone=True)


async def test_looking_keeps_no_draft(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """A review that was only read leaves nothing unfinished."""
    async with sitting_at(plant, (80, 24)) as person:
        person.app.navigator.open(ReviewRoute(plant.shelf.id, history[0]))
        await person.waits_for("both programs compile")
        await person.presses("escape")
        await person.waits_for(lambda: not isinstance(person.app.screen, ReviewPage))
        assert await plant.fleet.drafts.unfinished() == ()


async def test_leaving_at_once_keeps_the_last_letter(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """Esc right behind the last letter loses none."""
    async with sitting_at(plant, (80, 24)) as person:
        page = await writes(person, plant, history[0], " x")
        await page.action_leave()
        (kept,) = await plant.fleet.drafts.unfinished()
        assert kept.description.endswith(" x")


async def test_an_unfinished_review_is_gone_on_with(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """:drafts offers it by group and words, and it is as it was left; the page of the group names it, too."""
    async with sitting_at(plant, (80, 24)) as person:
        page = await writes(person, plant, history[0], " later")
        page.form.is_flagged = True
        await page.action_leave()
        person.app.navigator.open(DeploymentsRoute(group_id=plant.shelf.id))
        await person.waits_for("1 unfinished review, :drafts")
        await person.commands("drafts")
        await person.waits_for("Unfinished reviews")
        await person.presses("enter")
        await person.waits_for("go on with it")
        await person.presses("g")
        await person.waits_for(lambda: isinstance(person.app.screen, ReviewPage) and person.app.screen.session.draft is not None)
        page = person.app.screen
        assert isinstance(page, ReviewPage)
        assert page.form.field("description").value.endswith("first light later")
        assert page.form.is_flagged


async def test_a_review_is_discarded(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """D asks, another key confirms; nothing is unfinished then, and nothing was deployed."""
    async with sitting_at(plant, (80, 24)) as person:
        page = await writes(person, plant, history[0], " no")
        await page.action_leave()
        person.app.navigator.open(ReviewRoute(plant.shelf.id, history[0]))
        await person.waits_for("first light no")
        await person.presses("D")
        await person.waits_for("Discard this review for shelf?")
        await person.presses("D")
        assert person.sees("Discard this review for shelf?")
        await confirms(person)
        await person.waits_for("nothing was deployed")
        assert await plant.fleet.drafts.unfinished() == ()
        assert await plant.fleet.look.deployments(plant.shelf.id) == ()


async def test_programs_of_ones_own_are_kept_at_once(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """An edited copy is nowhere else, so it is kept as soon as it is reviewed."""
    async with sitting_at(plant, (80, 24)) as person:
        person.app.push_screen(ReviewPage(plant.bench.id, programs=Programs("// mine\n", ""), source="an edited copy"))
        await person.waits_for("both programs compile")
        (kept,) = await plant.fleet.drafts.unfinished()
        assert kept.source == "an edited copy"


async def test_an_error_is_jumped_to_and_mended(plant: Plant, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """E opens the program at the line that does not compile; a copy that was mended in the editor is reviewed instead."""
    broken = Programs("\n" * 60 + "local x = ;\n", "")
    async with sitting_at(plant, (80, 24)) as person:
        person.app.push_screen(ReviewPage(plant.bench.id, programs=broken, source="a test"))
        await person.waits_for("agent line 61")
        page = person.app.screen
        assert isinstance(page, ReviewPage)
        page.form.field("description").value = "mind the x"
        await person.presses("E")
        await person.waits_for("local x = ;")
        page = person.app.screen
        assert isinstance(page, DraftCodePage)
        assert page.view.cursor == 60
        monkeypatch.setattr(Reader, "run", lambda *_: "local x = 1;\n")
        await person.presses("e")
        await person.waits_for("both programs compile")
        await person.waits_for("an edited copy of a test")
        page = person.app.screen
        assert isinstance(page, ReviewPage) and page.session.draft is not None
        assert page.session.draft.programs.agent_code == "local x = 1;\n"
        assert page.form.field("description").value == "mind the x"
        await person.rests()
        assert [each.source for each in await plant.fleet.drafts.unfinished()] == ["an edited copy of a test"]


async def test_going_back_begins_with_what_ran_and_how_long(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """B on a group lists its earlier deployments with their age and how long they ran; then what would be undone."""
    async with sitting_at(plant, (120, 40)) as person:
        home = person.app.navigator.home
        assert home is not None
        from imptui.query.query import Scope

        person.app.navigator.show_scope(Scope(group_id=plant.bench.id))
        await person.rests()
        await person.presses("B")
        await person.waits_for("Roll bench back to")
        assert person.sees("first light")
        assert not person.sees("second light")
        assert person.sees(", ran for ")
        await person.presses("enter")
        await person.waits_for('- server.log("agent two");')
        assert person.sees('+ server.log("agent one");')
        page = person.app.screen
        assert isinstance(page, ReviewPage) and page.session.draft is not None
        assert page.session.draft.tags == ("rollback",)
        assert page.session.draft.origin is not None
        assert page.session.draft.origin[:12] in page.session.draft.description


async def test_a_minimum_that_is_newer_is_told(plant: Plant, history: Sequence[DeploymentId]) -> None:
    """Going back behind the minimum supported deployment is allowed by the service, and told by the review."""
    await plant.fleet.change.set_minimum(plant.bench.id, history[1])
    async with sitting_at(plant, (120, 40)) as person:
        await opens_history(person, plant)
        await person.presses("j", "B")
        await person.waits_for("the oldest that 'bench' is said to support")
