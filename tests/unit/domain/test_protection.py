"""Patterns of protected things: their forms are checked, and what they match is exact."""

import pytest

from imptui.domain.protection import matching, pattern_trouble


@pytest.mark.parametrize(
    "pattern", ["Line *", "name:Line *", "NAME:x", "type:production", "type:pre-*", "TYPE:Production", "0c:2a:69:*", "*", "a:b"]
)
def test_good_patterns_are_accepted(pattern):
    """Names, identifiers, MAC addresses and types that exist are accepted."""
    assert pattern_trouble(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("type:prodution", "matches no type of group; there are development"),
        ("type:production_devicegroup", "matches no type of group"),
        ("product:x", "unknown kind"),
        ("tpye:production", "unknown kind"),
        ("type:", "nothing behind"),
        ("name: ", "nothing behind"),
        ("", "empty"),
        ("  ", "empty"),
    ],
)
def test_patterns_that_protect_nothing_are_refused(pattern, words):
    """A pattern that would protect nothing of what its author means is refused with a reason."""
    assert words in (pattern_trouble(pattern) or "")


@pytest.mark.parametrize(
    ("pattern", "name"),
    [("line *", "Line 1"), ("name:LINE *", "Line 1"), ("type: production", "type:production"), ("type:pre-*", "type:pre-dut")],
)
def test_capitals_and_blanks_do_not_matter(pattern, name):
    """A pattern matches whatever the capitals, with or without a blank behind its kind."""
    assert matching(pattern, ["Bench", name]) == name


def test_a_type_is_not_a_name():
    """A pattern of a type matches no thing that is called like the type."""
    assert matching("type:production", ["production"]) is None
