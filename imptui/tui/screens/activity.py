"""The screen of changes made from this machine: author, time, values before and after, answer."""

from typing import ClassVar

from textual import work

from imptui.domain.rows import JournalEntry
from imptui.tui.present.age import stamp
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.screens.reader import LinesReader
from imptui.tui.screens.reading import ReadingPage


class ActivityPage(ReadingPage):
    """Lists the changes of the journal; opens with `@`."""

    page_name: ClassVar[str] = "text"

    def __init__(self) -> None:
        super().__init__()
        self.lines = self.reader = LinesReader(self, "What was changed from here, newest first")

    def opened(self) -> None:
        """Read the journal."""
        self.focus_pane(self.reader.pane)
        self.reader.paint()
        self._load()

    @work(exclusive=True)
    async def _load(self) -> None:
        entries = await self.fleet.look.journal()
        lines = [line for entry in entries for line in _lines(entry)]
        self.lines.show(lines or [[(" Nothing was changed from here yet.", "dim")]])

    def fleet_changed(self) -> None:
        """Read the journal again, because it may have another entry."""
        super().fleet_changed()
        self._load()


def _lines(entry: JournalEntry) -> list[list[Piece]]:
    answer = entry.answer or "no answer yet"
    role = "problem" if entry.is_refused else "online" if entry.answer else "pending"
    lines: list[list[Piece]] = [
        [
            (f" {stamp(entry.at)}  ", "dim"),
            (f"{safe(entry.verb)} {safe(entry.subject)}", ""),
            (f"  by {safe(entry.who)}  ", "dim"),
            (safe(answer), role),
        ]
    ]
    for label, text in (("before", entry.before), ("after", entry.after)):
        if text:
            lines.append([(f"{'':22}{label:<7}", "dim"), (safe(text), "")])
    return lines
