"""Painted lines that repaint only what changed."""

from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from imptui.tui.present.look import Piece
from imptui.tui.widgets.theme_access import look_of


class PaintedLines(Widget):
    """A few lines of safe pieces.

    Attributes:
        role: The role of the whole line.
    """

    DEFAULT_CSS = """
    PaintedLines { height: auto; width: 1fr; }
    """
    role = "text"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._lines: list[list[Piece]] = []

    @property
    def lines(self) -> list[str]:
        """The texts of the lines, without roles."""
        return ["".join(text for text, _ in line) for line in self._lines]

    def put(self, lines: list[list[Piece]]) -> None:
        """Show these lines; unchanged ones are not painted again."""
        old, self._lines = self._lines, lines
        if len(old) != len(lines):
            self.refresh(layout=True)
            return
        for y, (was, now) in enumerate(zip(old, lines, strict=True)):
            if was != now:
                self.refresh(Region(0, y, self.size.width, 1))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's shape
        """Return the number of lines."""
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        """Paint one line, or a blank one."""
        look, cells = look_of(self), self.size.width
        pieces = self._lines[y] if y < len(self._lines) else []
        return Strip(look.line(pieces, cells, self.role), cells)


class PaintedLine(PaintedLines):
    """A single painted line of safe pieces."""

    DEFAULT_CSS = """
    PaintedLine { height: 1; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._lines = [[]]  # The height never depends on the text, so the first text needs no new layout.

    def show_pieces(self, pieces: list[Piece]) -> None:
        """Show these pieces in the line."""
        self.put([pieces])
