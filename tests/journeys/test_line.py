"""The factory line: what a person on the floor sees, from the API alone."""

from datetime import timedelta

import pytest

from imptui.cloud.rules import factory
from imptui.cloud.simulation.life import advance_clock
from imptui.cloud.storage.world import World
from imptui.config.settings import Settings
from imptui.domain.device import Device
from imptui.domain.group import DeviceGroup, GroupType
from tests.journeys.conftest import Person, Plant, sitting_at

pytestmark = pytest.mark.usefixtures("quick_looks", "one_clock")


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that is looked at several times a second."""
    monkeypatch.setattr("imptui.tui.screens.factory_line.EVERY_S", 0.2)


@pytest.fixture
def one_clock(plant: Plant, world: World) -> None:
    """The console's clock is the engine's."""
    plant.fleet.changes.now = world.now


@pytest.fixture
async def fixtures(plant: Plant) -> DeviceGroup:
    """A factory group with one fixture, a DUT group and the production group "live" as targets."""
    change = plant.fleet.change
    duts = await change.create_group(plant.live.product_id, GroupType.DUT, "bench of truth")
    made = await change.create_group(
        plant.live.product_id, GroupType.FACTORY, "fixtures", production_target_id=plant.live.id, dut_target_id=duts.id
    )
    await change.devices.assign(made.id, [plant.devices[29]])
    await plant.fleet.sync.run()
    return made


async def watches(person: Person, name: str = "fixtures") -> None:
    """Open the line by its name."""
    await person.commands(f"line {name}")
    await person.waits_for(f"Line of {name}")


def bless(world: World, plant: Plant, count: int, *, passed: bool = True) -> list[Device]:
    """Let the fixture configure and test some units."""
    return [imp.device for imp in factory.bless(world, plant.devices[29], count, passed=passed)]


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_blessed_units_are_counted(plant: Plant, world: World, fixtures: DeviceGroup, size: tuple[int, int]) -> None:
    """Units that were blessed are counted and listed, the newest first, with nothing cut off at 80x24."""
    bless(world, plant, 3)
    async with sitting_at(plant, size) as person:
        await watches(person)
        await person.waits_for("3 in the last hour")
        newest = bless(world, plant, 1)[0]
        await person.waits_for("4 in the last hour")
        assert person.sees("fixtures › DUT bench of truth › live")
        assert person.sees("1 of 1 online")
        assert person.sees("yield, last hour")
        event = next(line for line in person.lines() if newest.id in line and "blessed  " in line)
        assert event


async def test_a_unit_under_test_is_seen(plant: Plant, world: World, fixtures: DeviceGroup) -> None:
    """A unit that a fixture configured is under test until it is blessed."""
    unit = factory.configure_dut(world, plant.devices[29]).device
    async with sitting_at(plant) as person:
        await watches(person)
        await person.waits_for(f"under test  {unit.id}")
        bless(world, plant, 1)
        await person.waits_for(f"blessed     {unit.id}")


async def test_a_refused_unit_lowers_the_yield(plant: Plant, world: World, fixtures: DeviceGroup) -> None:
    """A unit that is not blessed within minutes counts as not blessed, and lowers the yield."""
    bless(world, plant, 3)
    bless(world, plant, 1, passed=False)
    advance_clock(world, timedelta(minutes=7))
    async with sitting_at(plant) as person:
        await watches(person)
        await person.waits_for("not blessed ")
        await person.waits_for("The log of the unit says why")
        await person.waits_for(lambda: person.app.navigator.page.picture.yield_share == 0.75)


async def test_an_end_users_blinkup_is_no_blessing(plant: Plant, world: World, fixtures: DeviceGroup) -> None:
    """A sold unit that its owner configures later is not counted once more."""
    unit = bless(world, plant, 1)[0]
    advance_clock(world, timedelta(hours=30))
    factory.blink_up(world, unit.id)
    async with sitting_at(plant) as person:
        await watches(person)
        await person.rests()
        await person.waits_for("Reading histories", gone=True)
        assert person.sees("0 in the last hour")


async def test_an_empty_line_says_what_is_missing(plant: Plant) -> None:
    """A line without fixtures and targets says what it takes."""
    change, product_id = plant.fleet.change, plant.live.product_id
    tried = await change.create_group(product_id, GroupType.PRE_PRODUCTION, "tried")
    duts = await change.create_group(product_id, GroupType.PRE_DUT, "lab bench")
    await change.create_group(product_id, GroupType.PRE_FACTORY, "lab", production_target_id=tried.id, dut_target_id=duts.id)
    async with sitting_at(plant, (80, 24)) as person:
        await watches(person, "lab")
        await person.waits_for("There are no fixtures in lab")
        assert person.sees("Nothing came down this line")
        await person.presses("enter")
        await person.waits_for("No unit came down this line yet.")


async def test_without_fixture_groups_there_is_no_line(plant: Plant) -> None:
    """i says that a line begins with a fixture group."""
    async with sitting_at(plant) as person:
        await person.presses("i")
        await person.waits_for("There is no factory or pre-factory group yet")


async def test_the_line_of_a_group_is_a_key_away(plant: Plant, fixtures: DeviceGroup) -> None:
    """On a device of the line, i opens its line, Esc comes back, and nothing dangerous is offered there."""
    async with sitting_at(plant) as person:
        await person.presses("G", "i")
        await person.waits_for("Line of fixtures")
        for key in ("r", "D", "m", "P", "B", "U"):
            await person.presses(key)
        assert len(person.app.screen_stack) == 2
        await person.presses("question_mark")
        await person.waits_for("line.stuck-logs")
        await person.presses("q", "escape")
        await person.waits_for("unit-29")


async def test_the_log_of_the_unit_in_hand(plant: Plant, world: World, fixtures: DeviceGroup) -> None:
    """Enter opens the newest unit, l its log."""
    unit = bless(world, plant, 1)[0]
    async with sitting_at(plant) as person:
        await watches(person)
        await person.waits_for("1 in the last hour")
        await person.presses("l")
        await person.waits_for("Log of")
        assert person.sees(unit.id)
        await person.presses("escape", "enter")
        await person.waits_for("Enrolment history")


async def test_a_line_in_ascii(plant: Plant, world: World, fixtures: DeviceGroup) -> None:
    """In an ASCII terminal the line has no other sign."""
    bless(world, plant, 2)
    async with sitting_at(plant, (80, 24), Settings(ascii=True)) as person:
        await watches(person)
        await person.waits_for("2 in the last hour")
        assert person.screen().isascii()


async def test_a_cut_line_keeps_the_numbers(plant: Plant, world: World, fixtures: DeviceGroup) -> None:
    """Without a connection the line shows what it knew, and the header says why it stands."""
    bless(world, plant, 2)
    async with sitting_at(plant) as person:
        await watches(person)
        await person.waits_for("2 in the last hour")
        plant.line.is_cut = True
        await person.waits_for("no connection")
        assert person.sees("2 in the last hour")


async def test_a_line_of_a_text_is_no_factory_line(plant: Plant) -> None:
    """In a text :line asks for a line of it; the factory is :floor there."""
    async with sitting_at(plant) as person:
        await person.presses("y")
        await person.waits_for('"mac_address"')
        await person.commands("line")
        await person.waits_for("go to line")
        await person.presses("escape")
        await person.commands("floor")
        await person.waits_for("There is no factory or pre-factory group yet")
