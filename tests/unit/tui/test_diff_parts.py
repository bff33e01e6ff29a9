"""A comparison and its rows, without a widget."""

import pytest

from imptui.domain.deployment import Programs
from imptui.textdiff.diff import Cancelled
from imptui.tui.widgets.diff.comparison import Comparison
from imptui.tui.widgets.diff.diff_text import DiffText
from imptui.tui.widgets.diff_rows import rows_of

OLD = Programs("".join(f"local a{number} = {number};\n" for number in range(20)), "same\n")
NEW = Programs(OLD.agent_code.replace("local a10 = 10;", "local a10 = 99;"), "same\n")


async def compared(*, is_split: bool) -> DiffText:
    comparison = Comparison()
    comparison.old, comparison.new = OLD, NEW
    number = comparison.begin()
    file = await comparison.compare("agent", number)
    assert file is not None
    text = DiffText(comparison, lambda: None)
    text.set_rows(file, rows_of(file.diff, 1, is_split=is_split))
    return text


async def test_one_column_shows_the_old_line_above_the_new_one() -> None:
    """Each row has the role and the margin of its side."""
    text = await compared(is_split=False)
    rows = [text.text_of(row) for row in range(text.row_count)]
    at = rows.index("local a10 = 10;")
    assert rows[at + 1] == "local a10 = 99;"
    assert [text.role_of(row) for row in (0, at - 1, at, at + 1)] == ["hunk", "text", "removed", "added"]
    assert [piece for piece, _ in text.margin_of(at, 0, is_cursor=False)] == [" 11     ", "- "]


async def test_changed_words_are_marked_on_both_sides() -> None:
    """Of the two lines only the number differs."""
    text = await compared(is_split=False)
    at = next(row for row in range(text.row_count) if text.role_of(row) == "removed")
    marked = [(first, end, role) for first, end, role in text.stretches_of(at) if role == "removed-word"]
    assert marked == [(12, 14, "removed-word")]


async def test_two_columns_divide_the_width() -> None:
    """A pair is searched in both lines, has no common margin, and each side gets half of the cells."""
    text = await compared(is_split=True)
    at = next(row for row in range(text.row_count) if len(set(text.texts_of(row))) == 2)
    assert text.texts_of(at) == ("local a10 = 10;", "local a10 = 99;")
    assert text.margin_cells == 0
    assert text.text_cells(at, 101) == 50 - 4 - 2
    assert text.text_cells(0, 101) == 101


async def test_a_newer_round_ends_an_older_one() -> None:
    """A thread of a round that was given up stops with Cancelled, and nothing of it is kept."""
    comparison = Comparison()
    comparison.old, comparison.new = OLD, NEW
    old = comparison.begin()
    comparison.begin()
    with pytest.raises(Cancelled):
        await comparison.compare("agent", old)
    assert not comparison.files


async def test_a_patch_has_as_much_context_as_the_screen() -> None:
    """With one unchanged line around changes a hunk of one changed line has four lines below its heading."""
    comparison = Comparison()
    comparison.old, comparison.new = OLD, NEW
    assert comparison.patch("agent", 1).splitlines()[2:] == [
        "@@ -10,3 +10,3 @@",
        " local a9 = 9;",
        "-local a10 = 10;",
        "+local a10 = 99;",
        " local a11 = 11;",
    ]
