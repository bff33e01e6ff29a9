"""What is a code, and what are keys."""

import pytest
from textual import events

from imptui.tui.widgets.burst import GAP_S, Burst, is_code
from imptui.tui.widgets.jumps import labels


def typed(text: str) -> Burst:
    """A burst that was offered these keys."""
    burst = Burst()
    for letter in text:
        burst.takes(events.Key(letter, letter))
    return burst


@pytest.mark.parametrize("text", ["5000d8c46a5711aa", "0c:2a:69:0b:51:7e", "0c2a690b517e", "Qm3x_8ZkT1-a", "SN-0012345"])
def test_what_labels_bear_is_a_code(text: str) -> None:
    """Device ids, MAC addresses, agent ids and serial numbers are codes."""
    assert is_code(text)
    assert typed(text).text == text


@pytest.mark.parametrize("text", ["ggG", "1gkk", "restart now", "unit", "/unit-07r", "[click=1]", "abcdefghij"])
def test_what_fingers_type_is_none(text: str) -> None:
    """Commands, filters and words are no codes."""
    assert not is_code(text)


@pytest.mark.parametrize("text", ["/abc", ":q", "jjjj", "G"])
def test_keys_that_begin_no_code_are_not_held(text: str) -> None:
    """What begins a filter or a command, and what only moves, is obeyed at once."""
    assert not Burst().takes(events.Key(text[0], text[0]))


def test_half_a_code_waits_longer() -> None:
    """A code in pieces waits for its end; a letter alone waits for a moment."""
    assert typed("r").wait_s == GAP_S
    assert typed("5000d8c4").wait_s > 5 * GAP_S


def test_a_key_held_down_is_no_code() -> None:
    """The same key again and again is a key that is held down."""
    assert not typed("ffffffff").is_surely_a_code


@pytest.mark.parametrize("count", [1, 26, 27, 120])
def test_no_label_begins_another(count: int) -> None:
    """Every label is unique and none is the beginning of another one."""
    made = labels(count)
    assert len(set(made)) == count
    assert len({len(label) for label in made}) == 1
