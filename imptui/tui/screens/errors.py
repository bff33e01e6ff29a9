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


class ShownFailure(Struct, frozen=True):
    """A failure that was shown to the user."""

    at: datetime
    text: str


class ErrorsPage(ReadingPage):
    """Lists the failures of this session; opens with `!`."""

    page_name: ClassVar[str] = "text"

    def __init__(self, failures: Sequence[ShownFailure]) -> None:
        super().__init__()
        self.lines = self.reader = LinesReader(self, "What went wrong, newest first")
        self._failures = tuple(failures)

    def opened(self) -> None:
        """Show the failures so far."""
        self.focus_pane(self.reader.pane)
        self.lines.show(_lines(self._failures) or [[(" Nothing went wrong so far.", "dim")]])


def _lines(failures: Sequence[ShownFailure]) -> list[list[Piece]]:
    lines: list[list[Piece]] = []
    for failure in reversed(failures):
        first, *rest = safe_lines(failure.text)
        lines.append([(f" {stamp(failure.at)}  ", "dim"), (first, "problem")])
        lines += [[(" " * 23 + line, "")] for line in rest]
    return [*lines, [], [(" :login signs in again, R reads everything again.", "dim")]] if lines else []
