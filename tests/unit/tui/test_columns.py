"""Lines as cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from imptui.tui.present.columns import breaks, column_of, fitting, painted, part_from
from imptui.tui.present.safe import width

HOSTILE = st.text(st.one_of(st.sampled_from("ab\t\x1b\r\u202e日e\u0301é "), st.characters(codec="utf-8")), max_size=80)


def cells_of(part_text: str) -> int:
    return width(part_text)


@given(HOSTILE, st.integers(0, 60), st.integers(1, 40))
def test_a_part_fills_its_cells_exactly_or_ends_with_the_line(line: str, cell: int, cells: int) -> None:
    """However a line is scrolled, what is painted of it is as wide as asked for."""
    part = part_from(line, cell, cells, ">")
    segments = painted(part, line, [], cells, Style(), Style())
    assert sum(width(each.text) for each in segments) >= cells
    wide = max((width(each) for each in part.shown), default=0)
    assert sum(width(each.text) for each in segments) <= max(cells, wide + part.lead)


@given(HOSTILE, st.integers(0, 60))
def test_nothing_that_moves_a_terminal_is_left(line: str, cell: int) -> None:
    """Controls and format characters never get through."""
    part = part_from(line, cell, 40, ">")
    assert "".join(part.shown).isprintable()


@given(HOSTILE, st.integers(8, 40))
def test_a_wrapped_line_has_every_character_once(line: str, cells: int) -> None:
    """The parts of a wrapped line touch and cover it."""
    starts = breaks(line, cells, ">")
    ends = [fitting(line, start, cells, ">").end for start in starts]
    assert starts[0] == 0
    assert list(starts[1:]) == ends[:-1]
    assert ends[-1] == len(line)


def test_a_tab_reaches_to_the_next_stop() -> None:
    """Tab stops are four cells apart, counted from the beginning of the line."""
    assert "".join(part_from("ab\tc", 0, 20, ">").shown) == "ab> c"
    assert column_of("ab\tc", 3, ">") == 4


@pytest.mark.parametrize(("cell", "lead"), [(0, 0), (1, 1), (2, 0)])
def test_a_wide_character_cut_by_the_edge_leaves_a_blank(cell: int, lead: int) -> None:
    """Half of a wide character is never shown."""
    assert part_from("日本", cell, 4, ">").lead == lead


def test_stretches_are_laid_over_each_other() -> None:
    """A later stretch adds to what an earlier one looks like."""
    bold, red = Style(bold=True), Style(color="red")
    segments = painted(part_from("abcdef", 0, 6, ">"), "abcdef", [(0, 4, bold), (2, 6, red)], 6, Style(), Style())
    assert [(each.text, each.style) for each in segments] == [("ab", bold), ("cd", bold + red), ("ef", red)]
