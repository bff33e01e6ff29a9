"""What is a scan, what are keys, and which identifiers a scan holds."""

import pytest

from imptui.tui.commands.scanned_code import identifiers_in, is_identifier
from imptui.tui.console.input_events import KeyPressed
from imptui.tui.console.scan_classifier import BROKEN_S, GAP_S, Broken, Keys, Scan, Undecided, classify
from imptui.tui.widgets.jumps import labels

NAMED = {"\r": "enter", "\t": "tab", "\x1b": "escape"}


def read(text: str, gap_s: float = 0.002) -> list[KeyPressed]:
    """The keys of a text, read at a steady pace from second 100 on."""
    return [KeyPressed(NAMED.get(letter, letter), letter, 100.0 + number * gap_s) for number, letter in enumerate(text)]


@pytest.mark.parametrize("end", ["\r", "\t"])
@pytest.mark.parametrize(
    "text",
    ["5000d8c46a5711aa", "0c:2a:69:0b:51:7e", "Qm3x_8ZkT1-a", "SN-0012345", "*5000D8C46A5711AA*", "]C15000d8c46a5711aa",
     "https://agent.electricimp.com/Qm3x_8ZkT1-a", "ID 5000d8c46a5711aa", "4006381333931", "restart now", "jkjkjk"],
)  # fmt: skip
def test_six_quick_characters_and_a_terminator_are_a_scan(text: str, end: str) -> None:
    """At least 6 printable characters with short gaps, then Enter or Tab, are a scan, whatever they hold."""
    assert classify(read(text + end), now=200.0) == Scan(len(text) + 1, text)


@pytest.mark.parametrize("text", ["jjjjjjjj\r", "12345\r", "rm\r"])
def test_a_held_key_and_short_texts_are_keys(text: str) -> None:
    """One repeated key, and fewer than 6 characters, are keys."""
    assert classify(read(text), now=200.0) == Keys(len(text) - 1)


@pytest.mark.parametrize("text", ["/unit-07\r", ":goto bench\r"])
def test_a_filter_and_a_command_are_keys(text: str) -> None:
    """What begins with `/` or `:` is never a scan; its first key is delivered at once."""
    assert classify(read(text), now=100.0) == Keys(1)


def test_a_pause_ends_a_scan() -> None:
    """A gap of more than 30 ms makes keys of what came before it."""
    keys = [*read("resta"), KeyPressed("r", "r", 100.1), *read("\r", 0)]
    assert classify(keys, now=200.0) == Keys(5)


def test_a_gap_of_thirty_milliseconds_is_no_pause() -> None:
    """A slow reader pauses for up to 30 ms between characters."""
    assert classify(read("unit07x\r", GAP_S - 1e-6), now=200.0) == Scan(8, "unit07x")


def test_a_key_waits_for_what_may_follow() -> None:
    """A letter may begin a scan until 30 ms have gone by."""
    assert classify(read("r"), now=100.01) == Undecided(100.0 + GAP_S)
    assert classify(read("r"), now=100.05) == Keys(1)


def test_half_an_id_is_no_key() -> None:
    """Several quick digits of an id wait for the rest, and are dropped when it never comes."""
    assert classify(read("5000d8c4", 0), now=100.1) == Undecided(100.0 + BROKEN_S)
    assert classify(read("5000d8c4", 0), now=101.0) == Broken(8, "5000d8c4")


@pytest.mark.parametrize(
    "scanned",
    ["5000d8c46a5711aa", "5000D8C46A5711AA", "*5000d8c46a5711aa*", "]C15000d8c46a5711aa", "ID: 5000d8c46a5711aa",
     "DEV=5000d8c46a5711aa", "https://shop.test/units/5000d8c46a5711aa?x=1"],
)  # fmt: skip
def test_frames_prefixes_and_labels_are_taken_off(scanned: str) -> None:
    """The device id is found in Code 39 frames, behind an AIM prefix or a label, and in an address."""
    assert "5000d8c46a5711aa" in [each.lower() for each in identifiers_in(scanned)]


@pytest.mark.parametrize(
    "scanned", ["0c:2a:69:0b:51:7e", "0C-2A-69-0B-51-7E", "0c2a690b517e", "MAC 0c:2a:69:0b:51:7e", "0c2a.690b.517e"]
)
def test_a_mac_address_is_found_in_any_notation(scanned: str) -> None:
    """Colons, dashes, dots, none, and a label before it."""
    assert any(is_identifier(each) for each in identifiers_in(scanned))


def test_the_agent_of_an_address_is_found() -> None:
    """The last part of an agent URL is the agent id, in its own case."""
    assert "Qm3x_8ZkT1-a" in identifiers_in("https://agent.electricimp.com/Qm3x_8ZkT1-a")


@pytest.mark.parametrize("scanned", ["4006381333931", "SN-0012345", "restart now"])
def test_other_articles_hold_no_identifier(scanned: str) -> None:
    """An article number or a word names no device."""
    assert not any(is_identifier(each) for each in identifiers_in(scanned))


@pytest.mark.parametrize("count", [1, 26, 27, 120])
def test_no_label_begins_another(count: int) -> None:
    """Every label is unique and none is the beginning of another one."""
    made = labels(count)
    assert len(set(made)) == count
    assert len({len(label) for label in made}) == 1
