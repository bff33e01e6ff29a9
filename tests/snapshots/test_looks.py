"""Every screen as it looks in 16 colours, in none, and in ASCII; written anew by `pytest tests/snapshots --draw`."""

from pathlib import Path

import pytest
from rich.color import ColorSystem

from imptui.cli.picture import SCREENS
from imptui.config.themes import load_theme, theme_names
from tests.snapshots.conftest import Kind, Studio
from tests.snapshots.looks import picture_of, unseen, written
from tests.snapshots.poses import POSES

KINDS = {"16": Kind("ansi"), "mono": Kind("mono", has_colour=False), "ascii": Kind("ansi", is_ascii=True)}
PICTURES = Path(__file__).parent / "pictures"
ALL = (*SCREENS, *POSES)
WIDE = ("fleet",)
"""What is also drawn in a wide window, where more panes are side by side."""

SHOTS = [(screen, "80x24") for screen in ALL] + [(screen, "160x50") for screen in WIDE]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("screen", "size"), SHOTS)
async def test_a_screen_looks_as_it_did(
    request: pytest.FixtureRequest, studio: Studio, screen: str, size: str, kind: str
) -> None:
    """What is on the screen, and how it is painted, is what the picture says."""
    cells, rows = map(int, size.split("x"))
    async with studio.posed(screen, KINDS[kind], (cells, rows)) as (app, _):
        seen = written(picture_of(app, ColorSystem.STANDARD, "ascii" if KINDS[kind].is_ascii else "utf-8"))
    path = PICTURES / f"{screen}-{size}-{kind}.txt"
    if request.config.getoption("--draw", default=False):
        path.parent.mkdir(exist_ok=True)
        path.write_text(seen, encoding="utf-8")
    assert seen == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("screen", ALL)
def test_ascii_is_ascii(screen: str) -> None:
    """In the pictures of terminals without other letters there are none."""
    shown, _, _ = (PICTURES / f"{screen}-80x24-ascii.txt").read_text(encoding="utf-8").partition("\nlooks\n")
    assert shown.isascii()


@pytest.mark.parametrize("screen", ALL)
async def test_nothing_has_the_colour_of_its_background(studio: Studio, screen: str) -> None:
    """In every theme, with every number of colours, all that is written can be read."""
    hidden = []
    async with studio.posed(screen, Kind("dark"), (120, 40)) as (app, pilot):
        for theme in theme_names():
            app.use_theme(load_theme(theme))
            await pilot.pause(0.1)
            for colours in (ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD):
                hidden += [f"{theme}, {colours.name}: {each}" for each in unseen(picture_of(app, colours))]
    assert hidden == []
