"""Codes from a bar-code reader, which is a keyboard, and pasted text: never obeyed as commands."""

from time import monotonic

import pytest
from textual import events

from imptui.tui.console.input_events import KeyPressed
from imptui.tui.screens.help import HelpPage
from tests.journeys.conftest import NAMED, Person, Plant, sitting_at


def scans(person: Person, code: str) -> None:
    """A reader types a code and Enter, as fast as it can."""
    for letter in code:
        person.app.post_message(events.Key(letter, letter))
    person.app.post_message(events.Key("enter", "\r"))


@pytest.mark.parametrize("spelling", ["id", "mac", "bare mac"])
async def test_a_scanned_device_opens(plant: Plant, spelling: str) -> None:
    """An id or a MAC address in any spelling opens its device, and no letter of it is a command."""
    detail = await plant.fleet.look.device(plant.devices[7])
    mac = detail.device.mac_address
    code = {"id": plant.devices[7], "mac": mac.upper(), "bare mac": mac.replace(":", "")}[spelling]
    async with sitting_at(plant) as person:
        scans(person, code)
        await person.waits_for("Enrolment history")
        assert person.sees("unit-07")
        assert len(person.app.screen_stack) == 2


async def test_a_stall_between_two_letters_of_a_code_is_no_pause(plant: Plant) -> None:
    """A code whose first letters wait while the machine stalls opens its device all the same."""
    clock = [1000.0]
    async with sitting_at(plant) as person:
        person.app.monotonic = lambda: clock[0]
        for number, letter in enumerate((*plant.devices[7], "enter")):
            await person.app.router.take(KeyPressed(letter, letter if len(letter) == 1 else "\r", clock[0]))
            clock[0] += 0.15 if number == 0 else 0.001
        await person.waits_for("Enrolment history")
        assert person.sees("unit-07")


async def test_scanning_one_after_the_other_leaves_no_pile(plant: Plant) -> None:
    """The next scanned device takes the place of the one before; Esc goes back to the list."""
    async with sitting_at(plant) as person:
        scans(person, plant.devices[7])
        await person.waits_for("unit-07")
        await person.waits_for("Enrolment history")
        scans(person, plant.devices[8])
        await person.waits_for(" unit-08 ")
        assert len(person.app.screen_stack) == 2
        await person.presses("escape")
        await person.waits_for("unit-01")


async def test_an_unknown_code_is_said(plant: Plant) -> None:
    """A code that is no identifier, and an id of nobody's device, are said to be so."""
    async with sitting_at(plant) as person:
        scans(person, "SN-00012345")
        await person.waits_for("not a device: SN-00012345 holds neither")
        scans(person, "5000d8c46a5711aa")
        await person.waits_for("Scanned 5000d8c46a5711aa: no device of this account.")
        assert len(person.app.screen_stack) == 1


async def test_a_device_that_is_new_is_asked_for(plant: Plant, world) -> None:
    """A device that the cache has not met yet is asked of the service."""
    from imptui.cloud.rules import factory

    unit = factory.add_device(world, "demo", name="fresh unit").device
    async with sitting_at(plant) as person:
        scans(person, unit.id)
        await person.waits_for("fresh unit")


async def test_without_a_connection_a_scan_says_so(plant: Plant) -> None:
    """A code that is not known here cannot be looked up on a broken line, and that is said."""
    async with sitting_at(plant) as person:
        plant.line.is_cut = True
        scans(person, "5000d8c46a5711aa")
        await person.waits_for("Look up the scanned 5000d8c46a5711aa: no connection")


async def test_a_scan_answers_no_question(plant: Plant) -> None:
    """While a question is open a code presses none of its keys."""
    async with sitting_at(plant) as person:
        await person.presses("r")
        await person.waits_for("Conditional restart")
        await person.pilot.pause(0.4)
        scans(person, plant.devices[7])
        await person.pilot.pause(0.4)
        assert person.sees("Conditional restart")
        assert not person.sees("1 device?")


async def test_a_scan_into_the_filter_is_its_text(plant: Plant) -> None:
    """Where text is typed a code is text."""
    async with sitting_at(plant) as person:
        await person.presses("slash")
        scans(person, plant.devices[7])
        await person.waits_for("1 of 1 ")
        assert person.sees("unit-07")


async def test_half_a_code_does_nothing(plant: Plant) -> None:
    """A code that broke off is not obeyed."""
    async with sitting_at(plant) as person:
        for letter in "5000d8c46a":
            person.app.post_message(events.Key(letter, letter))
        await person.waits_for("Half a code came")
        assert len(person.app.screen_stack) == 1


async def test_pasted_text_is_no_command(plant: Plant) -> None:
    """A pasted id opens its device; other pasted text does nothing and says so."""
    async with sitting_at(plant) as person:
        person.app.post_message(events.Paste("Dr\nq\n"))
        await person.waits_for("Pasted text is not obeyed")
        assert len(person.app.screen_stack) == 1
        person.app.post_message(events.Paste(f"{plant.devices[7]}\n"))
        await person.waits_for("Enrolment history")
        assert person.sees("unit-07")


async def test_single_letters_are_commands_still(plant: Plant) -> None:
    """A letter alone is a key, a moment later."""
    async with sitting_at(plant) as person:
        await person.presses("F")
        await person.waits_for("problems only")


async def test_jumping_by_label(plant: Plant) -> None:
    """ctrl+o puts letters on every line of every pane; two of them go there."""
    async with sitting_at(plant) as person:
        await person.presses("ctrl+o")
        await person.waits_for(lambda: type(person.app.screen).__name__ == "JumpScreen")
        by_label = person.app.screen._by_label
        home = person.app.navigator.home
        label = next(text for text, jump in by_label.items() if jump.pane is home.table and jump.line == 6)
        await person.presses(*label)
        await person.waits_for(lambda: "unit-05" in person.cursor_line)
        await person.presses("ctrl+o", "escape")
        await person.waits_for(lambda: len(person.app.screen_stack) == 1)
        await person.presses("ctrl+o", "a", "s")
        await person.waits_for(lambda: home.product_tree.has_focus)
        assert home.product_tree.cursor == 1


@pytest.mark.parametrize("form", ["*{}*", "]C1{}", "ID: {}", "https://agents.test/{}/status"])
async def test_a_framed_or_labelled_code_opens_its_device(plant: Plant, form: str) -> None:
    """Code 39 frames, an AIM prefix, a label and an address around an id are taken off."""
    async with sitting_at(plant) as person:
        scans(person, form.format(plant.devices[7]))
        await person.waits_for("Enrolment history")
        assert person.sees("unit-07")


async def test_an_agent_url_opens_its_device(plant: Plant) -> None:
    """A QR code with the agent URL, with Tab behind it, opens the device of the agent."""
    detail = await plant.fleet.look.device(plant.devices[7])
    async with sitting_at(plant) as person:
        for letter in detail.device.agent_url:
            person.app.post_message(events.Key(NAMED.get(letter, letter), letter))
        person.app.post_message(events.Key("tab", "\t"))
        await person.waits_for("Enrolment history")
        assert person.sees("unit-07")


@pytest.mark.parametrize("code", ["4006381333931", "Dr-qqUUm", "restart now", "jjqDkk"])
@pytest.mark.parametrize("end", ["enter", "tab"])
async def test_another_code_reaches_nothing(plant: Plant, code: str, end: str) -> None:
    """The code of another article is answered "not a device"; no key of it is obeyed, and neither is Enter or Tab."""
    async with sitting_at(plant) as person:
        home = person.app.navigator.home
        focused, cursor = person.app.focused, home.table.cursor
        for letter in code:
            person.app.post_message(events.Key(NAMED.get(letter, letter), letter))
        person.app.post_message(events.Key(end, None))
        await person.waits_for(f"not a device: {code}")
        await person.pilot.pause(0.2)
        assert person.app.screen_stack == [home]
        assert (person.app.focused, home.table.cursor) == (focused, cursor)


async def test_a_key_that_waits_while_the_machine_stalls_is_delivered(plant: Plant) -> None:
    """A key whose turn is looked at late, because the machine stalled, is delivered like any other."""
    async with sitting_at(plant) as person:
        app, stalled_s = person.app, 0.0
        app.monotonic = lambda: monotonic() + stalled_s
        app.post_message(events.Key("question_mark", "?"))
        await person.waits_for(lambda: app.router._due)
        stalled_s = 0.5
        await person.waits_for(lambda: isinstance(app.screen, HelpPage))
