"""Paint one line of a text: margin, roles, matches, selection and cursor."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from rich.segment import Segment
from rich.style import Style

from imptui.tui.present.columns import Mark, VisiblePart, fitting, painted, part_from
from imptui.tui.present.look import Look
from imptui.tui.widgets.text.search import TextSearch
from imptui.tui.widgets.text.source import RowSource, Stretch
from imptui.tui.widgets.text.viewport import Viewport
from imptui.tui.widgets.text.wrapping import Wrapping


class ScreenLine(NamedTuple):
    """One line of the screen."""

    row: int
    part: int
    """The part of a wrapped row."""
    is_cursor: bool
    is_selected: bool
    """True if it belongs to a range that was begun."""
    has_focus: bool
    """True if the pane has the focus."""


class LinePainter(Protocol):
    """Paints the lines of a text pane."""

    def paint(self, look: Look, line: ScreenLine, cells: int) -> list[Segment]:
        """Return one line of the screen, in exactly `cells`."""
        ...


class TextPainter:
    """Paints the visible part of rows."""

    def __init__(self, source: RowSource, wrapping: Wrapping, viewport: Viewport, search: TextSearch) -> None:
        self._source = source
        self._wrapping = wrapping
        self._viewport = viewport
        self._search = search

    def paint(self, look: Look, line: ScreenLine, cells: int) -> list[Segment]:
        """Return the margin and the text of one line, in exactly `cells`."""
        source, row = self._source, line.row
        margin = min(source.margin_cells, cells)
        role = source.role_of(row)
        pieces = source.margin_of(row, line.part, is_cursor=line.is_cursor)
        head = look.line(pieces, margin, "cursor" if line.is_cursor and line.has_focus else role)
        text = source.text_of(row)
        return head + self.paint_text(look, line, text, cells - margin, role, source.stretches_of(row))

    def paint_text(
        self, look: Look, line: ScreenLine, text: str, cells: int, role: str, stretches: Sequence[Stretch]
    ) -> list[Segment]:
        """Return the visible part of one text of a row, in exactly `cells`."""
        if cells <= 0:
            return []
        part = self._visible(text, line.part, cells)
        if part is None:
            return [Segment(" " * cells, look.style(role))]
        marks: list[Mark] = []
        if not (line.is_cursor and look.is_ansi):
            marks += [(first, end, look.styles[own]) for first, end, own in stretches if end > part.start and first < part.end]
        if self._search.pattern is not None:
            marks += self._matches(text, part, look.styles["match"])
        return painted(part, text, marks, cells, _base(look, line, role), look.styles["dim"])

    def _visible(self, text: str, part: int, cells: int) -> VisiblePart | None:
        wrapping = self._wrapping
        if not wrapping.is_on:
            return part_from(text, self._viewport.x, cells, wrapping.tab)
        starts = wrapping.breaks(text, cells)
        return fitting(text, starts[part], cells, wrapping.tab) if part < len(starts) else None

    def _matches(self, text: str, part: VisiblePart, style: Style) -> list[Mark]:
        search = self._search
        if search.pattern is None:
            return []
        reach = len(search.needle)
        before = max(0, part.start - reach)
        near = text[before : part.end + reach]
        return [
            (before + each.start(), before + each.end(), style)
            for each in search.pattern.finditer(near)
            if each.end() > each.start()
        ]


def _base(look: Look, line: ScreenLine, role: str) -> Style:
    base = look.style(role)
    if line.is_cursor:
        base += look.styles["cursor-blurred"]
    if line.is_selected:
        base += look.styles["marked"]
    return base
