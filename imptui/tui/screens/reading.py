"""What screens with a text to read have in common: a title line, search, go to a line, save, copy, pager, editor."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from textual import on
from textual.app import SuspendNotSupported
from textual.containers import Vertical
from textual.widget import Widget

from imptui.tui.present.look import Piece
from imptui.tui.present.safe import safe
from imptui.tui.screens.page import Page
from imptui.tui.widgets.painted import PaintedLine, PaintedLines
from imptui.tui.widgets.search_bar import SearchBar
from imptui.tui.widgets.text_pane import TextPane
from imptui.tui.widgets.theme_access import look_of


class ReadingPage(Page):
    """A title, lines about what is read, the text, and a line to search in it."""

    def make_pane(self) -> TextPane:
        """The text."""
        raise NotImplementedError

    def compose_body(self) -> Iterable[Widget]:
        """Everything, one below the other."""
        self.pane = self.make_pane()
        self.title_line = PaintedLine(id="list-title")
        self.about = PaintedLines(id="about")
        self.status = PaintedLine(id="status")
        self.bar = SearchBar(id="search")
        yield Vertical(self.title_line, self.about, *self.compose_more(), self.pane, self.status, self.bar, id="body")

    def compose_more(self) -> Iterable[Widget]:
        """What stands between title and text."""
        return ()

    def panes(self) -> list[Widget]:
        """The text alone."""
        return [self.pane]

    def status_words(self) -> list[str]:
        """Where in the text we are; may hold foreign text."""
        return []

    # Painting

    def paint_title(self) -> None:
        """Title and status again."""
        if not self.is_ready:
            return
        self.title_line.say(self.page_title())
        words = [each for each in (self.pane.range_words, self.pane.search_words, *self.status_words()) if each]
        if self.pane.is_wrapped and not any("wrapped" in each for each in words):
            words.insert(0, "wrapped")
        separator = f" {look_of(self.pane).glyphs.upright} "
        self.status.say([(" " + separator.join(safe(each) for each in words), "dim")])

    def page_title(self) -> list[Piece]:
        """What is read; safe."""
        return []

    def on_text_pane_told(self) -> None:
        """Something in the text moved."""
        self.paint_title()

    def position_words(self) -> str:
        """`line 12 of 345`."""
        pane = self.pane
        if not pane.row_count:
            return ""
        side = f", column {pane.x + 1}" if pane.x else ""
        return f"line {pane.cursor + 1:,} of {pane.row_count:,}{side}" + (", wrapped" if pane.is_wrapped else "")

    # Search and lines

    def action_search(self) -> None:
        """Type what to look for."""
        self.bar.open("search", "search", self.pane.needle)

    def action_ask_line(self) -> None:
        """Type a number of a line."""
        self.bar.open("line", "go to line")

    @on(SearchBar.Typed)
    def search_typed(self, event: SearchBar.Typed) -> None:
        """Found while it is typed."""
        if event.purpose == "search":
            self.pane.search(event.text)

    @on(SearchBar.Left)
    def search_left(self, event: SearchBar.Left) -> None:
        """Back to the text."""
        self.give_keys(self.pane)
        if event.purpose == "line" and not event.is_given_up:
            if event.text.strip().isdigit():
                self.go_line(int(event.text))
            elif event.text.strip():
                self.host.say(f"{event.text.strip()} is no line number.")
        elif event.purpose == "search" and event.is_given_up:
            self.pane.search("")

    def go_line(self, number: int) -> None:
        """To a line by its number, from 1."""
        self.pane.go(number - 1, middle=True)

    async def action_back(self) -> None:
        """First the choice goes, then the search, then the screen."""
        if self.pane.range_from is not None:
            self.pane.choose_from(None)
        elif self.pane.needle:
            self.pane.search("")
        else:
            await self.leave()

    async def leave(self) -> None:
        """To the screen before."""
        self.host.navigator.close(self)

    async def action_leave(self) -> None:
        """To the screen before, whatever is searched."""
        await self.leave()

    # Out of here

    def text_out(self) -> tuple[str, str, str]:
        """What is saved, copied and handed on: the text, what it is called, and the suffix of a file of it."""
        raise NotImplementedError

    def action_save(self) -> None:
        """Into a file below the exports folder."""
        text, what, suffix = self.text_out()
        path = self.host.outlets.export_path(what, suffix)
        self.write(path, text)

    def action_save_to(self, path: str) -> None:
        """Into a file that was named; never over another one."""
        self.write(Path(path), self.text_out()[0])

    def write(self, path: Path, text: str) -> None:
        """Into a file; says where, or why not."""
        try:
            path.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
        except OSError as error:
            self.host.fail(f"Save to {path}", error)
        else:
            self.host.say(f"Saved: {path}")

    def action_copy_text(self) -> None:
        """Into the clipboard."""
        text, what, _ = self.text_out()
        self.host.outlets.copy(text, what)

    def action_yank(self) -> None:
        """The chosen lines, or the one under the cursor, into the clipboard; then nothing is chosen any longer."""
        rows = self.pane.chosen
        if not rows:
            self.host.say("There is nothing to copy.")
            return
        text = "".join(f"{self.pane.text_of(row).rstrip()}\n" for row in rows)
        self.pane.choose_from(None)
        self.host.outlets.copy(text, f"lines {rows[0] + 1:,} to {rows[-1] + 1:,}" if len(rows) > 1 else f"line {rows[0] + 1:,}")

    def action_pager(self) -> None:
        """In $PAGER."""
        self.outside(os.environ.get("PAGER") or "less")

    def action_editor(self) -> None:
        """In $EDITOR, on a copy."""
        edited = self.outside(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
        if edited is not None and edited != self.text_out()[0]:
            self.edited(edited)

    def edited(self, text: str) -> None:
        """The copy was changed; it would be lost."""
        path = self.host.outlets.export_path("edited", self.text_out()[2])
        self.write(path, text)

    def outside(self, program: str, environ: Mapping[str, str] | None = None) -> str | None:
        """Hand the terminal to another program, with a copy of the text that only we can read; the copy afterwards."""
        text, what, suffix = self.text_out()
        with tempfile.TemporaryDirectory(prefix="imptui-") as folder:
            path = Path(folder) / f"{what}.{suffix}"
            path.touch(mode=0o600)
            path.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
            try:
                with self.app.suspend():
                    subprocess.run([*shlex.split(program), str(path)], check=False, env=environ and dict(environ))  # noqa: S603 - the person's own program
                return path.read_bytes().decode("utf-8", errors="surrogateescape")
            except SuspendNotSupported:
                self.host.say("This terminal cannot be handed to another program.")
            except (OSError, ValueError) as error:
                self.host.fail(f"Start {program}", error)
        return None
