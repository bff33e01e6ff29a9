"""The parts of a text pane, without a widget."""

from collections.abc import Sequence

import pytest
from textual.geometry import Size

from imptui.tui.widgets.text.search import TextSearch
from imptui.tui.widgets.text.selection import RowSelection
from imptui.tui.widgets.text.source import RowSource
from imptui.tui.widgets.text.viewport import Viewport
from imptui.tui.widgets.text.wrapping import WRAP_LIMIT, Wrapping


class Rows(RowSource):
    def __init__(self, rows: Sequence[str]) -> None:
        self.rows = list(rows)

    @property
    def row_count(self) -> int:
        return len(self.rows)

    def text_of(self, row: int) -> str:
        return self.rows[row]


def parts(rows: Sequence[str], *, cells: int = 10, lines: int = 4, is_wrapped: bool = False) -> tuple[Wrapping, Viewport]:
    source = Rows(rows)
    wrapping = Wrapping(source, lambda: cells, lambda: ">")
    wrapping.is_on = is_wrapped
    return wrapping, Viewport(source, wrapping, lambda: Size(cells, lines))


TEN = [f"row {number}" for number in range(10)]
LONG = ["short", "x" * 25, "end"]


def test_the_screen_shows_as_many_rows_as_it_has_lines() -> None:
    """An unwrapped row takes one line, and the last screen ends with the last row."""
    _, viewport = parts(TEN)
    assert viewport.shown == [(0, 0), (1, 0), (2, 0), (3, 0)]
    viewport.scroll(100)
    assert viewport.shown == [(6, 0), (7, 0), (8, 0), (9, 0)]


def test_a_wrapped_row_takes_as_many_lines_as_it_needs() -> None:
    """25 characters on 10 cells are three parts of one row."""
    wrapping, viewport = parts(LONG, is_wrapped=True)
    assert wrapping.parts_of(1) == 3
    assert viewport.shown == [(0, 0), (1, 0), (1, 1), (1, 2)]


def test_a_row_above_the_limit_is_not_wrapped() -> None:
    """A line of more than 200,000 characters stays one part."""
    wrapping, _ = parts(["x" * (WRAP_LIMIT + 1)], is_wrapped=True)
    assert wrapping.parts_of(0) == 1


@pytest.mark.parametrize(("row", "top"), [(0, (0, 0)), (3, (0, 0)), (4, (1, 0)), (9, (6, 0))])
def test_a_row_is_revealed_by_the_least_scrolling(row: int, top: tuple[int, int]) -> None:
    """A row on the screen moves nothing; a row below becomes the last line."""
    _, viewport = parts(TEN)
    assert viewport.reveal(row) is (top != (0, 0))
    assert viewport.top == top


def test_up_and_down_count_parts_of_wrapped_rows() -> None:
    """Three lines below the first row is the last part of the second; three above that is the first row."""
    _, viewport = parts(LONG, is_wrapped=True)
    assert viewport.down((0, 0), 3) == (1, 2)
    assert viewport.up((1, 2), 3) == (0, 0)


def test_a_character_far_to_the_right_is_scrolled_into_view() -> None:
    """Without wrapping the text moves sideways; with it, the part that holds the character is shown."""
    _, viewport = parts(["x" * 100])
    assert viewport.reveal_column(0, 50)
    assert 50 in range(viewport.x, viewport.x + 10)
    _, viewport = parts(["x" * 100], is_wrapped=True)
    assert viewport.reveal_column(0, 95)
    assert (0, 9) in viewport.shown


def test_sideways_ends_at_the_longest_row() -> None:
    """A screen of short rows does not move."""
    _, viewport = parts(TEN)
    assert not viewport.shift(20)
    _, viewport = parts(LONG)
    assert viewport.shift(20)
    assert not viewport.shift(20)
    assert viewport.x == 20


def searched(rows: Sequence[str], needle: str) -> TextSearch:
    search = TextSearch(Rows(rows))
    number = search.begin(needle)
    assert search.finish(number, search.find(number))
    return search


def test_lower_case_finds_both_cases_and_a_capital_only_itself() -> None:
    """`ab` finds `AB` as well; `AB` does not find `ab`."""
    rows = ["ab", "AB", "xab"]
    assert searched(rows, "ab").hits == [(0, 0), (1, 0), (2, 1)]
    assert searched(rows, "AB").hits == [(1, 0)]


def test_matches_are_walked_round_the_end() -> None:
    """After the last match comes the first, and before the first the last."""
    search = searched(["a", "b", "a"], "a")
    search.at = (2, 0)
    assert search.next() == (0, 0)
    search.at = (0, 0)
    assert search.previous() == (2, 0)
    assert search.nearest() == (0, 0)


def test_a_newer_search_ends_an_older_one() -> None:
    """The matches of a search that was given up are not taken."""
    search = TextSearch(Rows(["a", "b"]))
    old = search.begin("a")
    new = search.begin("b")
    assert not search.finish(old, [(0, 0)])
    assert search.find(old) == []
    assert search.finish(new, search.find(new))
    assert search.hits == [(1, 0)]


def test_appended_rows_are_searched_alone() -> None:
    """A log that grows adds its matches to those that are known."""
    source = Rows(["a"])
    search = TextSearch(source)
    number = search.begin("a")
    search.finish(number, search.find(number))
    source.rows += ["b", "ba"]
    search.extend(1)
    assert search.hits == [(0, 0), (2, 1)]


def test_the_status_names_the_fragment_and_the_match() -> None:
    """A search says whether it runs, found nothing, or which match is current."""
    assert searched(["a", "a"], "a").status_text == "'a' 1 of 2"
    assert searched(["a"], "z").status_text == "'z' not found"
    search = TextSearch(Rows(["a"]))
    search.begin("a")
    assert search.status_text == "'a' searching"
    search.begin("")
    assert search.status_text == ""


def test_a_selection_reaches_from_its_anchor_to_the_cursor() -> None:
    """Both ends belong to it, in either direction; without an anchor only the row under the cursor does."""
    selection = RowSelection()
    assert selection.rows(3, 10) == range(3, 4)
    assert not selection.covers(3, 3, 10)
    selection.anchor = 5
    assert selection.rows(3, 10) == range(3, 6)
    assert selection.rows(7, 10) == range(5, 8)
    assert selection.status_text(7, 10) == "3 lines chosen"
