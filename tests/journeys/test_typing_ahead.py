"""Keys that come faster than screens open and close: each reaches what it was typed for, or nothing."""

from collections.abc import Callable

import pytest
from textual import events

from imptui.config.settings import Settings
from imptui.tui.commands.questions import Menu, Option, Question
from imptui.tui.commands.routes import DeviceRoute
from imptui.tui.screens.device import DevicePage
from imptui.tui.widgets.dialogs.command_line import CommandLine
from imptui.tui.widgets.dialogs.menu import MenuDialog
from imptui.tui.widgets.dialogs.question import QuestionDialog
from imptui.tui.widgets.overlay import close_screen
from tests.journeys.conftest import NAMED, Person, Plant, sitting_at

LETTERS = {"\r": "enter", "\x1b": "escape", "\t": "tab"}


def bursts(person: Person, keys: str) -> None:
    """Keys that are read together."""
    for letter in keys:
        person.app.post_message(events.Key(LETTERS.get(letter) or NAMED.get(letter, letter), letter))


def stack_is(person: Person, *names: str) -> Callable[[], bool]:
    """Whether these screens are open, the first one at the bottom."""
    return lambda: [type(each).__name__ for each in person.app.screen_stack] == list(names)


@pytest.mark.parametrize("slow", [False, True])
async def test_quit_with_enter_twice_in_one_burst_quits_nothing(plant: Plant, slow: bool) -> None:
    """At 80x24 `q`, Enter, Enter read together open the question; no key of the burst answers it."""
    async with sitting_at(plant, (80, 24), Settings(slow=slow)) as person:
        bursts(person, "q\r\r")
        await person.waits_for("Quit imptui?")
        await person.pilot.pause(0.5)
        assert stack_is(person, "FleetPage", "QuestionDialog")()
        await person.presses("escape")
        await person.waits_for("Quit imptui?", gone=True)
        assert person.app.is_running


async def test_a_menu_closes_itself_and_nothing_else(plant: Plant) -> None:
    """On a device `c`, Enter, Enter copy once, and the device screen stays."""
    async with sitting_at(plant) as person:
        person.app.navigator.open(DeviceRoute(plant.devices[0]))
        await person.waits_for("Enrolment history")
        await person.presses("c")
        await person.waits_for("Copy from unit-00")
        await person.pilot.pause(0.4)
        bursts(person, "\r\r\r")
        await person.waits_for("Copy from", gone=True)
        await person.pilot.pause(0.2)
        assert isinstance(person.app.screen, DevicePage)


@pytest.mark.parametrize("keys", ["\x1b\x1b", "\x1b\x1b\x1b\x1b", "\r\x1b\x1b"])
async def test_esc_twice_over_a_slow_line_is_harmless(plant: Plant, keys: str) -> None:
    """In slow mode `:sort`, Enter, then Esc Esc leave the list open."""
    async with sitting_at(plant, (80, 24), Settings(slow=True)) as person:
        await person.commands("sort")
        bursts(person, keys)
        await person.waits_for(stack_is(person, "FleetPage"))
        await person.pilot.pause(0.3)
        assert stack_is(person, "FleetPage")()


async def test_a_second_command_behind_the_first_one_opens_no_second_dialog(plant: Plant) -> None:
    """Two commands typed in one burst are obeyed one after the other; closing their dialogs closes nothing else."""
    async with sitting_at(plant) as person:
        bursts(person, ":sort\r:columns\r")
        await person.waits_for("Sort by")
        await person.pilot.pause(0.4)
        await person.presses("escape", "escape")
        await person.waits_for(stack_is(person, "FleetPage"))


async def test_closing_twice_closes_once(plant: Plant) -> None:
    """A dialog that is closed twice, and one that is covered, take no other screen with them."""
    async with sitting_at(plant) as person:
        app = person.app
        below, above = QuestionDialog(Question("Really?")), MenuDialog(Menu("Which?", (Option("a", "a"),)))
        app.push_screen(below)
        app.push_screen(above)
        await person.waits_for(lambda: above.is_open)
        below.close(answer=True)
        assert app.screen_stack[1:] == [below, above]
        above.close("a")
        above.close("a")
        assert await above.answer() == "a"
        assert app.screen_stack[1:] == [below]
        below.close(answer=False)
        below.close(answer=True)
        assert await below.answer() is False
        assert not close_screen(below)
        assert not close_screen(app.screen)
        assert stack_is(person, "FleetPage")()


async def test_letters_for_a_refused_command_are_no_commands(plant: Plant) -> None:
    """A group name typed right behind a refused `P` reaches nothing."""
    async with sitting_at(plant) as person:
        await person.presses("tab", "shift+tab")
        home = person.app.navigator.home
        home.focus_pane(home.product_tree)
        bursts(person, "PDqq")  # the line of the account is no group
        await person.waits_for("No group is chosen.")
        await person.pilot.pause(0.3)
        assert stack_is(person, "FleetPage")()
        assert person.app.focused is home.product_tree


async def test_letters_behind_an_unknown_command_are_no_commands(plant: Plant) -> None:
    """What was typed behind Enter of a command that there is not reaches nothing."""
    async with sitting_at(plant) as person:
        bursts(person, ":nonsense\rDq")
        await person.waits_for("There is no command :nonsense")
        await person.pilot.pause(0.3)
        assert stack_is(person, "FleetPage")()


async def test_a_wrong_name_stays_in_its_field(plant: Plant) -> None:
    """Enter on a wrong or empty name says what differs; the field keeps the keys, and none of them is a command."""
    async with sitting_at(plant) as person:
        app = person.app
        app.run_worker(app.ask(Question("Delete it?", must_type="live")))
        await person.waits_for("Type live to go on")
        await person.presses("enter")
        await person.waits_for("Type the name first: live")
        await person.types("lidDq")
        await person.presses("enter")
        await person.waits_for("Not live: it differs from letter 3 on.")
        await person.types("r")
        assert isinstance(app.screen, QuestionDialog)
        assert app.screen.query_one("#name").value == "lidDqr"
        await person.presses("escape")
        await person.waits_for(stack_is(person, "FleetPage"))


async def test_keys_behind_a_colon_wait_for_the_line(plant: Plant) -> None:
    """A command and the keys for what it leads to, read together, are obeyed in their order."""
    async with sitting_at(plant) as person:
        bursts(person, ":goto unit-03\rc")
        await person.waits_for("Copy from unit-03")
        assert not [each for each in person.app.screen_stack if isinstance(each, CommandLine)]


async def test_the_next_key_after_a_refusal_is_obeyed(plant: Plant) -> None:
    """A key that is read after a command was refused is a key like any other."""
    async with sitting_at(plant) as person:
        home = person.app.navigator.home
        home.focus_pane(home.product_tree)
        await person.presses("P")
        await person.waits_for("No group is chosen.")
        await person.presses("j")
        await person.waits_for(lambda: home.product_tree.cursor == 1)
