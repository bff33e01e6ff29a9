"""The last screen as it is kept: what comes back, and what is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imptui.tui.terminal import sgr
from imptui.tui.terminal.frame import LARGEST_BYTES, Frame, read

KEY = "('0.1.0', ('--readonly',), (8, 2))"
PAINTED = re.compile(r"\x1b\[[0-9;]*[HmK]")

FRAME = Frame(
    8,
    2,
    1_700_000_000,
    [[("ab ", "1;38;5;75;48;5;17"), ("     ", "48;5;17")], [("é漢x  ", ""), ("  ", "4")]],
    erases_coloured=True,
)


def test_what_is_kept_comes_back() -> None:
    """A frame is read as it was written, under its own key alone."""
    text = FRAME.written(KEY)
    found = read(text, KEY)
    assert found is not None
    assert (found.columns, found.lines, found.drawn_at_s, found.rows) == (8, 2, 1_700_000_000, FRAME.rows)
    assert read(text, KEY.replace("readonly", "slow")) is None


@given(st.text(max_size=300))
def test_any_text_is_harmless(text: str) -> None:
    """Whatever stands in the place of the painted texts, what is sent holds no control character but those of painting."""
    kept = FRAME.written(KEY).replace("ab", text, 1)
    found = read(kept, KEY)
    if found is not None:
        sent = PAINTED.sub("", found.painted())
        assert sent.isprintable()


@given(st.text("0123456789;mHJ?h\x1b[-: ", max_size=40))
def test_any_style_is_harmless(style: str) -> None:
    """Whatever stands in the place of a colour, it is a colour or no frame is read."""
    kept = FRAME.written(KEY).replace("1;38;5;75;48;5;17", style, 1)
    found = read(kept, KEY)
    if found is not None:
        assert PAINTED.sub("", found.painted()).isprintable()


@pytest.mark.parametrize(
    "odd", ["8;1", "5", "38", "38;5", "38;5;256", "38;2;1;2", "58;5;1", "1;", "+1", "²", "1" * 40, "0;" * 30 + "0"]
)
def test_what_is_no_colour_of_ours(odd: str) -> None:
    """Blinking, hiding, halves of colours and long numbers are not obeyed."""
    assert not sgr.is_known(odd)


def test_a_mark_takes_the_place_of_the_last_line() -> None:
    """The bottom line says that this is old; the rest stays, and the width is kept."""
    marked = FRAME.marked(" as of 3 min ago, starting...")
    assert marked.rows[0] == FRAME.rows[0]
    assert marked.rows[1] == [(" as of 3", "")]


def test_a_frame_of_a_large_screen_is_small_enough() -> None:
    """A screen of 500 by 150 full of letters is kept and read."""
    rows = [[("x" * 250, "38;5;1"), ("y" * 250, "38;5;2")] for _ in range(150)]
    text = Frame(500, 150, 1, rows, erases_coloured=False).written(KEY)
    assert len(text) < LARGEST_BYTES
    assert read(text, KEY) is not None


STYLES = st.sampled_from(
    ["", "1", "31", "1;31", "38;5;9", "38;5;9;48;5;8", "1;38;5;9;48;5;8", "38;2;1;2;3", "44", "4;97;104", "39;49"]
)


@given(st.lists(STYLES, min_size=2, max_size=6))
def test_turning_ends_in_the_same_style(styles: list[str]) -> None:
    """However short the way from style to style is, a terminal that went it paints as one that was told everything."""
    import pyte

    def told(sequences: list[str]) -> object:
        screen = pyte.Screen(4, 1)
        pyte.Stream(screen).feed("".join(sequences) + "x")
        return screen.buffer[0][0]

    ways = [sgr.turn(old, new) for old, new in zip([None, *styles], styles, strict=False)]
    assert told(ways) == told([f"\x1b[0;{styles[-1]}m" if styles[-1] else "\x1b[m"])
