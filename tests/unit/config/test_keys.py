"""Keys of one's own."""

import pytest

from imptui.config.keys import Bound, Keymap, named, spoken

FLEET = {
    "fleet": [
        Bound("devices.restart", ("r",), frozenset({"list"})),
        Bound("tree.restart", ("r",), frozenset({"tree"})),
        Bound("list.filter", ("slash",)),
        Bound("list.problems", ("F",)),
    ]
}


@pytest.mark.parametrize(
    ("written", "name"),
    [("/", "slash"), ("ctrl+/", "ctrl+slash"), ("G", "G"), ("f5", "f5"), ("[", "left_square_bracket"), ("+", "plus")],
)
def test_keys_are_written_as_people_do(written: str, name: str) -> None:
    """A sign stands for its key."""
    assert named(written) == name


@pytest.mark.parametrize("key", ["slash", "question_mark", "G", "f5", "ctrl+d", "asterisk", "left_square_bracket"])
def test_what_is_shown_can_be_written(key: str) -> None:
    """A key as the help shows it means the same key in the settings."""
    assert named(spoken(key)).lower() == key.lower()


def test_defaults_hold_where_nothing_is_wished() -> None:
    """A command without a wish keeps its keys."""
    assert Keymap().keys_of("list.filter", ("slash",)) == ("slash",)


def test_a_wish_replaces_all_defaults() -> None:
    """Wished keys are the only ones; an empty list is none."""
    keymap = Keymap({"list.filter": ("f3", "/"), "list.problems": ()})
    assert keymap.keys_of("list.filter", ("slash",)) == ("f3", "slash")
    assert keymap.keys_of("list.problems", ("F",)) == ()


def test_keys_that_no_terminal_sends_are_reported() -> None:
    """ctrl+m arrives as Enter, so it is refused with that reason."""
    keymap = Keymap({"list.filter": ("ctrl+m",)})
    assert keymap.keys_of("list.filter", ("slash",)) == ()
    assert "terminals send it as Enter" in keymap.troubles(FLEET)[0]


def test_conflicts_are_reported() -> None:
    """A key wanted by two commands of one screen is named with both."""
    (trouble,) = Keymap({"list.problems": ("/",)}).troubles(FLEET)
    assert "list.filter" in trouble
    assert "list.problems" in trouble
    assert "/" in trouble


def test_different_panes_may_share_a_key() -> None:
    """The same key in the tree and in the list is no conflict."""
    assert Keymap({"devices.restart": ("t",), "tree.restart": ("t",)}).troubles(FLEET) == ()


def test_unknown_commands_are_reported() -> None:
    """A misspelt command is named."""
    assert Keymap({"devices.reboot": ("r",)}).troubles(FLEET) == ("keys: there is no command 'devices.reboot'.",)


def test_no_wishes_no_questions() -> None:
    """Who wished nothing is told nothing."""
    assert Keymap().troubles(FLEET) == ()
