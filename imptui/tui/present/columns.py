"""Lines of foreign text as cells, a visible part at a time, however long the line is.

A line is addressed by characters, a screen by cells. Tabs, controls and wide characters make the two differ; text that is
plain ASCII, as nearly all programs are, takes the short way everywhere. Nothing here looks further into a line than what
is to be shown of it.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style

from imptui.tui.present.safe import safe, width

TAB_CELLS = 4
"""Tab stops are so far apart."""

_CHUNK = 256

Mark = tuple[int, int, Style]
"""First and end character of a stretch, and what is added to its look."""


class VisiblePart(Struct, frozen=True):
    """What is seen of a line."""

    start: int
    """The first character shown."""
    shown: Sequence[str]
    """What stands for each character from there on; all of it safe. A plain text is a sequence of its own characters."""
    lead: int = 0
    """Blank cells in front, where a wide character or a tab is cut by the left edge."""

    @property
    def end(self) -> int:
        """The first character not shown any longer."""
        return self.start + len(self.shown)


def is_plain(text: str) -> bool:
    """Whether each character is one cell and needs no care."""
    return text.isascii() and text.isprintable()


def shown(character: str, column: int, tab: str) -> str:
    """What stands for one character at a column; a tab is its sign and blanks up to the next stop."""
    if character == "\t":
        return tab + " " * (TAB_CELLS - 1 - column % TAB_CELLS)
    return safe(character)


def fitting(line: str, start: int, cells: int, tab: str, column: int = 0) -> VisiblePart:
    """As many characters from `start` on as fit into `cells`, at least one where there is one.

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
    """What is seen of a line that is scrolled sideways by `cell` cells."""
    if is_plain(line[: cell + cells]):
        return VisiblePart(min(cell, len(line)), line[cell : cell + cells])
    index, column = _walk(line, tab, until_cell=cell)
    if index >= len(line) or column == cell:
        return fitting(line, index, cells, tab, column)
    lead = column + width(shown(line[index], column, tab)) - cell
    rest = fitting(line, index + 1, cells - lead, tab, cell + lead) if lead < cells else VisiblePart(index + 1, "")
    return VisiblePart(rest.start, rest.shown, min(lead, cells))


def column_of(line: str, index: int, tab: str) -> int:
    """The cell at which a character begins."""
    if is_plain(line[:index]):
        return index
    return _walk(line, tab, until_index=index)[1]


def _walk(line: str, tab: str, *, until_cell: int | None = None, until_index: int | None = None) -> tuple[int, int]:
    """The last character that begins at or before a cell, or a given one; and the cell where it begins."""
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
    """The characters at which a line begins and goes on when it is wrapped; at least the first."""
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
    """A part of a line in exactly `cells`.

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
