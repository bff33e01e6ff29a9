"""The history of device lists, and the way back to them."""

from msgspec import Struct

from imptui.domain.ids import DeviceId
from imptui.query.expression import And, Claim, Expr, Is, QueryError
from imptui.query.grammar import parse
from imptui.query.query import Query, Scope, Sort

PROBLEM = Is(Claim.PROBLEM)


def is_valid_filter(text: str) -> bool:
    """Return whether a filter can be parsed."""
    try:
        parse(text)
    except QueryError:
        return False
    return True


class VisitedList(Struct, frozen=True):
    """One entry of the history: a list and the position of the cursor."""

    scope: Scope = Scope()
    text: str = ""
    """The text of the filter as it was typed."""
    is_problems: bool = False
    sort: Sort = Sort()
    cursor: DeviceId | None = None

    def query(self) -> Query:
        """Return the query of the list."""
        typed = parse(self.text, lenient=True)
        parts: list[Expr] = [part for part in (PROBLEM if self.is_problems else None, typed) if part is not None]
        where = parts[0] if len(parts) == 1 else And(tuple(parts)) if parts else None
        return Query(self.scope, where, self.sort)


class ListHistory:
    """The lists before and after the one that is shown, each with the device under the cursor.

    Attributes:
        last: The list shown before this one, in either direction.
    """

    def __init__(self) -> None:
        self._past: list[VisitedList] = []
        self._future: list[VisitedList] = []
        self.last: VisitedList | None = None

    def step(self, here: VisitedList) -> None:
        """Record a step from `here` to another list; the lists after it are forgotten."""
        self._past.append(here)
        self._future.clear()

    def back(self, here: VisitedList) -> VisitedList | None:
        """Return the list before; None at the beginning."""
        return self._move(self._past, self._future, here)

    def forward(self, here: VisitedList) -> VisitedList | None:
        """Return the list after; None at the end."""
        return self._move(self._future, self._past, here)

    @staticmethod
    def _move(source: list[VisitedList], other: list[VisitedList], here: VisitedList) -> VisitedList | None:
        if not source:
            return None
        other.append(here)
        return source.pop()
