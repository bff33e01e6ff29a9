"""Screens that are lines to read: the raw document, the errors, the activity, the help."""

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from imptui.tui.commands.devices import raw
from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe, safe_lines
from imptui.tui.screens.page import Page
from imptui.tui.widgets.lines_view import LinesView
from imptui.tui.widgets.painted import PaintedLine


class TextPage(Page):
    """A title and lines."""

    page_name: ClassVar[str] = "text"

    def __init__(self, title: str, lines: list[list[Piece]]) -> None:
        super().__init__()
        self.heading = title
        self._text = lines

    def compose_body(self) -> Iterable[Widget]:
        """Title and lines."""
        yield PaintedLine(id="list-title")
        yield LinesView(self._text, id="text")

    def opened(self) -> None:
        """The lines have the keys."""
        self.query_one("#list-title", PaintedLine).say([(f" {safe(self.heading)}", "title-focus")])
        self.give_keys(self.query_one("#text"))
        self.read()

    def read(self) -> None:
        """Subclasses read what is shown from somewhere, and `put` it."""

    def put(self, lines: list[list[Piece]]) -> None:
        """Show these."""
        self.query_one("#text", LinesView).put(lines)


def raw_page(title: str, thing: object) -> TextPage:
    """The document of a thing of the model, with every field."""
    return TextPage(title, [[(f" {line}", "")] for line in safe_lines(raw(thing))])
