"""Themes: read from their files, complete, and visible in sixteen colours."""

from pathlib import Path

import pytest

from imptui.config.themes import (
    BrokenTheme,
    choose_theme,
    find_theme,
    load_theme,
    read_theme,
    theme_names,
    theme_places,
    wants_ascii,
)

ROLES = tuple(load_theme("dark").roles)
WHOLE = 'ansi = true\n[colours]\nd = "default"\n[roles]\n' + "\n".join(f'{role} = "d"' for role in ROLES) + "\n"


def test_four_themes_come_along() -> None:
    """There is a dark, a light, a sixteen-colour and a colourless theme."""
    assert {"ansi", "dark", "light", "mono"} <= set(theme_names())


@pytest.mark.parametrize("name", theme_names())
def test_every_theme_is_whole(name: str) -> None:
    """Each theme that comes with imptui has the name of its file and the same roles as the others."""
    theme = load_theme(name)
    assert theme.name == name
    assert set(theme.roles) == set(ROLES)


@pytest.mark.parametrize("name", theme_names())
def test_nothing_is_painted_on_its_own_colour(name: str) -> None:
    """No role has the same ink and paper, also where it takes one of them from the text around it."""
    theme = load_theme(name)
    text = theme.roles["text"]
    for role, paint in theme.roles.items():
        ink, paper = paint.ink or text.ink, paint.paper or text.paper
        assert ink == "default" or ink != paper, role


def test_sixteen_colours_rely_on_no_background() -> None:
    """In the terminal's own colours ink without paper is neither black nor white, which may be the background."""
    for role, paint in load_theme("ansi").roles.items():
        if paint.paper in (None, "default"):
            assert paint.ink not in ("black", "white", "bright_white", "bright_black"), role


def test_no_colour_is_no_colour() -> None:
    """The colourless theme uses the terminal's default and nothing else."""
    for paint in load_theme("mono").roles.values():
        assert {paint.ink, paint.paper} <= {None, "default"}


def test_without_colour_the_cursor_is_still_seen() -> None:
    """Without colour the cursor, marks and the header differ in how they are written."""
    roles = load_theme("mono").roles
    assert roles["cursor"].styles != roles["text"].styles
    assert roles["marked"].styles != roles["text"].styles


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"TERM": "xterm"}, "ansi"),
        ({"TERM": "linux"}, "ansi"),
        ({"TERM": "screen"}, "ansi"),
        ({"TERM": "vt220"}, "mono"),
        ({"TERM": "vt100-w"}, "mono"),
        ({"TERM": "xterm-mono"}, "mono"),
        ({"TERM": "vt220", "COLORTERM": "truecolor"}, "dark"),
        ({"TERM": "vt340"}, "ansi"),
        ({"TERM": "xterm-256color"}, "dark"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "dark"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "mono"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "dark"),
    ],
)
def test_the_terminal_chooses(environ: dict[str, str], name: str) -> None:
    """Sixteen colours get the sixteen-colour theme; NO_COLOR, and terminals of one colour, the colourless one."""
    assert choose_theme(environ) == name


@pytest.mark.parametrize(
    ("environ", "encoding", "is_ascii"),
    [
        ({}, "utf-8", False),
        ({}, "UTF8", False),
        ({}, "latin-1", True),
        ({}, None, True),
        ({"IMPTUI_ASCII": "1"}, "utf-8", True),
        ({"LC_ALL": "POSIX"}, "utf-8", True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "utf-8", True),
        ({"LANG": "de_DE.ISO-8859-1"}, "iso8859-1", True),
        ({"LANG": "C", "LC_CTYPE": "de_DE.UTF-8"}, "utf-8", False),
        ({"LANG": "en_GB.UTF-8"}, "utf-8", False),
    ],
)
def test_the_locale_chooses(environ: dict[str, str], encoding: str | None, *, is_ascii: bool) -> None:
    """What is not UTF-8 gets ASCII."""
    assert wants_ascii(environ, encoding) is is_ascii


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("this is no toml", "not TOML"),
        ("[colours]\nd = '#102030'\n", "no [roles]"),
        (WHOLE + 'sparkle = "d"\n', "no roles sparkle"),
        (WHOLE.replace('cursor = "d"', 'cursor = "pink"'), "'pink', which is not in [colours]"),
        (WHOLE.replace('cursor = "d"', 'cursor = "d on"'), "'on' nothing"),
        (WHOLE.replace('cursor = "d"', 'cursor = "d shiny"'), "shiny"),
        (WHOLE.replace('d = "default"', 'd = "#12"'), "one of the sixteen"),
        (WHOLE.replace("ansi = true", "ansi = false"), "written like #d8dee9"),
        (WHOLE.replace("ansi = true", 'ansi = "yes"'), "true or false"),
        (WHOLE.replace("ansi = true", "sparkle = 1"), "it has sparkle"),
        ('base = "drak"\n' + WHOLE, "its base is 'drak'; it should be one of ansi, dark"),
        ("base = 1\n" + WHOLE, "its base is 1"),
        ('base = "dark"\n' + WHOLE, "its base 'dark' has 'ansi = false'"),
    ],
)
def test_a_broken_theme_says_where_and_why(tmp_path: Path, text: str, why: str) -> None:
    """The message names the file and what is wrong in it."""
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BrokenTheme) as caught:
        read_theme(path)
    assert why in str(caught.value)
    assert "mine.toml" in str(caught.value)


def test_a_theme_of_ones_own(tmp_path: Path) -> None:
    """A theme can be named by the path of its file."""
    path = tmp_path / "mine.toml"
    path.write_text(WHOLE, encoding="utf-8")
    assert find_theme(str(path)).name == "mine"


@pytest.mark.parametrize(
    ("head", "colour", "base"),
    [
        ("", "#102030", "dark"),
        ("dark = false\n", "#102030", "light"),
        ("ansi = true\n", "default", "ansi"),
        ('base = "light"\n', "#102030", "light"),
        ('ansi = true\nbase = "mono"\n', "default", "mono"),
    ],
)
def test_a_lacking_role_comes_from_the_base(tmp_path: Path, head: str, colour: str, base: str) -> None:
    """A theme file that lacks a role is used, paints the role as its base does, and warns with the names of role and base."""
    path = tmp_path / "mine.toml"
    lines = [f'{role} = "d bold"' for role in ROLES if role != "cursor"]
    path.write_text(f'{head}[colours]\nd = "{colour}"\n[roles]\n' + "\n".join(lines) + "\n", encoding="utf-8")
    theme = read_theme(path)
    assert set(theme.roles) == set(ROLES)
    assert theme.roles["cursor"] == load_theme(base).roles["cursor"]
    assert theme.roles["text"].ink == colour
    assert theme.warning is not None
    assert f"lacks the roles cursor; they are painted as in the theme {base!r}" in theme.warning


def test_a_whole_theme_warns_of_nothing(tmp_path: Path) -> None:
    """A theme file with every role has no warning."""
    path = tmp_path / "mine.toml"
    path.write_text(WHOLE, encoding="utf-8")
    assert read_theme(path).warning is None


def test_an_unknown_theme_names_the_known_ones() -> None:
    """A misspelt name is answered with the names there are."""
    with pytest.raises(BrokenTheme, match="dark"):
        load_theme("drak")


def test_the_package_comes_first() -> None:
    """A theme inside the package wins over one beside it, which is what an editable install has."""
    inside, beside = theme_places()
    assert inside.parent == beside.parent / "imptui"
