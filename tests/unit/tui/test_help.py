"""The help: columns that stand at every width."""

import pytest

from imptui.config.keys import Keymap
from imptui.tui.commands.catalogue import MODULES, commands_of
from imptui.tui.commands.command import Situation
from imptui.tui.present.safe import width
from imptui.tui.screens.help import help_lines

FLEET = frozenset({"tree", "list", "detail"})


def helped(cells: int, screen: str = "fleet", panes: frozenset[str] = FLEET) -> list[str]:
    found = help_lines(commands_of(screen), Situation(screen), Keymap(), panes, cells)
    return ["".join(text for text, _ in line) for line in found]


def line_of(lines: list[str], text: str) -> str:
    return next(line for line in lines if text in line)


@pytest.mark.parametrize("screen", [each for each in MODULES if each != "everywhere"])
@pytest.mark.parametrize("cells", [40, 60, 80, 100, 120, 200])
def test_nothing_is_wider_than_the_screen(screen: str, cells: int) -> None:
    """No line of the help of any screen has to be cut or wrapped by the terminal."""
    assert max(map(width, helped(cells, screen))) <= cells


@pytest.mark.parametrize("cells", [80, 100, 120, 140])
def test_ids_end_at_the_right_edge(cells: int) -> None:
    """The names for settings.toml stand below each other, flush right."""
    lines = helped(cells)
    for name in ("move.down", "list.problems", "app.palette"):
        line = line_of(lines, name)
        assert line.endswith(name)
        assert width(line) == cells


@pytest.mark.parametrize("cells", [80, 120, 200])
def test_titles_begin_in_one_column(cells: int) -> None:
    """What keys do begins at the same cell for every command, and long titles go on there."""
    lines = helped(cells)
    starts = {line_of(lines, title).index(title) for title in ("One line down", "Problems only", "Find a command", "Quit")}
    assert len(starts) == 1
    [start] = starts
    follow = [line for line in lines if line[:start].strip() == "" and line.strip() and not line.startswith(" G")]
    assert all(line[start] != " " for line in follow if len(line) > start)


def test_words_have_a_column_where_there_is_room() -> None:
    """On a wide screen `:words` stand below each other, apart from the keys."""
    lines = helped(140)
    assert line_of(lines, ":problems").index(":problems") == line_of(lines, ":mouse").index(":mouse")


def test_keys_of_panes_that_are_not_there_are_left_out() -> None:
    """The device screen has no tree, so its help explains no branches."""
    assert not any("branch" in line for line in helped(120, "device", frozenset({"device"})))
    assert any("Shut the branch (tree)" in line for line in helped(120))
