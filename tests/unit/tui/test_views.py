"""Lists that were looked at, and the way back."""

from imptui.query.grammar import to_text
from imptui.query.query import Scope
from imptui.tui.screens.visited_lists import ListHistory, VisitedList

A, B, C = (VisitedList(text=text) for text in "abc")


def test_back_and_forward() -> None:
    """Going back and forward comes through the same lists."""
    history = ListHistory()
    history.step(A)
    history.step(B)
    assert history.back(C) == B
    assert history.back(B) == A
    assert history.back(A) is None
    assert history.forward(A) == B
    assert history.forward(B) == C
    assert history.forward(C) is None


def test_a_step_aside_forgets_what_lay_ahead() -> None:
    """After going back, another list takes the place of those that lay ahead."""
    history = ListHistory()
    history.step(A)
    assert history.back(B) == A
    history.step(A)
    assert history.forward(C) is None


def test_a_view_asks_for_its_problems_and_its_filter() -> None:
    """Problems only and a typed filter are both asked for."""
    query = VisitedList(Scope(is_unassigned=True), "pump", True).query()
    assert query.scope.is_unassigned
    assert to_text(query.where) == "problem pump"
