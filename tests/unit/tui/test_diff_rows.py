"""Differences as rows."""

from hypothesis import given
from hypothesis import strategies as st

from imptui.textdiff.diff import diff_lines
from imptui.tui.widgets.diff_rows import NONE, Row, rows_of, words_of

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "local x = 1;", "local x = 2;", "}"]), max_size=30).map("\n".join)


@given(TEXTS, TEXTS, st.booleans())
def test_with_all_context_every_line_of_both_sides_is_there_once(old: str, new: str, is_split: bool) -> None:
    """Neither layout loses or repeats a line."""
    diff = diff_lines(old, new)
    rows = [row for row in rows_of(diff, None, is_split=is_split).rows if row.kind not in ("hunk", "note")]
    if not diff.is_same:
        assert [row.old for row in rows if row.old != NONE] == list(range(len(diff.old_lines)))
        assert [row.new for row in rows if row.new != NONE] == list(range(len(diff.new_lines)))


@given(TEXTS, TEXTS, st.booleans())
def test_changed_rows_know_their_change(old: str, new: str, is_split: bool) -> None:
    """Exactly the rows that are no context belong to a change."""
    found = rows_of(diff_lines(old, new), 2, is_split=is_split)
    for index, row in enumerate(found.rows):
        if row.kind != "note":
            assert (found.change_at(index) is not None) == (row.kind in ("removed", "added", "pair"))


def test_folded_lines_are_counted_above_and_below() -> None:
    """What is not shown is said."""
    old = "\n".join(map(str, range(20))) + "\n"
    rows = rows_of(diff_lines(old, old.replace("10\n", "ten\n")), 1, is_split=False).rows
    assert rows[0] == Row("hunk", 0, 9)
    assert rows[-1] == Row("hunk", NONE, 8)


def test_a_missing_line_end_is_told() -> None:
    """A last line without its end differs from one with it, and a row says which side lacks it."""
    rows = rows_of(diff_lines("a\n", "a"), 3, is_split=False).rows
    assert rows[-1].kind == "note"
    assert rows[-1].old == 0


def test_long_lines_are_marked_between_their_first_and_last_difference() -> None:
    """70 KB lines are compared at once."""
    old = "x" * 35_000 + "old" + "y" * 35_000
    assert words_of(old, old.replace("old", "new!")) == (((35_000, 35_003),), ((35_000, 35_004),))
