"""Names that attack: through the tree, the list, the details, dialogs, filters and the device screen."""

import unicodedata

import pytest

from imptui.config.settings import Settings
from tests.journeys.conftest import Person, Plant, sitting_at

HOSTILE = (
    "[/",
    "[b +",
    "[x, v={'a[0]'}]",
    "[@click=app.quit]free beer[/]",
    "[red]alarm[/red]",
    "\x1b[2J\x1b[31mred",
    "\x1b]52;c;ZXZpbA==\x07",
    "bell\x07 and \x9b31m",
    "\u202egnp.exe",
    "a\u200bb\ufeffc",
    "👩\u200d👩\u200d👧 family ❤\ufe0f",
    "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
    "Z\u0351\u0352\u0353\u0354\u0355algo",
    "line\nbreak\ttab\rreturn",
    "%s %d {0} $HOME `id`",
)


def is_clean(person: Person) -> bool:
    """Whether nothing on the screen could move, hide or reorder, and every line has the width of the terminal."""
    from imptui.tui.present.safe import width

    for line in person.lines():
        if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for character in line):
            return False
        if width(line) != person.app.size.width:
            return False
    return True


async def hostile(plant: Plant) -> None:
    """Give devices, a group and a product such names."""
    for number, name in enumerate(HOSTILE):
        await plant.name(number, name)
    await plant.fleet.change.update_group(plant.bench.id, name="[/ \x1b[31m \u202e bench", description=HOSTILE[4])
    await plant.fleet.change.update_product(plant.bench.product_id, name="[@click=app.quit]x[/] \x1b]0;t\x07", description="[/")


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 40)])
async def test_lists_trees_and_details(plant: Plant, size: tuple[int, int]) -> None:
    """Hostile names are shown as they are, in tree, list and details, and every line keeps its width."""
    await hostile(plant)
    plant.fleet.look.resort()
    async with sitting_at(plant, size, expects="Unassigned" if size[0] < 120 else "^[[2J") as person:
        for _ in range(len(HOSTILE)):
            await person.presses("j")
            assert is_clean(person)
        await person.presses("1", "g", "j", "j", "j", "j", "j", "enter")
        await person.rests()
        assert is_clean(person)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
async def test_dialogs_and_the_device_screen(plant: Plant, number: int) -> None:
    """A question, a menu, a form and the device screen about a hostile device hold."""
    await plant.name(0, HOSTILE[number])
    async with sitting_at(plant, (100, 40), expects="Unassigned") as person:
        await person.presses("2", "g")
        await person.waits_for("unit-01")
        await person.presses("r", "c")
        await person.waits_for("1 device?")
        assert is_clean(person)
        await person.presses("escape", "e")
        await person.waits_for("Rename device")
        assert is_clean(person)
        await person.presses("escape", "c")
        await person.waits_for("Copy from")
        assert is_clean(person)
        await person.presses("escape", "enter")
        await person.waits_for("Enrolment history")
        assert is_clean(person)
        await person.presses("y")
        await person.waits_for('"mac_address"')
        assert is_clean(person)


async def test_a_hostile_filter(plant: Plant) -> None:
    """What is typed into the filter is text as well."""
    async with sitting_at(plant) as person:
        await person.presses("slash")
        for letter in ("left_square_bracket", "slash", "b", "right_square_bracket"):
            await person.presses(letter)
        await person.rests()
        assert is_clean(person)


@pytest.mark.parametrize("theme", ["ansi", "mono", "dark", "light"])
async def test_no_cell_is_invisible(plant: Plant, theme: str) -> None:
    """No character is painted in the colour of its own background, on any screen of any theme."""
    async with sitting_at(plant, (160, 40), Settings(theme=theme)) as person:
        for keys in ((), ("a",), ("escape", "e"), ("escape", "question_mark"), ("q", "enter"), ("q", "slash")):
            await person.presses(*keys)
            await person.rests()
            for strip in person.app.screen._compositor.render_strips():
                for segment in strip:
                    style = segment.style
                    if segment.text.strip() and style and style.color and style.bgcolor and not style.reverse:
                        is_default = style.color.is_default
                        assert is_default or style.color != style.bgcolor, (segment.text, str(style))
