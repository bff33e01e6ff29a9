"""What a terminal shows: cells with their looks, read from a terminal that is emulated."""

from __future__ import annotations

from typing import Any, NamedTuple

import pyte


class Pen(NamedTuple):
    """How a cell is drawn; colours by the names and numbers that pyte gives them."""

    ink: str = "default"
    paper: str = "default"
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    reverse: bool = False


class Cell(NamedTuple):
    """One place of the screen; the right half of a wide character holds no text."""

    text: str = " "
    pen: Pen = Pen()


class Picture(NamedTuple):
    """Everything that a terminal shows, and where its cursor is."""

    lines: tuple[tuple[Cell, ...], ...]
    cursor: tuple[int, int] = (0, 0)
    """Row and column, from 0."""

    @classmethod
    def blank(cls, cells: int, rows: int) -> Picture:
        """A terminal that was just cleared."""
        return cls(((Cell(),) * cells,) * rows)

    def text(self) -> list[str]:
        """Its lines, without looks."""
        return ["".join(cell.text for cell in line) for line in self.lines]

    def changed_from(self, before: Picture) -> int:
        """How many cells differ."""
        return sum(
            old != new for one, other in zip(before.lines, self.lines, strict=True) for old, new in zip(one, other, strict=True)
        )


class Emulated(pyte.Screen):
    """pyte's screen, deaf to what it would misread: private variants of plain sequences, and questions."""

    def report_device_attributes(self, *_: Any, **__: Any) -> None:
        """Nobody answers."""

    def report_device_status(self, *_: Any, **__: Any) -> None:
        """Nobody answers."""

    def select_graphic_rendition(self, *codes: int, **how: Any) -> None:
        """Colours and emphasis; with `>` or `?` it speaks of the keyboard."""
        if not how.get("private"):
            super().select_graphic_rendition(*codes)

    def set_margins(self, top: int | None = None, bottom: int | None = None, **how: Any) -> None:
        """The part of the screen that scrolls."""
        if not how.get("private"):
            super().set_margins(top, bottom)

    def picture(self) -> Picture:
        """What is shown now."""
        lines = []
        for row in range(self.lines):
            shown = self.buffer[row]
            lines.append(tuple(_cell(shown[column]) for column in range(self.columns)))
        return Picture(tuple(lines), (self.cursor.y, min(self.cursor.x, self.columns - 1)))


def _cell(found: Any) -> Cell:
    pen = Pen(found.fg, found.bg, found.bold, found.italics, found.underscore, found.strikethrough, found.reverse)
    return Cell(found.data, pen)
