"""Patterns of users, some of which would never end."""

import threading
from time import process_time, thread_time

import pytest

from imptui.domain.errors import Invalid
from imptui.query.grammar import parse
from imptui.query.regular_expression import MOMENT_S, PATIENCE_S, PatternTooLong, RegularExpression

ENDLESS = ["(a+)+b", "(x+x+)+y", "(.*a){20}b", "(?:a?){40}a{40}b"]
TEXT = "ax" * 20 + "a" * 5_000 + "x" * 3_000 + "!"


@pytest.mark.parametrize("text", ["u.it", "^unit", "[0-9]+-[0-9]+$", r"(\w)\1", "a|b|t-0", "(unit|bench)-0{1,2}7?"])
@pytest.mark.parametrize("name", ["unit-07", "BENCH-00", "", "ünit–0", "book " * 500])
def test_patterns_are_pythons(text: str, name: str) -> None:
    """All search paths find what Python's own matcher finds."""
    import re

    assert RegularExpression(text).is_in(name) == (re.search(text, name, re.IGNORECASE) is not None)


@pytest.mark.parametrize("text", ENDLESS)
def test_what_never_ends_becomes_a_sentence(text: str) -> None:
    """A search that would not end is given up after some processor time of its thread; the error names the text."""
    began = thread_time()
    with pytest.raises(PatternTooLong, match="takes too long on 'axaxax"):
        RegularExpression(text).is_in(TEXT)
    assert thread_time() - began < 10 * (PATIENCE_S + MOMENT_S)


def test_other_threads_go_on_meanwhile() -> None:
    """Other threads take turns during a slow search; between two turns this process uses little processor time."""
    longest, is_over, last = 0.0, threading.Event(), process_time()

    def look() -> None:
        with pytest.raises(PatternTooLong):
            RegularExpression("(a+)+b").is_in(TEXT)
        is_over.set()

    thread = threading.Thread(target=look)
    thread.start()
    turns = 0
    while not is_over.wait(0.001):
        now = process_time()
        longest, last, turns = max(longest, now - last), now, turns + 1
    thread.join()
    assert turns > 50
    assert longest < PATIENCE_S / 2


def test_a_plain_text_is_no_pattern() -> None:
    """Plain text is searched for literally, not as a pattern."""
    assert RegularExpression("(a+)+b", is_plain=True).is_in("x (A+)+B")
    assert not RegularExpression("(a+)+b", is_plain=True, ignore_case=False).is_in("x (A+)+B")


@pytest.mark.parametrize("text", ["(", "a{2,1}", "(?P<n>a)(?P<n>b)", "[b-a]"])
def test_what_is_no_pattern(text: str) -> None:
    """An invalid pattern is refused with its place."""
    with pytest.raises(Invalid):
        RegularExpression(text)
    with pytest.raises(Invalid, match="Not a regular expression"):
        parse(f"name~/{text}/")


def test_only_the_beginning_is_searched() -> None:
    """With an end, text behind it is not found by fast or slow patterns."""
    for text in ("b", "a+b", "a+.*b"):
        assert RegularExpression(text).is_in("aaab", 4)
        assert not RegularExpression(text).is_in("aaab", 3)
