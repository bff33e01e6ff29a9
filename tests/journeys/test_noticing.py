"""Hearing of devices while one looks elsewhere."""

from imptui.tui.screens.errors import ErrorsPage
from tests.journeys.conftest import Plant, sitting_at


async def test_news_of_a_device_are_told_on_any_screen(plant: Plant) -> None:
    """T on a device: what happens to it is said, wherever one is, and stays in the list behind !."""
    async with sitting_at(plant) as person:
        await person.presses("T")
        await person.waits_for("You will hear of 1 device")
        await person.presses("at")
        await plant.fleet.change.devices.unassign([plant.devices[0]])
        await person.waits_for("unit-00 is in no group now.")
        await person.presses("escape", "exclamation_mark")
        await person.waits_for(lambda: isinstance(person.app.screen, ErrorsPage))
        await person.waits_for("unit-00 is in no group now.")


async def test_the_same_again_ends_it(plant: Plant) -> None:
    """T on a device that is noticed ends that, and nothing more is said of it."""
    async with sitting_at(plant) as person:
        await person.presses("T")
        await person.waits_for("You will hear of 1 device")
        await person.presses("T")
        await person.waits_for("No more news of 1 device.")
        await plant.fleet.change.devices.unassign([plant.devices[0]])
        await person.rests()
        assert not person.app.notifier.failures
