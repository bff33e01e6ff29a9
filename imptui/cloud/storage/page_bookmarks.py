"""Caches where pages of devices begin, while no device changes its place.

A client walks a list page by page. Skipping to page 9,000 costs as many steps as there are entries before it; knowing
where the page before ended costs none. The service counts how often devices came, went or moved (`turn`); a bookmark of
another turn is not used, so a page is always exactly what skipping would give.

A client that jumps about in a list leaves milestones at regular distances, so that the next jump, to
wherever it is, skips only what lies between the page and the milestone before it.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable

LIMIT = 4_096
MILESTONES_APART = 10_000
"""Skipping so many entries costs about a tenth of a millisecond."""


class PageBookmarks:
    """Ends of pages that were read lately."""

    def __init__(self) -> None:
        self._ends: OrderedDict[Hashable, int] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, turn: int, listing: Hashable, offset: int, after_seq: int) -> None:
        """Remember that, in this listing, what lies `offset` entries in comes after `after_seq`."""
        with self._lock:
            self._ends[turn, listing, offset] = after_seq
            if len(self._ends) > LIMIT:
                self._ends.popitem(last=False)

    def find(self, turn: int, listing: Hashable, offset: int) -> int | None:
        """Return the entry before `offset`, if it is known."""
        with self._lock:
            return self._ends.get((turn, listing, offset))

    def before(self, turn: int, listing: Hashable, offset: int) -> tuple[int, int]:
        """The nearest known place at or before an offset: how many entries in it lies, and what it comes after."""
        known = self.find(turn, listing, offset)
        if known is not None:
            return offset, known
        with self._lock:
            furthest = min(offset // MILESTONES_APART, LIMIT)
            for passed in range(furthest * MILESTONES_APART, 0, -MILESTONES_APART):
                after = self._ends.get((turn, listing, passed))
                if after is not None:
                    return passed, after
        return 0, 0
