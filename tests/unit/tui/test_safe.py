"""Text from outside on its way to the terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imptui.tui.present.safe import content, cut, fit, rich_text, safe, safe_lines, width

MARKUP = ("[/", "[b +", "[x, v={'a[0]'}]", "[@click=app.quit]go[/]", "[dev] fridge", "[red]", "\\[", "[[", "]")


@pytest.mark.parametrize("text", MARKUP)
def test_brackets_are_only_brackets(text: str) -> None:
    """What looks like markup stays as it was written."""
    assert safe(text) == text
    assert content(text).plain == text
    assert rich_text(text).plain == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "^[[31mred"),
        ("a\x00b", "a^@b"),
        ("bell\x07", "bell^G"),
        ("two\nlines", "two^Jlines"),
        ("\x7f", "^?"),
        ("\x9b2J", "<009b>2J"),
        ("evil\u202egpj.exe", "evil<202e>gpj.exe"),
        ("zero\u200bwidth", "zero<200b>width"),
        ("\ufeff", "<feff>"),
        ("\ud800", "<d800>"),
        ("menu \u2630 \u4dc0", "menu <2630> <4dc0>"),
        ("\ue000", "<e000>"),
        ("line\u2028end", "line<2028>end"),
        ("soft\u00adhyphen", "soft<00ad>hyphen"),
        ("a\u00a0b", "a b"),
    ],
)
def test_what_moves_or_hides_is_shown(text: str, shown: str) -> None:
    """Control, bidirectional, zero-width, private and broken characters are written out."""
    assert safe(text) == shown


def test_letters_of_all_scripts_stay() -> None:
    """Ordinary text of any script is left alone."""
    for text in ("Tür", "naïve", "漢字", "Ελλάδα", "Москва", "שלום", "مرحبا"):
        assert safe(text) == text


def test_one_accent_is_enough() -> None:
    """A pile of combining marks becomes numbers after the first."""
    assert safe("q\u0323\u0323\u0323") == "q\u0323<0323><0323>"


def test_joined_emoji_fall_apart() -> None:
    """Joiners, variation selectors, flags and skin tones are written out, since terminals disagree about their width."""
    assert "<200d>" in safe("👩\u200d🔬")
    assert "<fe0f>" in safe("❤\ufe0f")
    assert safe("🇩🇪") == "<1f1e9><1f1ea>"


@given(st.text())
def test_nothing_reaches_the_terminal_raw(text: str) -> None:
    """Whatever the text, no control, format, surrogate or separator character comes through."""
    for character in safe(text):
        assert unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@given(st.text())
def test_making_safe_twice_changes_nothing(text: str) -> None:
    """Safe text is safe."""
    assert safe(safe(text)) == safe(text)


@given(st.text(), st.integers(0, 40))
def test_a_fitted_text_has_its_width(text: str, cells: int) -> None:
    """However wide the characters are, a fitted text takes exactly its cells."""
    assert width(fit(text, cells)) == cells
    assert width(fit(text, cells, right=True)) == cells
    assert width(cut(text, cells)) <= cells


def test_wide_characters_are_cut_whole() -> None:
    """A wide character that does not fit any more is left out, not halved."""
    assert fit("漢字漢字", 6) == "漢字… "


def test_lines_are_split_before_they_are_made_safe() -> None:
    """Line ends of any system end lines, and tabs become blanks."""
    assert safe_lines("a\tb\r\nc\rd\ne\x1b") == ["a    b", "c", "d", "e^["]


def test_a_long_name_keeps_both_its_ends() -> None:
    """Where groups differ at the end of their names, the middle goes."""
    from imptui.tui.present.safe import fit_ends, width

    short = fit_ends("Connected Meter 400 2.0 Development", 20)
    assert short.startswith("Conn")
    assert short.endswith("Development")
    assert width(short) == 20
    assert fit_ends("bench", 20) == "bench" + " " * 15
