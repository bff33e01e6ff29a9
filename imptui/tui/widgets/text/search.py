"""Search a text: the pattern, its matches, and the current match."""

import re
from bisect import bisect_left, bisect_right
from itertools import count

from imptui.tui.widgets.text.source import RowSource

HIT_LIMIT = 100_000
"""The largest number of matches counted; more are shown as `100,000+`."""

Hit = tuple[int, int]
"""Row and character at which a match begins."""


class TextSearch:
    """Finds a text in rows. `find` runs in a thread; everything else runs on the event loop.

    Attributes:
        at: The row and character of the cursor, from which `next` and `previous` go on.
    """

    def __init__(self, source: RowSource) -> None:
        self.needle = ""
        self.pattern: re.Pattern[str] | None = None
        self.hits: list[Hit] = []
        self.is_running = False
        self.at: Hit = (0, 0)
        self._source = source
        self._numbers = count(1)
        self._number = 0

    def begin(self, needle: str) -> int:
        """Begin a search; lower case matches both cases, and an empty text ends the search.

        Returns:
            The number of the search, for `find` and `finish`; a newer search cancels an older one.
        """
        self.needle = needle
        self.pattern = re.compile(re.escape(needle), 0 if needle != needle.lower() else re.IGNORECASE) if needle else None
        self.hits, self.is_running = [], bool(needle)
        self._number = next(self._numbers)
        return self._number

    def find(self, number: int) -> list[Hit]:
        """Return the matches in all rows, or those found before a newer search began."""
        found: list[Hit] = []
        for row in range(self._source.row_count):
            if row % 256 == 0 and number != self._number:
                break
            try:
                found += self._matches(row)
            except IndexError:  # The text changed during the search; it is searched again then.
                break
            if len(found) >= HIT_LIMIT:
                break
        return found[:HIT_LIMIT]

    def _matches(self, row: int) -> list[Hit]:
        if self.pattern is None:
            return []
        return [(row, each.start()) for text in self._source.texts_of(row) for each in self.pattern.finditer(text)]

    def finish(self, number: int, hits: list[Hit]) -> bool:
        """Store the matches of a search; return False if a newer search began."""
        if number != self._number:
            return False
        self.hits, self.is_running = hits, False
        return True

    def extend(self, first: int) -> None:
        """Search the rows from `first` on as well, after they were appended."""
        if self.pattern is None:
            return
        for row in range(first, self._source.row_count):
            self.hits += self._matches(row)

    def nearest(self) -> Hit | None:
        """Return the match at the cursor or the next one after it, wrapping around."""
        return self.hits[bisect_left(self.hits, self.at) % len(self.hits)] if self.hits else None

    def next(self) -> Hit | None:
        """Return the next match, wrapping around."""
        return self.hits[bisect_right(self.hits, self.at) % len(self.hits)] if self.hits else None

    def previous(self) -> Hit | None:
        """Return the match before, wrapping around."""
        return self.hits[(bisect_left(self.hits, self.at) - 1) % len(self.hits)] if self.hits else None

    @property
    def why_no_hit(self) -> str:
        """The sentence if there is no match to go to; foreign text."""
        return f"'{self.needle}' is not here." if self.needle else "Nothing is searched; / begins a search."

    @property
    def status_text(self) -> str:
        """The progress of the search; empty without one. Foreign text."""
        if not self.needle:
            return ""
        if self.is_running:
            return f"'{self.needle}' searching"
        if not self.hits:
            return f"'{self.needle}' not found"
        number = f"{len(self.hits):,}" + ("+" if len(self.hits) == HIT_LIMIT else "")
        return f"'{self.needle}' {bisect_right(self.hits, self.at):,} of {number}"
