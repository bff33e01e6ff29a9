"""Paint a comparison in two columns."""

from rich.segment import Segment

from imptui.tui.present.look import Look, Piece
from imptui.tui.widgets.diff.comparison import ComparedFile
from imptui.tui.widgets.diff.diff_text import DiffText
from imptui.tui.widgets.diff_rows import NONE, Row
from imptui.tui.widgets.text.painter import ScreenLine, TextPainter


class SidePainter:
    """Paints the old line on the left and the new one on the right.

    Args:
        text: The rows.
        painter: Paints the text of each side, and rows that have one column.
    """

    def __init__(self, text: DiffText, painter: TextPainter) -> None:
        self._text = text
        self._painter = painter

    def paint(self, look: Look, line: ScreenLine, cells: int) -> list[Segment]:
        """Return one line of the screen, in exactly `cells`."""
        at, file = self._text.row_at(line.row), self._text.file
        if at is None or file is None or file.rows is None or not file.rows.is_split or at.kind not in ("pair", "equal"):
            return self._painter.paint(look, line, cells)
        left = (cells - 1) // 2
        found = self._side(look, line, file, at, left, is_old=True)
        found.append(Segment(look.glyphs.upright, look.style("dim")))
        return found + self._side(look, line, file, at, cells - left - 1, is_old=False)

    def _side(self, look: Look, line: ScreenLine, file: ComparedFile, at: Row, cells: int, *, is_old: bool) -> list[Segment]:
        number = at.old if is_old else at.new
        if number == NONE:
            style = look.style("dim")
            return [Segment(" " * cells, style + look.styles["cursor-blurred"] if line.is_cursor else style)]
        role = "text" if at.kind == "equal" else "removed" if is_old else "added"
        margin = min(cells, file.number_cells + 2)
        pieces = _margin(file, at, number, line.part, is_old=is_old)
        head = look.line(pieces, margin, "cursor" if line.is_cursor and line.has_focus else role)
        text = (file.diff.old_lines if is_old else file.diff.new_lines)[number]
        stretches = self._text.side_stretches(line.row, at, is_old=is_old)
        return head + self._painter.paint_text(look, line, text, cells - margin, role, stretches)


def _margin(file: ComparedFile, at: Row, number: int, part: int, *, is_old: bool) -> list[Piece]:
    is_equal = at.kind == "equal"
    words = f"{number + 1:>{file.number_cells - 1}} " if part == 0 else " " * file.number_cells
    sign = "  " if is_equal or part else "- " if is_old else "+ "
    return [(words, "line-number" if is_equal else ""), (sign, "")]
