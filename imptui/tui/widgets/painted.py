"""Lines of painted text that repaint only what changed."""

from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from imptui.tui.present.look import Piece
from imptui.tui.widgets.theme_access import look_of


class PaintedLines(Widget):
    """Some lines of pieces, each text safe already.

    Attributes:
        role: What the whole of a line is painted in.
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
        """What the lines say, without their looks."""
        return ["".join(text for text, _ in line) for line in self._lines]

    def put(self, lines: list[list[Piece]]) -> None:
        """Show these; a line that reads and looks as before is not painted again."""
        old, self._lines = self._lines, lines
        if len(old) != len(lines):
            self.refresh(layout=True)
            return
        for y, (was, now) in enumerate(zip(old, lines, strict=True)):
            if was != now:
                self.refresh(Region(0, y, self.size.width, 1))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's shape
        """As many lines as there are."""
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        """One line, or a blank one."""
        look, cells = look_of(self), self.size.width
        pieces = self._lines[y] if y < len(self._lines) else []
        return Strip(look.line(pieces, cells, self.role), cells)


class PaintedLine(PaintedLines):
    """One line."""

    DEFAULT_CSS = """
    PaintedLine { height: 1; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._lines = [[]]  # its height never follows what it says, so saying the first thing is no reason for a layout

    def say(self, pieces: list[Piece]) -> None:
        """Show this."""
        self.put([pieces])
