"""The line above the device list: which devices, how many, filter and order."""

from dataclasses import dataclass

from imptui.query.query import Sort, SortColumn
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe


@dataclass(frozen=True, slots=True)
class ListTitle:
    """The content of the title line."""

    scope: str
    """The part of the account; foreign text."""
    place: int
    """The position of the device under the cursor, from 1."""
    count: int
    is_counted: bool
    """True if `count` is final."""
    filter: str
    """The filter as it was typed; foreign text."""
    is_problems: bool
    marked: int
    is_ranging: bool
    """True if a range was begun and not ended."""
    sort: Sort

    def pieces(self) -> list[Piece]:
        """Return the title line; safe."""
        place = f"{min(self.place, self.count):,} of " if self.count else ""
        more = "" if self.is_counted else "+"
        pieces: list[Piece] = [(f" {safe(self.scope)} ", "title-focus"), (f" {place}{self.count:,}{more}", "title")]
        if self.filter:
            pieces.append((f"  filter: {safe(self.filter)}", "title"))
        if self.is_problems:
            pieces.append(("  problems only", "problem"))
        if self.marked:
            pieces.append((f"  {self.marked:,} marked", "marked"))
        if self.is_ranging:
            pieces.append(("  range begun", "marked"))
        if self.sort != Sort() and self.sort.column is not SortColumn.NAME:
            pieces.append((f"  by {self.sort.column.value}", "dim"))
        return pieces
