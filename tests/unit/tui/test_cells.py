"""Painting only what differs."""

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from imptui.tui.terminal.cells import Shadow

COLUMNS, LINES = 12, 3
STYLES = ("", "red", "bold", "white on blue", "underline", "reverse")


def shadow(**wishes: object) -> Shadow:
    """A terminal of 12 by 3 cells."""

    def sgr(segment: Segment) -> str:
        from rich.color import ColorSystem

        return Strip.render_ansi(segment.style, ColorSystem.STANDARD) if segment.style else ""

    return Shadow(COLUMNS, LINES, sgr=sgr, **{"erases_coloured": False, **wishes})  # type: ignore[arg-type]


def line(text: str, style: str = "") -> list[Segment]:
    return [Segment(text.ljust(COLUMNS)[:COLUMNS], Style.parse(style) if style else None)]


def test_what_is_there_is_not_sent_again() -> None:
    """The same line twice costs nothing the second time."""
    terminal = shadow()
    assert terminal.paint([(0, 0, line("hello"))], (0, 0))
    assert terminal.paint([(0, 0, line("hello"))], (0, 0)) == ""


def test_only_the_difference_is_sent() -> None:
    """One changed cell is a move and a character."""
    terminal = shadow()
    terminal.paint([(1, 0, line("12 s old"))], (1, 0))
    assert terminal.paint([(1, 0, line("13 s old"))], (1, 0)) == "13\x1b[2;1H"


def test_the_cursor_alone() -> None:
    """When only the chosen row changed, only the cursor moves."""
    terminal = shadow()
    terminal.paint([(0, 0, line("a"))], (0, 0))
    assert terminal.paint([], (2, 4)) == "\x1b[3;5H"


def test_a_wide_letter_in_the_place_of_another() -> None:
    """What follows a wide letter that took the place of another one is still painted in its own column."""
    terminal, screen = shadow(), pyte.Screen(COLUMNS, LINES)
    stream = pyte.Stream(screen)
    for text in ("漢 12345678 ", "字 12345x78 ", "字 1234 x78 "):
        stream.feed(terminal.paint([(0, 0, [Segment(text)])], (0, 0)))
        assert "".join(screen.buffer[0][column].data for column in range(COLUMNS)) == text


def test_what_cannot_be_encoded_keeps_its_width() -> None:
    """Where only ASCII goes, other characters are question marks of the same width."""
    terminal = shadow(encodes=str.isascii)
    assert "é" not in terminal.paint([(0, 0, line("é漢x"))], (0, 0))
    screen = pyte.Screen(COLUMNS, LINES)
    pyte.Stream(screen).feed(shadow(encodes=str.isascii).paint([(0, 0, [Segment("é漢x        ")])], (0, 0)))
    assert screen.display[0].rstrip() == "???x"


texts = st.text("ab 漢字é", max_size=8)
frames = st.lists(
    st.tuples(st.integers(0, LINES - 1), texts, st.sampled_from(STYLES), texts, st.sampled_from(STYLES)), max_size=12
)


def cells(strip_pieces: list[Segment]) -> list[Segment]:
    """Pieces cut or filled to the width of the terminal."""
    return list(Strip(strip_pieces).adjust_cell_length(COLUMNS))


@settings(max_examples=200)
@given(frames)
def test_a_terminal_ends_up_with_what_was_painted(frame: list[tuple[int, str, str, str, str]]) -> None:
    """After any sequence of lines a terminal shows the last ones, colours included, as if each had been sent whole."""
    slim, plain = pyte.Screen(COLUMNS, LINES), pyte.Screen(COLUMNS, LINES)
    for screen in (slim, plain):
        screen.reset_mode(pyte.modes.DECAWM)
    slim_stream, plain_stream = pyte.Stream(slim), pyte.Stream(plain)
    terminal = shadow()
    for y, first, first_style, second, second_style in frame:
        pieces = cells([Segment(first, Style.parse(first_style or "none")), Segment(second, Style.parse(second_style or "none"))])
        slim_stream.feed(terminal.paint([(y, 0, pieces)], (0, 0)))
        plain_stream.feed(shadow().paint([(y, 0, pieces)], (0, 0)))
    for y in range(LINES):
        for x in range(COLUMNS):
            mine, other = slim.buffer[y][x], plain.buffer[y][x]
            assert (mine.data, mine.fg, mine.bg, mine.bold, mine.reverse, mine.underscore) == (
                other.data, other.fg, other.bg, other.bold, other.reverse, other.underscore,
            )  # fmt: skip
