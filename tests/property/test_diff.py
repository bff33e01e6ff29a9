"""What holds for the difference of any two texts."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from imptui.textdiff.diff import Diff, changed_words, diff_lines, pair_lines, unified

_LINES = st.lists(
    st.one_of(
        st.sampled_from(["", "}", "  }", "{", "a", "b", "\r", "x\r", "\x0c", "\u2028", "-- a", "+++ b", "@@ -1 +1 @@", "\\ No"]),
        st.text(st.characters(codec="utf-8", exclude_characters="\n\x00"), max_size=4),
    ),
    max_size=30,
)
_TEXT = st.builds(lambda lines, end: "\n".join(lines) + end, _LINES, st.sampled_from(["", "\n"]))


@st.composite
def _pairs(draw: st.DrawFn) -> tuple[str, str]:
    """A text and a text made from it, or two that have nothing to do with each other."""
    old = draw(_TEXT)
    if draw(st.booleans()):
        return old, draw(_TEXT)
    lines = old.split("\n")
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(lines)))
        lines[start : start + draw(st.integers(0, 3))] = draw(_LINES)[:3]
    return old, "\n".join(lines)


def _patched(text: str, patch: str, *options: str) -> str:
    with tempfile.TemporaryDirectory() as place:
        file, change = Path(place, "file"), Path(place, "patch")
        file.write_bytes(text.encode())
        change.write_bytes(patch.encode())
        subprocess.run(["patch", "-s", "-p0", *options, "file", "patch"], cwd=place, check=True, capture_output=True, timeout=20)
        return file.read_bytes().decode() if file.exists() else ""


def _check_shape(difference: Diff) -> None:
    a = b = 0
    before = None
    for edit in difference.edits:
        assert (edit.old_start, edit.new_start) == (a, b)
        assert (edit.kind == "equal") != (before == "equal") or before is None
        assert edit.old_count + edit.new_count > 0
        a, b, before = edit.old_end, edit.new_end, edit.kind
    assert (a, b) == (len(difference.old_lines), len(difference.new_lines))


@settings(max_examples=150, deadline=None)
@given(_pairs(), st.integers(0, 4))
def test_patch_gives_the_new_text(pair: tuple[str, str], context: int) -> None:
    """The system's `patch` makes the new text from the old one, and with -R the old from the new."""
    old, new = pair
    text = "".join(unified(old, new, "file", "file", context, headings=True))
    assert bool(text) == (old != new)
    if text:
        assert _patched(old, text) == new
        assert _patched(new, text, "-R") == old


@settings(max_examples=300, deadline=None)
@given(_pairs())
def test_edits_cover_both_sides(pair: tuple[str, str]) -> None:
    """Edits follow each other without gaps, equal and changed by turns, and equal ones are equal."""
    difference = diff_lines(*pair)
    _check_shape(difference)
    for edit in difference.edits:
        if edit.kind == "equal":
            old = difference.old_lines[edit.old_start : edit.old_end]
            assert old == difference.new_lines[edit.new_start : edit.new_end]


@settings(max_examples=150, deadline=None)
@given(_pairs())
def test_counts_agree_with_the_patch(pair: tuple[str, str]) -> None:
    """The numbers of added and removed lines are those of the patch."""
    difference = diff_lines(*pair)
    body = "".join(list(unified(*pair, "a", "b"))[2:])
    signs = [line[:1] for line in body.split("\n")]
    assert (difference.added, difference.removed) == (signs.count("+"), signs.count("-"))


@settings(max_examples=200, deadline=None)
@given(_pairs())
def test_spaces_ignored(pair: tuple[str, str]) -> None:
    """Ignoring spaces compares as if there were none."""
    difference = diff_lines(*pair, ignore_space=True)
    _check_shape(difference)
    old, new = (re.sub(r"[ \t\r\f\v]+", "", text) for text in pair)
    # The last line's missing LF still counts, also where the line is nothing but spaces.
    ends = [not text or text.endswith("\n") for text in pair]
    if ends == [True, True]:
        assert difference.is_same == (old == new)
    for edit in difference.edits:
        if edit.kind == "equal":
            lines = difference.old_lines[edit.old_start : edit.old_end]
            others = difference.new_lines[edit.new_start : edit.new_end]
            for line, other in zip(lines, others, strict=True):
                assert re.sub(r"[ \t\r\f\v]+", "", line) == re.sub(r"[ \t\r\f\v]+", "", other)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_words_outside_the_marks_are_equal(old: str, new: str) -> None:
    """Without the marked parts, two lines are the same but for spaces."""
    spans = changed_words(old, new)
    assert (spans == ((), ())) == (old == new)
    rests = []
    for line, marks in zip((old, new), spans, strict=True):
        rest, place = "", 0
        for start, end in marks:
            assert place <= start < end <= len(line)
            rest, place = rest + line[place:start], end
        rests.append("".join((rest + line[place:]).split()))
    assert rests[0] == rests[1]


@settings(max_examples=100, deadline=None)
@given(_LINES, _LINES)
def test_pairs_keep_order_and_every_line(old: list[str], new: list[str]) -> None:
    """Side by side, every line appears once and in its order."""
    rows = pair_lines(old, new)
    assert [i for i, _ in rows if i is not None] == list(range(len(old)))
    assert [j for _, j in rows if j is not None] == list(range(len(new)))
