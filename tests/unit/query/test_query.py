"""Parsing and printing of typed queries."""

import pytest

from imptui.domain.group import GroupType
from imptui.query.completion import SYNTAX, completed, completions
from imptui.query.expression import (
    ALIASES,
    And,
    Claim,
    FilterField,
    Fuzzy,
    Is,
    Not,
    NumberIs,
    Op,
    Or,
    QueryError,
    Regex,
    ReleaseIs,
    TextIs,
    Within,
    Word,
)
from imptui.query.grammar import parse
from imptui.query.numbers import release_span
from imptui.query.text_folding import needles


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("   ", None),
        ("pump", Word("pump")),
        ('"two words"', Word("two words")),
        ('"online"', Word("online")),
        ("0c:2a:69", Word("0c:2a:69")),
        ("a b and c", And((Word("a"), Word("b"), Word("c")))),
        ("a or b c", Or((Word("a"), And((Word("b"), Word("c")))))),
        ("not a b", And((Not(Word("a")), Word("b")))),
        ("!(a or b)", Not(Or((Word("a"), Word("b"))))),
        ("name:pump", TextIs(FilterField.NAME, Op.HAS, "pump")),
        ('group="Line 3"', TextIs(FilterField.GROUP, Op.EQ, "Line 3")),
        ("product!=x", TextIs(FilterField.PRODUCT, Op.NE, "x")),
        ("ip:192.168.", TextIs(FilterField.IP, Op.HAS, "192.168.")),
        ("mac:0c:2a:69", TextIs(FilterField.MAC, Op.HAS, "0c:2a:69")),
        ("rssi<-80", NumberIs(FilterField.RSSI, Op.LT, -80)),
        ("rssi >= -80", NumberIs(FilterField.RSSI, Op.GE, -80)),
        ("rssi:-60..-80", Within(FilterField.RSSI, -80, -60)),
        ("free>=20k", NumberIs(FilterField.FREE_MEMORY, Op.GE, 20480)),
        ("memory<1.5k", NumberIs(FilterField.FREE_MEMORY, Op.LT, 1536)),
        ("offline>2h", NumberIs(FilterField.OFFLINE, Op.GT, 7200)),
        ("changed<1h30m", NumberIs(FilterField.CHANGED, Op.LT, 5400)),
        ("enrolled>30d", NumberIs(FilterField.LAST_ENROLLED, Op.GT, 2592000)),
        ("offline", Is(Claim.OFFLINE)),
        ("state:online", Is(Claim.ONLINE)),
        ("state!=online", Not(Is(Claim.ONLINE))),
        ("swversion>=42.3", ReleaseIs(Op.GE, (42, 3))),
        ("swversion:42", ReleaseIs(Op.EQ, (42,))),
        ('swversion:"42"', TextIs(FilterField.RELEASE, Op.HAS, "42")),
        ("swversion:production", TextIs(FilterField.RELEASE, Op.HAS, "production")),
        ("swversion:40..42.3", And((ReleaseIs(Op.GE, (40,)), ReleaseIs(Op.LE, (42, 3))))),
        ("~pmp", Fuzzy(FilterField.NAME, "pmp")),
        (r"~/^M\d+/", Regex(FilterField.NAME, r"^M\d+")),
        (r"name~/a\/b c/", Regex(FilterField.NAME, "a/b c")),
        ("pending weak PROBLEM", And((Is(Claim.PENDING), Is(Claim.WEAK), Is(Claim.PROBLEM)))),
    ],
)
def test_meaning(text: str, expected: object) -> None:
    """A typed query has the meaning that the help gives."""
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "column", "length"),
    [
        ("a rssi<", 2, 5),
        ("a rssi<high b", 2, 9),
        ("a and", 2, 3),
        ("(a or b", 0, 1),
        ("a )", 2, 1),
        ('a "bc', 2, 3),
        ("colour:red", 0, 6),
        ("x name<3", 2, 6),
        ("offline>2", 0, 9),
        ("~/(a+)+/", 0, 8),
        ("~/a(/", 0, 5),
        ("x or and y", 5, 3),
        ("<5", 0, 2),
    ],
)
def test_refusals_say_where(text: str, column: int, length: int) -> None:
    """An invalid query is refused with the place to underline."""
    with pytest.raises(QueryError) as refused:
        parse(text)
    assert (refused.value.column, refused.value.length) == (column, length)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a and", Word("a")),
        ("a or", Word("a")),
        ("a not", Word("a")),
        ('"two wor', Word("two wor")),
        ("(a or b", Or((Word("a"), Word("b")))),
        ("a rssi<", Word("a")),
        ("a rssi<-", Word("a")),
        ("a offline>2", Word("a")),
        ("a state:on", Word("a")),
        ("name:", None),
        ("(", None),
        ("~/ab(", None),
    ],
)
def test_half_typed(text: str, expected: object) -> None:
    """While the user types, complete terms count and incomplete ones are ignored."""
    assert parse(text, lenient=True) == expected


@pytest.mark.parametrize("text", ["a )", "colour:red", "rssi<high and b"])
def test_more_typing_does_not_mend(text: str) -> None:
    """An error that no more typing can correct is refused at once."""
    with pytest.raises(QueryError):
        parse(text, lenient=True)


@pytest.mark.parametrize("pattern", ["(a+)+", "(a*b)*", "((x|y+)z)*", "a*b*c*d*e*", "(.+){9,}"])
def test_exploding_patterns(pattern: str) -> None:
    """A pattern that might run for ever is refused."""
    with pytest.raises(QueryError, match="for ever"):
        parse(f"~/{pattern}/")


def test_deep_nesting_is_refused() -> None:
    """Parentheses are refused beyond the depth that SQLite can answer."""
    with pytest.raises(QueryError, match="levels"):
        parse("(" * 200 + "a" + ")" * 200)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0C:2A:69", ("0c:2a:69", "0c2a69")),
        ("0c-2a-69", ("0c-2a-69", "0c2a69")),
        ("1-2", ("1-2",)),
        ("0c2a69", ("0c2a69",)),
        ("Pump", ("pump",)),
    ],
)
def test_mac_spellings(text: str, expected: tuple[str, ...]) -> None:
    """A MAC address is found in any spelling."""
    assert needles(text) == expected


def test_release_precision() -> None:
    """A release without its minor part matches all of its minor releases."""
    assert release_span((42,)) == (42_000_000, 43_000_000)
    assert release_span((42, 3)) == (42_003_000, 42_004_000)


def test_everything_that_can_be_asked_is_explained() -> None:
    """The help of the filter names every field, claim and type of group, and its examples are valid."""
    texts = [text for _, lines in SYNTAX for text, _ in lines]
    said = " ".join([*texts, *(meaning for _, lines in SYNTAX for _, meaning in lines)])
    for word in (*FilterField, *ALIASES, *Claim, *GroupType):
        assert word in said
    numbers = next(lines for heading, lines in SYNTAX if "numbers" in heading)
    claims = next(lines for heading, lines in SYNTAX if heading == "Claims")
    for text, _ in (*numbers, *claims):
        assert parse(text) is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("off", ("offline ", "offline>")),
        ("rssi<-80 and on", ("online ", "online>")),
        ("(!fl", ("flapping ",)),
        ("type:prod", ("type:production ",)),
        ("typ", ("type:",)),
        ("fre", ("free<",)),
        ("", ()),
        ("a ", ()),
        ("name:pump", ()),
        ("ip:10.0", ()),
        ('"off', ()),
        ("x.off", ()),
    ],
)
def test_words_that_were_begun(text: str, words: tuple[str, ...]) -> None:
    """The last word is completed to fields, claims and types that begin with it; text in quotes is not."""
    assert completions(text) == words
    for word in words:
        assert completed(text, word).endswith(word)
