"""The keymap, with the user's overrides."""

import pytest

from imptui.config.keys import CommandKeys, Keymap, key_label, key_name

FLEET = {
    "fleet": [
        CommandKeys("devices.restart", ("r",), frozenset({"list"})),
        CommandKeys("tree.restart", ("r",), frozenset({"tree"})),
        CommandKeys("list.filter", ("slash",)),
        CommandKeys("list.problems", ("F",)),
    ]
}


@pytest.mark.parametrize(
    ("written", "name"),
    [("/", "slash"), ("ctrl+/", "ctrl+slash"), ("G", "G"), ("f5", "f5"), ("[", "left_square_bracket"), ("+", "plus")],
)
def test_keys_are_written_as_people_do(written: str, name: str) -> None:
    """A sign in the settings means the key with that sign."""
    assert key_name(written) == name


@pytest.mark.parametrize("key", ["slash", "question_mark", "G", "f5", "ctrl+d", "asterisk", "left_square_bracket"])
def test_what_is_shown_can_be_written(key: str) -> None:
    """A key as the help shows it means the same key in the settings."""
    assert key_name(key_label(key)).lower() == key.lower()


def test_defaults_hold_without_overrides() -> None:
    """A command without an override keeps its default keys."""
    assert Keymap().keys_of("list.filter", ("slash",)) == ("slash",)


def test_an_override_replaces_all_defaults() -> None:
    """Only the keys of the override work; an empty list means no key."""
    keymap = Keymap({"list.filter": ("f3", "/"), "list.problems": ()})
    assert keymap.keys_of("list.filter", ("slash",)) == ("f3", "slash")
    assert keymap.keys_of("list.problems", ("F",)) == ()


def test_keys_that_no_terminal_sends_are_reported() -> None:
    """ctrl+m arrives as Enter, so it is refused with that reason."""
    keymap = Keymap({"list.filter": ("ctrl+m",)})
    assert keymap.keys_of("list.filter", ("slash",)) == ()
    assert "terminals send it as Enter" in keymap.problems(FLEET)[0]


def test_conflicts_are_reported() -> None:
    """A key wanted by two commands of one screen is named with both."""
    (problem,) = Keymap({"list.problems": ("/",)}).problems(FLEET)
    assert "list.filter" in problem
    assert "list.problems" in problem
    assert "/" in problem


def test_different_panes_may_share_a_key() -> None:
    """The same key in the tree and in the list is no conflict."""
    assert Keymap({"devices.restart": ("t",), "tree.restart": ("t",)}).problems(FLEET) == ()


def test_unknown_commands_are_reported() -> None:
    """A misspelt command is named."""
    assert Keymap({"devices.reboot": ("r",)}).problems(FLEET) == ("keys: there is no command 'devices.reboot'.",)


def test_without_overrides_there_are_no_problems() -> None:
    """A keymap without overrides has no problems."""
    assert Keymap().problems(FLEET) == ()
