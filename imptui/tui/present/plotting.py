"""Lines and boxes on a grid of cells. The grid joins lines that meet into corners and crossings."""

from imptui.tui.present.look import Piece

NORTH, SOUTH, EAST, WEST = 1, 2, 4, 8

_UNICODE = dict(zip(range(1, 16), "│││─└┌├─┘┐┤─┴┬┼", strict=True))
_ASCII = dict(zip(range(1, 16), "|||-+++-+++-+++", strict=True))


class Plot:
    """A grid of cells, each with one character and one role.

    Args:
        cells: The width.
        rows: The height.
        is_ascii: Draw lines with `-`, `|` and `+`.
    """

    def __init__(self, cells: int, rows: int, *, is_ascii: bool) -> None:
        self.cells, self.rows = cells, rows
        self._signs = _ASCII if is_ascii else _UNICODE
        self._ways: dict[tuple[int, int], tuple[int, str]] = {}
        self._texts: dict[int, dict[int, tuple[list[Piece], int]]] = {}

    def line(self, y: int, x: int, to_y: int, to_x: int, role: str) -> None:
        """Draw a straight horizontal or vertical line between two cells, both included."""
        if y == to_y:
            first, last = min(x, to_x), max(x, to_x)
            for each in range(first, last + 1):
                self._way(y, each, (EAST if each < last else 0) | (WEST if each > first else 0), role)
        else:
            top, bottom = min(y, to_y), max(y, to_y)
            for each in range(top, bottom + 1):
                self._way(each, x, (SOUTH if each < bottom else 0) | (NORTH if each > top else 0), role)

    def _way(self, y: int, x: int, ways: int, role: str) -> None:
        if 0 <= y < self.rows and 0 <= x < self.cells:
            before, was = self._ways.get((y, x), (0, role))
            self._ways[y, x] = before | ways, was if before else role

    def write(self, y: int, x: int, pieces: list[Piece], cells: int) -> None:
        """Write pieces of exactly `cells` from a cell on, over any line."""
        self._texts.setdefault(y, {})[x] = (pieces, cells)

    def lines(self) -> list[list[Piece]]:
        """Return the rows of the grid as pieces."""
        return [self._row(y) for y in range(self.rows)]

    def _row(self, y: int) -> list[Piece]:
        found: list[Piece] = []
        x = 0
        for start, (pieces, cells) in sorted(self._texts.get(y, {}).items()):
            found += self._between(y, x, start)
            found += pieces
            x = start + cells
        return [*found, *self._between(y, x, self.cells)]

    def _between(self, y: int, x: int, end: int) -> list[Piece]:
        found: list[Piece] = []
        for each in range(x, end):
            ways, role = self._ways.get((y, each), (0, ""))
            sign = self._signs[ways] if ways else " "
            if found and found[-1][1] == role:
                found[-1] = (found[-1][0] + sign, role)
            else:
                found.append((sign, role))
        return found
