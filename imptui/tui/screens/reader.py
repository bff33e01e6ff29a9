"""The part of a screen that shows one text: title, status, search, go to a line, save, copy, pager, editor."""

import os
from collections.abc import Callable
from pathlib import Path

from textual.app import SuspendNotSupported
from textual.containers import Vertical
from textual.widget import Widget

from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.screens.external_program import TextFile, run_external
from imptui.tui.screens.page import Page
from imptui.tui.widgets.painted import PaintedLine, PaintedLines
from imptui.tui.widgets.piece_pane import PiecePane
from imptui.tui.widgets.search_bar import SearchBar
from imptui.tui.widgets.text_pane import TextPane
from imptui.tui.widgets.theme_access import look_of


class Reader:
    """Holds a text pane with a title above and a status line and search bar below, and executes their actions.

    Args:
        page: The screen.
        pane: The text.
        title: Returns the title; safe.
        status: Returns the text of the status line; foreign text.
        file: Returns the text to save, copy or pass to another program.

    Attributes:
        about: The lines between title and text.
        go_line: Moves to a line by its number, from 1.
        edited: Receives the text after an editor changed it; by default it is written to a file.
    """

    def __init__(
        self,
        page: Page,
        pane: TextPane,
        *,
        title: Callable[[], list[Piece]],
        status: Callable[[], list[str]],
        file: Callable[[], TextFile],
    ) -> None:
        self.pane = pane
        self.about = PaintedLines(id="about")
        self.go_line: Callable[[int], None] = self._go_row
        self.edited: Callable[[str], None] = self.write_edited
        self._page = page
        self._title, self._status, self._file = title, status, file
        self._title_line = PaintedLine(id="list-title")
        self._status_line = PaintedLine(id="status")
        self._bar = SearchBar(id="search")

    def body(self, *more: Widget) -> Widget:
        """Return all widgets, one below the other; `more` is placed between title and text."""
        return Vertical(self._title_line, self.about, *more, self.pane, self._status_line, self._bar, id="body")

    # Painting

    def paint(self) -> None:
        """Paint title and status again."""
        if not self._page.is_ready:
            return
        pane = self.pane
        self._title_line.show_pieces(self._title())
        selected = pane.selection.status_text(pane.cursor, pane.row_count)
        words = [each for each in (selected, pane.search.status_text, *self._status()) if each]
        if pane.wrapping.is_on and not any("wrapped" in each for each in words):
            words.insert(0, "wrapped")
        separator = f" {look_of(pane).glyphs.upright} "
        self._status_line.show_pieces([(" " + separator.join(safe(each) for each in words), "dim")])

    def show_status(self, *, is_shown: bool) -> None:
        """Show the status line, or hide it."""
        self._status_line.display = is_shown

    @property
    def position_text(self) -> str:
        """The row under the cursor: `line 12 of 345`."""
        pane = self.pane
        if not pane.row_count:
            return ""
        side = f", column {pane.viewport.x + 1}" if pane.viewport.x else ""
        wrapped = ", wrapped" if pane.wrapping.is_on else ""
        return f"line {pane.cursor + 1:,} of {pane.row_count:,}{side}{wrapped}"

    # Search and lines

    def ask(self, purpose: str, prompt: str, text: str = "") -> None:
        """Open the search bar; `purpose` is repeated in its messages."""
        self._bar.open(purpose, prompt, text)

    def ask_search(self) -> None:
        """Ask for a text to search."""
        self.ask("search", "search", self.pane.search.needle)

    def ask_line(self) -> None:
        """Ask for the number of a line."""
        self.ask("line", "go to line")

    def typed(self, event: SearchBar.Typed) -> None:
        """Search while the text is typed."""
        if event.purpose == "search":
            self.pane.find(event.text)

    def left(self, event: SearchBar.Left) -> None:
        """Focus the text; go to the line number that was typed."""
        self._page.focus_pane(self.pane)
        text = event.text.strip()
        if event.purpose == "search" and event.is_given_up:
            self.pane.find("")
        elif event.purpose == "line" and not event.is_given_up and text:
            if text.isdigit():
                self.go_line(int(text))
            else:
                self._page.host.show_message(f"{text} is no line number.")

    def _go_row(self, number: int) -> None:
        self.pane.go(number - 1, middle=True)

    def clear(self) -> bool:
        """End the selection, else the search; return False if there is neither."""
        if self.pane.selection.anchor is not None:
            self.pane.choose_from(None)
        elif self.pane.search.needle:
            self.pane.find("")
        else:
            return False
        return True

    # Files, clipboard, other programs

    def save(self) -> None:
        """Write the text to a file below the exports folder."""
        file = self._file()
        self.write(self._page.host.outlets.export_path(file.name, file.suffix), file)

    def save_to(self, path: str) -> None:
        """Write the text to a file that the user named."""
        self.write(Path(path), self._file())

    def write(self, path: Path, file: TextFile) -> None:
        """Write a text to a file; a message shows the path, or why it failed."""
        try:
            file.write(path)
        except OSError as error:
            self._page.host.fail(f"Save to {path}", error)
        else:
            self._page.host.show_message(f"Saved: {path}")

    def copy(self) -> None:
        """Copy the text to the clipboard."""
        file = self._file()
        self._page.host.outlets.copy(file.text, file.name)

    def yank(self) -> None:
        """Copy the selected lines, or the one under the cursor, to the clipboard, and end the selection."""
        pane = self.pane
        rows = pane.chosen
        if not rows:
            self._page.host.show_message("There is nothing to copy.")
            return
        text = "".join(f"{pane.source.text_of(row).rstrip()}\n" for row in rows)
        pane.choose_from(None)
        where = f"lines {rows[0] + 1:,} to {rows[-1] + 1:,}" if len(rows) > 1 else f"line {rows[0] + 1:,}"
        self._page.host.outlets.copy(text, where)

    def pager(self) -> None:
        """Show the text in $PAGER."""
        self.run(os.environ.get("PAGER") or "less")

    def editor(self) -> None:
        """Open a copy of the text in $EDITOR."""
        text = self.run(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
        if text is not None and text != self._file().text:
            self.edited(text)

    def write_edited(self, text: str) -> None:
        """Write a changed copy to a file in the exports folder, so that it is not lost."""
        suffix = self._file().suffix
        path = self._page.host.outlets.export_path("edited", suffix)
        self.write(path, TextFile(text, "edited", suffix))

    def run(self, program: str) -> str | None:
        """Run another program with a copy of the text; return the copy, or show why that failed."""
        host = self._page.host
        try:
            return run_external(self._page.app, program, self._file())
        except SuspendNotSupported:
            host.show_message("This terminal cannot be handed to another program.")
        except (OSError, ValueError) as error:
            host.fail(f"Start {program}", error)
        return None


class LinesReader(Reader):
    """Shows given lines: help, failures, journal, a raw document.

    Args:
        page: The screen.
        heading: The name of the text; foreign text.
        file: Returns the text to save; by default the lines.
    """

    def __init__(self, page: Page, heading: str, file: Callable[[], TextFile] | None = None) -> None:
        self._lines = PiecePane(id="text")
        self._lines.wrapping.is_on = True
        super().__init__(
            page,
            self._lines,
            title=lambda: [(f" {safe(heading)}", "title-focus")],
            status=lambda: [self.position_text],
            file=file or self._as_text,
        )

    def show(self, lines: list[list[Piece]]) -> None:
        """Show these lines."""
        self._lines.put(lines)
        self.paint()

    def _as_text(self) -> TextFile:
        return TextFile(pane_text(self._lines), "text", "txt")


def pane_text(pane: TextPane) -> str:
    """Return all rows of a pane, without blanks at their ends."""
    return "\n".join(pane.source.text_of(row).rstrip() for row in range(pane.row_count)) + "\n"
