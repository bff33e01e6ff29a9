"""Screens that are lines to read: the raw document, the errors, the activity, the help."""

from typing import ClassVar

from imptui.tui.commands.copying import raw
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe, safe_lines
from imptui.tui.screens.reading import ReadingPage
from imptui.tui.widgets.piece_pane import PiecePane
from imptui.tui.widgets.text_pane import TextPane


class TextPage(ReadingPage):
    """A title and lines, wrapped; searched, saved and copied like a program."""

    page_name: ClassVar[str] = "text"

    def __init__(self, title: str, lines: list[list[Piece]]) -> None:
        super().__init__()
        self.heading = title
        self._text = lines

    def make_pane(self) -> TextPane:
        """The lines."""
        self.lines = PiecePane(id="text")
        self.lines.is_wrapped = True
        return self.lines

    def opened(self) -> None:
        """The lines have the keys."""
        self.give_keys(self.lines)
        self.put(self._text)
        self.read()

    def read(self) -> None:
        """Subclasses read what is shown from somewhere, and `put` it."""

    def put(self, lines: list[list[Piece]]) -> None:
        """Show these."""
        self.lines.put(lines)
        self.paint_title()

    def page_title(self) -> list[Piece]:
        """What is read."""
        return [(f" {safe(self.heading)}", "title-focus")]

    def status_words(self) -> list[str]:
        """Where in it we are."""
        return [self.position_words()]

    def text_out(self) -> tuple[str, str, str]:
        """All of it."""
        return "\n".join(self.lines.text_of(row).rstrip() for row in range(self.lines.row_count)) + "\n", "text", "txt"


class RawPage(TextPage):
    """The document of a thing of the model, with every field."""

    def __init__(self, title: str, thing: object) -> None:
        self._document = raw(thing)
        super().__init__(title, [[(line, "")] for line in safe_lines(self._document)])

    def text_out(self) -> tuple[str, str, str]:
        """The document as it is, not as it may be painted."""
        return self._document + "\n", "document", "json"
