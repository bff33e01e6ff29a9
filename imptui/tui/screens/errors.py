"""What went wrong, newest first."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from imptui.tui.present.age import stamp
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe_lines
from imptui.tui.screens.text import TextPage


class Mishap(Struct, frozen=True):
    """Something that went wrong."""

    at: datetime
    text: str


class ErrorsPage(TextPage):
    """The list behind `!`."""

    def __init__(self, mishaps: Sequence[Mishap]) -> None:
        lines: list[list[Piece]] = []
        for mishap in reversed(mishaps):
            first, *rest = safe_lines(mishap.text)
            lines.append([(f" {stamp(mishap.at)}  ", "dim"), (first, "problem")])
            lines += [[(" " * 23 + line, "")] for line in rest]
        lines += [[], [(" :login signs in again, R reads everything again.", "dim")]] if lines else []
        super().__init__("What went wrong, newest first", lines or [[(" Nothing went wrong so far.", "dim")]])
