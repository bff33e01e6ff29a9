"""The screen of a raw document."""

from typing import ClassVar

from imptui.tui.commands.copying import raw
from imptui.tui.present.safe import safe_lines
from imptui.tui.screens.external_program import TextFile
from imptui.tui.screens.reader import LinesReader
from imptui.tui.screens.reading import ReadingPage


class RawPage(ReadingPage):
    """Shows the document of a product, a group, a device or a deployment, with every field."""

    page_name: ClassVar[str] = "text"

    def __init__(self, title: str, thing: object) -> None:
        super().__init__()
        self._document = raw(thing)
        self.lines = self.reader = LinesReader(self, title, self._file)

    def opened(self) -> None:
        """Show the document."""
        self.focus_pane(self.reader.pane)
        self.lines.show([[(line, "")] for line in safe_lines(self._document)])

    def _file(self) -> TextFile:
        """Return the document unchanged, not as it is painted."""
        return TextFile(self._document + "\n", "document", "json")
