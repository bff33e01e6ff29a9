"""Differences by lines, by words, and as a patch."""

from __future__ import annotations

import itertools
import random
import time

import pytest

from imptui.textdiff.diff import (
    Cancelled,
    Diff,
    LineEdit,
    changed_words,
    diff_lines,
    pair_lines,
    unified,
)


def _changed(difference: Diff) -> list[str]:
    rows: list[str] = []
    for edit in difference.changes:
        rows += ["-" + line for line in difference.old_lines[edit.old_start : edit.old_end]]
        rows += ["+" + line for line in difference.new_lines[edit.new_start : edit.new_end]]
    return rows


def test_same() -> None:
    """A text does not differ from itself."""
    assert diff_lines("a\nb\n", "a\nb\n").is_same


def test_two_empty_texts() -> None:
    """Two empty texts have no edits."""
    assert diff_lines("", "").edits == ()


def test_one_line_replaced() -> None:
    """A replaced line stands between the equal ones."""
    assert diff_lines("a\nb\nc", "a\nx\nc").edits == (
        LineEdit("equal", 0, 1, 0, 1),
        LineEdit("replace", 1, 1, 1, 1),
        LineEdit("equal", 2, 1, 2, 1),
    )


def test_counts() -> None:
    """A difference counts its added and removed lines."""
    difference = diff_lines("a\nb\nc\n", "b\nc\nd\ne\n")
    assert (difference.added, difference.removed) == (2, 1)


def test_missing_newline_is_a_change() -> None:
    """A last line without its newline differs from one with it."""
    difference = diff_lines("a\n", "a")
    assert (difference.added, difference.removed) == (1, 1)


def test_only_lf_ends_a_line() -> None:
    """Carriage returns, form feeds and U+2028 are parts of their lines."""
    assert diff_lines("a\rb\x0cc\u2028d\x85e\n", "x\n").removed == 1


def test_spaces_ignored() -> None:
    """Lines that differ in their spaces only are equal when spaces are ignored."""
    assert diff_lines("if (a) {\n\tb;\r\n}\n", "if (a){\n    b;\n}\n", ignore_space=True).is_same


def test_spaces_not_ignored() -> None:
    """Differences in spaces count by default."""
    assert not diff_lines("\ta\n", "  a\n").is_same


def test_added_function_is_whole() -> None:
    """A function added between two others is shown from its first line to the blank line after it."""
    old = "function a() {\n  x;\n}\n\nfunction c() {\n  x;\n}\n"
    new = "function a() {\n  x;\n}\n\nfunction b() {\n  x;\n}\n\nfunction c() {\n  x;\n}\n"
    assert _changed(diff_lines(old, new)) == ["+function b() {", "+  x;", "+}", "+"]


def test_added_case_is_whole() -> None:
    """A block added between equal blocks does not begin with the bracket of the one above."""
    old = "    if (a) {\n        f();\n    }\n    g();\n"
    new = "    if (a) {\n        f();\n    }\n    if (b) {\n        f();\n    }\n    g();\n"
    assert _changed(diff_lines(old, new)) == ["+    if (b) {", "+        f();", "+    }"]


def test_hunks_keep_their_distance() -> None:
    """Distant changes are in separate hunks; near ones share one."""
    old = "\n".join(map(str, range(100)))
    assert len(list(diff_lines(old, old.replace("10\n", "x\n", 1).replace("50", "y")).hunks())) == 2
    assert len(list(diff_lines(old, old.replace("50", "x").replace("55", "y")).hunks())) == 1


def test_hunk_without_context() -> None:
    """Without context, a hunk contains only its change."""
    hunk = next(diff_lines("a\nb\nc", "a\nx\nc").hunks(0))
    assert (hunk.old_start, hunk.old_count, hunk.new_start, hunk.new_count) == (1, 1, 1, 1)


def test_heading_names_the_function() -> None:
    """The heading of a hunk is the function around it."""
    old = "class Led {\n  function on() {\n" + "    x;\n" * 9 + "    y;\n  }\n}\n"
    hunk = next(diff_lines(old, old.replace("y", "z")).hunks())
    assert hunk.heading == "function on() {"


def test_patch_text() -> None:
    """The patch has the format of `diff -u`."""
    assert "".join(unified("a\nb\nc\n", "a\nx\nc", "old", "new")) == (
        "--- old\n+++ new\n@@ -1,3 +1,3 @@\n a\n-b\n-c\n+x\n+c\n\\ No newline at end of file\n"
    )


def test_patch_of_a_new_file() -> None:
    """A patch from an empty text adds everything after line 0."""
    assert list(unified("", "a\n", "o", "n"))[2:] == ["@@ -0,0 +1 @@\n", "+a\n"]


def test_no_patch_for_equal_texts() -> None:
    """Equal texts have an empty patch."""
    assert list(unified("a", "a", "o", "n")) == []


def test_names_cannot_break_the_patch() -> None:
    """A file name with a line end in it stays on its line."""
    assert next(iter(unified("a", "b", "x\n+++ y", "n"))) == '--- "x\\012+++ y"\n'


def test_cancelled() -> None:
    """A cancelled comparison stops."""
    with pytest.raises(Cancelled):
        diff_lines("a\nb\n", "c\nd\n", cancelled=lambda: True)


def test_words_of_a_line() -> None:
    """Within a replaced line only the words that differ are marked."""
    assert changed_words("local a = 12;", "local a = 345;") == (((10, 12),), ((10, 13),))


def test_neighbouring_words_are_one() -> None:
    """Changed words on both sides of a space are one mark."""
    assert changed_words("server.log(one two, x, y)", "server.log(three four, x, y)")[0] == ((11, 18),)


def test_unlike_lines_are_marked_whole() -> None:
    """Lines with almost nothing in common are marked as a whole."""
    assert changed_words("  return a;", "  foreach (i, v in list)") == (((2, 11),), ((2, 24),))


def test_equal_lines_have_no_marks() -> None:
    """Equal lines have no marks."""
    assert changed_words("a", "a") == ((), ())


def test_likest_lines_together() -> None:
    """Replaced lines are paired with the most similar new lines."""
    old = ["local level = 1;", "imp.sleep(2);"]
    new = ["// wait", "imp.sleep(20);"]
    assert pair_lines(old, new) == [(0, None), (None, 0), (1, 1)]


def test_pairs_of_a_long_block_keep_every_line() -> None:
    """Every line of a long replaced block is paired once, in order."""
    rows = pair_lines([f"a{i}" for i in range(1000)], [f"b{i}" for i in range(70)])
    assert [i for i, _ in rows if i is not None] == list(range(1000))
    assert [j for _, j in rows if j is not None] == list(range(70))


def _least_changes(old: list[str], new: list[str]) -> int:
    """Count the fewest changes by dynamic programming."""
    row = list(range(len(new) + 1))
    for i, line in enumerate(old):
        before, row = row, [i + 1]
        for j, other in enumerate(new):
            row.append(before[j] if line == other else 1 + min(before[j + 1], row[j]))
    return row[-1]


def test_fewest_changes_without_unique_lines() -> None:
    """Without unique lines, the difference is the shortest one."""
    chance = random.Random(4)
    for _ in range(50):
        old, new = (list(itertools.chain(*[[s, s] for s in chance.choices("ab}", k=9)])) for _ in range(2))
        difference = diff_lines(old, new)
        assert difference.added + difference.removed == _least_changes(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x = 1; " * 10_000, "y = 2; " * 10_000),
        ("\\x41" * 17_000, "\\x42" * 17_000),
        ("a" * 70_000, "b" * 70_000),
        (" ".join(map(str, range(12_000))), " ".join(map(str, reversed(range(12_000))))),
    ],
)
def test_long_lines_do_not_hang(old: str, new: str) -> None:
    """Lines of 70 KB are compared by words in bounded time."""
    start = time.process_time()
    assert changed_words(old, new)[0]
    assert pair_lines([old] * 5, [new] * 5)
    assert time.process_time() - start < 5


def _without_unique_lines(seed: int, count: int) -> list[str]:
    return random.Random(seed).choices(["}", "    }", "", "{", "    return;"], k=count)


def _check_equal_parts(difference: Diff) -> None:
    for edit in difference.edits:
        if edit.kind == "equal":
            old = difference.old_lines[edit.old_start : edit.old_end]
            assert old == difference.new_lines[edit.new_start : edit.new_end]


def test_large_texts_without_unique_lines() -> None:
    """Two long texts of common lines are compared in bounded time, with nearly the fewest changes."""
    start = time.process_time()
    difference = diff_lines(_without_unique_lines(1, 20_000), _without_unique_lines(2, 20_000))
    _check_equal_parts(difference)
    assert difference.added + difference.removed < 0.41 * 40_000  # five lines at random: 0.39 at the least
    assert time.process_time() - start < 20


def test_large_insertion_without_unique_lines() -> None:
    """A long block inserted between common lines is found as one block."""
    old = _without_unique_lines(1, 20_000)
    new = old[:9_000] + _without_unique_lines(2, 8_000) + old[9_000:]
    new[3_000:3_010] = []
    difference = diff_lines(old, new)
    _check_equal_parts(difference)
    assert difference.added + difference.removed <= 8_010


def test_reversed_text() -> None:
    """For a reversed text, the difference keeps as many lines as the shortest one would."""
    lines = [line for number in range(400) for line in (f"x{number};", "}")]
    difference = diff_lines(lines, lines[::-1])
    _check_equal_parts(difference)
    assert difference.removed <= 401
