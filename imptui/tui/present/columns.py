"""Map foreign text to cells, only the visible part of a line, for lines of any length.

A line is addressed by characters, a screen by cells. Tabs, controls and wide characters make the two differ. Plain ASCII, as
nearly all programs are, takes a fast path. No function reads further into a line than the part to be shown.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style

from imptui.tui.present.safe import safe, width

TAB_CELLS = 4
"""Distance between tab stops."""

_CHUNK = 256

Mark = tuple[int, int, Style]
"""First and end character of a range, and the style added to it."""


class VisiblePart(Struct, frozen=True):
    """The visible part of a line."""

    start: int
    """The index of the first visible character."""
    shown: Sequence[str]
    """The safe text for each visible character. A plain text is a sequence of its own characters."""
    lead: int = 0
    """Blank cells at the left, where the edge cuts a wide character or a tab."""

    @property
    def end(self) -> int:
        """The index after the last visible character."""
        return self.start + len(self.shown)


def is_plain(text: str) -> bool:
    """Return whether each character takes one cell and needs no replacement."""
    return text.isascii() and text.isprintable()


def shown(character: str, column: int, tab: str) -> str:
    """Return the safe text for one character at a column; a tab becomes its sign and blanks up to the next stop."""
    if character == "\t":
        return tab + " " * (TAB_CELLS - 1 - column % TAB_CELLS)
    return safe(character)


def fitting(line: str, start: int, cells: int, tab: str, column: int = 0) -> VisiblePart:
    """Return as many characters from `start` on as fit into `cells`, at least one if there is one.

    Args:
        line: The whole line.
        start: The first character wanted.
        cells: How much room there is.
        tab: The sign of a tab.
        column: The cell of the line at which `start` stands; tab stops count from there.
    """
    head = line[start : start + cells]
    if is_plain(head):
        return VisiblePart(start, head)
    found: list[str] = []
    used = 0
    for character in line[start : start + cells]:
        text = shown(character, column + used, tab)
        size = width(text)
        if used + size > cells and found:
            break
        found.append(text)
        used += size
    return VisiblePart(start, found)


def part_from(line: str, cell: int, cells: int, tab: str) -> VisiblePart:
    """Return the visible part of a line that is scrolled sideways by `cell` cells."""
    if is_plain(line[: cell + cells]):
        return VisiblePart(min(cell, len(line)), line[cell : cell + cells])
    index, column = _walk(line, tab, until_cell=cell)
    if index >= len(line) or column == cell:
        return fitting(line, index, cells, tab, column)
    lead = column + width(shown(line[index], column, tab)) - cell
    rest = fitting(line, index + 1, cells - lead, tab, cell + lead) if lead < cells else VisiblePart(index + 1, "")
    return VisiblePart(rest.start, rest.shown, min(lead, cells))


def column_of(line: str, index: int, tab: str) -> int:
    """Return the cell at which a character begins."""
    if is_plain(line[:index]):
        return index
    return _walk(line, tab, until_index=index)[1]


def _walk(line: str, tab: str, *, until_cell: int | None = None, until_index: int | None = None) -> tuple[int, int]:
    """Return the last character that begins at or before a cell, or a given character, and the cell where it begins."""
    index = column = 0
    end = len(line) if until_index is None else min(until_index, len(line))
    while index < end:
        chunk = line[index : min(index + _CHUNK, end)]
        if is_plain(chunk) and (until_cell is None or column + len(chunk) <= until_cell):
            index, column = index + len(chunk), column + len(chunk)
            continue
        for character in chunk:
            size = width(shown(character, column, tab))
            if until_cell is not None and column + size > until_cell:
                return index, column
            index, column = index + 1, column + size
    return index, column


def breaks(line: str, cells: int, tab: str) -> Sequence[int]:
    """Return the characters at which the parts of a wrapped line begin; at least the first."""
    cells = max(1, cells)
    if is_plain(line):
        return range(0, max(1, len(line)), cells)
    return _breaks(line, cells, tab)


@lru_cache(maxsize=256)
def _breaks(line: str, cells: int, tab: str) -> Sequence[int]:
    found, at = [0], 0
    while (at := fitting(line, at, cells, tab).end) < len(line):
        found.append(at)
    return found


def painted(part: VisiblePart, line: str, layers: Iterable[Mark], cells: int, base: Style, tab_style: Style) -> list[Segment]:
    """Paint a part of a line in exactly `cells`.

    Args:
        part: What is seen of the line.
        line: The whole line.
        cells: How wide the result is.
        layers: Stretches in characters of the line; later ones are laid over earlier ones.
        base: How everything looks where nothing is laid over it.
        tab_style: Laid over tabs.
    """
    count = len(part.shown)
    styles = [base] * count
    for first, end, style in layers:
        for index in range(max(0, first - part.start), min(count, end - part.start)):
            styles[index] += style
    if not isinstance(part.shown, str):
        for index in range(count):
            if line[part.start + index] == "\t":
                styles[index] += tab_style
    segments = [Segment(" " * part.lead, base)] if part.lead else []
    used, at = part.lead, 0
    while at < count:
        end = at + 1
        while end < count and styles[end] is styles[at]:
            end += 1
        text = part.shown[at:end] if isinstance(part.shown, str) else "".join(part.shown[at:end])
        segments.append(Segment(str(text), styles[at]))
        used, at = used + width(str(text)), end
    if used < cells:
        segments.append(Segment(" " * (cells - used), base))
    return segments
