"""The least that a change of the screen can cost, against what is written down by hand."""

import random

import pyte
import pytest

from tests.terminal.floor import least_bytes, move_bytes, sgr_bytes
from tests.terminal.pictures import Emulated, Pen, Picture


def shown(*pieces: str, cells: int = 20, rows: int = 4) -> Picture:
    """What a terminal shows that was sent this."""
    screen = Emulated(cells, rows)
    stream = pyte.Stream(screen)
    for piece in pieces:
        stream.feed(piece)
    return screen.picture()


def test_the_same_screen_costs_nothing() -> None:
    """Where nothing differs, nothing is sent."""
    assert least_bytes(shown("abc"), shown("abc")) == 0


@pytest.mark.parametrize(
    ("before", "way"),
    [
        ("abc\x1b[H", "x"),  # where the cursor is, one letter
        ("", "\x1b[3;5Hxy"),  # a move and two letters
        ("one two\r", "ONE TWO"),  # the blank between is written again: shorter than a move
        ("abcdefghijklmnop\r", "x\x1b[14Cy"),  # what lies between is left alone
        ("\x1b[HA line of words\r", "\x1b[K"),  # a line is erased
        ("", "\x1b[31mred"),  # a colour and three letters
        ("\x1b[2;1Hred\x1b[H", "\n\x1b[1mr"),  # one line down, and bold
        ("\x1b[38;5;188;48;5;16mage 3 s\r", "\x1b[4C\x1b[38;5;188;48;5;16m4"),  # colours of 256 by their numbers
        ("\x1b[7mone\r", "two"),  # reverse video off is where the pen began
        ("one\r\ntwo\r\nthree", "\x1b[2Jx"),  # everything else goes
    ],
)
def test_known_changes_cost_what_the_shortest_way_takes(before: str, way: str) -> None:
    """What the calculator says is the length of the best sequence that a person finds."""
    assert least_bytes(shown(before + "\x1b[m"), shown(before + "\x1b[m", way)) == len(way.encode())


def test_who_writes_what_is_new_never_takes_less() -> None:
    """Whatever changes from the top down, a program that writes just the new words takes at least as much."""
    chance = random.Random(3)
    for _ in range(300):
        one, other = (
            [
                f"\x1b[{row};{chance.randrange(1, 11)}H\x1b[{chance.choice(('', '1', '31', '7', '44'))}m"
                + chance.choice(("word", "a", "two words", "  ", "é"))
                + "\x1b[m"
                for row in range(1, 5)
                if chance.random() < 0.7
            ]
            for _ in range(2)
        )
        before, after = shown(*one), shown(*one, *other)
        assert least_bytes(before, after) <= len("".join(other).encode())


@pytest.mark.parametrize(
    ("start", "end", "way"),
    [
        ((3, 7), (3, 7), ""),
        ((3, 7), (0, 0), "\x1b[H"),
        ((3, 7), (3, 0), "\r"),
        ((3, 7), (4, 0), "\r\n"),
        ((3, 7), (4, 7), "\n"),
        ((3, 7), (3, 8), "\x1b[C"),
        ((3, 7), (3, 6), "\b"),
        ((3, 7), (12, 40), "\x1b[13;41H"),
    ],
)
def test_moves(start: tuple[int, int], end: tuple[int, int], way: str) -> None:
    """The cursor takes the shortest way."""
    assert move_bytes(start, end) == len(way)


def test_looks_change_by_the_shortest_sequence() -> None:
    """From bold red to red: one switch; from much to nothing: everything off."""
    assert sgr_bytes(Pen("red", bold=True), Pen("red")) == len("\x1b[22m")
    assert sgr_bytes(Pen("red", "blue", bold=True), Pen()) == len("\x1b[m")
    assert sgr_bytes(Pen(), Pen("brightred")) == len("\x1b[91m")
    assert sgr_bytes(Pen(), Pen(paper="123456")) == len("\x1b[48;2;18;52;86m")
