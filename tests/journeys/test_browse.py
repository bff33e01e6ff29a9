"""Browsing by keyboard: the tree, the list, filters, order, marks, history."""

import pytest

from imptui.config.filter_history import load_filters
from imptui.config.locations import Locations
from tests.journeys.conftest import Plant, sitting_at


async def test_wide_terminal_shows_tree_and_list(plant: Plant) -> None:
    """From 120 cells the tree and the list are side by side."""
    async with sitting_at(plant, (120, 30)) as person:
        assert person.sees("Greenhouse")
        assert person.sees("unit-00")
        assert not person.sees("free memory")


async def test_very_wide_terminal_shows_details_too(plant: Plant) -> None:
    """From 160 cells what is under the cursor is described beside the list."""
    async with sitting_at(plant, (160, 30)) as person:
        await person.waits_for("free memory")


async def test_small_terminal_shows_one_pane(plant: Plant) -> None:
    """At 80x24 the tree comes first, Enter goes to the devices, Esc comes back."""
    async with sitting_at(plant, (80, 24)) as person:
        assert not person.sees("unit-00")
        await person.presses("enter")
        await person.waits_for("unit-00")
        assert not person.sees("Unassigned")
        await person.presses("escape")
        await person.waits_for("Unassigned")
        assert not person.sees("unit-00")


@pytest.mark.parametrize("size", [(20, 5), (39, 24), (80, 7)])
async def test_too_small_a_terminal_says_so(plant: Plant, size: tuple[int, int]) -> None:
    """A terminal without room gets a sentence, not pieces of a screen."""
    async with sitting_at(plant, size) as person:
        await person.waits_for("Too small.")
        assert not person.sees("Greenhouse")


async def test_the_tree_counts(plant: Plant) -> None:
    """Every line of the tree says how many of its devices are online."""
    async with sitting_at(plant, (80, 24)) as person:
        line = next(line for line in person.lines() if "bench" in line)
        assert "10/10" in line


async def test_enter_on_a_group_lists_its_devices(plant: Plant) -> None:
    """The list of a group holds its devices and no others."""
    async with sitting_at(plant) as person:
        await person.presses("1", "G", "k", "k", "enter")
        await person.waits_for("shelf  0")
        await person.presses("1", "k", "enter")
        await person.waits_for("of 10")
        assert person.sees("unit-09")
        assert not person.sees("unit-10")


async def test_the_list_follows_the_tree(plant: Plant) -> None:
    """While both are on the screen the list follows the tree's cursor, once it rests."""
    async with sitting_at(plant) as person:
        await person.presses("1", "g", "j", "j")
        await person.waits_for("Unassigned  1 of 20")


async def test_the_terminal_cursor_is_on_the_chosen_row(plant: Plant) -> None:
    """The terminal's own cursor goes with the chosen row, for those who cannot see colours."""
    async with sitting_at(plant) as person:
        await person.presses("j", "j", "j")
        assert "unit-03" in person.cursor_line


async def test_top_and_bottom(plant: Plant) -> None:
    """G is the last device and g the first."""
    async with sitting_at(plant, (120, 14)) as person:
        await person.presses("G")
        await person.waits_for("unit-29")
        assert "unit-29" in person.cursor_line
        await person.presses("g")
        assert "unit-00" in person.cursor_line


async def test_ctrl_d_is_half_a_page(plant: Plant) -> None:
    """ctrl+d moves half a screen down and deletes nothing."""
    async with sitting_at(plant, (120, 23)) as person:
        await person.presses("ctrl+d")
        assert "unit-09" in person.cursor_line
        assert person.app.navigator.home is not None
        assert len(person.app.screen_stack) == 1


async def test_filter_while_typing(plant: Plant) -> None:
    """The list follows the filter letter by letter."""
    async with sitting_at(plant) as person:
        await person.presses("slash")
        await person.types_letters("unit-1")
        await person.waits_for("1 of 10")
        assert not person.sees("unit-09")


async def test_keys_of_a_filter_never_reach_the_list(plant: Plant) -> None:
    """Letters, Delete and Space typed into the filter do nothing else."""
    async with sitting_at(plant) as person:
        await person.presses("slash")
        await person.types_letters("Dr m*")
        await person.presses("delete", "backspace")
        assert len(person.app.screen_stack) == 1
        assert person.app.navigator.home is not None
        assert not person.app.navigator.home.table.marks
        assert person.app.navigator.home.bar.text == "Dr m"


async def test_a_senseless_filter_is_explained(plant: Plant) -> None:
    """What makes no sense is explained below the filter, and the list stays."""
    async with sitting_at(plant) as person:
        await person.presses("slash")
        await person.types("rssi<abc")
        await person.presses("enter")
        await person.rests()
        home = person.app.navigator.home
        assert home is not None
        assert home.bar.has_class("-wrong")
        assert person.sees("unit-00")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 40)])
async def test_details_stay_with_what_was_described(plant: Plant, size: tuple[int, int]) -> None:
    """The details of a group stay those of the group while they are read, and what is done there is done to it, to no device."""
    async with sitting_at(plant, size) as person:
        await person.presses("1", "G", "k", "k", "k", "d")
        await person.waits_for("description")
        page = person.app.navigator.home
        page.tick()
        await person.rests()
        assert person.sees("10 devices, 10 online")
        situation = page.situation()
        assert (situation.devices, situation.group.name) == ((), "bench")
        await person.presses("enter")
        await person.waits_for("of 10")


async def test_going_to_a_part_of_a_name(plant: Plant) -> None:
    """:goto finds groups and products by a part of their name; where there are several, they are offered."""
    async with sitting_at(plant) as person:
        await person.commands("goto enc")
        await person.waits_for("Development › bench")
        await person.commands("goto e")
        await person.waits_for("Nothing is called e; these hold it")
        await person.presses("escape")
        await person.commands("goto nowhere")
        await person.waits_for("Nothing known here is called nowhere.")


async def test_what_is_wrong_is_said_in_full(plant: Plant) -> None:
    """A long explanation goes on in the next lines, and the field that was meant is named."""
    async with sitting_at(plant, (80, 24)) as person:
        await person.presses("enter", "slash")
        await person.types("rsi<-80")
        await person.waits_for("did you mean rssi?")
        assert person.sees("swversion, type.")
        assert not person.sees("No device matches")


async def test_tab_completes_a_filter(plant: Plant) -> None:
    """Tab makes of the letters the first word that begins so, then the next one; the hints show which there are."""
    async with sitting_at(plant) as person:
        bar = person.app.navigator.home.bar
        await person.presses("slash")
        await person.types("not off")
        await person.waits_for("Tab offline offline>")
        await person.presses("tab")
        assert bar.text == "not offline "
        await person.presses("tab")
        assert bar.text == "not offline>"
        await person.types("2h type:pre")
        await person.presses("tab")
        assert bar.text == "not offline>2h type:pre-factory "
        assert bar.is_typing


async def test_earlier_filters_come_back(plant: Plant) -> None:
    """Up brings back what was asked before, down what is typed now; the next sitting remembers it, too."""
    async with sitting_at(plant) as person:
        bar = person.app.navigator.home.bar
        for text in ("unit-1", "unit-2"):
            await person.presses("slash")
            await person.types(text)
            await person.presses("enter", "escape")
        await person.presses("slash")
        await person.types("o")
        seen = []
        for key in ("up", "up", "up", "down", "down"):
            await person.presses(key)
            seen.append(bar.text)
        assert seen == ["unit-2", "unit-1", "unit-1", "unit-2", "o"]
        await person.rests()
        assert load_filters(Locations(plant.exports).filter_history) == ("unit-2", "unit-1")


@pytest.mark.parametrize("size", [(80, 24), (160, 40)])
async def test_the_filter_explains_itself(plant: Plant, size: tuple[int, int]) -> None:
    """F1 while a filter is typed tells every field, and Esc goes on typing."""
    async with sitting_at(plant, size) as person:
        await person.presses("2", "slash")
        await person.types("unit-1")
        await person.presses("f1")
        await person.waits_for("Help: the filter")
        assert person.sees("Fields that are text")
        assert person.sees("these letters in this order")
        await person.presses("escape")
        await person.waits_for("unit-1")
        assert person.app.navigator.home.bar.is_typing


async def test_escape_clears_the_filter(plant: Plant) -> None:
    """Esc takes the filter away, also after it was kept with Enter."""
    async with sitting_at(plant) as person:
        await person.presses("slash")
        await person.types("unit-07")
        await person.presses("enter")
        await person.waits_for("1 of 1 ")
        await person.presses("escape")
        await person.waits_for("of 30")
        assert not person.sees("filter:")


async def test_the_filter_belongs_to_the_history(plant: Plant) -> None:
    """Going back brings the list with its filter, and the cursor where it was."""
    async with sitting_at(plant) as person:
        await person.presses("slash")
        await person.types("unit-1")
        await person.presses("enter")
        await person.waits_for("1 of 10")
        await person.presses("j", "j", "0")
        await person.waits_for("of 30")
        await person.presses("left_square_bracket")
        await person.waits_for("filter: unit-1")
        await person.waits_for("3 of 10")
        assert "unit-12" in person.cursor_line


async def test_order_by_a_column(plant: Plant) -> None:
    """N orders by name, and once more the other way round; the cursor stays on its device."""
    async with sitting_at(plant) as person:
        await person.presses("j", "N")
        await person.waits_for("29 of 30")
        await person.presses("g")
        assert "unit-29" in person.cursor_line


async def test_marks_and_ranges(plant: Plant) -> None:
    """Space marks one, v marks a range, * marks all, Esc forgets them."""
    async with sitting_at(plant) as person:
        await person.presses("space", "space")
        await person.waits_for("2 marked")
        await person.presses("v", "j", "j", "v")
        await person.waits_for("5 marked")
        await person.presses("asterisk")
        await person.waits_for("30 marked")
        await person.presses("escape")
        await person.waits_for("marked", gone=True)


async def test_wide_columns(plant: Plant) -> None:
    """w shows more columns, and the arrows scroll to them."""
    async with sitting_at(plant, (80, 24)) as person:
        await person.presses("enter", "w")
        await person.presses(*["right"] * 12)
        await person.waits_for("MAC")
        await person.presses("w")
        assert not person.sees("MAC")


async def test_zoom(plant: Plant) -> None:
    """f shows the pane that has the keys alone, and once more all."""
    async with sitting_at(plant) as person:
        await person.presses("2", "f")
        assert not person.sees("Greenhouse")
        await person.presses("f")
        assert person.sees("Greenhouse")


async def test_a_scope_from_a_device(plant: Plant) -> None:
    """u lists the group of the device under the cursor, and 0 drops the scope."""
    async with sitting_at(plant) as person:
        await person.presses("u")
        await person.waits_for("of 10")
        await person.presses("0")
        await person.waits_for("of 30")


async def test_help_shows_the_keys_of_this_screen(plant: Plant) -> None:
    """? lists what every key does here, from the commands themselves."""
    async with sitting_at(plant, (120, 60)) as person:
        await person.presses("question_mark")
        await person.waits_for("devices.restart")
        assert person.sees("Restart, conditionally or at once")
        await person.presses("q")
        await person.waits_for("unit-00")


async def test_the_palette_finds_and_runs(plant: Plant) -> None:
    """ctrl+p finds a command by what it does."""
    async with sitting_at(plant) as person:
        await person.presses("ctrl+p")
        await person.types("problems only")
        await person.presses("enter")
        await person.waits_for("problems only")


async def test_command_mode(plant: Plant) -> None:
    """:goto opens a device by name."""
    async with sitting_at(plant) as person:
        await person.commands("goto unit-05")
        await person.waits_for("Enrolment history")
        assert person.sees("unit-05")


async def test_quitting_asks_at_the_root(plant: Plant) -> None:
    """q goes back, and at the root it asks; ctrl+c ends nothing."""
    async with sitting_at(plant) as person:
        await person.presses("ctrl+c")
        await person.waits_for("ctrl+q")
        await person.presses("q", "q")
        await person.waits_for("Quit imptui?")
        await person.presses("enter")
        await person.waits_for("Quit imptui?", gone=True)
        assert person.app.is_running


async def test_the_list_as_a_file(plant: Plant) -> None:
    """ctrl+s writes every device of the list."""
    async with sitting_at(plant) as person:
        await person.presses("ctrl+s")
        await person.waits_for("30 devices written")
        written = next((plant.exports / "exports").glob("*.csv"))
        assert len(written.read_text("utf-8").splitlines()) == 31
        assert written.stat().st_mode & 0o777 == 0o600


async def test_ascii_throughout(plant: Plant) -> None:
    """In an ASCII terminal no sign of ours is outside of it."""
    from imptui.config.settings import Settings

    async with sitting_at(plant, (160, 30), Settings(ascii=True)) as person:
        await person.presses("s")
        await person.waits_for("Sort by")
        assert person.screen().isascii()


async def test_letters_typed_right_behind_the_slash_reach_the_filter(plant: Plant) -> None:
    """A quick typist's, or a pasted, filter is a filter to its last letter, and no letter of it a command."""
    from textual import events

    async with sitting_at(plant, (120, 30)) as person:
        for letter in "/unit-07r":
            person.app.post_message(events.Key("slash" if letter == "/" else letter, letter))
        await person.waits_for("/ unit-07r")
        assert not person.sees("Restart")


async def test_an_empty_list_says_why(plant: Plant) -> None:
    """A filter that finds nothing says so, and what it could not know."""
    async with sitting_at(plant, (120, 30)) as person:
        await person.presses("slash")
        await person.types("rssi<-200")
        await person.waits_for("Readings are known only of devices that were looked at.")


async def test_letters_typed_right_behind_the_colon_reach_the_line(plant: Plant) -> None:
    """A quick typist's command is a command to its last letter, and no letter of it a key of the list."""
    from textual import events

    async with sitting_at(plant, (120, 30)) as person:
        for letter in ":goto unit-07":
            key = {":": "colon", " ": "space", "-": "minus"}.get(letter, letter)
            person.app.post_message(events.Key(key, letter))
        person.app.post_message(events.Key("enter", "\r"))
        await person.waits_for("Enrolment history")
        assert person.sees("unit-07")
        assert len(person.app.screen_stack) == 2


async def test_long_facts_go_on_below(plant: Plant) -> None:
    """What is longer than the strip of details is not cut: its words go on in the next line, under themselves."""
    name = "a meter with a name of many words that nobody will find room for in one line"
    await plant.name(0, name)
    async with sitting_at(plant, (160, 30), expects="a meter") as person:
        await person.waits_for("free memory")
        at = person.lines()[1].index("name  ")
        told = " ".join(line[at + 14 :].strip() for line in person.lines()[1:4])
        assert told.startswith(name)


async def test_another_order_keeps_the_device_but_not_at_the_top(plant: Plant) -> None:
    """The cursor follows its device into another order; from the first row one wants to see who comes first now."""
    async with sitting_at(plant, (160, 30)) as person:
        table = person.app.navigator.home.table
        await person.presses("2", "N")
        await person.waits_for(lambda: table.current is not None and table.current.device.name == "unit-29")
        assert table.cursor == 0
        await person.presses("j", "j", "j", "N")
        await person.waits_for(lambda: not table.listed.sort.descending)
        await person.waits_for(lambda: table.current is not None and table.current.device.name == "unit-26")
        assert table.cursor == 26


async def test_a_filter_behind_its_word(plant: Plant) -> None:
    """`:filter TEXT` asks at once; one that makes no sense stands in the line with what is wrong."""
    async with sitting_at(plant, (160, 30)) as person:
        await person.commands("filter unit-07")
        await person.waits_for("filter: unit-07")
        await person.waits_for("1 of 1")
        await person.commands("filter rssi<abc")
        await person.waits_for("/ rssi<abc")
        await person.waits_for(lambda: person.app.navigator.home.bar.has_class("-wrong"))
        assert person.app.navigator.home.bar.is_typing


async def test_marks_end_at_their_limit_and_say_so(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where more is listed than can be marked, what is marked already counts once, and a sentence says how to go on."""
    monkeypatch.setattr("imptui.tui.widgets.devices.marks.MARK_LIMIT", 12)
    async with sitting_at(plant, (160, 30)) as person:
        table = person.app.navigator.home.table
        await person.presses("2", "space", "space", "space", "asterisk")
        await person.waits_for("no more can be")
        assert len(table.marks) == 12
        await person.presses("asterisk")
        await person.rests()
        assert len(table.marks) == 12
