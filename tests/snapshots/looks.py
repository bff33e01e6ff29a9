"""A screen as text that a person can read in a diff: what it says, then how each line is painted.

    looks
     1  default on white bold ×6 | . ×74

Painted runs are written as a colour on a background with what emphasises them, and how many cells they take; `.` is
the terminal's own colours. Cells come from what would be sent to a terminal of so many colours.
"""

from __future__ import annotations

import itertools

import pyte
from rich.color import ColorSystem
from rich.segment import Segment
from textual.app import App
from textual.strip import Strip

from imptui.tui.terminal.cells import Shadow, encoder
from tests.terminal.pictures import Emulated, Pen, Picture

PLAIN = Pen()


def picture_of(app: App[None], colours: ColorSystem, encoding: str = "utf-8") -> Picture:
    """What a terminal with so many colours and such letters would show, painted as the console paints."""
    cells, rows = app.size

    def sgr(segment: Segment) -> str:
        return Strip.render_ansi(segment.style, colours) if segment.style else ""

    shadow = Shadow(cells, rows, sgr=sgr, erases_coloured=True, encodes=encoder(encoding))
    strips = app.screen._compositor.render_strips()
    cursor = app.cursor_position
    screen = Emulated(cells, rows)
    pyte.Stream(screen).feed(shadow.paint([(row, 0, list(strip)) for row, strip in enumerate(strips)], (cursor.y, cursor.x)))
    return screen.picture()


def written(picture: Picture) -> str:
    """The file of a picture."""
    looks = [f"{number:>3}  {_runs([cell.pen for cell in line])}" for number, line in enumerate(picture.lines, 1)]
    return "\n".join([*(line.rstrip() for line in picture.text()), "", "looks", *looks]) + "\n"


def _runs(pens: list[Pen]) -> str:
    return " | ".join(f"{_named(pen)} ×{len(list(run))}" for pen, run in itertools.groupby(pens))


def _named(pen: Pen) -> str:
    emphasis = [name for name in ("bold", "italic", "underline", "strike", "reverse") if getattr(pen, name)]
    colours = "" if (pen.ink, pen.paper) == (PLAIN.ink, PLAIN.paper) else f"{_colour(pen.ink)} on {_colour(pen.paper)}"
    return " ".join([*([colours] if colours else []), *emphasis]) or "."


def _colour(name: str) -> str:
    # pyte calls yellow brown, as old terminals showed it.
    name = name.replace("brown", "yellow").replace("bfight", "bright")
    return f"#{name}" if len(name) == 6 and all(letter in "0123456789abcdef" for letter in name) else name


def unseen(picture: Picture) -> list[str]:
    """Texts that have the colour of their background, with their line."""
    found = []
    for number, line in enumerate(picture.lines, 1):
        for pen, run in itertools.groupby(line, key=lambda cell: cell.pen):
            text = "".join(cell.text for cell in run)
            if pen.ink == pen.paper != "default" and text.strip():
                found.append(f"line {number}: {text!r} in {_colour(pen.ink)}")
    return found
