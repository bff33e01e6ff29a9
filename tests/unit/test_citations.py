"""Citations of the contract and the primer lead somewhere."""

from pathlib import Path

from tests.citations import citations, citations_in, headings, sections, unresolved

MANY = 500
"""There are more citations than this; fewer means that the search misses them."""


def test_every_citation_resolves() -> None:
    """Every section of the contract and every heading of the primer that code or tests cite is in CONTRACT.md."""
    found = list(citations())
    assert len(found) > MANY
    assert [str(each) for each in unresolved(found)] == []


def test_a_wrong_citation_is_found() -> None:
    """A section or a heading that does not exist is reported with its line, also inside a list of sections."""
    text = '"""Delete a group.\n\nSource: {}, "Nowhere"; {} 8.7, 8.99 to 9.1.\n"""\n'.format("primer", "contract")
    wrong = unresolved(citations_in(Path(__file__), text))
    assert [(each.line, each.source, each.place) for each in wrong] == [(3, "contract", "8.99"), (3, "primer", "Nowhere")]


def test_the_contract_lists_what_it_is_cited_for() -> None:
    """The contract has its sections with subsections and lists the primer's headings."""
    assert {"0.3", "2.5", "9.4", "14.5", "19"} <= sections()
    assert "The Device Group Data Structure" in headings()
