"""Filters that get a name, and questions to our own readings."""

from datetime import timedelta

from imptui.domain.device import Reading
from tests.journeys.conftest import Plant, sitting_at


async def test_a_filter_is_saved_called_renamed_and_forgotten(plant: Plant) -> None:
    """A filter saved by `:save` is a line of the tree with its count; it is opened, renamed and forgotten there."""
    async with sitting_at(plant) as person:
        await person.presses("slash")
        await person.types("unit-1")
        await person.presses("enter")
        await person.rests()
        await person.commands("save teens")
        await person.waits_for(lambda: any("teens" in line and "10" in line for line in person.lines()))
        await person.presses("escape", "1", "home")
        await person.presses("down", "down", "down", "enter")
        await person.waits_for("filter: unit-1")
        await person.waits_for("unit-15")
        assert not person.sees("unit-05")
        await person.presses("Q")
        await person.waits_for("Rename teens")
        await person.presses("down", "enter")
        await person.waits_for("Rename the filter")
        await person.presses("ctrl+u")
        await person.types("tens")
        await person.presses("tab", "tab", "enter")
        await person.waits_for("called tens")
        assert [each.name for each in await plant.fleet.queries.all()] == ["tens"]
        await person.presses("Q")
        await person.waits_for("Forget tens")
        await person.presses("down", "down", "enter")
        await person.waits_for("Forget tens?")
        await person.presses("right", "enter")
        await person.waits_for("is forgotten")
        assert await plant.fleet.queries.all() == ()


async def test_our_own_readings_are_asked(plant: Plant) -> None:
    """`worst`, `falling` and `flapping` find devices by what was read of them."""
    cache, now = plant.fleet._cache, plant.fleet.changes.now()
    plant.fleet.watch.pause()
    leaking = plant.devices[0]
    for hour in range(6):
        reading = Reading(-60, 900_000 - hour * 150_000, now - timedelta(hours=5.9 - hour))
        cache.devices.store_readings({leaking: reading})
    async with sitting_at(plant) as person:
        await person.presses("slash")
        await person.types("falling")
        await person.presses("enter")
        await person.waits_for(lambda: person.sees("1 of 1  filter") and person.sees("unit-00"))
        await person.presses("slash", "ctrl+u")
        await person.types("worst")
        await person.presses("enter")
        await person.waits_for("1 of 10")
