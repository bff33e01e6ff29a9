"""Every screen as it looks in 16 colours, in none, and in ASCII; written anew by `pytest tests/snapshots --draw`."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.color import ColorSystem

from imptui.cli.screenshot import SCREENS
from imptui.config.themes import load_theme, theme_names
from tests.snapshots.conftest import Kind, Studio
from tests.snapshots.looks import picture_of, unseen, written
from tests.snapshots.poses import POSES

KINDS = {"16": Kind("ansi"), "mono": Kind("mono", has_colour=False), "ascii": Kind("ansi", is_ascii=True)}
PICTURES = Path(__file__).parent / "pictures"
ALL = (*SCREENS, *POSES)
WIDE = ("fleet", "deploy", "lineage", "deployments", "device")
"""What is also drawn in a wide window, where more panes are side by side."""

SHOTS = [(screen, "80x24") for screen in ALL] + [(screen, "160x50") for screen in WIDE]
PAINTED = [(screen, size, kind) for screen, size in SHOTS for kind in (KINDS if size == "80x24" else ("16",))]
"""Which picture is drawn for which kind of terminal: how colours and letters are left out is seen in small windows."""


COLOURS = (ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD)


@dataclass(frozen=True, slots=True)
class Sight:
    """A screen as the kinds of terminal show it."""

    written: dict[str, str]
    hidden: list[str]
    """What cannot be read, in any theme."""


@pytest.fixture(scope="session")
def sights() -> dict[tuple[str, str], Sight]:
    """What was looked at already."""
    return {}


@pytest.fixture
async def sight(studio: Studio, sights: dict[tuple[str, str], Sight], screen: str, size: str) -> Sight:
    """A screen in all kinds of terminal, side by side."""
    if (screen, size) not in sights:
        names = [kind for *shot, kind in PAINTED if shot == [screen, size]]
        seen = await asyncio.gather(*(looked_at(studio, screen, size, name) for name in names))
        hidden = [each for _, found in seen for each in found]
        sights[screen, size] = Sight(dict(zip(names, (text for text, _ in seen), strict=True)), hidden)
    return sights[screen, size]


async def looked_at(studio: Studio, screen: str, size: str, name: str) -> tuple[str, list[str]]:
    """A screen in one kind of terminal; and in the first, what cannot be read in any theme."""
    kind = KINDS[name]
    cells, rows = map(int, size.split("x"))
    async with studio.posed(screen, kind, (cells, rows)) as (app, pilot):
        text = written(picture_of(app, ColorSystem.STANDARD, "ascii" if kind.is_ascii else "utf-8"))
        hidden = []
        for theme in theme_names() if name == "16" else ():
            app.everywhere.use_theme(load_theme(theme))
            await pilot.pause(0.1)
            hidden += [f"{theme}, {colours.name}: {each}" for colours in COLOURS for each in unseen(picture_of(app, colours))]
    return text, hidden


@pytest.mark.parametrize(("screen", "size", "kind"), PAINTED)
def test_a_screen_looks_as_it_did(request: pytest.FixtureRequest, sight: Sight, screen: str, size: str, kind: str) -> None:
    """What is on the screen, and how it is painted, is what the picture says."""
    path = PICTURES / f"{screen}-{size}-{kind}.txt"
    if request.config.getoption("--draw", default=False):
        path.parent.mkdir(exist_ok=True)
        path.write_text(sight.written[kind], encoding="utf-8")
    assert sight.written[kind] == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("screen", "size"), SHOTS)
def test_nothing_has_the_colour_of_its_background(sight: Sight, screen: str, size: str) -> None:
    """In every theme, with every number of colours, all that is written can be read."""
    assert sight.hidden == []


@pytest.mark.parametrize("screen", ALL)
def test_ascii_is_ascii(screen: str) -> None:
    """In the pictures of terminals without other letters there are none."""
    shown, _, _ = (PICTURES / f"{screen}-80x24-ascii.txt").read_text(encoding="utf-8").partition("\nlooks\n")
    assert shown.isascii()
