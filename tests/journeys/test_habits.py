"""The session state survives a restart of the console."""



from imptui.config.locations import Locations
from imptui.config.state import SessionState, load_state, save_state
from imptui.query.query import Sort, SortColumn
from tests.journeys.conftest import Plant, sitting_at


def left(plant: Plant) -> SessionState:
    """Return the session state that the console saved."""
    return load_state(Locations(plant.exports).state)


def leave(plant: Plant, state: SessionState) -> None:
    """Save a session state, as an earlier run of the console would."""
    save_state(Locations(plant.exports).state, state)


async def test_the_order_is_remembered(plant: Plant) -> None:
    """How a list was sorted is kept for the next sitting in this context."""
    async with sitting_at(plant, (160, 30)) as person:
        await person.presses("N")
        await person.waits_for(lambda: person.app.navigator.home.table.listed.sort.descending)
        await person.rests()
    assert left(plant).sort_in("plant") == Sort(SortColumn.NAME, descending=True)


async def test_the_order_of_the_last_sitting_is_taken_up(plant: Plant) -> None:
    """A list begins in the order in which it was left, and that is how home looks as opened."""
    leave(plant, SessionState().with_sort("plant", Sort(SortColumn.NAME, descending=True)))
    async with sitting_at(plant, (160, 30), expects="unit-29") as person:
        assert person.app.navigator.home is not None
        assert person.app.navigator.home.is_as_opened


async def test_columns_are_chosen_and_remembered(plant: Plant) -> None:
    """The menu takes a column in or out, stays open for the next, and the choice is kept."""
    async with sitting_at(plant, (120, 30)) as person:
        assert person.sees("RSSI dBm")
        assert not person.sees("MAC")
        await person.presses("K")
        await person.waits_for("Columns, besides the name")
        await person.presses("r")
        await person.waits_for(lambda: "rssi" not in person.app.navigator.home.table.columns.keys)
        await person.waits_for("Columns, besides the name")
        await person.presses("a")
        await person.waits_for(lambda: "mac" in person.app.navigator.home.table.columns.keys)
        await person.waits_for("Columns, besides the name")
        await person.presses("escape")
        await person.waits_for("Columns, besides", gone=True)
        assert not person.sees("RSSI dBm")
        assert person.sees("MAC")
        await person.rests()
    assert "mac" in left(plant).columns
    assert "rssi" not in left(plant).columns


async def test_columns_of_the_last_sitting_are_taken_up_and_dropped(plant: Plant) -> None:
    """The chosen columns are there from the start; as many as fit are one line of the menu away."""
    leave(plant, SessionState(columns=("name", "mac")))
    async with sitting_at(plant, (120, 30)) as person:
        assert person.app.navigator.home is not None
        assert person.app.navigator.home.table.columns.keys == ("name", "mac")
        await person.presses("K")
        await person.waits_for("Columns, besides the name")
        await person.presses("z")
        await person.waits_for("RSSI dBm")


async def test_ctrl_d_is_explained(plant: Plant) -> None:
    """Who comes from k9s is told that ctrl+d deletes nothing."""
    async with sitting_at(plant) as person:
        await person.presses("ctrl+d")
        await person.waits_for("ctrl+d is half a page here")
        await person.rests()
    assert left(plant).hints_shown == ("ctrl+d",)


async def test_ctrl_d_is_explained_once(plant: Plant) -> None:
    """It is said once in a lifetime."""
    leave(plant, SessionState(hints_shown=("ctrl+d",)))
    async with sitting_at(plant) as person:
        await person.presses("ctrl+d")
        await person.rests()
        assert not person.sees("ctrl+d is half a page here")


async def test_a_letter_that_does_nothing_says_so(plant: Plant) -> None:
    """A key without a command is answered, so that nobody wonders whether it was heard."""
    async with sitting_at(plant) as person:
        await person.presses("Z")
        await person.waits_for("Z does nothing here; ? shows what does.")
