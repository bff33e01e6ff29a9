"""Long lines as several short ones."""

from hypothesis import given
from hypothesis import strategies as st

from imptui.tui.present.safe import safe, width
from imptui.tui.present.wrapping import wrapped


def text_of(lines):
    return ["".join(text for text, _ in line) for line in lines]


def test_a_line_is_broken_between_words():
    """What does not fit goes on below, indented, each piece in its look."""
    line = [(" to           ", "dim"), ("Connected Meter 400 2.0 Development (Development)", "")]
    found = wrapped([line], 40, 14)
    assert text_of(found) == [
        " to           Connected Meter 400 2.0 ",
        "              Development (Development)",
    ]
    assert found[0][0] == (" to           ", "dim")


def test_a_line_that_fits_is_left_alone():
    """Nothing is copied that need not be."""
    line = [("abc", "")]
    assert wrapped([line], 40, 14) == [line]


@given(st.lists(st.tuples(st.text(max_size=60).map(safe), st.sampled_from(["", "dim"])), max_size=5), st.integers(30, 60))
def test_nothing_is_lost_and_nothing_sticks_out(line, cells):
    """Every letter is there, in order, and no line is wider than the screen, but for blanks at its end."""
    found = wrapped([line], cells, 4)
    assert "".join("".join(text_of(found)).split()) == "".join("".join(text_of([line])).split())
    assert all(width(text.rstrip(" ")) <= cells for text in text_of(found))
