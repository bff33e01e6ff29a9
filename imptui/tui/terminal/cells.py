"""What the terminal shows, cell by cell, and the shortest way from there to what it should show.

Whole lines repeat what is on the terminal already; over a slow line that is most of the bytes. A `Shadow` remembers every
cell and writes the differences: moves of the cursor, one change of colours per run, and erasing to the end of a line.
"""

from collections.abc import Callable, Iterable
from itertools import repeat

from rich.cells import get_character_cell_size
from rich.segment import Segment

from imptui.tui.terminal.frame import Frame, Run
from imptui.tui.terminal.sgr import has_paper, is_drawn, turn

Cell = tuple[str, str]
"""A character with what combines with it, and its colours as parameters of SGR. The right half of a wide one is empty."""

Painted = tuple[int, int, Iterable[Segment]]
"""Line, column, and what is painted from there."""

NEAR = 4
"""Cells up to here are written again rather than skipped: a move takes as many bytes."""

ERASE = 4
"""Blank ends longer than this are erased rather than written."""

NOWHERE = (-1, -1)


def can_erase_coloured(terminal: str) -> bool:
    """Whether a terminal erases with the present background (`bce`)."""
    import curses

    try:
        curses.setupterm(terminal or "dumb", 1)
    except curses.error:
        return False
    return bool(curses.tigetflag("bce") > 0)


class Shadow:
    """The cells of a terminal.

    Args:
        columns: Its width.
        lines: Its height.
        sgr: The SGR parameters of a segment.
        erases_coloured: Whether erasing takes the present background.
        encodes: Whether a text can be sent; what cannot becomes a question mark of the same width.
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
        """Where the terminal's cursor is, as line and column."""

    def paint(self, pieces: Iterable[Painted], cursor: tuple[int, int]) -> str:
        """What to send so that the pieces are on the screen and the cursor is at `cursor` (line, column).

        Nothing when everything is there already.
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
        """The same cells, which stay as they are now."""
        twin = Shadow(*self.size, sgr=self._sgr, erases_coloured=self._erases_coloured, encodes=self._encodes)
        twin._rows = [row.copy() for row in self._rows]
        return twin

    def adopt(self, frame: Frame) -> None:
        """Take the cells of a frame for what the terminal shows: somebody painted it there."""
        for row, runs in zip(self._rows, frame.rows, strict=False):
            cells = self._cells_of(runs)[: self.size[0]]
            row[: len(cells)] = cells

    def frame(self, drawn_at_s: int) -> Frame | None:
        """What the terminal shows, as it can be kept; None while not every cell is known."""
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
                    # Nobody paints these; should somebody, they still do not reach the terminal.
                    cells.append(("?", sgr))
                    continue
                shown = character if self._encodes(character) else "?" * size
                if size == 0 and cells:
                    cells[-1] = (cells[-1][0] + shown, sgr)
                elif size == 2:
                    # Two question marks are two cells; a wide character is one and its right half.
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
            while k < count and cells[k][0] == "":  # the right half of what was sent, also where another one had it before
                k += 1
            # At the right edge terminals disagree about where the cursor is.
            self._at = (y, x + k) if x + k < self.size[0] else NOWHERE
        row[x : x + count] = cells

    def _blank_from(self, x: int, cells: list[Cell]) -> int:
        """From which cell on the line is blank to its right edge and may be erased; its length when it may not."""
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
    """Whether a text can be sent in an encoding; unknown encodings are taken for ASCII."""
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
