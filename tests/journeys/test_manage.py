"""Changing things: asked before, explained when refused, told afterwards."""

import pytest

from imptui.config.settings import Settings
from imptui.query.query import Query, Scope
from tests.journeys.conftest import Person, Plant, sitting_at


async def confirms(person: Person) -> None:
    """Move from Cancel to the other button and press it."""
    await person.presses("right", "enter")


async def test_a_double_tap_answers_nothing(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that come right after a question opened are dropped."""
    monkeypatch.setattr("imptui.tui.widgets.dialog.IGNORED_KEYS_S", 60.0)
    async with sitting_at(plant) as person:
        await person.presses("r")
        await person.waits_for("Conditional restart")
        await person.pilot.press("h")
        await person.pilot.press("enter")
        assert person.sees("Conditional restart")


async def test_cancel_has_the_focus(plant: Plant) -> None:
    """Enter alone confirms nothing."""
    async with sitting_at(plant) as person:
        await person.presses("r", "h")
        await person.waits_for("Restart at once: 1 device?")
        await person.presses("enter")
        await person.waits_for("1 device?", gone=True)
        assert not any("restart" in asked for asked in plant.line.asked)


async def test_restarting_marked_devices(plant: Plant) -> None:
    """The marked devices are named in the question, and each is restarted."""
    async with sitting_at(plant) as person:
        await person.presses("space", "space", "r", "c")
        await person.waits_for("2 devices?")
        assert person.sees("- unit-00 (bench)")
        await confirms(person)
        await person.waits_for("Restart asked for: 2 devices.")
        assert sum("restart" in asked for asked in plant.line.asked) == 2
        assert not person.sees("2 marked")


async def test_an_unassigned_device_is_not_restarted(plant: Plant) -> None:
    """The reason is said before anything is asked or sent."""
    async with sitting_at(plant) as person:
        await person.presses("G", "r")
        await person.waits_for("cannot be restarted")
        assert len(person.app.screen_stack) == 1


async def test_the_actions_menu_gives_reasons(plant: Plant) -> None:
    """a lists what can be done, and why some of it cannot."""
    async with sitting_at(plant) as person:
        await person.presses("a")
        await person.waits_for("Unassign the device before removing it.")
        assert person.sees("Assign to a group")


async def test_moving_devices(plant: Plant) -> None:
    """m asks for the group, then for confirmation, and moves."""
    async with sitting_at(plant) as person:
        await person.presses("m")
        await person.types("shelf")
        await person.presses("enter")
        await person.waits_for("Assign 1 device to shelf?")
        await confirms(person)
        await person.waits_for("Assigned to shelf: 1 device.")
        window = await plant.fleet.look.window(Query(Scope(group_id=plant.shelf.id)), 0, 10)
        assert [row.device.id for row in window.rows if row is not None] == [plant.devices[0]]


async def test_groups_that_do_not_take_a_device_say_why(plant: Plant) -> None:
    """A development device cannot be put into production by hand, and the menu says so."""
    async with sitting_at(plant) as person:
        await person.presses("m")
        await person.types("live")
        await person.presses("enter")
        await person.waits_for("can move only to")
        assert not person.sees("Assign 1 device to live?")


async def test_unassigning(plant: Plant) -> None:
    """U takes a device out of its group after asking."""
    async with sitting_at(plant) as person:
        await person.presses("U")
        await person.waits_for("Unassign 1 device?")
        await confirms(person)
        await person.waits_for("Unassigned: 1 device.")


async def test_renaming_a_device(plant: Plant) -> None:
    """e opens a form with the name in it."""
    async with sitting_at(plant) as person:
        await person.presses("e")
        await person.waits_for("Rename device")
        await person.presses("end")
        await person.types(" north")
        await person.presses("ctrl+s")
        await person.waits_for("unit-00 north")
        detail = await plant.fleet.look.device(plant.devices[0])
        assert detail is not None
        assert detail.device.name == "unit-00 north"


async def test_a_draft_survives_a_failure(plant: Plant) -> None:
    """What was typed is there again, with the reason on top, when sending it failed."""
    async with sitting_at(plant) as person:
        await person.presses("e")
        await person.waits_for("Rename device")
        await person.presses("end")
        await person.types(" north")
        plant.line.is_cut = True
        await person.presses("ctrl+s")
        await person.waits_for("Could not")
        assert person.sees("unit-00 north")
        plant.line.is_cut = False
        await person.presses("ctrl+s")
        await person.waits_for("is now unit-00 north")


async def test_a_new_product(plant: Plant) -> None:
    """ctrl+n makes a product, which appears in the tree."""
    async with sitting_at(plant) as person:
        await person.presses("1", "g", "ctrl+n")
        await person.waits_for("New product")
        await person.types("Weather")
        await person.presses("ctrl+s")
        await person.waits_for("Product Weather is there.")
        await person.waits_for("■ Weather")


async def test_a_fixture_group_takes_its_targets(plant: Plant) -> None:
    """The form for a factory group offers the production groups of the product as target."""
    async with sitting_at(plant) as person:
        await person.presses("1", "g", "j", "j", "j", "ctrl+n")
        await person.waits_for("factory group in Greenhouse")
        await person.presses("s")
        await person.waits_for("production target")
        assert person.sees("< live >")
        assert person.sees("there is no dut group yet")


async def test_a_name_too_long_is_refused_while_typing(plant: Plant) -> None:
    """The form says what is wrong before anything is sent."""
    async with sitting_at(plant) as person:
        await person.presses("1", "g", "ctrl+n")
        await person.waits_for("The name has 0 characters")
        plant.line.asked.clear()
        await person.presses("ctrl+s")
        assert person.sees("New product")


async def test_describing_a_group(plant: Plant) -> None:
    """e in the tree renames and describes a group."""
    async with sitting_at(plant) as person:
        await person.presses("1", "G", "k", "k", "e")
        await person.waits_for("Edit group")
        await person.presses("down")
        await person.types("spare parts")
        await person.presses("ctrl+s")
        await person.waits_for("Group shelf is saved.")
        group = await plant.fleet.look.group(plant.shelf.id)
        assert group is not None
        assert group.description == "spare parts"


async def test_a_group_with_devices_stays(plant: Plant) -> None:
    """Why a group cannot be deleted is said without asking the service."""
    async with sitting_at(plant) as person:
        await person.presses("1", "G", "k", "k", "k", "D")
        await person.waits_for("with assigned devices")
        assert not any(asked.startswith("DELETE") for asked in plant.line.asked)


async def test_deleting_production_takes_the_name(plant: Plant) -> None:
    """A production group is deleted only after its name was typed."""
    async with sitting_at(plant) as person:
        await person.presses("1", "G", "D")
        await person.waits_for("Delete group live?")
        await person.presses("right", "enter")
        assert person.sees("Delete group live?")
        await person.presses("shift+tab", "shift+tab")
        await person.waits_for("Delete group live?")
        field = person.app.screen.query_one("#name")
        field.focus()
        await person.pilot.pause(0.05)
        await person.types("live")
        await person.presses("enter", "enter")
        await person.waits_for("Deleted group live.")


async def test_removing_a_device(plant: Plant) -> None:
    """An unassigned device leaves the account after asking."""
    async with sitting_at(plant) as person:
        await person.presses("G", "D")
        await person.waits_for("Remove 1 device?")
        await confirms(person)
        await person.waits_for("Removed: 1 device.")
        await person.waits_for("of 29")


async def test_read_only_refuses_everything(plant: Plant) -> None:
    """After :ro nothing is changed, the header says so, and the reason is given."""
    async with sitting_at(plant) as person:
        await person.commands("ro")
        await person.waits_for("RO")
        plant.line.asked.clear()
        for key in ("r", "m", "e", "D", "U", "ctrl+n", "P"):
            await person.presses(key)
            assert len(person.app.screen_stack) == 1
        await person.waits_for("Read-only")
        assert not any(asked.split()[0] in ("POST", "PUT", "PATCH", "DELETE") for asked in plant.line.asked)


async def test_activity_lists_what_was_changed(plant: Plant) -> None:
    """@ lists every change, newest first, with who and the answer."""
    async with sitting_at(plant) as person:
        await plant.name(0, "pepper")
        await person.presses("at")
        await person.waits_for("What was changed")
        await person.waits_for("demo")


async def test_failures_are_kept(plant: Plant) -> None:
    """! lists what went wrong."""
    async with sitting_at(plant) as person:
        plant.line.is_cut = True
        await person.presses("r", "h")
        await person.waits_for("1 device?")
        await confirms(person)
        await person.waits_for("Not all of it was done")
        await person.presses("enter", "exclamation_mark")
        await person.waits_for("What went wrong")


async def test_copying_writes_a_file_where_there_is_no_clipboard(plant: Plant) -> None:
    """Without a terminal that copies, the text is in a file, and the path is said."""
    async with sitting_at(plant) as person:
        await person.presses("c", "1")
        await person.waits_for("cannot be copied")
        assert next((plant.exports / "exports").glob("*clip*")).read_text() == plant.devices[0]


@pytest.mark.parametrize(("way", "sentence"), [("file", "Written: id is in"), ("native", "Written, as it cannot be copied: id")])
async def test_the_way_of_copying_is_a_setting(plant: Plant, way: str, sentence: str) -> None:
    """With `clipboard = "file"` copied text is in a file at once; without a program for it, `native` ends there, too."""
    async with sitting_at(plant, (160, 30), settings=Settings(clipboard=way)) as person:
        await person.presses("c", "1")
        await person.waits_for(sentence)
        assert next((plant.exports / "exports").glob("*clip*")).read_text() == plant.devices[0]


async def test_signing_in_again(plant: Plant) -> None:
    """:login asks for name and password, shows neither the password nor keeps it, and says when it is wrong."""
    async with sitting_at(plant) as person:
        await person.commands("login")
        await person.waits_for("Sign in at")
        await person.presses("down")
        await person.types("wrong")
        assert not person.sees("wrong")
        await person.presses("ctrl+s")
        await person.waits_for("do not fit")
        await person.presses("down")
        await person.types("demo")
        await person.presses("ctrl+s")
        await person.waits_for("Signed in as demo.")
