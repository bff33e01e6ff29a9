"""The screen of failures, newest first."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from imptui.tui.present.age import stamp
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe_lines
from imptui.tui.screens.reader import LinesReader
from imptui.tui.screens.reading import ReadingPage


class Mishap(Struct, frozen=True):
    """A failure that was shown to the user."""

    at: datetime
    text: str


class ErrorsPage(ReadingPage):
    """Lists the failures of this session; opens with `!`."""

    page_name: ClassVar[str] = "text"

    def __init__(self, mishaps: Sequence[Mishap]) -> None:
        super().__init__()
        self.lines = self.reader = LinesReader(self, "What went wrong, newest first")
        self._mishaps = tuple(mishaps)

    def opened(self) -> None:
        """Show the failures so far."""
        self.give_keys(self.reader.pane)
        self.lines.show(_lines(self._mishaps) or [[(" Nothing went wrong so far.", "dim")]])


def _lines(mishaps: Sequence[Mishap]) -> list[list[Piece]]:
    lines: list[list[Piece]] = []
    for mishap in reversed(mishaps):
        first, *rest = safe_lines(mishap.text)
        lines.append([(f" {stamp(mishap.at)}  ", "dim"), (first, "problem")])
        lines += [[(" " * 23 + line, "")] for line in rest]
    return [*lines, [], [(" :login signs in again, R reads everything again.", "dim")]] if lines else []
