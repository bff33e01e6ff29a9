"""A screen that shows one text; its keys go to a reader."""

from collections.abc import Iterable

from textual.widget import Widget

from imptui.tui.screens.page import Page
from imptui.tui.screens.reader import Reader
from imptui.tui.widgets.search_bar import SearchBar


class ReadingPage(Page):
    """A title, lines about the text, the text, a status line, and a search bar.

    Attributes:
        reader: The part with all of these; the constructor of a subclass makes it.
    """

    reader: Reader

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the reader."""
        return [self.reader.body()]

    def panes(self) -> list[Widget]:
        """Return the text, the only pane."""
        return [self.reader.pane]

    def on_text_pane_updated(self) -> None:
        """Paint title and status, after something in the text changed."""
        self.reader.paint()

    def on_search_bar_typed(self, event: SearchBar.Typed) -> None:
        """Search while the text is typed."""
        self.reader.typed(event)

    def on_search_bar_left(self, event: SearchBar.Left) -> None:
        """Go back to the text."""
        self.reader.left(event)

    def action_search(self) -> None:
        """Ask for a text to search."""
        self.reader.ask_search()

    def action_ask_line(self) -> None:
        """Ask for the number of a line."""
        self.reader.ask_line()

    def go_line(self, number: int) -> None:
        """Go to a line by its number, from 1."""
        self.reader.go_line(number)

    async def action_back(self) -> None:
        """End the selection, else the search, else leave the screen."""
        if not self.reader.clear():
            await self.action_leave()

    async def action_leave(self) -> None:
        """Go to the screen before, even during a search."""
        self.host.navigator.close(self)

    def action_save(self) -> None:
        """Save the text to a file below the exports folder."""
        self.reader.save()

    def action_save_to(self, path: str) -> None:
        """Save the text to a file that the user named."""
        self.reader.save_to(path)

    def action_copy_text(self) -> None:
        """Copy the text to the clipboard."""
        self.reader.copy()

    def action_yank(self) -> None:
        """Copy the selected lines, or the one under the cursor, to the clipboard."""
        self.reader.yank()

    def action_pager(self) -> None:
        """Show the text in $PAGER."""
        self.reader.pager()

    def action_editor(self) -> None:
        """Open a copy of the text in $EDITOR."""
        self.reader.editor()
