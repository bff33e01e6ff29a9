"""The cells that the terminal shows, and the shortest output that changes them.

Most of a line repeats what the terminal shows already, and on a slow connection that is most of the bytes. A `Shadow` remembers
every cell and writes the differences: cursor moves, one change of colours per run, and erasing to the end of a line.
"""

from collections.abc import Callable, Iterable
from itertools import repeat

from rich.cells import get_character_cell_size
from rich.segment import Segment

from imptui.tui.terminal.frame import Frame, Run
from imptui.tui.terminal.sgr import has_paper, is_drawn, turn

Cell = tuple[str, str]
"""A character with its combining characters, and its colours as SGR parameters. The right half of a wide character is empty."""

Painted = tuple[int, int, Iterable[Segment]]
"""Line, column, and the segments painted from there."""

NEAR = 4
"""A gap of up to this many cells is written again: a cursor move takes as many bytes."""

ERASE = 4
"""Blank line ends longer than this are erased, shorter ones are written."""

NOWHERE = (-1, -1)


def can_erase_coloured(terminal: str) -> bool:
    """Return whether a terminal erases with the current background (`bce`)."""
    import curses

    try:
        curses.setupterm(terminal or "dumb", 1)
    except curses.error:
        return False
    return bool(curses.tigetflag("bce") > 0)


class Shadow:
    """The cells of a terminal.

    Args:
        columns: The width.
        lines: The height.
        sgr: Returns the SGR parameters of a segment.
        erases_coloured: True if erasing uses the current background.
        encodes: Returns whether a text can be sent; other texts become question marks of the same width.
    """

    def __init__(
        self,
        columns: int,
        lines: int,
        *,
        sgr: Callable[[Segment], str],
        erases_coloured: bool,
        encodes: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self.size = (columns, lines)
        self._sgr = sgr
        self._erases_coloured = erases_coloured
        self._encodes = encodes
        self._rows: list[list[Cell | None]] = [[None] * columns for _ in range(lines)]
        self._pen: str | None = None
        self._at = NOWHERE
        """The position of the terminal's cursor, as line and column."""

    def paint(self, pieces: Iterable[Painted], cursor: tuple[int, int]) -> str:
        """Return the output that paints the pieces and moves the cursor to `cursor` (line, column).

        The result is empty if the terminal shows everything already.
        """
        out: list[str] = []
        columns, lines = self.size
        for y, x, segments in pieces:
            if 0 <= y < lines and x < columns:
                self._line(y, x, self._cells(segments)[: columns - x], out)
        if self._at != cursor:
            out.append(f"\x1b[{cursor[0] + 1};{cursor[1] + 1}H")
            self._at = cursor
        return "".join(out)

    def copy(self) -> "Shadow":
        """Return a copy that does not change any more."""
        twin = Shadow(*self.size, sgr=self._sgr, erases_coloured=self._erases_coloured, encodes=self._encodes)
        twin._rows = [row.copy() for row in self._rows]
        return twin

    def adopt(self, frame: Frame) -> None:
        """Take over the cells of a frame that the start has painted."""
        for row, runs in zip(self._rows, frame.rows, strict=False):
            cells = self._cells_of(runs)[: self.size[0]]
            row[: len(cells)] = cells

    def frame(self, drawn_at_s: int) -> Frame | None:
        """Return the shown cells as a frame to save; None if some cells are not known."""
        rows: list[list[Run]] = []
        for cells in self._rows:
            runs: list[Run] = []
            for cell in cells:
                if cell is None:
                    return None
                if runs and runs[-1][1] == cell[1]:
                    runs[-1] = (runs[-1][0] + cell[0], cell[1])
                else:
                    runs.append(cell)
            rows.append(runs)
        return Frame(*self.size, drawn_at_s, rows, erases_coloured=self._erases_coloured)

    def _cells(self, segments: Iterable[Segment]) -> list[Cell]:
        return self._cells_of((segment.text, self._sgr(segment)) for segment in segments if not segment.control)

    def _cells_of(self, runs: Iterable[Run]) -> list[Cell]:
        cells: list[Cell] = []
        for text, sgr in runs:
            if text.isascii() and text.isprintable():
                cells.extend(zip(text, repeat(sgr)))
                continue
            for character in text:
                size = get_character_cell_size(character)
                if not character.isprintable():
                    # Screens hold no such characters; if one does, it does not reach the terminal.
                    cells.append(("?", sgr))
                    continue
                shown = character if self._encodes(character) else "?" * size
                if size == 0 and cells:
                    cells[-1] = (cells[-1][0] + shown, sgr)
                elif size == 2:
                    # Two question marks take two cells; a wide character takes one cell and its right half.
                    cells += [(shown, sgr), ("", sgr)] if shown == character else [("?", sgr), ("?", sgr)]
                elif size:
                    cells.append((shown, sgr))
        return cells

    def _line(self, y: int, x: int, cells: list[Cell], out: list[str]) -> None:
        row, count = self._rows[y], len(cells)
        if row[x : x + count] == cells:
            return
        blank = self._blank_from(x, cells)
        k = 0
        while k < count:
            if row[x + k] == cells[k]:
                k += 1
                continue
            self._move(y, x, k, cells, out)
            if k >= blank:
                self._colour(cells[k][1], out)
                out.append("\x1b[K")
                break
            while k < count and k < blank and row[x + k] != cells[k]:
                self._colour(cells[k][1], out)
                out.append(cells[k][0])
                k += 1
            while k < count and cells[k][0] == "":  # The right half of the character that was sent.
                k += 1
            # Terminals disagree about the cursor's position at the right edge.
            self._at = (y, x + k) if x + k < self.size[0] else NOWHERE
        row[x : x + count] = cells

    def _blank_from(self, x: int, cells: list[Cell]) -> int:
        """Return the cell from which a line is blank to its right edge and may be erased; the line's length if it may not."""
        count = len(cells)
        if not count or x + count < self.size[0] or cells[-1][0] != " ":
            return count
        if has_paper(cells[-1][1]) and not self._erases_coloured:
            return count
        blank, last = count, cells[-1]
        while blank and cells[blank - 1] == last:
            blank -= 1
        return blank if count - blank > ERASE and not is_drawn(last[1]) else count

    def _move(self, y: int, x: int, k: int, cells: list[Cell], out: list[str]) -> None:
        line, column = self._at
        target = x + k
        gap = target - column
        if line == y and gap == 0:
            return
        if line == y and 0 < gap <= NEAR and column >= x:
            between = cells[column - x : k]
            if all(cell[1] == self._pen and cell[0].isascii() and cell[0] for cell in between):
                out.append("".join(cell[0] for cell in between))
                return
        out.append(f"\x1b[{gap}C" if line == y and gap > 0 else f"\x1b[{y + 1};{target + 1}H")
        self._at = (y, target)

    def _colour(self, sgr: str, out: list[str]) -> None:
        if sgr != self._pen:
            out.append(turn(self._pen, sgr))
            self._pen = sgr


def encoder(encoding: str) -> Callable[[str], bool]:
    """Return a function that tells whether a text can be sent in an encoding; unknown encodings count as ASCII."""
    cache: dict[str, bool] = {}

    def encodes(text: str) -> bool:
        if text not in cache:
            try:
                text.encode(encoding)
            except (UnicodeEncodeError, LookupError):
                cache[text] = False
            else:
                cache[text] = True
        return cache[text]

    return encodes
