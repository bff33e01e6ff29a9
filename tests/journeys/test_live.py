"""What happens by itself: values change, the line breaks, time goes by."""

from imptui.config.settings import Settings
from tests.journeys.conftest import Plant, sitting_at


async def test_what_is_visible_is_watched(plant: Plant) -> None:
    """The devices on the screen, and no others, are kept fresh."""
    async with sitting_at(plant, (120, 14)) as person:
        await person.waits_for(lambda: plant.fleet.watch._looked_at == tuple(plant.devices[:10]))


async def test_a_change_elsewhere_appears(plant: Plant) -> None:
    """A device renamed by somebody else is renamed on the screen."""
    async with sitting_at(plant) as person:
        await plant.name(3, "tomato 03")
        await person.waits_for("tomato 03")


async def test_the_order_stays_under_the_cursor(plant: Plant) -> None:
    """A new name moves no row; ctrl+r sorts again."""
    async with sitting_at(plant) as person:
        await person.presses("j", "j")
        await plant.name(0, "zucchini")
        await person.waits_for("zucchini")
        assert "unit-02" in person.cursor_line
        assert "zucchini" in person.lines()[person.app.cursor_position.y - 2]


async def test_a_cut_line_empties_nothing(plant: Plant) -> None:
    """Without a connection the list stays, and the header says so."""
    async with sitting_at(plant) as person:
        plant.line.is_cut = True
        await person.presses("R")
        await person.waits_for("no connection")
        assert person.sees("unit-00")


async def test_pause(plant: Plant) -> None:
    """p stops the polling and says so in the header, and once more lets it go on."""
    async with sitting_at(plant) as person:
        await person.presses("p")
        await person.waits_for("paused")
        assert plant.fleet.watch.is_paused
        await person.presses("p")
        assert not plant.fleet.watch.is_paused


async def test_the_header_says_how_old(plant: Plant) -> None:
    """The header shows the age of what is shown, where we are, and that changes are allowed."""
    async with sitting_at(plant) as person:
        header = person.lines()[0]
        assert "as of " in header
        assert "plant" in header
        assert "RW" in header


async def test_the_device_screen(plant: Plant) -> None:
    """Enter opens everything about a device: attributes, deployment, histories, log."""
    async with sitting_at(plant, (120, 60)) as person:
        await person.presses("enter")
        await person.waits_for("Enrolment history")
        for text in (plant.devices[0], "agent URL", "History", "Deployment", "Log", "bench"):
            assert person.sees(text)
        await person.presses("escape")
        await person.waits_for("unit-01")


async def test_the_device_screen_lives(plant: Plant) -> None:
    """An open device follows its changes."""
    async with sitting_at(plant, (120, 60)) as person:
        await person.presses("enter")
        await person.waits_for("Enrolment history")
        await plant.name(0, "pepper")
        await person.waits_for("pepper")


async def test_the_raw_document(plant: Plant) -> None:
    """y shows the whole device as JSON."""
    async with sitting_at(plant, (120, 60)) as person:
        await person.presses("y")
        await person.waits_for('"mac_address"')


async def test_rebound_keys_are_used_and_shown(plant: Plant) -> None:
    """A key that the user chose works, the old one does not, and the help shows it."""
    async with sitting_at(plant, settings=Settings(keys={"list.problems": ("f6",)})) as person:
        await person.waits_for("F6 problems")
        await person.presses("F")
        assert not person.sees("problems only")
        await person.presses("f6")
        await person.waits_for("problems only")


async def test_conflicting_keys_are_reported(plant: Plant) -> None:
    """A key wanted twice is reported among the errors."""
    async with sitting_at(plant, settings=Settings(keys={"list.problems": ("s",)})) as person:
        await person.presses("exclamation_mark")
        await person.waits_for("is wanted by")
