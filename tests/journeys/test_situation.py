"""What a screen tells its commands is true, or absent."""

from imptui.domain.group import GroupType
from imptui.query.query import Scope
from imptui.tui.app import ImptuiApp
from imptui.tui.commands.command import Situation
from imptui.tui.screens.fleet import FleetPage
from tests.journeys.conftest import Plant, sitting_at


def home_of(app: ImptuiApp) -> FleetPage:
    home = app.navigator.home
    assert isinstance(home, FleetPage)
    return home


def counts(situation: Situation) -> tuple[int | None, int | None]:
    """The groups of the product, and the devices of the group."""
    return situation.group_count, situation.tally.devices if situation.tally is not None else None


async def test_the_tree_counts_what_its_line_is_about(plant: Plant) -> None:
    """In the tree, groups are counted for a product only, and devices for a group only."""
    product_id = plant.bench.product_id
    of_a_type = Scope(product_id=product_id, group_type=GroupType.DEVELOPMENT)
    async with sitting_at(plant, (160, 30)) as person:
        home = home_of(person.app)
        home.product_tree.focus()
        await person.rests()
        found = {}
        for name, scope in {
            "account": Scope(),
            "unassigned": Scope(is_unassigned=True),
            "product": Scope(product_id=product_id),
            "type": of_a_type,
            "group": Scope(group_id=plant.bench.id),
        }.items():
            home.product_tree.go_to(scope)
            found[name] = home.situation()
        assert {name: counts(situation) for name, situation in found.items()} == {
            "account": (None, None),
            "unassigned": (None, None),
            "product": (3, None),
            "type": (3, None),
            "group": (3, 10),
        }
        assert found["account"].product is None
        assert not any(situation.devices for situation in found.values())


async def test_the_list_counts_as_the_tree_does(plant: Plant) -> None:
    """In the list, a device's product and group have the counts that the tree shows for them."""
    async with sitting_at(plant, (160, 30)) as person:
        home = home_of(person.app)
        home.table.focus()
        await person.rests()
        situation = home.situation()
        assert situation.group is not None
        assert (situation.group.name, counts(situation)) == ("bench", (3, 10))
        assert situation.query == home.table.listed


async def test_another_screen_claims_no_list(plant: Plant) -> None:
    """A device's own screen shows no list and counts nothing, and says so by leaving both out."""
    async with sitting_at(plant, (160, 30)) as person:
        await person.presses("enter")
        await person.waits_for(lambda: getattr(person.app.screen, "page_name", "") == "device")
        await person.rests()
        situation = person.app.screen.situation()  # type: ignore[attr-defined]
        assert situation.device is not None
        assert (situation.query, *counts(situation)) == (None, None, None)
