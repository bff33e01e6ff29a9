"""A view of any number of lines; only visible ones are painted."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from imptui.tui.present.look import Piece
from imptui.tui.widgets.theme_access import look_of


class LinesView(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines of safe pieces that scroll without a cursor."""

    DEFAULT_CSS = """
    LinesView { height: 1fr; width: 1fr; scrollbar-size: 0 0; background: $text-paper; }
    """
    role = "text"

    def __init__(self, lines: Sequence[list[Piece]] = (), *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lines: list[list[Piece]] = list(lines)

    @property
    def lines(self) -> list[str]:
        """The texts of the lines, without roles."""
        return ["".join(text for text, _ in line) for line in self._lines]

    def put(self, lines: Sequence[list[Piece]]) -> None:
        """Show these lines; unchanged ones are not painted again."""
        old, self._lines = self._lines, list(lines)
        if len(old) != len(self._lines):
            self.virtual_size = Size(self.size.width, len(self._lines))
            self.refresh(layout=self.styles.is_auto_height)
            return
        for index, (was, now) in enumerate(zip(old, self._lines, strict=True)):
            y = index - self._top
            if was != now and 0 <= y < self.size.height:
                self.refresh(Region(0, y, self.size.width, 1))

    @property
    def _top(self) -> int:
        return round(self.scroll_offset.y)

    def on_resize(self) -> None:
        """Paint the lines for the new size."""
        self.virtual_size = Size(self.size.width, len(self._lines))

    def render_line(self, y: int) -> Strip:
        """Paint one line, or a blank one."""
        look, cells, index = look_of(self), self.size.width, self._top + y
        if index >= len(self._lines):
            return Strip([Segment(" " * cells, look.style(self.role))], cells)
        return Strip(look.line(self._lines[index], cells, self.role), cells)

    def _scroll(self, lines: int) -> None:
        limit = max(0, len(self._lines) - self.size.height)
        self.scroll_to(y=max(0, min(limit, self._top + lines)), animate=False, immediate=True, force=True)
        self.refresh()

    def action_cursor_down(self) -> None:
        """Scroll one line down."""
        self._scroll(1)

    def action_cursor_up(self) -> None:
        """Scroll one line up."""
        self._scroll(-1)

    def action_page_down(self) -> None:
        """Scroll a screen down."""
        self._scroll(self.size.height)

    def action_page_up(self) -> None:
        """Scroll a screen up."""
        self._scroll(-self.size.height)

    def action_half_down(self) -> None:
        """Scroll half a screen down."""
        self._scroll(self.size.height // 2)

    def action_half_up(self) -> None:
        """Scroll half a screen up."""
        self._scroll(-(self.size.height // 2))

    def action_top(self) -> None:
        """Scroll to the first line."""
        self._scroll(-len(self._lines))

    def action_bottom(self) -> None:
        """Scroll to the last line."""
        self._scroll(len(self._lines))
