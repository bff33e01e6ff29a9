"""Implication between queries, and plain pieces of regular expressions."""

import re

import pytest

from imptui.query.grammar import parse
from imptui.query.implication import literals, refines


@pytest.mark.parametrize(
    ("new", "old"),
    [("pump", "pu"), ("pump 7", "pump"), ("offline pump7", "pump offline"), ("name~p7ov", "name~p7"), ("name:oven", "name:ove")],
)
def test_typed_on(new: str, old: str) -> None:
    """A query with more letters of the same word implies the shorter one."""
    one, other = parse(new), parse(old)
    assert one is not None
    assert other is not None
    assert refines(one, other)
    assert not refines(other, one)


@pytest.mark.parametrize(
    ("new", "old"), [("pump", "pum or oven"), ("rssi<-90", "rssi<-80"), ("not pump", "not pu"), ("0c:2", "0c:")]
)
def test_unclear_is_not_narrower(new: str, old: str) -> None:
    """A query that does not clearly imply the other is searched anew."""
    one, other = parse(new), parse(old)
    assert one is not None
    assert other is not None
    assert not refines(one, other)


@pytest.mark.parametrize(
    ("pattern", "pieces"),
    [
        ("^plant0[1-3].*9$", ("plant0", "9")),
        ("Pump|oven", ()),
        ("(line)+-?x", ("line", "x")),
        ("a(?:bc)d", ("abcd",)),
        ("a(?i:b)c", ("a", "c")),
        ("(?=abc)x", ("x",)),
        ("colou?r", ("colo", "r")),
        ("ö-oven", ("-oven",)),
    ],
)
def test_plain_pieces(pattern: str, pieces: tuple[str, ...]) -> None:
    """Every match of a regular expression contains its plain pieces; optional parts are none."""
    assert literals(pattern) == pieces
    assert re.compile(pattern)
