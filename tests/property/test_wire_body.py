"""What holds for every body that can be sent."""

import contextlib
import json

from hypothesis import given
from hypothesis import strategies as st

from imptui.cloud.wire.body import parse_body
from imptui.domain.errors import Invalid

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(st.binary(max_size=200))
def test_any_bytes_are_understood_or_refused(raw):
    """No bytes make reading a body fail in any other way than by refusing it."""
    with contextlib.suppress(Invalid):
        json.dumps(parse_body(raw), ensure_ascii=False).encode()


@given(DOCUMENTS)
def test_what_is_well_formed_comes_through(document):
    """A well-formed document is read as what it says."""
    assert parse_body(json.dumps(document).encode()) == document
    assert parse_body(json.dumps(document, ensure_ascii=False).encode()) == document
