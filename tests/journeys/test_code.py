"""Reading programs and comparisons."""

import asyncio
from pathlib import Path
from time import thread_time

import pytest

from imptui.domain.deployment import Programs
from imptui.domain.ids import DeploymentId
from imptui.tui.commands.routes import CodeRoute
from imptui.tui.screens.code import CodePage
from imptui.tui.screens.compare import ComparePage, side_of_programs
from imptui.tui.screens.review import ReviewPage
from imptui.tui.widgets.dialogs.question import QuestionDialog
from tests.journeys.conftest import Person, Plant, sitting_at

AGENT = "".join(f"value{number} <- {number}; // a line\n" for number in range(500)) + "function last() {\n\treturn 1;\n}\n"
HOSTILE = 'local name = "\x1b[2J\u202eevil";\t// tab\r\n'
DEVICE = HOSTILE + 'local long = "' + "x" * 70_000 + '";\n'


@pytest.fixture
async def deployment(plant: Plant) -> DeploymentId:
    """A deployment of the bench with five hundred lines of agent code and a hostile device program."""
    draft = await plant.fleet.drafting.draft(plant.bench.id, Programs(AGENT, DEVICE), source="the test", description="read me")
    return (await plant.fleet.deploys.deploy(draft)).deployment.id


async def reads(person: Person, deployment_id: DeploymentId) -> CodePage:
    person.app.navigator.open(CodeRoute(deployment_id))
    await person.waits_for("value0 <- 0;")
    page = person.app.screen
    assert isinstance(page, CodePage)
    return page


async def test_the_header_names_the_deployment(plant: Plant, deployment: DeploymentId) -> None:
    """Group, sha, description and whether it is current are on the page."""
    async with sitting_at(plant) as person:
        page = await reads(person, deployment)
        assert page.row is not None
        assert person.sees(page.row.deployment.sha[:12])
        assert person.sees("read me")
        assert person.sees("bench of Greenhouse")
        assert person.sees("current")


async def test_search_counts_and_goes_round(plant: Plant, deployment: DeploymentId) -> None:
    """Typing after / finds at once, n goes on, N goes back round the beginning, Esc ends the search and stays here."""
    async with sitting_at(plant) as person:
        page = await reads(person, deployment)
        await person.presses("slash")
        await person.types("value49")
        await person.waits_for("'value49' 1 of 11")
        await person.presses("enter", "n")
        await person.waits_for("'value49' 2 of 11")
        assert "value490" in person.cursor_line
        await person.presses("N", "N")
        await person.waits_for("'value49' 11 of 11")
        await person.presses("escape")
        await person.waits_for("'value49'", gone=True)
        assert person.app.screen is page


@pytest.mark.parametrize("keys", [("ctrl+g", "4", "2", "enter"), ("colon", "4", "2", "enter")])
async def test_a_line_is_reached_by_its_number(plant: Plant, deployment: DeploymentId, keys: tuple[str, ...]) -> None:
    """Ctrl+g and a number, or : and a number, go to that line."""
    async with sitting_at(plant) as person:
        await reads(person, deployment)
        await person.presses(*keys)
        await person.waits_for("line 42 of 503")
        assert "value41 <- 41;" in person.cursor_line


async def test_the_outline_jumps_to_a_function(plant: Plant, deployment: DeploymentId) -> None:
    """`o` lists functions, Enter goes there."""
    async with sitting_at(plant) as person:
        await reads(person, deployment)
        await person.presses("o")
        await person.waits_for("Outline of the agent program")
        await person.presses("enter")
        await person.waits_for("line 501 of 503")


async def test_tab_shows_the_device_program_and_comes_back_to_the_same_line(plant: Plant, deployment: DeploymentId) -> None:
    """Each program keeps its place."""
    async with sitting_at(plant) as person:
        await reads(person, deployment)
        await person.presses("j", "j", "tab")
        await person.waits_for("[device]")
        await person.presses("tab")
        await person.waits_for("line 3 of 503")


async def test_hostile_code_is_shown_and_does_nothing(plant: Plant, deployment: DeploymentId) -> None:
    """Escape characters, reversals, carriage returns and tabs are signs to read."""
    async with sitting_at(plant) as person:
        await reads(person, deployment)
        await person.presses("tab")
        await person.waits_for("^[[2J<202e>evil")
        assert person.sees("^M")
        assert person.sees("→")
        assert not any(sign in person.screen() for sign in "\x1b\u202e\t\r")


async def test_a_long_line_wraps_and_scrolls_sideways(plant: Plant, deployment: DeploymentId) -> None:
    """70,000 characters in one line: w wraps them, j walks through them, L scrolls when they are not wrapped."""
    async with sitting_at(plant) as person:
        page = await reads(person, deployment)
        await person.presses("tab", "j", "L")
        await person.waits_for("column 21")
        await person.presses("w")
        await person.waits_for("wrapped")
        await person.presses(*["j"] * 5)
        assert page.view.cursor == 1
        assert page.view.viewport.top == (1, 5)


async def test_the_program_is_saved_to_a_file_of_ones_own(plant: Plant, deployment: DeploymentId) -> None:
    """Ctrl+s writes the program to the byte, readable by nobody else."""
    async with sitting_at(plant) as person:
        await reads(person, deployment)
        await person.presses("tab")
        await person.waits_for("[device]")
        await person.presses("ctrl+s")
        await person.waits_for("Saved:")
        found = list(plant.exports.rglob("*device*.nut"))
        assert [each.read_bytes() for each in found] == [DEVICE.encode()]
        assert found[0].stat().st_mode & 0o077 == 0


async def test_an_edited_copy_goes_into_a_review(
    plant: Plant, deployment: DeploymentId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that came back changed is offered for review; the deployment itself is as it was."""
    async with sitting_at(plant, (120, 40)) as person:
        page = await reads(person, deployment)
        page.reader.edited(AGENT + "// more\n")
        await person.waits_for(lambda: isinstance(person.app.screen, QuestionDialog))
        await person.presses("right", "enter")
        await person.waits_for(lambda: isinstance(person.app.screen, ReviewPage))
        await person.waits_for("[agent +1 -0]")


async def beats(gaps: list[float]) -> None:
    """How long the event loop works without a pause, in processor time, whatever else the machine does."""
    last = thread_time()
    while True:
        await asyncio.sleep(0.001)
        gaps.append(thread_time() - last)
        last = thread_time()


async def test_four_megabytes_do_not_hold_up_the_keys(plant: Plant) -> None:
    """With 4 MB of code the event loop never works 100 ms at a stretch, from the first paint on."""
    text = "".join(f'    foo.bar({number}, "text"); /* what for */ local x{number} = [1, 2, 3];\n' for number in range(65_000))
    async with sitting_at(plant) as person:
        page = CodePage(DeploymentId("0"))
        person.app.push_screen(page)
        await person.waits_for("Could not read deployment")
        page.view.put(Programs(text[: 4 << 20], ""))
        await person.waits_for("foo.bar(0")
        gaps: list[float] = []
        beating = asyncio.create_task(beats(gaps))
        for key in ("j", "pagedown", "G", "g", "ctrl+d", "G", "k", "pageup"):
            await person.presses(key)
        beating.cancel()
        assert max(gaps) < 0.1


async def compares(person: Person, old: Programs, new: Programs) -> ComparePage:
    page = ComparePage(side_of_programs("old", old), side_of_programs("new", new))
    person.app.push_screen(page)
    await person.waits_for(lambda: page.is_mounted and page.view.comparison.files and not page.view.comparison.is_running)
    await person.rests()
    return page


OLD = Programs("".join(f"line {number}\n" for number in range(100)), "same\n")
NEW = Programs(OLD.agent_code.replace("line 50\n", "line fifty\n").replace("line 90\n", "line  90\n"), "other\n")


async def test_a_comparison_shows_signs_numbers_and_folds(plant: Plant) -> None:
    """Changed lines have their signs, three lines around them are seen, the rest is folded and counted."""
    async with sitting_at(plant, (100, 40)) as person:
        await compares(person, OLD, NEW)
        lines = person.screen()
        assert "  51      - line 50" in lines
        assert "       51 + line fifty" in lines
        assert "line 46" not in lines
        assert "(47 unchanged lines)" in lines


async def test_two_columns_from_140_cells_and_a_key_to_flip(plant: Plant) -> None:
    """A wide terminal shows both sides in one line; | flips."""
    async with sitting_at(plant, (160, 40)) as person:
        await compares(person, OLD, NEW)
        assert any("- line 50" in line and "+ line fifty" in line for line in person.lines())
        await person.presses("vertical_line")
        await person.waits_for("one column")
        assert not any("- line 50" in line and "+ line fifty" in line for line in person.lines())


async def test_changes_are_walked_and_white_space_is_ignored(plant: Plant) -> None:
    """`n` and `]` go to the next change; W leaves out the one in white space; c after ] copies nothing."""
    async with sitting_at(plant, (100, 40)) as person:
        await compares(person, OLD, NEW)
        await person.presses("n")
        assert "line 50" in person.cursor_line
        await person.presses("right_square_bracket", "c")
        assert "line 90" in person.cursor_line
        assert not person.sees("Copied")
        assert not list(plant.exports.rglob("*clip*"))
        await person.presses("W")
        await person.waits_for("[agent +1 -1]")
        assert person.sees("white space ignored")


async def test_context_grows_to_all_lines(plant: Plant) -> None:
    """} shows more around changes until everything is shown."""
    async with sitting_at(plant, (100, 40)) as person:
        page = await compares(person, OLD, NEW)
        await person.presses(*["right_curly_bracket"] * 8)
        await person.waits_for("all lines")
        assert page.view.row_count == 1 + 98 + 4


async def test_a_comparison_is_saved_as_a_patch(plant: Plant) -> None:
    """Ctrl+s writes what `patch` takes."""
    async with sitting_at(plant) as person:
        await compares(person, OLD, NEW)
        await person.presses("ctrl+s")
        await person.waits_for("Saved:")
        text = next(iter(plant.exports.rglob("*.patch"))).read_text()
        assert text.startswith("--- a/agent.nut\n+++ b/agent.nut\n@@ -48,7 +48,7 @@\n")


async def test_chosen_lines_are_copied(plant: Plant, deployment: DeploymentId) -> None:
    """v begins, moving chooses, y copies exactly these lines; then nothing is chosen."""
    async with sitting_at(plant) as person:
        page = await reads(person, deployment)
        await person.presses("j", "v", "j", "j")
        await person.waits_for("3 lines chosen")
        await person.presses("y")
        await person.waits_for("lines 2 to 4 is in")
        [copied] = (plant.exports / "exports").glob("*clip*")
        assert copied.read_text() == "".join(f"value{number} <- {number}; // a line\n" for number in (1, 2, 3))
        assert page.view.selection.anchor is None


async def test_the_line_under_the_cursor_is_copied(plant: Plant, deployment: DeploymentId) -> None:
    """Without a choice y copies one line; Esc gives a choice up and stays on the screen."""
    async with sitting_at(plant) as person:
        page = await reads(person, deployment)
        await person.presses("v", "j", "escape")
        await person.rests()
        assert person.app.screen is page
        await person.presses("y")
        await person.waits_for("line 2 is in")
