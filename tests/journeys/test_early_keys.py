"""Keys that come before the list does."""

import pytest

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.secret import Secret
from imptui.fleet.fleet import Fleet
from imptui.fleet.status import Context
from imptui.tui.screens.fleet import FleetPage
from tests.journeys.conftest import Plant, sitting_at


@pytest.mark.parametrize(("keys", "row"), [("jjj", 3), ("jjk", 1), ("G", 29), ("Gk", 28)])
async def test_keys_typed_before_the_first_device_was_read_are_obeyed_behind_it(plant: Plant, keys: str, row: int) -> None:
    """Rows down, typed into a list that is still empty, are rows down as soon as there are devices."""
    central = Central("http://engine.test/v5", transport=plant.line, context="plant")
    await central.login("demo", Secret("demo"))
    plant.fleet = Fleet(Cache.in_memory(), central, Context("plant", "http://engine.test/v5", "demo"))
    plant.line.is_cut = True
    async with sitting_at(plant, (120, 30), expects="All devices") as person:
        page = person.app.navigator.page
        assert isinstance(page, FleetPage)
        assert not page.table.rows.count
        await person.presses(*keys)
        plant.line.is_cut = False
        plant.fleet.sync.start()
        await person.waits_for(lambda: page.table.rows.count == 30 and page.table.cursor == row)
