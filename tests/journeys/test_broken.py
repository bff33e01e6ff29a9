"""Trying to break it: sizes, a service that dies in the middle, colleagues who get in the way, far too much of everything."""

from collections.abc import Iterator
from typing import Any, SupportsIndex

import pytest
from msgspec.structs import replace

from imptui.cache.store import Cache
from imptui.client.central import Central
from imptui.client.guard import Guard
from imptui.client.secret import Secret
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.rows import GroupRow, ProductRow, Tally, Tree
from imptui.fleet.fleet import Fleet
from imptui.fleet.status import Context
from imptui.tui.widgets.hint_line import HintLine
from imptui.tui.widgets.product_tree import ProductTree
from tests.journeys.conftest import Person, Plant, sitting_at

SCREENS = {
    "list": ((), "unit-00"),
    "device": (("enter",), "Enrolment history"),
    "raw": (("y",), '"mac_address"'),
    "help": (("question_mark",), "Help:"),
    "errors": (("exclamation_mark",), "What went wrong"),
    "activity": (("at",), "What was changed"),
    "deployments": (("b",), "Deployments of"),
    "logs": (("l",), "Log of"),
    "question": (("r", "h"), "1 device?"),
    "menu": (("a",), "Actions for"),
    "form": (("e",), "Rename device"),
    "palette": (("ctrl+p",), "Find a command"),
    "command": (("colon",), ":"),
    "filter": (("slash",), "/"),
    "jump": (("ctrl+o",), "unit-00"),
    "sort": (("s",), "Sort by"),
    "review": (("P",), "bench"),
}


@pytest.mark.parametrize("name", SCREENS)
async def test_every_screen_survives_a_tiny_window(plant: Plant, name: str) -> None:
    """Shrunk to 20 by 5 and grown again, every screen and dialog is there, whole, and can be left."""
    keys, expected = SCREENS[name]
    async with sitting_at(plant) as person:
        await person.presses(*keys)
        await person.waits_for(expected)
        for size in ((20, 5), (1, 1), (80, 24), (200, 60), (20, 5), (120, 30)):
            await person.pilot.resize_terminal(*size)
            await person.pilot.pause(0.05)
            assert len(person.lines()) == size[1]
        if name not in ("jump",):
            await person.waits_for(expected)
        for _ in range(4):
            await person.presses("escape")
        await person.waits_for("Greenhouse")
        await person.waits_for(lambda: len(person.app.screen_stack) == 1)


@pytest.fixture
async def colleague(plant: Plant) -> Fleet:
    """Somebody else's console on the same account."""
    central = Central("http://engine.test/v5", transport=plant.line, guard=Guard(), context="colleague")
    await central.login("demo", Secret("demo"))
    fleet = Fleet(Cache.in_memory(), central, Context("colleague", "http://engine.test/v5", "demo"))
    await fleet.sync.run()
    return fleet


async def on_the_shelf(person: Person) -> None:
    """The cursor on the empty group "shelf"."""
    await person.presses("1", "G", "k", "k")
    await person.waits_for(lambda: "shelf" in person.cursor_line)


async def test_two_delete_the_same_group(plant: Plant, colleague: Fleet) -> None:
    """Who comes second is told that the group is gone, and it goes from the tree."""
    async with sitting_at(plant) as person:
        await on_the_shelf(person)
        await person.presses("D")
        await person.waits_for("Delete group shelf?")
        await colleague.change.delete_group(plant.shelf.id)
        await person.presses("right", "enter")
        await person.waits_for("Could not")
        await person.waits_for("shelf", gone=True)


async def test_one_renames_what_the_other_deletes(plant: Plant, colleague: Fleet) -> None:
    """A name for a group that was deleted meanwhile is refused, and what was typed stays in the form."""
    async with sitting_at(plant) as person:
        await on_the_shelf(person)
        await person.presses("e")
        await person.waits_for("Edit group")
        await person.types("x")
        await colleague.change.delete_group(plant.shelf.id)
        await person.presses("ctrl+s")
        await person.waits_for("Could not")
        await person.waits_for(lambda: person.app.screen.query_one("#entry-name").value == "shelfx")
        await person.presses("escape")
        await person.waits_for("shelf", gone=True)


async def test_two_rename_the_same_group(plant: Plant, colleague: Fleet) -> None:
    """The later name wins, and no name is lost from the journal."""
    async with sitting_at(plant) as person:
        await on_the_shelf(person)
        await person.presses("e")
        await person.waits_for("Edit group")
        await colleague.change.update_group(plant.shelf.id, name="rack")
        await person.types("2")
        await person.presses("ctrl+s")
        await person.waits_for("Group shelf2 is saved.")
        await person.presses("at")
        await person.waits_for("shelf2")


async def test_the_engine_dies_between_question_and_answer(plant: Plant) -> None:
    """When the service dies before the confirmed call, the reason is said, nothing is lost and it can be tried again."""
    async with sitting_at(plant) as person:
        await on_the_shelf(person)
        await person.presses("D")
        await person.waits_for("Delete group shelf?")
        plant.line.is_cut = True
        await person.presses("right", "enter")
        await person.waits_for("no connection")
        assert person.sees("shelf")
        plant.line.is_cut = False
        await person.presses("D")
        await person.waits_for("Delete group shelf?")
        await person.presses("right", "enter")
        await person.waits_for("Deleted group shelf.")


async def test_the_engine_dies_in_the_middle_of_marked_devices(plant: Plant) -> None:
    """Of several restarts each is reported, and those that were not sent stay marked for another try."""
    async with sitting_at(plant) as person:
        await person.presses("space", "space", "space", "r", "c")
        await person.waits_for("3 devices?")
        sent = plant.line.handle_async_request
        seen = 0

        async def dies(request):
            nonlocal seen
            seen += "restart" in request.url.path
            plant.line.is_cut = seen > 1
            return await sent(request)

        plant.line.handle_async_request = dies
        await person.presses("right", "enter")
        await person.waits_for("Not all of it was done")
        assert person.sees("Restart asked for: 1 of 3 devices.")
        plant.line.handle_async_request = sent
        plant.line.is_cut = False
        await person.presses("enter")
        await person.waits_for("2 marked")
        await person.presses("r", "c")
        await person.waits_for("2 devices?")
        await person.presses("right", "enter")
        await person.waits_for("Restart asked for: 2 devices.")


async def test_protected_things_say_so(plant: Plant) -> None:
    """What a pattern protects is refused before it leaves, and the pattern is named."""
    plant.fleet._central.guard = Guard(None, ("unit-0*",), lambda kind, ref: ["unit-00"] if kind == "device" else [])
    async with sitting_at(plant) as person:
        await person.presses("e")
        await person.waits_for("Rename device")
        await person.types("x")
        await person.presses("ctrl+s")
        await person.waits_for("protected by the pattern")
        assert not any(asked.startswith("PATCH") for asked in plant.line.asked)


@pytest.mark.parametrize(
    "text",
    [
        "goto nobody",
        "nonsense",
        "line nobody",
        "goto " + "x" * 500,
        "goto \u202e[/red]",
        "save",
        "123456789",
        "theme nope",
        "go 💥",
    ],
)
async def test_senseless_commands_are_answered(plant: Plant, text: str) -> None:
    """Whatever is typed after : is answered with a sentence, or does what it says; nothing breaks."""
    async with sitting_at(plant) as person:
        await person.presses("colon")
        field = person.app.screen.query_one("Input")
        field.value = text
        await person.presses("enter")
        await person.rests()
        assert person.app.is_running
        assert person.app.navigator.page.query_one(HintLine).has_message or len(person.app.screen_stack) > 1


class Watched(tuple[GroupRow, ...]):  # noqa: SLOT001 - it counts
    """Lines that count how many of them are looked at, and that nobody walks through."""

    looked_at = 0

    def __getitem__(self, index: SupportsIndex | slice) -> Any:
        assert not isinstance(index, slice)
        self.looked_at += 1
        return super().__getitem__(index)

    def __iter__(self) -> Iterator[GroupRow]:
        raise AssertionError("all ten thousand were walked through")


async def test_ten_thousand_groups(plant: Plant) -> None:
    """A tree of ten thousand groups is shown and walked through by making no more lines than are on the screen."""
    groups = tuple(
        GroupRow(
            DeviceGroup(
                f"id-{n}",
                GroupType.DEVELOPMENT,
                f"group {n:05d}",
                None,
                plant.live.product_id,
                plant.live.owner_id,
                None,
                plant.live.created_at,
            ),
            Tally(n % 7, n % 5),
        )
        for n in range(10_000)
    )
    async with sitting_at(plant) as person:
        home = person.app.navigator.home
        known = home.tree_known.products[0]
        tree = Tree.of([ProductRow.of(known.product, groups)], Tally(), Tally(10, 10))
        watched = Watched(groups)
        product = replace(tree.products[0], groups=watched)
        pane: ProductTree = home.product_tree
        for online in range(5):
            pane.show(Tree((product,), Tally(), Tally(10, online), tree.places), "demo")
        assert len(pane.nodes) > 10_000
        for move in ("bottom", "cursor_up", "page_up", "top", "page_down", "cursor_down", "left", "mark", "mark", "bottom"):
            getattr(pane, f"action_{move}")()
            for y in range(pane.size.height):
                pane.render_line(y)
        assert pane.current.label == "group 09999"
        assert 0 < watched.looked_at < 40 * pane.size.height
