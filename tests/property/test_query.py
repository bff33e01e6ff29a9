"""What holds for every query."""

from hypothesis import given
from hypothesis import strategies as st

from imptui.query.expression import (
    SPANS,
    TEXTS,
    And,
    Claim,
    Expr,
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
from imptui.query.grammar import parse, to_text
from imptui.query.text_folding import natural_key

TEXT = st.one_of(st.text(min_size=1, max_size=12), st.sampled_from(["and", "Not", "online", "rssi<-80", "0c:2a:69:", "~/x/", "!", "-"]))
TEXT_FIELDS = st.sampled_from(sorted(TEXTS))
PATTERNS = st.sampled_from(["^M\\d+", "a/b", "\\\\", "[()\"]", "x y", "pump|oven", "a.*b"])
RELEASES = st.lists(st.integers(0, 999_999), min_size=1, max_size=3).map(tuple)
SPAN_OPS = st.sampled_from([Op.LT, Op.LE, Op.GT, Op.GE])
NUMBER_OPS = st.sampled_from([Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE])


def within(field: FilterField, numbers: st.SearchStrategy[int]) -> st.SearchStrategy[Within]:
    return st.tuples(numbers, numbers).map(lambda pair: Within(field, min(pair), max(pair)))


TERMS: st.SearchStrategy[Expr] = st.one_of(
    TEXT.map(Word),
    st.sampled_from(list(Claim)).map(Is),
    st.builds(TextIs, TEXT_FIELDS, st.sampled_from([Op.HAS, Op.EQ, Op.NE]), TEXT),
    st.builds(TextIs, st.just(FilterField.RELEASE), st.just(Op.HAS), TEXT),
    st.builds(NumberIs, st.just(FilterField.RSSI), NUMBER_OPS, st.integers(-200, 200)),
    st.builds(NumberIs, st.just(FilterField.FREE_MEMORY), NUMBER_OPS, st.integers(0, 10**9)),
    st.builds(NumberIs, st.sampled_from(sorted(SPANS)), SPAN_OPS, st.integers(0, 10**8)),
    within(FilterField.RSSI, st.integers(-200, 0)),
    within(FilterField.FREE_MEMORY, st.integers(0, 10**7)),
    within(FilterField.CHANGED, st.integers(0, 10**7)),
    st.builds(ReleaseIs, NUMBER_OPS, RELEASES),
    st.builds(Fuzzy, st.sampled_from(sorted(TEXTS - {FilterField.TYPE})), TEXT),
    st.builds(Regex, st.sampled_from(sorted(TEXTS - {FilterField.TYPE})), PATTERNS),
)
EXPRESSIONS = st.recursive(
    TERMS,
    lambda parts: st.one_of(
        parts.map(Not),
        st.lists(parts, min_size=2, max_size=3).map(lambda some: And(tuple(some))),
        st.lists(parts, min_size=2, max_size=3).map(lambda some: Or(tuple(some))),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_printed_and_parsed(expr: Expr) -> None:
    """Any query prints as text that reads as the same query, also while somebody is typing."""
    assert parse(to_text(expr)) == expr
    assert parse(to_text(expr), lenient=True) == expr


@given(st.one_of(st.text(max_size=40), st.text(alphabet='ab :=<>!~/()"-8k.', max_size=20)), st.booleans())
def test_every_text_is_read_or_refused(text: str, lenient: bool) -> None:
    """Any text is either a query or refused with a place within the text to underline."""
    try:
        parse(text, lenient=lenient)
    except QueryError as error:
        assert 0 <= error.column < len(text)
        assert error.column + error.length <= len(text) + 1


@given(EXPRESSIONS, st.data())
def test_beginnings_parse_leniently(expr: Expr, data: st.DataObject) -> None:
    """While a query is typed, letter by letter, it is never refused, except that a pattern or field is not known yet."""
    text = to_text(expr)
    begun = text[: data.draw(st.integers(0, len(text)))]
    try:
        parse(begun, lenient=True)
    except QueryError as error:
        assert "no field" in str(error) or "regular expression" in str(error), (begun, str(error))


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_numbers_in_names_sort_as_numbers(one: int, other: int) -> None:
    """Names that differ in a number sort as the numbers do."""
    assert (one < other) == (natural_key(f"unit {one} b") < natural_key(f"UNIT {other} b"))
